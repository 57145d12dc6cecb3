#ifndef NATIVE_CRYPTO_SUITE_SELF_TEST_H_
#define NATIVE_CRYPTO_SUITE_SELF_TEST_H_

#include "crypto/crypto_suite.h"

namespace anchor {

// Whether libsrtp as built derives the session keys that the RFCs print for the suite's master key, and
// protects a packet with them as it should. A suite that fails is neither offered nor accepted.
bool ReproducesVectors(const CryptoSuite& suite);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SUITE_SELF_TEST_H_
