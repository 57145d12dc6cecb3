#include "port/srtp_leg.h"

#include <utility>

namespace anchor {

bool SrtpLeg::Configure(std::optional<SrtpKeys> inbound, std::optional<SrtpKeys> outbound, Instant now,
                        uint32_t overlap_milliseconds) {
  const bool decrypts = inbound.has_value();
  const bool encrypts = outbound.has_value();
  // Memory may run out half-way, and half a leg is closed.
  configured_ = decrypts_ = encrypts_ = false;
  bool rekeyed = false;
  if (inbound) {
    if (inbound_)
      rekeyed |= inbound_->Rekey(*std::move(inbound), now, overlap_milliseconds);
    else
      inbound_ = std::make_unique<InboundSrtp>(*std::move(inbound));
  }
  if (outbound) {
    if (outbound_)
      rekeyed |= outbound_->Rekey(*std::move(outbound));
    else
      outbound_ = std::make_unique<OutboundSrtp>(*std::move(outbound));
  }
  decrypts_ = decrypts;
  encrypts_ = encrypts;
  configured_ = true;
  return rekeyed;
}

}  // namespace anchor
