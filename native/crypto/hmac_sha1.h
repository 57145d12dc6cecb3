#ifndef NATIVE_CRYPTO_HMAC_SHA1_H_
#define NATIVE_CRYPTO_HMAC_SHA1_H_

// SHA_CTX and SHA1_…: OpenSSL 3 would rather have EVP, whose contexts are allocated anew for every message.
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace anchor {

// HMAC-SHA1 (RFC 2104) under one key, for many messages. What both keyed pads digest to is kept, so that a
// message costs its own blocks and no more; nothing is allocated.
class HmacSha1 {
 public:
  static constexpr size_t kDigestLength = SHA_DIGEST_LENGTH;

  HmacSha1() = default;
  HmacSha1(const HmacSha1&) = delete;
  HmacSha1& operator=(const HmacSha1&) = delete;
  ~HmacSha1();

  // Of any length. Ready for the first message then.
  void SetKey(std::span<const uint8_t> key);

  // A message: Start, Update any number of times, Finish.
  void Start() { Resume(inner_); }
  void Update(std::span<const uint8_t> part) { SHA1_Update(&work_, part.data(), part.size()); }
  void Finish(std::span<uint8_t, kDigestLength> digest);

 private:
  // A SHA-1 state at a block boundary.
  using Chaining = std::array<SHA_LONG, 5>;

  Chaining DigestPad(std::span<const uint8_t, SHA_CBLOCK> key, uint8_t pad);
  void Resume(const Chaining& chaining);

  Chaining inner_{};
  Chaining outer_{};
  SHA_CTX work_{};
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_HMAC_SHA1_H_
