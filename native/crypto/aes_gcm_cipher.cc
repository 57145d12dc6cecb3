#include "crypto/aes_gcm_cipher.h"

#include <openssl/modes.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "crypto/aes_key_stream.h"

namespace anchor {
namespace {

constexpr size_t kSaltLength = 12;
constexpr size_t kIvLength = 12;
constexpr int kTagLength = 16;
constexpr int kShortTagLength = 8;

struct Release {
  void operator()(GCM128_CONTEXT* gcm) const { CRYPTO_gcm128_release(gcm); }
};

struct AesGcmCipher {
  srtp_cipher_t cipher{};
  AesKeyStream stream;
  std::unique_ptr<GCM128_CONTEXT, Release> gcm;  // Wiped by its release.
  size_t tag_length = 0;
  bool failed = false;  // The block cipher, while the GCM code called it, which takes no answer.
};

AesGcmCipher& CipherOf(void* state) { return *static_cast<AesGcmCipher*>(state); }

// The two calls of OpenSSL's GCM for the block cipher; `key` is the AesGcmCipher.
void EncryptBlock(const uint8_t* in, uint8_t* out, const void* key) {
  AesGcmCipher& aead = CipherOf(const_cast<void*>(key));
  if (!aead.stream.EncryptBlock(in, out)) aead.failed = true;
}

void XorStream(const uint8_t* in, uint8_t* out, size_t blocks, const void* key, const uint8_t* counter) {
  AesGcmCipher& aead = CipherOf(const_cast<void*>(key));
  AesBlock first;
  std::copy_n(counter, first.size(), first.begin());
  const size_t size = blocks * kAesBlockLength;
  if (in != out) std::memcpy(out, in, size);
  if (!aead.stream.Xor(first, 0, out, size)) aead.failed = true;
}

const srtp_cipher_type_t* TypeFor(int key_salt_length) {
  switch (key_salt_length) {
    case SRTP_AES_GCM_128_KEY_LEN_WSALT:
      return AesGcmCipherTypes().data();
    case SRTP_AES_GCM_256_KEY_LEN_WSALT:
      return AesGcmCipherTypes().data() + 1;
    default:
      return nullptr;
  }
}

srtp_err_status_t Allocate(srtp_cipher_t** cipher, int key_salt_length, int tag_length) {
  const srtp_cipher_type_t* type = TypeFor(key_salt_length);
  if (type == nullptr || (tag_length != kTagLength && tag_length != kShortTagLength))
    return srtp_err_status_bad_param;
  auto* made = new (std::nothrow) AesGcmCipher;
  if (made == nullptr) return srtp_err_status_alloc_fail;
  made->cipher = {type, made, key_salt_length, static_cast<int>(type->id)};
  made->tag_length = static_cast<size_t>(tag_length);
  *cipher = &made->cipher;
  return srtp_err_status_ok;
}

srtp_err_status_t Free(srtp_cipher_t* cipher) {
  delete static_cast<AesGcmCipher*>(cipher->state);
  return srtp_err_status_ok;
}

// The salt behind the key is not used: libsrtp puts it into the IV.
srtp_err_status_t SetKey(void* state, const uint8_t* key_salt) {
  AesGcmCipher& aead = CipherOf(state);
  aead.gcm.reset();
  aead.failed = false;
  if (!aead.stream.SetKey({key_salt, static_cast<size_t>(aead.cipher.key_len) - kSaltLength}))
    return srtp_err_status_init_fail;
  aead.gcm.reset(CRYPTO_gcm128_new(&aead, EncryptBlock));
  return aead.gcm && !aead.failed ? srtp_err_status_ok : srtp_err_status_init_fail;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t) {
  AesGcmCipher& aead = CipherOf(state);
  CRYPTO_gcm128_setiv(aead.gcm.get(), iv, kIvLength);
  return aead.failed ? srtp_err_status_cipher_fail : srtp_err_status_ok;
}

srtp_err_status_t AddAuthenticated(void* state, const uint8_t* data, uint32_t size) {
  return CRYPTO_gcm128_aad(CipherOf(state).gcm.get(), data, size) == 0 ? srtp_err_status_ok
                                                                       : srtp_err_status_algo_fail;
}

srtp_err_status_t Encrypt(void* state, uint8_t* data, unsigned int* size) {
  AesGcmCipher& aead = CipherOf(state);
  const int refused = CRYPTO_gcm128_encrypt_ctr32(aead.gcm.get(), data, data, *size, XorStream);
  return refused == 0 && !aead.failed ? srtp_err_status_ok : srtp_err_status_cipher_fail;
}

srtp_err_status_t WriteTag(void* state, uint8_t* tag, uint32_t* size) {
  AesGcmCipher& aead = CipherOf(state);
  CRYPTO_gcm128_tag(aead.gcm.get(), tag, aead.tag_length);
  *size = static_cast<uint32_t>(aead.tag_length);
  return srtp_err_status_ok;
}

// `data` ends with the tag, which is cut off.
srtp_err_status_t Decrypt(void* state, uint8_t* data, unsigned int* size) {
  AesGcmCipher& aead = CipherOf(state);
  if (*size < aead.tag_length) return srtp_err_status_auth_fail;
  const size_t text = *size - aead.tag_length;
  const int refused = CRYPTO_gcm128_decrypt_ctr32(aead.gcm.get(), data, data, text, XorStream);
  if (refused != 0 || aead.failed) return srtp_err_status_cipher_fail;
  if (CRYPTO_gcm128_finish(aead.gcm.get(), data + text, aead.tag_length) != 0)
    return srtp_err_status_auth_fail;
  *size = static_cast<unsigned int>(text);
  return srtp_err_status_ok;
}

srtp_cipher_type_t TypeLike(const srtp_cipher_type_t& replaced, const char* description) {
  return {Allocate, Free,     SetKey,      AddAuthenticated,   Encrypt,    Decrypt,
          SetIv,    WriteTag, description, replaced.test_data, replaced.id};
}

}  // namespace

const std::array<srtp_cipher_type_t, 2>& AesGcmCipherTypes() {
  static const std::array<srtp_cipher_type_t, 2> types = {TypeLike(srtp_aes_gcm_128, "AES-128 GCM over ECB"),
                                                          TypeLike(srtp_aes_gcm_256, "AES-256 GCM over ECB")};
  return types;
}

}  // namespace anchor
