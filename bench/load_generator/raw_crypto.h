#ifndef BENCH_LOAD_GENERATOR_RAW_CRYPTO_H_
#define BENCH_LOAD_GENERATOR_RAW_CRYPTO_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace anchor_bench {

// Times that a case is repeated between two looks at the clock.
inline constexpr size_t kCryptoBatch = 256;

// One thing whose cost is measured: `prepare` readies what kCryptoBatch calls of `once` use up, outside the
// time that is measured.
struct CryptoCase {
  std::string source;  // "openssl" = the limit, "product" = native/crypto
  std::string suite;   // a registry name, or the primitive
  std::string operation;
  size_t payload;  // octets
  std::function<void()> prepare;
  std::function<void()> once;
};

// What OpenSSL's primitives cost with contexts that are kept: the limit for anything built on them.
std::vector<CryptoCase> RawCases(size_t payload);

// Protect and unprotect of the product's own SRTP sessions; empty when the bench was built without the
// product.
std::vector<CryptoCase> ProductCases(size_t payload);

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_RAW_CRYPTO_H_
