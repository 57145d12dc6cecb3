#include "crypto/aes_icm_cipher.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <new>

#include "crypto/aes_key_stream.h"

namespace anchor {
namespace {

constexpr size_t kSaltLength = 14;
// RFC 3711 §4.1.1: 2^16 blocks of key stream a packet, since the last 16 bits of the counter count them.
constexpr size_t kMaxStream = (size_t{1} << 16) * kAesBlockLength;

struct AesIcmCipher {
  ~AesIcmCipher() { OPENSSL_cleanse(salt.data(), salt.size()); }

  srtp_cipher_t cipher{};
  AesKeyStream stream;
  AesBlock salt{};
  AesBlock counter{};   // Of the packet's first block.
  size_t position = 0;  // In the packet's key stream.
};

AesIcmCipher& CipherOf(void* state) { return *static_cast<AesIcmCipher*>(state); }

const srtp_cipher_type_t* TypeFor(int key_salt_length) {
  switch (key_salt_length) {
    case SRTP_AES_ICM_128_KEY_LEN_WSALT:
      return AesIcmCipherTypes().data();
    case SRTP_AES_ICM_192_KEY_LEN_WSALT:
      return AesIcmCipherTypes().data() + 1;
    case SRTP_AES_ICM_256_KEY_LEN_WSALT:
      return AesIcmCipherTypes().data() + 2;
    default:
      return nullptr;
  }
}

srtp_err_status_t Allocate(srtp_cipher_t** cipher, int key_salt_length, int) {
  const srtp_cipher_type_t* type = TypeFor(key_salt_length);
  if (type == nullptr) return srtp_err_status_bad_param;
  auto* made = new (std::nothrow) AesIcmCipher;
  if (made == nullptr) return srtp_err_status_alloc_fail;
  made->cipher = {type, made, key_salt_length, static_cast<int>(type->id)};
  *cipher = &made->cipher;
  return srtp_err_status_ok;
}

srtp_err_status_t Free(srtp_cipher_t* cipher) {
  delete static_cast<AesIcmCipher*>(cipher->state);
  return srtp_err_status_ok;
}

srtp_err_status_t SetKey(void* state, const uint8_t* key_salt) {
  AesIcmCipher& icm = CipherOf(state);
  const size_t key_length = static_cast<size_t>(icm.cipher.key_len) - kSaltLength;
  std::copy_n(key_salt + key_length, kSaltLength, icm.salt.begin());
  icm.counter = icm.salt;
  icm.position = 0;
  return icm.stream.SetKey({key_salt, key_length}) ? srtp_err_status_ok : srtp_err_status_fail;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t) {
  AesIcmCipher& icm = CipherOf(state);
  for (size_t i = 0; i < kAesBlockLength; ++i) icm.counter[i] = icm.salt[i] ^ iv[i];
  icm.position = 0;
  return srtp_err_status_ok;
}

// Goes on where the last call for the packet ended. Encrypts and decrypts.
srtp_err_status_t Apply(void* state, uint8_t* data, unsigned int* size) {
  AesIcmCipher& icm = CipherOf(state);
  if (*size > kMaxStream - icm.position) return srtp_err_status_cipher_fail;
  AesBlock counter = icm.counter;
  const size_t block = icm.position / kAesBlockLength;
  if (block != 0) {
    // libsrtp's counters end in 16 bits of zero, so adding the block's number is writing it there.
    counter[kAesBlockLength - 2] ^= static_cast<uint8_t>(block >> 8);
    counter[kAesBlockLength - 1] ^= static_cast<uint8_t>(block);
  }
  if (!icm.stream.Xor(counter, icm.position % kAesBlockLength, data, *size))
    return srtp_err_status_cipher_fail;
  icm.position += *size;
  return srtp_err_status_ok;
}

srtp_cipher_type_t TypeLike(const srtp_cipher_type_t& replaced, const char* description) {
  return {Allocate,           Free,       SetKey, nullptr, Apply, Apply, SetIv, nullptr, description,
          replaced.test_data, replaced.id};
}

}  // namespace

const std::array<srtp_cipher_type_t, 3>& AesIcmCipherTypes() {
  static const std::array<srtp_cipher_type_t, 3> types = {
      TypeLike(srtp_aes_icm_128, "AES-128 counter mode over ECB"),
      TypeLike(srtp_aes_icm_192, "AES-192 counter mode over ECB"),
      TypeLike(srtp_aes_icm_256, "AES-256 counter mode over ECB")};
  return types;
}

}  // namespace anchor
