#include "port/endpoint_latch.h"

#include <doctest/doctest.h>

using anchor::EndpointLatch;
using anchor::Instant;
using anchor::LearningMode;
using anchor::PortConfig;
using anchor::SocketAddress;

namespace {

SocketAddress At(const char* address, uint16_t port) { return SocketAddress::Parse(address, port).value(); }

const SocketAddress kSignalled = At("192.0.2.1", 4000);
const SocketAddress kOtherPort = At("192.0.2.1", 5000);
const SocketAddress kSamePort = At("198.51.100.9", 4000);
const SocketAddress kStranger = At("198.51.100.9", 6000);
const SocketAddress kStranger2 = At("203.0.113.5", 7000);
constexpr uint32_t kWindow = 3000;

struct Latch {
  explicit Latch(LearningMode mode = LearningMode::kHeuristic, bool secure = false)
      : leg(secure ? EndpointLatch::Leg::kSecure : EndpointLatch::Leg::kPlain) {
    config.learning = mode;
    config.remote = kSignalled;
    config.learning_round = 1;
    latch.Configure(config, now);
  }
  void NewRound(const SocketAddress& remote) {
    config.remote = remote;
    ++config.learning_round;
    latch.Configure(config, now);
  }
  // What the packet path does with a packet from there that is in order.
  bool Takes(const SocketAddress& source, bool newest = true) {
    if (!latch.Admits(source, leg, now)) return false;
    latch.Learn(source, leg, newest, now);
    return true;
  }
  int CountTaken(const SocketAddress& source, int packets) {
    int taken = 0;
    for (int n = 0; n < packets; ++n) taken += Takes(source) ? 1 : 0;
    return taken;
  }
  bool SendsTo(const SocketAddress& destination) const { return latch.destination() == destination; }
  void Pass(uint64_t milliseconds) { now.microseconds += milliseconds * 1000; }

