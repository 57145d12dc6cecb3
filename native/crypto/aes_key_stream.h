#ifndef NATIVE_CRYPTO_AES_KEY_STREAM_H_
#define NATIVE_CRYPTO_AES_KEY_STREAM_H_

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace anchor {

inline constexpr size_t kAesBlockLength = 16;
using AesBlock = std::array<uint8_t, kAesBlockLength>;

// The key stream of AES in counter mode. Counter blocks are encrypted by OpenSSL's AES-ECB, many in one call:
// its counter mode would have to be told of each packet's counter by EVP_EncryptInit_ex, which costs more
// than the encryption of a voice packet.
class AesKeyStream {
 public:
  // 16, 24 or 32 octets. False when it is not, or when OpenSSL fails.
  [[nodiscard]] bool SetKey(std::span<const uint8_t> key);

  // One block, from `in` to `out`, which may be the same.
  [[nodiscard]] bool EncryptBlock(const uint8_t* in, uint8_t* out) const;

  // XORs the key stream that starts at this counter block into `data`, leaving out the `skipped` first octets
  // of it, fewer than a block. The last 32 bits count, modulo 2^32. When false, `data` is not to be used.
  [[nodiscard]] bool Xor(const AesBlock& counter, size_t skipped, uint8_t* data, size_t size) const;

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_AES_KEY_STREAM_H_
