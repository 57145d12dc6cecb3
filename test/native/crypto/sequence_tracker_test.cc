#include "crypto/sequence_tracker.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <vector>

using anchor::SequenceTracker;
using Kind = SequenceTracker::Kind;

namespace {

SequenceTracker::Placement Send(SequenceTracker* tracker, uint16_t sequence_number) {
  const SequenceTracker::Placement placement = tracker->Place(sequence_number);
  if (placement.sends()) tracker->Commit(placement);
  return placement;
}

}  // namespace

TEST_CASE("numbers in sequence pass as they are, through rollovers") {
  SequenceTracker tracker;
  for (uint64_t n = 65000; n < 65000 + (1 << 18); ++n) {
    const auto placement = Send(&tracker, static_cast<uint16_t>(n));
    REQUIRE(placement.kind == Kind::kNewest);
    REQUIRE(placement.index == n);
  }
}

TEST_CASE("a jump ahead of less than 2^15 is loss and passes as it is") {
  SequenceTracker tracker;
  Send(&tracker, 1000);
  CHECK(Send(&tracker, 1000 + 32767).index == 1000 + 32767);
  CHECK(Send(&tracker, static_cast<uint16_t>(1000 + 2 * 32767)).index == 1000 + 2 * 32767);
}

TEST_CASE("within the window a late packet gets its own index, once") {
  SequenceTracker tracker;
  Send(&tracker, 1000);
  Send(&tracker, 1127);
  CHECK(Send(&tracker, 1001).kind == Kind::kLate);
  CHECK(Send(&tracker, 1001).kind == Kind::kDuplicate);
  CHECK(Send(&tracker, 1000).kind == Kind::kDuplicate);
  CHECK(Send(&tracker, 1127).kind == Kind::kDuplicate);
  CHECK(Send(&tracker, 999).kind == Kind::kTooOld);
}

TEST_CASE("what came before the first packet of a stream has no index") {
  SequenceTracker tracker;
  Send(&tracker, 1);
  CHECK(Send(&tracker, 0).kind == Kind::kLate);
  CHECK(Send(&tracker, 65535).kind == Kind::kTooOld);
  CHECK(Send(&tracker, 2).index == 2);
}

TEST_CASE("a source that starts again is carried on at the next index after one packet") {
  SequenceTracker tracker;
  for (uint16_t n = 20000; n < 20100; ++n) Send(&tracker, n);
  CHECK(Send(&tracker, 5).kind == Kind::kTooOld);
  CHECK(Send(&tracker, 6).kind == Kind::kRestart);
  CHECK(tracker.highest_index() == 20100);
  CHECK(Send(&tracker, 7).index == 20101);
  // Again, to the same numbers: still upwards.
  for (uint16_t n = 8; n < 300; ++n) Send(&tracker, n);
  const uint64_t before = tracker.highest_index();
  Send(&tracker, 5);
  CHECK(Send(&tracker, 6).index == before + 1);
}

TEST_CASE("stragglers of the run before a restart do not disturb the new one") {
  SequenceTracker tracker;
  for (uint16_t n = 20000; n < 20100; ++n) Send(&tracker, n);
  Send(&tracker, 5);
  Send(&tracker, 6);
  CHECK(Send(&tracker, 20099).kind == Kind::kTooOld);
  CHECK(Send(&tracker, 20098).kind == Kind::kTooOld);
  CHECK(Send(&tracker, 7).index == 20101);
}

TEST_CASE("a single old packet is no restart") {
  SequenceTracker tracker;
  for (uint16_t n = 20000; n < 20100; ++n) Send(&tracker, n);
  CHECK(Send(&tracker, 5).kind == Kind::kTooOld);
  CHECK(Send(&tracker, 20100).index == 20100);
  CHECK(Send(&tracker, 6).kind == Kind::kTooOld);
}

TEST_CASE("whatever comes in, no index is given out twice (2^18 random numbers, fixed seeds)") {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    std::mt19937 random(seed);
    SequenceTracker tracker;
    std::set<uint64_t> used;
    uint16_t walk = static_cast<uint16_t>(random());
    for (int n = 0; n < (1 << 16); ++n) {
      // Mostly a walk with loss and reordering, sometimes a leap, as broken sources do.
      const auto dice = random() % 100;
      uint16_t number = ++walk;
      if (dice < 10) number = static_cast<uint16_t>(walk - random() % 200);
      if (dice == 10) number = walk = static_cast<uint16_t>(random());
      if (dice == 11) number = walk = static_cast<uint16_t>(walk + 20000);
      const auto placement = Send(&tracker, number);
      if (placement.sends()) REQUIRE(used.insert(placement.index).second);
    }
    CHECK(used.size() > 40000);
  }
}

TEST_CASE("the window agrees with a plain set of indices (shuffled patterns, fixed seeds)") {
  for (unsigned seed = 0; seed < 4096; ++seed) {
    std::mt19937 random(seed);
    SequenceTracker tracker;
    std::set<uint64_t> sent;
    uint64_t highest = 100000 & 0xffff;
    uint64_t base = highest;
    Send(&tracker, static_cast<uint16_t>(base));
    sent.insert(base);
    for (int n = 0; n < 64; ++n) {
      // At most half a window from the newest, so that none is a restart.
      const uint64_t index = highest + random() % 100 - 60;
      const auto placement = Send(&tracker, static_cast<uint16_t>(index));
      const bool expected = index > highest || (highest - index < 128 && sent.count(index) == 0);
      REQUIRE(placement.sends() == expected);
      if (!expected) continue;
      REQUIRE(placement.index == index);
      sent.insert(index);
      highest = std::max(highest, index);
    }
  }
}