  EndpointLatch::Leg leg;
  PortConfig config;
  Instant now{1'000'000'000};
  EndpointLatch latch{kWindow};
};

}  // namespace

TEST_CASE("before anything came, we send where the SDP says") {
  Latch latch;
  CHECK(latch.SendsTo(kSignalled));
  CHECK_FALSE(latch.latch.learned());
}

TEST_CASE("the exact source settles at once, and nothing else gets in any more") {
  Latch latch;
  CHECK(latch.Takes(kSignalled));
  CHECK(latch.latch.learned());
  for (const auto& source : {kOtherPort, kSamePort, kStranger}) CHECK_FALSE(latch.Takes(source));
  latch.Pass(2 * kWindow);
  for (const auto& source : {kOtherPort, kSamePort, kStranger}) CHECK_FALSE(latch.Takes(source));
  CHECK(latch.Takes(kSignalled));
}

TEST_CASE(
    "candidates are ranked: exact, then address, then port, then anything; the best one alone is taken") {
  Latch latch;
  CHECK(latch.Takes(kStranger));
  CHECK_FALSE(latch.Takes(kStranger2));
  CHECK(latch.Takes(kSamePort));
  CHECK_FALSE(latch.Takes(kStranger));
  CHECK(latch.Takes(kOtherPort));
  CHECK_FALSE(latch.Takes(kSamePort));
  CHECK(latch.SendsTo(kOtherPort));
  CHECK(latch.Takes(kSignalled));
  CHECK_FALSE(latch.Takes(kOtherPort));
  CHECK(latch.SendsTo(kSignalled));
}

TEST_CASE("the best one seen settles when the window ends") {
  Latch latch;
  CHECK(latch.Takes(kOtherPort));
  latch.Pass(kWindow - 1);
  CHECK(latch.Takes(kOtherPort));
  latch.Pass(1);
  CHECK_FALSE(latch.Takes(kSignalled));
  CHECK(latch.Takes(kOtherPort));
}

TEST_CASE("the window starts with the first packet, not with the signalling") {
  Latch latch;
  latch.Pass(10 * kWindow);
  CHECK(latch.Takes(kStranger));
  CHECK(latch.Takes(kSignalled));
  CHECK_FALSE(latch.Takes(kStranger));
}

TEST_CASE("before the party speaks, a stranger gets five packets in and nothing out") {
  Latch latch;
  CHECK(latch.CountTaken(kStranger, 1000) == EndpointLatch::kUnmatchedPackets);
  CHECK(latch.SendsTo(kSignalled));
  // Many strangers share the five.
  CHECK(latch.CountTaken(kStranger2, 1000) == 0);
  latch.Pass(EndpointLatch::kUnmatchedHoldMilliseconds - 1);
  CHECK(latch.CountTaken(kStranger, 10) == 0);
  CHECK(latch.Takes(kSignalled));
  CHECK(latch.SendsTo(kSignalled));
  CHECK(latch.CountTaken(kStranger, 10) == 0);
}

TEST_CASE("a party behind NAT that does not match the SDP is taken in full after the hold") {
  Latch latch;
  latch.CountTaken(kStranger, 10);
  latch.Pass(EndpointLatch::kUnmatchedHoldMilliseconds);
  CHECK(latch.CountTaken(kStranger, 100) == 100);
  CHECK(latch.SendsTo(kStranger));
  CHECK(latch.latch.learned());
}

TEST_CASE("when the SDP names no address, the first source is taken without a hold") {
  EndpointLatch latch(kWindow);
  PortConfig config;
  config.learning_round = 1;
  Instant now{1'000'000};
  latch.Configure(config, now);
  CHECK_FALSE(latch.destination().known());
  CHECK(latch.Admits(kStranger, EndpointLatch::Leg::kPlain, now));
  CHECK(latch.Learn(kStranger, EndpointLatch::Leg::kPlain, true, now));
  CHECK(latch.destination() == kStranger);
}

TEST_CASE("strict source forwards nothing before the source is settled") {
  Latch latch;
  latch.config.strict_source = true;
  latch.NewRound(kSignalled);
  CHECK_FALSE(latch.Takes(kOtherPort));
  latch.Pass(kWindow);
  CHECK(latch.Takes(kOtherPort));
  latch.NewRound(kSignalled);
  CHECK(latch.Takes(kOtherPort));
}

TEST_CASE("in a new round of the same SDP the settled source comes first, and settles at once") {
  Latch latch;
  latch.Takes(kOtherPort);
  latch.Pass(kWindow);
  REQUIRE(latch.Takes(kOtherPort));
  latch.NewRound(kSignalled);
  CHECK(latch.SendsTo(kOtherPort));
  CHECK(latch.Takes(kSignalled));
  CHECK(latch.Takes(kOtherPort));
  CHECK_FALSE(latch.Takes(kSignalled));
}

TEST_CASE(
    "in a new round with another address its owner comes first; until it speaks the old source goes on") {
  Latch latch;
  REQUIRE(latch.Takes(kSignalled));
  const SocketAddress next = At("192.0.2.77", 8000);
  latch.NewRound(next);
  CHECK(latch.SendsTo(next));
  CHECK(latch.Takes(kSignalled));
  CHECK_FALSE(latch.Takes(kStranger));
  CHECK(latch.Takes(next));
  CHECK_FALSE(latch.Takes(kSignalled));
  CHECK(latch.SendsTo(next));
}

TEST_CASE("the same round again changes nothing") {
  Latch latch;
  latch.Takes(kOtherPort);
  latch.Pass(kWindow);
  latch.Takes(kOtherPort);
  latch.latch.Configure(latch.config, latch.now);
  CHECK(latch.SendsTo(kOtherPort));
  CHECK_FALSE(latch.Takes(kSignalled));
}

TEST_CASE("off: the signalled source alone, never learned") {
  Latch latch(LearningMode::kOff);
  CHECK_FALSE(latch.Takes(kOtherPort));
  CHECK(latch.Takes(kSignalled));
  CHECK_FALSE(latch.latch.learned());
}

TEST_CASE("immediate: the first source that comes, and only that") {
  Latch latch(LearningMode::kImmediate);
  CHECK(latch.Takes(kStranger));
  CHECK(latch.SendsTo(kStranger));
  CHECK_FALSE(latch.Takes(kSignalled));
  latch.NewRound(kSignalled);
  CHECK(latch.Takes(kSignalled));
}

TEST_CASE(
    "delayed: the signalled address alone and unlearned until the delay is over, then the first that comes") {
  Latch latch(LearningMode::kDelayed);
  CHECK_FALSE(latch.Takes(kStranger));
  CHECK(latch.Takes(kOtherPort));
  CHECK_FALSE(latch.latch.learned());
  latch.Pass(kWindow);
  CHECK(latch.Takes(kStranger));
  CHECK(latch.SendsTo(kStranger));
  CHECK_FALSE(latch.Takes(kSignalled));
}

TEST_CASE("media handover follows whoever sends") {
  Latch latch;
  latch.config.media_handover = true;
  latch.NewRound(kSignalled);
  for (const auto& source : {kSignalled, kStranger, kOtherPort}) {
    CHECK(latch.Takes(source));
    CHECK(latch.SendsTo(source));
  }
}

TEST_CASE("a secure leg takes from anywhere at any time and follows the newest packet") {
  Latch latch(LearningMode::kHeuristic, true);
  CHECK(latch.Takes(kStranger));
  CHECK(latch.SendsTo(kStranger));
  latch.Pass(10 * kWindow);
  CHECK(latch.Takes(kOtherPort));
  CHECK(latch.SendsTo(kOtherPort));
  CHECK(latch.Takes(kStranger, false));
  CHECK(latch.SendsTo(kOtherPort));
}

TEST_CASE("a secure leg with learning off takes from anywhere and stays where the SDP says") {
  Latch latch(LearningMode::kOff, true);
  CHECK(latch.Takes(kStranger));
  CHECK(latch.SendsTo(kSignalled));
}

TEST_CASE("a secure leg with strict source stays with the first one until a new round") {
  Latch latch(LearningMode::kHeuristic, true);
  latch.config.strict_source = true;
  latch.NewRound(kSignalled);
  CHECK(latch.Takes(kStranger));
  CHECK_FALSE(latch.Takes(kSignalled));
  latch.NewRound(kSignalled);
  CHECK(latch.Takes(kSignalled));
}

TEST_CASE("an allow-list is asked first, in every mode") {
  for (const LearningMode mode :
       {LearningMode::kOff, LearningMode::kImmediate, LearningMode::kDelayed, LearningMode::kHeuristic}) {
    for (const bool secure : {false, true}) {
      Latch latch(mode, secure);
      latch.config.allowed_sources = {anchor::SourceNetwork::Parse("192.0.2.0/24").value()};
      latch.NewRound(kSignalled);
      CHECK_FALSE(latch.Takes(kStranger));
      CHECK(latch.Takes(kSignalled));
    }
  }
}

TEST_CASE("packets that have not authenticated leave nothing behind on a secure leg") {
  Latch latch(LearningMode::kHeuristic, true);
  for (const auto& source : {kSignalled, kSamePort, kStranger})
    CHECK(latch.latch.Admits(source, latch.leg, latch.now));
  CHECK_FALSE(latch.latch.learned());
  CHECK(latch.Takes(kOtherPort));
  CHECK(latch.SendsTo(kOtherPort));
}

TEST_CASE("on hold the settled source stays, in every mode, and nobody takes the place of the silent party") {
  for (const LearningMode mode :
       {LearningMode::kImmediate, LearningMode::kDelayed, LearningMode::kHeuristic}) {
    Latch latch(mode);
    latch.Pass(kWindow);
    REQUIRE(latch.Takes(kSignalled));
    latch.config.forward_rtp = false;
    latch.NewRound(kSignalled);
    latch.Pass(2 * kWindow);
    for (const auto& source : {kStranger, kOtherPort}) CHECK(latch.CountTaken(source, 20) == 0);
    CHECK(latch.SendsTo(kSignalled));
    CHECK(latch.Takes(kSignalled));
  }
}

TEST_CASE("the round that waited for the end of a hold opens then, so that a party that has moved is found") {
  Latch latch;
  REQUIRE(latch.Takes(kSignalled));
  latch.config.forward_rtp = false;
  latch.NewRound(kSignalled);
  CHECK_FALSE(latch.Takes(kOtherPort));
  latch.config.forward_rtp = true;
  latch.latch.Configure(latch.config, latch.now);
  CHECK(latch.Takes(kOtherPort));
  CHECK(latch.SendsTo(kOtherPort));
}

TEST_CASE("a hold with another address in the SDP is believed") {
  Latch latch;
  REQUIRE(latch.Takes(kSignalled));
  latch.config.forward_rtp = false;
  latch.NewRound(kSamePort);
  CHECK(latch.Takes(kSamePort));
  CHECK_FALSE(latch.Takes(kSignalled));
}

TEST_CASE("a stranger who spoke up between two rounds is never preferred to the source that the SDP says") {
  Latch latch;
  REQUIRE(latch.Takes(kSignalled));
  latch.NewRound(kSignalled);
  CHECK(latch.CountTaken(kStranger, 20) == EndpointLatch::kUnmatchedPackets);
  latch.Pass(2 * kWindow);
  latch.NewRound(kSignalled);
  CHECK(latch.CountTaken(kStranger, 20) == EndpointLatch::kUnmatchedPackets);
  CHECK(latch.Takes(kSignalled));
  CHECK_FALSE(latch.Takes(kStranger));
  CHECK(latch.SendsTo(kSignalled));
}
