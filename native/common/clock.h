#ifndef NATIVE_COMMON_CLOCK_H_
#define NATIVE_COMMON_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace anchor {

inline uint64_t NanosecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// A reading of CLOCK_MONOTONIC, taken once a round and handed down: the packet path reads no clock of its
// own.
struct Instant {
  uint64_t microseconds = 0;

  static Instant Now() { return {NanosecondsOf(CLOCK_MONOTONIC) / 1000}; }
  uint64_t milliseconds() const { return microseconds / 1000; }
};

}  // namespace anchor

#endif  // NATIVE_COMMON_CLOCK_H_
