#ifndef NATIVE_CRYPTO_SRTP_VERDICT_H_
#define NATIVE_CRYPTO_SRTP_VERDICT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "counters/drop_reason.h"

namespace anchor {

// How the rollover counter of a stream was found again under a new key (RFC 3711 §3.3.1 keeps it, some peers
// do not).
enum class RocResync : uint8_t { kNone, kKept, kReset, kPlusOne, kMinusOne, kFailed };

enum class KeyUsage : uint8_t {
  kNormal,
  kNearLimit,  // Fewer than 2^16 packets are left under the key. Told once a key.
  kStopped,    // The key was refused for the first time.
};

// What became of a packet.
struct SrtpVerdict {
  std::optional<DropReason> drop;  // nullopt = it passed.
  KeyUsage usage = KeyUsage::kNormal;
  RocResync resync = RocResync::kNone;
  bool sequence_restarted = false;  // Outbound: the source began anew and was bridged.
  // The packet is newer than all before it of its SSRC: only such a one may move an address.
  bool newest = false;
  uint32_t rollover_counter = 0;  // SRTP: of the stream's highest index.

  static SrtpVerdict Drop(DropReason reason) {
    SrtpVerdict verdict;
    verdict.drop = reason;
    return verdict;
  }
  bool passed() const { return !drop.has_value(); }
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SRTP_VERDICT_H_
