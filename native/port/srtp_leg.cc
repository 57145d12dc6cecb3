#include "port/srtp_leg.h"

#include <utility>

namespace anchor {

bool SrtpLeg::Configure(std::optional<SrtpKeys> inbound, std::optional<SrtpKeys> outbound, Instant now,
                        uint32_t overlap_milliseconds) {
  configured_ = true;
  decrypts_ = inbound.has_value();
  encrypts_ = outbound.has_value();
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
  return rekeyed;
}

}  // namespace anchor
