#ifndef NATIVE_CRYPTO_CRYPTO_SUITE_H_
#define NATIVE_CRYPTO_CRYPTO_SUITE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace anchor {

enum class CipherKind : uint8_t { kCounterMode, kGcm };

// A row of src/srtp/crypto-suite.ts; lengths in octets.
struct CryptoSuite {
  std::string_view name;  // Registry name, verbatim (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2).
  size_t master_key_length;
  size_t master_salt_length;
  size_t srtp_tag_length;
  size_t srtcp_tag_length;  // A column of its own: the _32 suites keep 80 bits here (RFC 4568 §6.2.2).
  CipherKind cipher;

  constexpr size_t key_salt_length() const { return master_key_length + master_salt_length; }
};

// All rows, same order as the table in TypeScript. Static storage: a pointer to a row is good for ever.
std::span<const CryptoSuite> CryptoSuites();

// By registry name, exactly; null when there is none.
const CryptoSuite* FindCryptoSuite(std::string_view name);

// False when this build does not reproduce the suite's published vectors. Tested once a process, at the first
// call.
bool CryptoSuiteUsable(const CryptoSuite& suite);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_CRYPTO_SUITE_H_
