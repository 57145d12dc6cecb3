#include "port/clock_rate.h"

#include <array>

namespace anchor {
namespace {

// RFC 3551 §6, tables 4 and 5; 0 = dynamic, reserved or unassigned.
constexpr uint32_t StaticRate(uint8_t payload_type) {
  switch (payload_type) {
    case 6:
      return 16000;
    case 10:
    case 11:
      return 44100;
    case 16:
      return 11025;
    case 17:
      return 22050;
    case 14:
    case 25:
    case 26:
    case 28:
    case 31:
    case 32:
    case 33:
    case 34:
      return 90000;
    default:
      return payload_type <= 18 ? 8000 : 0;
  }
}

}  // namespace

bool ClockRate::Note(uint8_t payload_type, uint32_t timestamp, Instant now) {
  if (payload_type_ == payload_type) return !estimated_ && Estimate(timestamp, now);
  payload_type_ = payload_type;
  first_timestamp_ = timestamp;
  first_microseconds_ = now.microseconds;
  const uint32_t fixed = StaticRate(payload_type);
  estimated_ = fixed != 0;
  if (fixed == 0 || fixed == hertz_) return false;
  hertz_ = fixed;
  return true;
}

bool ClockRate::Estimate(uint32_t timestamp, Instant now) {
  static constexpr std::array<uint32_t, 7> common = {8000, 16000, 24000, 32000, 44100, 48000, 90000};
  const uint64_t elapsed = now.microseconds - first_microseconds_;
  if (elapsed < kEstimateMicroseconds) return false;
  estimated_ = true;
  const uint64_t measured = uint64_t{timestamp - first_timestamp_} * 1'000'000 / elapsed;
  for (const uint32_t rate : common) {
    if (measured * 20 < uint64_t{rate} * 19 || measured * 20 > uint64_t{rate} * 21) continue;  // Within 5 %.
    if (rate == hertz_) return false;
    hertz_ = rate;
    return true;
  }
  return false;
}

}  // namespace anchor
