#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "crypto/aes_gcm_cipher.h"
#include "crypto/aes_icm_cipher.h"
#include "crypto/hmac_sha1_auth.h"
#include "crypto/srtp_library.h"
#include "support/reference_srtp.h"

namespace {

using Octets = std::vector<uint8_t>;

struct Free {
  void operator()(srtp_cipher_t* cipher) const { cipher->type->dealloc(cipher); }
  void operator()(srtp_auth_t* auth) const { auth->type->dealloc(auth); }
};
using Cipher = std::unique_ptr<srtp_cipher_t, Free>;

Octets Counting(size_t size, uint8_t first) {
  Octets octets(size);
  for (size_t i = 0; i < size; ++i) octets[i] = static_cast<uint8_t>(first + 3 * i);
  return octets;
}

Cipher Keyed(const srtp_cipher_type_t& type, const Octets& key_salt, int tag_length = 0) {
  srtp_cipher_t* made = nullptr;
  REQUIRE(type.alloc(&made, static_cast<int>(key_salt.size()), tag_length) == srtp_err_status_ok);
  Cipher cipher(made);
  REQUIRE(srtp_cipher_init(made, key_salt.data()) == srtp_err_status_ok);
  return cipher;
}

// 16 octets for ICM, ending in 16 bits of zero as all of libsrtp's do; GCM takes the first 12.
Octets IvOf(size_t number) {
  Octets iv = Counting(16, static_cast<uint8_t>(number));
  iv[14] = iv[15] = 0;
  return iv;
}

void SetIv(const Cipher& cipher, Octets iv, int direction = srtp_direction_encrypt) {
  REQUIRE(srtp_cipher_set_iv(cipher.get(), iv.data(), direction) == srtp_err_status_ok);
}

Octets IcmExpected(const Octets& key_salt, const Octets& iv, const Octets& text) {
  Octets counter(key_salt.end() - 14, key_salt.end());
  counter.resize(16, 0);
  for (size_t i = 0; i < 16; ++i) counter[i] ^= iv[i];
  const Octets key(key_salt.begin(), key_salt.end() - 14);
  Octets expected = reference::CounterModeKeyStream(key, counter, text.size());
  for (size_t i = 0; i < text.size(); ++i) expected[i] ^= text[i];
  return expected;
}

// Text and tag of 16 octets, from OpenSSL's own GCM.
Octets GcmExpected(const Octets& key_salt, const Octets& iv, const Octets& aad, const Octets& text) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  Octets sealed(text.size() + 16);
  int written = 0;
  const EVP_CIPHER* cipher = key_salt.size() == 28 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  REQUIRE(EVP_EncryptInit_ex(context.get(), cipher, nullptr, key_salt.data(), iv.data()) == 1);
  REQUIRE(EVP_EncryptUpdate(context.get(), nullptr, &written, aad.data(), static_cast<int>(aad.size())) == 1);
  REQUIRE(EVP_EncryptUpdate(context.get(), sealed.data(), &written, text.data(),
                            static_cast<int>(text.size())) == 1);
  REQUIRE(EVP_EncryptFinal_ex(context.get(), sealed.data() + text.size(), &written) == 1);
  REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, sealed.data() + text.size()) == 1);
  return sealed;
}

void AddAad(const Cipher& cipher, const Octets& aad, size_t cut) {
  REQUIRE(srtp_cipher_set_aad(cipher.get(), aad.data(), static_cast<uint32_t>(cut)) == srtp_err_status_ok);
  REQUIRE(srtp_cipher_set_aad(cipher.get(), aad.data() + cut, static_cast<uint32_t>(aad.size() - cut)) ==
          srtp_err_status_ok);
}

Octets Seal(const Cipher& cipher, const Octets& iv, const Octets& aad, const Octets& text,
            uint32_t tag_length) {
  SetIv(cipher, iv);
  AddAad(cipher, aad, 8);
  Octets sealed = text;
  sealed.resize(text.size() + tag_length);
  auto size = static_cast<unsigned>(text.size());
  REQUIRE(srtp_cipher_encrypt(cipher.get(), sealed.data(), &size) == srtp_err_status_ok);
  uint32_t written = 0;
  REQUIRE(srtp_cipher_get_tag(cipher.get(), sealed.data() + size, &written) == srtp_err_status_ok);
  CHECK(written == tag_length);
  return sealed;
}

srtp_err_status_t Open(const Cipher& cipher, const Octets& iv, const Octets& aad, Octets* sealed) {
  SetIv(cipher, iv, srtp_direction_decrypt);
  AddAad(cipher, aad, 4);
  auto size = static_cast<unsigned>(sealed->size());
  const srtp_err_status_t status = srtp_cipher_decrypt(cipher.get(), sealed->data(), &size);
  if (status == srtp_err_status_ok) sealed->resize(size);
  return status;
}

// Each of a packet's sizes, and some around what is encrypted in one call.
std::vector<size_t> Sizes() {
  std::vector<size_t> sizes;
  for (size_t size = 0; size <= 2000; ++size) sizes.push_back(size);
  for (const size_t size : {3071, 3072, 3073, 3088, 4600, 4608, 4609, 9001, 65535}) sizes.push_back(size);
  return sizes;
}

}  // namespace

