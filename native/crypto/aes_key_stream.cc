#include "crypto/aes_key_stream.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace anchor {
namespace {

// Enough for any packet of an Ethernet network to be encrypted in one call.
constexpr size_t kBlocksAtOnce = 96;
constexpr size_t kCountOffset = kAesBlockLength - sizeof(uint32_t);

// Fetched once a process and kept, because each implicit fetch of an EVP_aes_…() searches the providers.
const EVP_CIPHER* BlockCipher(size_t key_length) {
  static const EVP_CIPHER* const aes128 = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  static const EVP_CIPHER* const aes192 = EVP_CIPHER_fetch(nullptr, "AES-192-ECB", nullptr);
  static const EVP_CIPHER* const aes256 = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  switch (key_length) {
    case 16:
      return aes128;
    case 24:
      return aes192;
    case 32:
      return aes256;
    default:
      return nullptr;
  }
}

bool Encrypt(EVP_CIPHER_CTX* context, const uint8_t* in, uint8_t* out, size_t size) {
  int written = 0;
  return EVP_EncryptUpdate(context, out, &written, in, static_cast<int>(size)) == 1 &&
         written == static_cast<int>(size);
}

}  // namespace

bool AesKeyStream::SetKey(std::span<const uint8_t> key) {
  const EVP_CIPHER* cipher = BlockCipher(key.size());
  if (cipher == nullptr) return false;
  if (!context_) context_.reset(EVP_CIPHER_CTX_new());
  return context_ && EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key.data(), nullptr) == 1 &&
         EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
}

bool AesKeyStream::EncryptBlock(const uint8_t* in, uint8_t* out) const {
  return Encrypt(context_.get(), in, out, kAesBlockLength);
}

bool AesKeyStream::Xor(const AesBlock& counter, size_t skipped, uint8_t* data, size_t size) const {
  alignas(64) std::array<uint8_t, kBlocksAtOnce * kAesBlockLength> stream;
  uint32_t count = 0;
  std::memcpy(&count, counter.data() + kCountOffset, sizeof count);
  count = ntohl(count);

  while (size > 0) {
    const size_t taken = std::min(size, stream.size() - skipped);
    const size_t blocks = (skipped + taken + kAesBlockLength - 1) / kAesBlockLength;
    for (size_t i = 0; i < blocks; ++i) {
      const uint32_t counted = htonl(count + static_cast<uint32_t>(i));
      std::memcpy(stream.data() + i * kAesBlockLength, counter.data(), kCountOffset);
      std::memcpy(stream.data() + i * kAesBlockLength + kCountOffset, &counted, sizeof counted);
    }
    if (!Encrypt(context_.get(), stream.data(), stream.data(), blocks * kAesBlockLength)) return false;
    for (size_t i = 0; i < taken; ++i) data[i] ^= stream[skipped + i];
    count += static_cast<uint32_t>(blocks);
    data += taken;
    size -= taken;
    skipped = 0;
  }
  return true;
}

}  // namespace anchor
