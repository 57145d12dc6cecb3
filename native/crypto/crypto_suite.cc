#include "crypto/crypto_suite.h"

#include <array>

#include "crypto/suite_self_test.h"

namespace anchor {
namespace {

constexpr std::array<CryptoSuite, 8> kSuites = {{
    {"AES_CM_128_HMAC_SHA1_80", 16, 14, 10, 10, CipherKind::kCounterMode},
    {"AES_CM_128_HMAC_SHA1_32", 16, 14, 4, 10, CipherKind::kCounterMode},
    {"AES_192_CM_HMAC_SHA1_80", 24, 14, 10, 10, CipherKind::kCounterMode},
    {"AES_192_CM_HMAC_SHA1_32", 24, 14, 4, 10, CipherKind::kCounterMode},
    {"AES_256_CM_HMAC_SHA1_80", 32, 14, 10, 10, CipherKind::kCounterMode},
    {"AES_256_CM_HMAC_SHA1_32", 32, 14, 4, 10, CipherKind::kCounterMode},
    {"AEAD_AES_128_GCM", 16, 12, 16, 16, CipherKind::kGcm},
    {"AEAD_AES_256_GCM", 32, 12, 16, 16, CipherKind::kGcm},
}};

std::array<bool, kSuites.size()> TestAll() {
  std::array<bool, kSuites.size()> usable{};
  for (size_t i = 0; i < kSuites.size(); ++i) usable[i] = ReproducesVectors(kSuites[i]);
  return usable;
}

}  // namespace

std::span<const CryptoSuite> CryptoSuites() { return kSuites; }

const CryptoSuite* FindCryptoSuite(std::string_view name) {
  for (const CryptoSuite& suite : kSuites) {
    if (suite.name == name) return &suite;
  }
  return nullptr;
}

bool CryptoSuiteUsable(const CryptoSuite& suite) {
  static const std::array<bool, kSuites.size()> usable = TestAll();
  const ptrdiff_t row = &suite - kSuites.data();
  return row >= 0 && row < static_cast<ptrdiff_t>(kSuites.size()) && usable[static_cast<size_t>(row)];
}

}  // namespace anchor
