#ifndef NATIVE_CRYPTO_STREAM_LIST_SRTP_H_
#define NATIVE_CRYPTO_STREAM_LIST_SRTP_H_

#include <srtp.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets the SRTCP index that an outbound stream used last, for which libsrtp has no function. 0: no such
 * stream. */
int anchor_srtp_resume_srtcp(srtp_t session, uint32_t ssrc, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif /* NATIVE_CRYPTO_STREAM_LIST_SRTP_H_ */