TEST_CASE("libsrtp makes its sessions of our ciphers and authentication") {
  REQUIRE(anchor::EnsureSrtpLibrary());
  const auto check = [](const srtp_cipher_type_t& type, int key_salt_length) {
    srtp_cipher_t* made = nullptr;
    REQUIRE(srtp_crypto_kernel_alloc_cipher(type.id, &made, key_salt_length, 16) == srtp_err_status_ok);
    const Cipher cipher(made);
    CHECK(made->type == &type);
  };
  check(anchor::AesIcmCipherTypes()[0], 30);
  check(anchor::AesIcmCipherTypes()[1], 38);
  check(anchor::AesIcmCipherTypes()[2], 46);
  check(anchor::AesGcmCipherTypes()[0], 28);
  check(anchor::AesGcmCipherTypes()[1], 44);
  srtp_auth_t* made = nullptr;
  REQUIRE(srtp_crypto_kernel_alloc_auth(SRTP_HMAC_SHA1, &made, 20, 10) == srtp_err_status_ok);
  const std::unique_ptr<srtp_auth_t, Free> auth(made);
  CHECK(made->type == &anchor::HmacSha1AuthType());
}

TEST_CASE("counter mode gives OpenSSL's key stream at each size and with each key length") {
  for (const srtp_cipher_type_t& type : anchor::AesIcmCipherTypes()) {
    const size_t key_length = type.id == SRTP_AES_ICM_128 ? 16 : type.id == SRTP_AES_ICM_192 ? 24 : 32;
    const Octets key_salt = Counting(key_length + 14, 11);
    const Cipher cipher = Keyed(type, key_salt);
    for (const size_t size : Sizes()) {
      const Octets text = Counting(size, 1);
      Octets data = text;
      auto length = static_cast<unsigned>(size);
      SetIv(cipher, IvOf(size));
      REQUIRE(srtp_cipher_encrypt(cipher.get(), data.data(), &length) == srtp_err_status_ok);
      REQUIRE(length == size);
      REQUIRE(data == IcmExpected(key_salt, IvOf(size), text));
    }
  }
}

TEST_CASE("counter mode goes on where the last call for a packet ended, up to 2^16 blocks") {
  const Octets key_salt = Counting(30, 5);
  const Cipher cipher = Keyed(anchor::AesIcmCipherTypes()[0], key_salt);
  const Octets text = Counting((1 << 16) * 16, 9);
  const Octets expected = IcmExpected(key_salt, IvOf(7), text);
  Octets data = text;
  SetIv(cipher, IvOf(7));
  unsigned part = 1;
  for (size_t done = 0; done < data.size(); done += part) {
    part = std::min(part * 3 + 1, static_cast<unsigned>(data.size() - done));
    REQUIRE(srtp_cipher_encrypt(cipher.get(), data.data() + done, &part) == srtp_err_status_ok);
  }
  CHECK(data == expected);
  part = 1;
  CHECK(srtp_cipher_encrypt(cipher.get(), data.data(), &part) == srtp_err_status_cipher_fail);
  CHECK(data == expected);
  SetIv(cipher, IvOf(7));
  CHECK(srtp_cipher_encrypt(cipher.get(), data.data(), &part) == srtp_err_status_ok);
}

TEST_CASE("GCM seals as OpenSSL's does and opens it again at each size, with both keys and both tags") {
  for (const srtp_cipher_type_t& type : anchor::AesGcmCipherTypes()) {
    const Octets key_salt = Counting(type.id == SRTP_AES_GCM_128 ? 28 : 44, 2);
    const Octets aad = Counting(12, 60);
    for (const uint32_t tag_length : {8u, 16u}) {
      const Cipher cipher = Keyed(type, key_salt, static_cast<int>(tag_length));
      for (const size_t size : Sizes()) {
        const Octets text = Counting(size, 1);
        Octets expected = GcmExpected(key_salt, IvOf(size), aad, text);
        expected.resize(size + tag_length);
        Octets sealed = Seal(cipher, IvOf(size), aad, text, tag_length);
        REQUIRE(sealed == expected);
        REQUIRE(Open(cipher, IvOf(size), aad, &sealed) == srtp_err_status_ok);
        REQUIRE(sealed == text);
      }
    }
  }
}

TEST_CASE("GCM refuses each changed octet, other authenticated data, another IV, and what is no tag long") {
  const Octets aad = Counting(12, 60);
  const Cipher cipher = Keyed(anchor::AesGcmCipherTypes()[0], Counting(28, 2), 16);
  const Octets sealed = Seal(cipher, IvOf(1), aad, Counting(50, 1), 16);
  for (size_t i = 0; i < sealed.size(); ++i) {
    Octets changed = sealed;
    changed[i] ^= 0x20;
    REQUIRE(Open(cipher, IvOf(1), aad, &changed) == srtp_err_status_auth_fail);
  }
  Octets unchanged = sealed;
  CHECK(Open(cipher, IvOf(1), Counting(12, 61), &unchanged) == srtp_err_status_auth_fail);
  unchanged = sealed;
  CHECK(Open(cipher, IvOf(2), aad, &unchanged) == srtp_err_status_auth_fail);
  Octets shorter(sealed.begin(), sealed.begin() + 15);
  CHECK(Open(cipher, IvOf(1), aad, &shorter) == srtp_err_status_auth_fail);
  unchanged = sealed;
  CHECK(Open(cipher, IvOf(1), aad, &unchanged) == srtp_err_status_ok);
}

TEST_CASE("key lengths and tag lengths that no suite has are refused") {
  srtp_cipher_t* made = nullptr;
  CHECK(anchor::AesIcmCipherTypes()[0].alloc(&made, 31, 0) == srtp_err_status_bad_param);
  CHECK(anchor::AesGcmCipherTypes()[0].alloc(&made, 30, 16) == srtp_err_status_bad_param);
  CHECK(anchor::AesGcmCipherTypes()[0].alloc(&made, 28, 12) == srtp_err_status_bad_param);
  CHECK(made == nullptr);
}
