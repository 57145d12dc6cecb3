#define OPENSSL_SUPPRESS_DEPRECATED
#include "raw_crypto.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <memory>

namespace anchor_bench {

namespace {

struct CipherState {
  explicit CipherState(const EVP_CIPHER* cipher, size_t payload)
      : context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free), data(payload + 16) {
    EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), iv.data(), 1);
  }

  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context;
  std::array<uint8_t, 32> key{};
  std::array<uint8_t, 16> iv{};
  std::vector<uint8_t> data;
};

CryptoCase CounterMode(const char* name, const EVP_CIPHER* cipher, size_t payload) {
  auto state = std::make_shared<CipherState>(cipher, payload);
  return {"openssl",
          name,
          "encrypt",
          payload,
          [] {},
          [state, payload] {
            int written = 0;
            ++state->iv[13];
            EVP_EncryptInit_ex(state->context.get(), nullptr, nullptr, nullptr, state->iv.data());
            EVP_EncryptUpdate(state->context.get(), state->data.data(), &written, state->data.data(),
                              static_cast<int>(payload));
          }};
}

CryptoCase Gcm(const char* name, const EVP_CIPHER* cipher, size_t payload) {
  auto state = std::make_shared<CipherState>(cipher, payload);
  return {"openssl",
          name,
          "seal",
          payload,
          [] {},
          [state, payload] {
            int written = 0;
            uint8_t* data = state->data.data();
            ++state->iv[11];
            EVP_EncryptInit_ex(state->context.get(), nullptr, nullptr, nullptr, state->iv.data());
            EVP_EncryptUpdate(state->context.get(), nullptr, &written, state->key.data(), 12);
            EVP_EncryptUpdate(state->context.get(), data, &written, data, static_cast<int>(payload));
            EVP_EncryptFinal_ex(state->context.get(), data + payload, &written);
            EVP_CIPHER_CTX_ctrl(state->context.get(), EVP_CTRL_AEAD_GET_TAG, 16, data + payload);
          }};
}

struct HmacState {
  SHA_CTX inner;
  SHA_CTX outer;
  std::vector<uint8_t> data;
};

// HMAC-SHA1 over what SRTP authenticates: header, payload and rollover counter, from digested pads.
CryptoCase HmacSha1(size_t payload) {
  auto state = std::make_shared<HmacState>();
  const std::array<uint8_t, 64> pad{};
  SHA1_Init(&state->inner);
  SHA1_Update(&state->inner, pad.data(), pad.size());
  state->outer = state->inner;
  state->data.resize(12 + payload + 4);
  return {"openssl",
          "HMAC-SHA1",
          "authenticate",
          payload,
          [] {},
          [state] {
            std::array<uint8_t, 20> digest;
            SHA_CTX context = state->inner;
            SHA1_Update(&context, state->data.data(), state->data.size());
            SHA1_Final(digest.data(), &context);
            context = state->outer;
            SHA1_Update(&context, digest.data(), digest.size());
            SHA1_Final(digest.data(), &context);
            state->data[12] = static_cast<uint8_t>(state->data[12] ^ digest[0]);
          }};
}

}  // namespace

std::vector<CryptoCase> RawCases(size_t payload) {
  return {
      CounterMode("AES-128-CTR", EVP_aes_128_ctr(), payload),
      CounterMode("AES-256-CTR", EVP_aes_256_ctr(), payload),
      HmacSha1(payload),
      Gcm("AES-128-GCM", EVP_aes_128_gcm(), payload),
      Gcm("AES-256-GCM", EVP_aes_256_gcm(), payload),
  };
}

}  // namespace anchor_bench
