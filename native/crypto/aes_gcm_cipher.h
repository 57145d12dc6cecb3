#ifndef NATIVE_CRYPTO_AES_GCM_CIPHER_H_
#define NATIVE_CRYPTO_AES_GCM_CIPHER_H_

#include <array>

#include "crypto/libsrtp_kernel.h"

namespace anchor {

// AES-GCM of RFC 7714 with keys of 128 and 256 bits as libsrtp's crypto kernel takes it, in place of its own.
const std::array<srtp_cipher_type_t, 2>& AesGcmCipherTypes();

}  // namespace anchor

#endif  // NATIVE_CRYPTO_AES_GCM_CIPHER_H_
