#include "relay/wake_pacer.h"

#include <doctest/doctest.h>

using anchor::Instant;
using anchor::WakePacer;

namespace {

constexpr uint32_t kLongest = 500;

// After a round a moment before, so that the load is a steady one.
uint64_t SteadyPause(size_t packets, bool more_waits = false) {
  WakePacer pacer(kLongest);
  pacer.PauseAfter(1, false, Instant{1'000'000});
  return pacer.PauseAfter(packets, more_waits, Instant{1'000'400});
}

}  // namespace

TEST_CASE("the pause shrinks as rounds grow, and never exceeds what was asked for") {
  uint64_t before = kLongest;
  for (size_t packets = 1; packets < WakePacer::kEnough; ++packets) {
    const uint64_t pause = SteadyPause(packets);
    CHECK(pause > 0);
    CHECK(pause < before);
    before = pause;
  }
}

TEST_CASE("nothing is waited for after a large round, an empty one, or with more to read") {
  CHECK(SteadyPause(WakePacer::kEnough) == 0);
  CHECK(SteadyPause(1'000) == 0);
  CHECK(SteadyPause(0) == 0);
  CHECK(SteadyPause(3, true) == 0);
}

TEST_CASE("a single packet after a silence is not waited behind") {
  WakePacer pacer(kLongest);
  CHECK(pacer.PauseAfter(1, false, Instant{1'000'000}) == 0);
  CHECK(pacer.PauseAfter(1, false, Instant{1'000'000 + 4 * kLongest}) == 0);
  CHECK(pacer.PauseAfter(1, false, Instant{1'000'000 + 8 * kLongest - 1}) > 0);
}

TEST_CASE("a worker that is to wake at once never pauses") {
  WakePacer pacer(0);
  pacer.PauseAfter(1, false, Instant{1'000'000});
  CHECK(pacer.PauseAfter(1, false, Instant{1'000'000}) == 0);
  CHECK(pacer.PauseAfter(40, false, Instant{1'000'001}) == 0);
}
