#include "counters/drop_reason.h"

#include <array>

namespace anchor {

std::string_view DropReasonName(DropReason reason) {
  static constexpr std::array<std::string_view, kDropReasonCount> names = {
      "auth",        "replay",   "not_rtp",       "short",     "unknown_source",
      "not_learned", "no_key",   "no_peer",       "direction", "blocked",
      "ssrc_limit",  "tx_error", "plain_on_srtp", "key_limit", "crypto_error"};
  return names[static_cast<size_t>(reason)];
}

}  // namespace anchor
