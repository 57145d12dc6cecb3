#ifndef NATIVE_PORT_SRTP_LEG_H_
#define NATIVE_PORT_SRTP_LEG_H_

#include <memory>
#include <optional>

#include "crypto/inbound_srtp.h"
#include "crypto/outbound_srtp.h"

namespace anchor {

// The two SRTP sessions with one party. The RTP port of a pair owns it; the RTCP port shares it, so that one
// key has one SRTCP index wherever it is sent from (RFC 3711 §9.1). Both ports live on one worker. A plain
// leg costs next to nothing.
class SrtpLeg {
 public:
  // Replaces what was configured; nullopt = plain. True when new keys took the place of others. The keys of a
  // leg that becomes plain are kept with their indices: should the same ones come back, they must not start
  // again at 0.
  bool Configure(std::optional<SrtpKeys> inbound, std::optional<SrtpKeys> outbound, Instant now,
                 uint32_t overlap_milliseconds);

  // Before that nobody has said whether the leg is secure, and nothing may pass as plain.
  bool configured() const { return configured_; }
  // Null = plain.
  InboundSrtp* inbound() { return decrypts_ ? inbound_.get() : nullptr; }
  OutboundSrtp* outbound() { return encrypts_ ? outbound_.get() : nullptr; }
  const InboundSrtp* inbound() const { return decrypts_ ? inbound_.get() : nullptr; }
  const OutboundSrtp* outbound() const { return encrypts_ ? outbound_.get() : nullptr; }
  // Wipes keys whose time is over.
  void DropExpired(Instant now) {
    if (inbound_ && inbound_->overlapping()) inbound_->DropExpired(now);
  }

 private:
  bool configured_ = false;
  bool decrypts_ = false;
  bool encrypts_ = false;
  std::unique_ptr<InboundSrtp> inbound_;  // Null = never had keys.
  std::unique_ptr<OutboundSrtp> outbound_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_SRTP_LEG_H_
