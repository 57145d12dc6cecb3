#ifndef TEST_NATIVE_SUPPORT_KEYED_CONTEXTS_H_
#define TEST_NATIVE_SUPPORT_KEYED_CONTEXTS_H_

#include <openssl/evp.h>

#include <memory>
#include <optional>

#include "support/reference_srtp.h"

namespace reference {

// OpenSSL's primitives under one session key, kept from packet to packet: making their contexts costs more
// than a packet does.
class KeyedContexts {
 public:
  // `auth_key` is for counter mode; empty = no HMAC will be asked for.
  KeyedContexts(const Octets& key, const Octets& auth_key, bool gcm);

  // HMAC-SHA1, cut to `length`.
  Octets Hmac(const Octets& data, size_t length);
  // Octets `from` to `to` with the key stream that begins at this counter block (RFC 3711 §4.1.1).
  void XorKeyStream(const Octets& counter, Octets* packet, size_t from, size_t to);
  // The tag is behind the text.
  Octets GcmSeal(const Octets& iv, const Octets& aad, const Octets& text);
  // nullopt when the tag is wrong.
  std::optional<Octets> GcmOpen(const Octets& iv, const Octets& aad, Octets sealed);

 private:
  template <auto kFree>
  struct Deleter {
    template <typename Handle>
    void operator()(Handle* handle) const {
      kFree(handle);
    }
  };
  using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;

  Cipher encrypts_;
  Cipher decrypts_;  // GCM alone; counter mode is its own inverse.
  std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>> mac_;
};

}  // namespace reference

#endif  // TEST_NATIVE_SUPPORT_KEYED_CONTEXTS_H_
