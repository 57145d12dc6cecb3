#ifndef NATIVE_CRYPTO_AES_ICM_CIPHER_H_
#define NATIVE_CRYPTO_AES_ICM_CIPHER_H_

#include <array>

#include "crypto/libsrtp_kernel.h"

namespace anchor {

// AES-CM of RFC 3711 §4.1.1 with keys of 128, 192 and 256 bits (RFC 6188) as libsrtp's crypto kernel takes
// it, in place of its own.
const std::array<srtp_cipher_type_t, 3>& AesIcmCipherTypes();

}  // namespace anchor

#endif  // NATIVE_CRYPTO_AES_ICM_CIPHER_H_
