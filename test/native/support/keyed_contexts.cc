#include "support/keyed_contexts.h"

#include <openssl/params.h>

#include <stdexcept>

namespace reference {
namespace {

constexpr size_t kGcmTagLength = 16;

void Require(bool condition) {
  if (!condition) throw std::runtime_error("reference SRTP: OpenSSL refused");
}

const EVP_CIPHER* CipherFor(size_t key_length, bool gcm) {
  if (gcm) return key_length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  return key_length == 16 ? EVP_aes_128_ctr() : key_length == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
}

}  // namespace

KeyedContexts::KeyedContexts(const Octets& key, const Octets& auth_key, bool gcm)
    : encrypts_(EVP_CIPHER_CTX_new()), decrypts_(EVP_CIPHER_CTX_new()) {
  const EVP_CIPHER* cipher = CipherFor(key.size(), gcm);
  Require(EVP_EncryptInit_ex(encrypts_.get(), cipher, nullptr, key.data(), nullptr) == 1);
  Require(EVP_DecryptInit_ex(decrypts_.get(), cipher, nullptr, key.data(), nullptr) == 1);
  if (auth_key.empty()) return;
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  mac_.reset(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);
  char sha1[] = "SHA1";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", sha1, 0),
                                   OSSL_PARAM_construct_end()};
  Require(EVP_MAC_init(mac_.get(), auth_key.data(), auth_key.size(), parameters) == 1);
}

Octets KeyedContexts::Hmac(const Octets& data, size_t length) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t digest_length = 0;
  Require(EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1);
  Require(EVP_MAC_update(mac_.get(), data.data(), data.size()) == 1);
  Require(EVP_MAC_final(mac_.get(), digest, &digest_length, sizeof digest) == 1);
  return {digest, digest + length};
}

void KeyedContexts::XorKeyStream(const Octets& counter, Octets* packet, size_t from, size_t to) {
  int written = 0;
  Require(EVP_EncryptInit_ex(encrypts_.get(), nullptr, nullptr, nullptr, counter.data()) == 1);
  uint8_t* const text = packet->data() + from;
  Require(EVP_EncryptUpdate(encrypts_.get(), text, &written, text, static_cast<int>(to - from)) == 1);
}

Octets KeyedContexts::GcmSeal(const Octets& iv, const Octets& aad, const Octets& text) {
  int written = 0;
  Octets sealed(text.size() + kGcmTagLength);
  uint8_t* const tag = sealed.data() + text.size();
  EVP_CIPHER_CTX* const context = encrypts_.get();
  Require(EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv.data()) == 1);
  Require(EVP_EncryptUpdate(context, nullptr, &written, aad.data(), static_cast<int>(aad.size())) == 1);
  Require(EVP_EncryptUpdate(context, sealed.data(), &written, text.data(), static_cast<int>(text.size())) ==
          1);
  Require(EVP_EncryptFinal_ex(context, tag, &written) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTagLength, tag) == 1);
  return sealed;
}

std::optional<Octets> KeyedContexts::GcmOpen(const Octets& iv, const Octets& aad, Octets sealed) {
  if (sealed.size() < kGcmTagLength) return std::nullopt;
  const size_t length = sealed.size() - kGcmTagLength;
  int written = 0;
  Octets text(length + 1);
  EVP_CIPHER_CTX* const context = decrypts_.get();
  Require(EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, iv.data()) == 1);
  Require(EVP_DecryptUpdate(context, nullptr, &written, aad.data(), static_cast<int>(aad.size())) == 1);
  Require(EVP_DecryptUpdate(context, text.data(), &written, sealed.data(), static_cast<int>(length)) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTagLength, sealed.data() + length) == 1);
  if (EVP_DecryptFinal_ex(context, text.data() + length, &written) != 1) return std::nullopt;
  text.resize(length);
  return text;
}

}  // namespace reference
