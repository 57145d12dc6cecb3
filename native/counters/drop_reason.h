#ifndef NATIVE_COUNTERS_DROP_REASON_H_
#define NATIVE_COUNTERS_DROP_REASON_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace anchor {

// Why a datagram that arrived was not forwarded. Closed: every drop has exactly one. Same order as
// DROP_REASONS of src/relay/counters.ts.
enum class DropReason : uint8_t {
  kAuth,           // SRTP or SRTCP tag wrong (RFC 3711 §3.3 step 5).
  kReplay,         // Index seen before or too old (RFC 3711 §3.3.2), or a repeat from a plain sender.
  kNotRtp,         // First octet not of RTP or RTCP (RFC 7983).
  kShort,          // Header cut off, or lengths in it beyond the datagram.
  kUnknownSource,  // Not the settled source, or not in the allowed networks.
  kNotLearned,     // The destination's address is not known yet.
  kNoKey,          // Secure leg without keys yet, or unknown MKI.
  kNoPeer,         // No port to forward to.
  kDirection,      // RTP in a direction on hold.
  kBlocked,        // Payload type blocked by the proxy.
  kSsrcLimit,      // More SSRCs than slots.
  kTxError,        // The send system call failed.
  kPlainOnSrtp,    // Plain packet on a secure leg.
  kKeyLimit,       // Key used up (RFC 3711 §9.2).
  kCryptoError,    // Protect failed for another reason.
};
inline constexpr size_t kDropReasonCount = 15;

// The name as JavaScript sees it, e.g. `unknown_source`.
std::string_view DropReasonName(DropReason reason);

}  // namespace anchor

#endif  // NATIVE_COUNTERS_DROP_REASON_H_
