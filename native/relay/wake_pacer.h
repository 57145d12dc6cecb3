#ifndef NATIVE_RELAY_WAKE_PACER_H_
#define NATIVE_RELAY_WAKE_PACER_H_

#include <cstddef>
#include <cstdint>

#include "common/clock.h"

namespace anchor {

// How long a worker lets packets gather before it looks again, so that one wake-up carries several. The more
// a round found, the less there is to gain, so the pause shrinks as the load grows, and with it what it adds
// to the latency.
class WakePacer {
 public:
  // A round with so many packets carries the cost of a wake-up well enough.
  static constexpr size_t kEnough = 32;

  // 0 = never pause.
  explicit WakePacer(uint32_t longest_microseconds) : longest_microseconds_(longest_microseconds) {}

  // Microseconds, after a round that began at `now`. None when a socket was left with more to read, and none
  // for single packets far apart, which would only be woken for twice.
  uint64_t PauseAfter(size_t packets, bool more_waits, Instant now) {
    if (packets == 0) return 0;
    const uint64_t since = now.microseconds - round_before_.microseconds;
    round_before_ = now;
    if (packets >= kEnough || more_waits || since >= longest_microseconds_ * 4) return 0;
    return longest_microseconds_ * (kEnough - packets) / kEnough;
  }

 private:
  const uint64_t longest_microseconds_;
  Instant round_before_;  // The last one that found packets.
};

}  // namespace anchor

#endif  // NATIVE_RELAY_WAKE_PACER_H_
