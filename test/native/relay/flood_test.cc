#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>

#include "support/relay_harness.h"

using anchor::DropReason;
using anchor::PortCounter;
using reference::Srtp;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

TEST_CASE("a call goes on under garbage and forged packets at whatever rate, and everything adds up") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  UdpEndpoint attacker;
  const auto plain_port = harness.Open();
  const auto secure_port = harness.Open();
  harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
  anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
  config.inbound = test::Keys(test::kSuite, 1);
  config.outbound = test::Keys(test::kSuite, 2);
  harness.Configure(secure_port, std::move(config));
  harness.Settle();
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  const Srtp ours(test::kSuite, test::KeySalt(test::kSuite, 2));
  plain.Send(test::Rtp(0), plain_port.address);
  secure.Send(theirs.ProtectRtp(test::Rtp(0, 9), 0), secure_port.address);
  REQUIRE(secure.Receive());
  REQUIRE(plain.Receive());

  std::jthread flood([&](std::stop_token stop) {
    std::mt19937 random(1);
    while (!stop.stop_requested()) {
      Octets packet(random() % 300);
      for (uint8_t& octet : packet) octet = static_cast<uint8_t>(random());
      if (!packet.empty() && random() % 2 == 0) packet[0] = 0x80;
      attacker.Send(packet, random() % 2 == 0 ? plain_port.address : secure_port.address);
      // A buffer that overflows would lose packets of the call: that is the kernel's, not the relay's.
      if (random() % 32 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  for (uint16_t n = 1; n < 200; ++n) {
    plain.Send(test::Rtp(n), plain_port.address);
    REQUIRE(secure.Receive() == ours.ProtectRtp(test::Rtp(n), 0));
    secure.Send(theirs.ProtectRtp(test::Rtp(n, 9), 0), secure_port.address);
    REQUIRE(plain.Receive() == test::Rtp(n, 9));
  }
  flood.request_stop();
  flood.join();
  const auto quiet = [&](const RelayHarness::Port& port) {
    return harness.Eventually([&] { return harness.AddsUp(port); });
  };
  CHECK(quiet(plain_port));
  CHECK(quiet(secure_port));
  CHECK(harness.Counter(plain_port, PortCounter::kRtpPackets) == 200);
  CHECK(harness.Counter(secure_port, PortCounter::kRtpPackets) == 200);
  CHECK(harness.AllDrops(secure_port) > 50);
  CHECK(harness.Counter(plain_port, PortCounter::kAddressChanges) == 0);
  CHECK(harness.Counter(secure_port, PortCounter::kAddressChanges) == 0);
  CHECK(harness.Drops(plain_port, DropReason::kUnknownSource) > 0);
  CHECK(harness.Drops(secure_port, DropReason::kAuth) > 0);
}

TEST_CASE("commands and packets from several threads: calls come and go while others talk") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.workers = 2;
  options.coalesce_microseconds = 300;
  RelayHarness harness(options);
  std::atomic<bool> stop{false};
  std::atomic<int> delivered{0};
  const auto talk = [&](uint32_t worker) {
    const auto left = harness.Open("127.0.0.1", worker);
    const auto right = harness.Open("127.0.0.1", worker);
    auto alice = std::make_shared<UdpEndpoint>();
    auto bob = std::make_shared<UdpEndpoint>();
    anchor::PortConfig config = test::PlainConfig(bob->address(), left);
    config.outbound = test::Keys(test::kSuite, 2);
    harness.Configure(left, test::PlainConfig(alice->address(), right));
    harness.Configure(right, std::move(config));
    return std::jthread([&, alice, bob, left] {
      for (uint16_t n = 0; !stop; ++n) {
        alice->Send(test::Rtp(n), left.address);
        if (bob->Receive(1000)) ++delivered;
      }
    });
  };
  std::jthread one = talk(0);
  std::jthread two = talk(1);
  for (int n = 0; n < 200; ++n) {
    const uint32_t worker = static_cast<uint32_t>(n % 2);
    const auto port = harness.Open("127.0.0.1", worker);
    anchor::PortConfig config = test::PlainConfig(port.address, port);
    config.inbound = test::Keys(test::kSuite, 1);
    config.outbound = test::Keys(test::kSuite, static_cast<uint8_t>(1 + n % 100));
    harness.Configure(port, std::move(config));
    REQUIRE(harness.relay().ClosePort(port.id));
    REQUIRE(harness.WaitFor(anchor::PortEventKind::kClosed, port.id));
    harness.relay().ReleaseSlot(worker, port.slot);
  }
  stop = true;
  one.join();
  two.join();
  CHECK(delivered > 100);
}
