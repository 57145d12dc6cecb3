#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "support/relay_harness.h"

using anchor::PortCounter;
using anchor::StreamCounter;
using reference::Srtp;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

TEST_CASE(
    "reports that pass give loss, jitter and round trip of the stream they speak of, on a secure leg, too") {
  RelayHarness harness;
  UdpEndpoint alice;
  UdpEndpoint bob;
  const auto alice_port = harness.Open();
  const auto bob_port = harness.Open();
  harness.Configure(alice_port, test::PlainConfig(alice.address(), bob_port));
  anchor::PortConfig config = test::PlainConfig(bob.address(), alice_port);
  config.inbound = test::Keys(test::kSuite, 1);
  config.outbound = test::Keys(test::kSuite, 2);
  harness.Configure(bob_port, std::move(config));
  harness.Settle();
  const Srtp from_bob(test::kSuite, test::KeySalt(test::kSuite, 1));

  alice.Send(test::Rtp(1, 0xa11ce), alice_port.address);
  alice.Send(test::SenderReport(0xa11ce, 0x11112222, 0x33334444), alice_port.address);
  REQUIRE(bob.Receive());
  REQUIRE(bob.Receive());
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  // Bob held the report for 50 ms, so the way there and back took 10 ms or more.
  const Octets report = test::ReceiverReport(0xb0b, 0xa11ce, 0x22223333, 65536 / 20, 25, 33);
  bob.Send(from_bob.ProtectRtcp(report, 1), bob_port.address);
  CHECK(alice.Receive() == report);

  const anchor::StreamBlock stream = harness.relay().Slab(0)->stream(alice_port.slot, 0);
  CHECK(stream.Get(StreamCounter::kSsrc) == 0xa11ce);
  CHECK(stream.Get(StreamCounter::kPackets) == 1);
  CHECK(stream.Get(StreamCounter::kRemoteFractionLost) == 25);
  CHECK(stream.Get(StreamCounter::kRemoteJitter) == 33);
  CHECK(stream.Get(StreamCounter::kRoundTripMicroseconds) >= 9'000);
  CHECK(stream.Get(StreamCounter::kRoundTripMicroseconds) < 2'000'000);
}

TEST_CASE("a secure stream shows its rollover counter, and a re-key how it was found again") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  const auto plain_port = harness.Open();
  const auto secure_port = harness.Open();
  harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
  const auto config = [&](uint8_t seed, uint64_t round) {
    anchor::PortConfig result = test::PlainConfig(secure.address(), plain_port);
    result.inbound = test::Keys(test::kSuite, seed);
    result.learning_round = round;
    return result;
  };
  harness.Configure(secure_port, config(1, 1));
  harness.Settle();
  const auto deliver = [&](uint8_t seed, uint64_t index) {
    const Octets packet = test::Rtp(static_cast<uint16_t>(index));
    const Srtp judge(test::kSuite, test::KeySalt(test::kSuite, seed));
    secure.Send(judge.ProtectRtp(packet, static_cast<uint32_t>(index >> 16)), secure_port.address);
    return plain.Receive() == packet;
  };
  for (uint64_t index = 60000; index < 160000; index += 20000) REQUIRE(deliver(1, index));
  CHECK(harness.relay().Slab(0)->stream(secure_port.slot, 0).Get(StreamCounter::kRolloverCounter) == 2);

  harness.Configure(secure_port, config(2, 2));
  harness.Settle();
  REQUIRE(deliver(2, 140001));
  CHECK(harness.Counter(secure_port, PortCounter::kRocResyncKept) == 1);
  CHECK(harness.WaitFor(anchor::PortEventKind::kRocResync, secure_port.id)->detail.text() == "kept");

  harness.Configure(secure_port, config(3, 3));
  harness.Settle();
  REQUIRE(deliver(3, 140002 & 0xffff));
  CHECK(harness.Counter(secure_port, PortCounter::kRocResyncReset) == 1);
  CHECK(harness.WaitFor(anchor::PortEventKind::kRocResync, secure_port.id)->detail.text() == "reset");

  harness.Configure(secure_port, config(4, 4));
  harness.Settle();
  REQUIRE(deliver(4, (140003 & 0xffff) + 65536));
  CHECK(harness.Counter(secure_port, PortCounter::kRocResyncAdjusted) == 1);
  CHECK(harness.WaitFor(anchor::PortEventKind::kRocResync, secure_port.id)->detail.text() == "plus_one");
  CHECK(harness.Counter(secure_port, PortCounter::kRekeys) == 3);
}

TEST_CASE(
    "failures of authentication are told of after 32 in a row; a packet that passes begins the row anew") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  const auto plain_port = harness.Open();
  const auto secure_port = harness.Open();
  harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
  anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
  config.inbound = test::Keys(test::kSuite);
  harness.Configure(secure_port, std::move(config));
  harness.Settle();
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  uint64_t sent = 0;
  const auto fail = [&](int times) {
    for (int n = 0; n < times; ++n) secure.Send(test::Rtp(9), secure_port.address);
    REQUIRE(harness.Received(secure_port, sent += static_cast<uint64_t>(times)));
  };
  const auto alarms = [&] {
    harness.TakeEvents();
    return std::count_if(harness.events().begin(), harness.events().end(),
                         [](const auto& event) { return event.kind == anchor::PortEventKind::kAuthFailing; });
  };
  for (uint16_t row = 0; row < 3; ++row) {
    secure.Send(judge.ProtectRtp(test::Rtp(row), 0), secure_port.address);
    REQUIRE(harness.Received(secure_port, ++sent));
    fail(31);
  }
  CHECK(alarms() == 0);
  fail(40);
  CHECK(alarms() == 1);
}
