#ifndef NATIVE_CRYPTO_HMAC_SHA1_AUTH_H_
#define NATIVE_CRYPTO_HMAC_SHA1_AUTH_H_

#include "crypto/libsrtp_kernel.h"

namespace anchor {

// HMAC-SHA1 as libsrtp's crypto kernel takes it, in place of its own, which goes through EVP_MAC.
const srtp_auth_type_t& HmacSha1AuthType();

}  // namespace anchor

#endif  // NATIVE_CRYPTO_HMAC_SHA1_AUTH_H_
