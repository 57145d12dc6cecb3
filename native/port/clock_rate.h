#ifndef NATIVE_PORT_CLOCK_RATE_H_
#define NATIVE_PORT_CLOCK_RATE_H_

#include <cstdint>

#include "common/clock.h"

namespace anchor {

// The clock of a stream's time stamps, needed to measure jitter in their units. Static payload types have
// theirs in RFC 3551 §6; the relay is not told the SDP's for dynamic ones, and estimates it from how fast the
// time stamps run. Until there is enough to estimate from, 8,000 Hz.
class ClockRate {
 public:
  // Feeds a packet in sequence. True when the rate is another one than before: start measuring anew.
  bool Note(uint8_t payload_type, uint32_t timestamp, Instant now);

  uint32_t hertz() const { return hertz_; }

 private:
  static constexpr uint64_t kEstimateMicroseconds = 500'000;

  bool Estimate(uint32_t timestamp, Instant now);

  uint32_t hertz_ = 8000;
  int payload_type_ = -1;
  uint32_t first_timestamp_ = 0;
  uint64_t first_microseconds_ = 0;
  bool estimated_ = false;
};

}  // namespace anchor

#endif  // NATIVE_PORT_CLOCK_RATE_H_
