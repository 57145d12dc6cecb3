#ifndef NATIVE_CRYPTO_SRTP_LIBRARY_H_
#define NATIVE_CRYPTO_SRTP_LIBRARY_H_

namespace anchor {

// Initialises libsrtp once a process and silences its reports; it is never shut down, since others may still
// use it. False when its own self-tests fail. From any thread.
bool EnsureSrtpLibrary();

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SRTP_LIBRARY_H_
