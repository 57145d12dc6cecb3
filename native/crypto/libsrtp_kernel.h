#ifndef NATIVE_CRYPTO_LIBSRTP_KERNEL_H_
#define NATIVE_CRYPTO_LIBSRTP_KERNEL_H_

// The headers of libsrtp's crypto kernel, in the order they need: config.h says which types there are, and
// the last one leaves it to its includer to say what a debug module is.
// clang-format off
#include <config.h>
#include <crypto_kernel.h>
#include <cipher_types.h>
// clang-format on

#endif  // NATIVE_CRYPTO_LIBSRTP_KERNEL_H_
