#ifndef NATIVE_CRYPTO_KDF_SRTP_H_
#define NATIVE_CRYPTO_KDF_SRTP_H_

#include <openssl/evp.h>

// Octets; libsrtp's OPENSSL_KDF code uses these names but does not define them.
#define SRTP_AES_128_KEYSIZE 16
#define SRTP_AES_192_KEYSIZE 24
#define SRTP_AES_256_KEYSIZE 32

#ifdef __cplusplus
extern "C" {
#endif

// The key derivation function of SRTP, under the name and signature by which libsrtp built with OPENSSL_KDF
// calls its back end. Included into libsrtp's sources by the compiler's command line: libsrtp's own
// derivation stretches AES-192 master keys as if they were AES-256 ones, against RFC 6188 §3.1, and this one
// does not.
//
// `cipher` is EVP_aes_128_ctr, _192_ctr or _256_ctr; `master_key` has its key length; `master_salt` is 14
// octets, shorter salts padded with zeros behind (RFC 7714 erratum 4938). Key derivation rate 0. `label` is
// that of RFC 3711 §4.3.2 and decides how much is written to `out`: a cipher key, 20 octets of authentication
// key, or 14 of salt. Returns 0, or -1 on failure.
int kdf_srtp(const EVP_CIPHER* cipher, char* master_key, char* master_salt, char* index, char* rate,
             int label, char* out);

#ifdef __cplusplus
}
#endif

#endif  // NATIVE_CRYPTO_KDF_SRTP_H_
