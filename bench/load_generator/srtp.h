#ifndef BENCH_LOAD_GENERATOR_SRTP_H_
#define BENCH_LOAD_GENERATOR_SRTP_H_

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace anchor_bench {

// A row of RFC 4568 §6.2, RFC 6188 §4 or RFC 7714 §14.2; lengths in octets.
struct CryptoSuite {
  std::string_view name;
  size_t key_length;
  size_t salt_length;
  size_t srtp_tag_length;
  size_t srtcp_tag_length;
  bool aead;
};

// The row with exactly this registry name, or nullptr.
const CryptoSuite* FindCryptoSuite(std::string_view name);

// One sender's SRTP and SRTCP keys under one master key (RFC 3711 §3.2.1), for protecting or for checking.
// The caller supplies the packet index, so replay and rollover are the caller's business. Not for concurrent
// use.
class SrtpContext {
 public:
  // `key_salt` is key || salt; nothing when its length is not the suite's.
  static std::optional<SrtpContext> Create(const CryptoSuite& suite, std::span<const uint8_t> key_salt);

  const CryptoSuite& suite() const { return *suite_; }

  // In place; `packet` needs srtp_tag_length octets of room behind `length`. `index` is ROC × 2^16 + SEQ.
  // Returns the new length.
  size_t ProtectRtp(uint8_t* packet, size_t length, uint64_t index);
  // In place. Returns the plain length, or nothing when the tag is wrong (then the packet may be damaged).
  std::optional<size_t> UnprotectRtp(uint8_t* packet, size_t length, uint64_t index);
  // As above with srtcp_tag_length + 4 octets of room; `index` is the 31-bit SRTCP index.
  size_t ProtectRtcp(uint8_t* packet, size_t length, uint32_t index);
  std::optional<size_t> UnprotectRtcp(uint8_t* packet, size_t length);

 private:
  struct CipherDeleter {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

  // Keys of RTP or of RTCP: a cipher that has its key, HMAC states that have digested their pads.
  struct Session {
    Cipher cipher;
    SHA_CTX inner;
    SHA_CTX outer;
    std::array<uint8_t, 14> salt;
  };

  explicit SrtpContext(const CryptoSuite& suite) : suite_(&suite) {}

  static Session MakeSession(const CryptoSuite& suite, std::span<const uint8_t> key_salt,
                             uint8_t first_label);
  static void CounterMode(Session& session, uint32_t ssrc, uint64_t index, uint8_t* data, size_t length);
  static std::array<uint8_t, 20> Authenticate(const Session& session, const uint8_t* data, size_t length,
                                              uint32_t trailer, bool with_trailer);

  const CryptoSuite* suite_;
  Session rtp_;
  Session rtcp_;
};

// RFC 3711 §4.3.3 with key derivation rate 0: AES-CM keystream under the master key, for `label`.
void DeriveKey(std::span<const uint8_t> master_key, std::span<const uint8_t> master_salt, uint8_t label,
               std::span<uint8_t> derived);

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_SRTP_H_
