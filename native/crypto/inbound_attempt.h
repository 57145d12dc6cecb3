#ifndef NATIVE_CRYPTO_INBOUND_ATTEMPT_H_
#define NATIVE_CRYPTO_INBOUND_ATTEMPT_H_

#include "crypto/inbound_srtp.h"
#include "crypto/packet_index.h"

namespace anchor {

// One packet, one context: what the steps of InboundSrtp hand to each other. Private to its two source files.
struct InboundSrtp::RtpAttempt {
  KeyEpoch* epoch;
  KeyContext* context;
  PacketBuffer* packet;
  const RtpHeader& header;
  Instant now;
  Scratch* scratch;

  ContextSet bit() const { return ContextSet{1} << (context - epoch->contexts.data()); }

  // In place: there is no second chance with this context.
  srtp_err_status_t Unprotect() const { return context->UnprotectRtp(epoch->parameters, packet); }

  // On a copy, so that the packet can be tried again: AEAD decrypts before it knows.
  srtp_err_status_t UnprotectCopy() const {
    PacketBuffer copy = scratch->trial();
    copy.CopyFrom(*packet);
    const srtp_err_status_t status = context->UnprotectRtp(epoch->parameters, &copy);
    if (status == srtp_err_status_ok) packet->CopyFrom(copy);
    return status;
  }

  srtp_err_status_t UnprotectCopyAt(uint32_t rollover_counter) const {
    if (!context->ExpectRolloverCounter(epoch->parameters, header.ssrc, rollover_counter))
      return srtp_err_status_alloc_fail;
    return UnprotectCopy();
  }
};

struct InboundSrtp::RtcpAttempt {
  KeyEpoch* epoch;
  KeyContext* context;
  const RtcpHeader& header;
  Instant now;
};

// Why libsrtp refused.
DropReason ReasonOf(srtp_err_status_t status);

// The key was used up (RFC 3711 §9.2).
SrtpVerdict RefuseUsedUp(KeyContext* context);

// The context whose MKI the packet carries, with the MKI cut off; the only one when there are no MKIs; null
// when the MKI is unknown. `behind` octets of the packet follow the MKI.
KeyContext* SelectContext(KeyEpoch* epoch, PacketBuffer* packet, size_t behind);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_INBOUND_ATTEMPT_H_
