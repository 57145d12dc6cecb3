#ifndef TEST_NATIVE_SUPPORT_REFERENCE_SRTP_H_
#define TEST_NATIVE_SUPPORT_REFERENCE_SRTP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace reference {

using Octets = std::vector<uint8_t>;
class KeyedContexts;

// An SRTP of the tests' own, straight from RFC 3711, 6188 and 7714 on OpenSSL's primitives: shares no code
// with the engine nor with libsrtp, and judges both. It guesses nothing: the packet index is always given.
class Srtp {
 public:
  struct Suite {
    size_t key_length;
    size_t salt_length;
    size_t srtp_tag_length;
    size_t srtcp_tag_length;
    bool gcm;
  };
  // By registry name.
  static Suite SuiteNamed(std::string_view name);

  Srtp(std::string_view suite_name, const Octets& key_salt, const Octets& mki = {});

  // `packet` plain; returns it protected with this packet index (rollover counter and sequence number).
  Octets ProtectRtp(const Octets& packet, uint32_t rollover_counter) const;
  // nullopt when the tag is wrong or anything does not fit.
  std::optional<Octets> UnprotectRtp(const Octets& packet, uint32_t rollover_counter) const;
  Octets ProtectRtcp(const Octets& packet, uint32_t index, bool encrypt = true) const;
  // `index` receives the SRTCP index.
  std::optional<Octets> UnprotectRtcp(const Octets& packet, uint32_t* index) const;

  // Session keys, for the vectors.
  const Octets& rtp_key() const { return rtp_.key; }
  const Octets& rtp_salt() const { return rtp_.salt; }
  const Octets& rtp_auth_key() const { return rtp_.auth_key; }

 private:
  struct Keys {
    Octets key;
    Octets salt;
    Octets auth_key;
    std::shared_ptr<KeyedContexts> contexts;
  };
  Keys Derive(const Octets& master_key, const Octets& master_salt, uint8_t first_label) const;

  Suite suite_;
  Octets mki_;
  Keys rtp_;
  Keys rtcp_;
};

// AES in counter mode from this counter block on (RFC 3711 §4.1.1).
Octets CounterModeKeyStream(const Octets& key, const Octets& counter, size_t length);

}  // namespace reference

#endif  // TEST_NATIVE_SUPPORT_REFERENCE_SRTP_H_
