// A party with media has a socket to itself (MediaSocket): nothing of what a port does is to change with it.
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "support/relay_harness.h"

using anchor::DropReason;
using anchor::PortCounter;
using reference::Srtp;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

namespace {

std::string Hex(uint16_t port) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text += kDigits[(port >> shift) & 15];
  return text;
}

// Whether this machine has a socket on the port that is connected to the party.
bool Connected(const RelayHarness::Port& port, const UdpEndpoint& party) {
  std::ifstream table("/proc/self/net/udp");
  const std::string wanted = ":" + Hex(port.address.port) + " 0100007F:" + Hex(party.port()) + " ";
  for (std::string line; std::getline(table, line);) {
    if (line.find(wanted) != std::string::npos) return true;
  }
  return false;
}

// A secure party and a plain one, who talk to each other.
struct Call {
  explicit Call(anchor::RelayOptions options = RelayHarness::DefaultOptions())
      : harness(options), secure_port(harness.Open()), plain_port(harness.Open()) {
    anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
    config.inbound = test::Keys(test::kSuite, 1);
    config.outbound = test::Keys(test::kSuite, 2);
    harness.Configure(secure_port, std::move(config));
    harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
    harness.Settle();
  }

  // Whether a packet of each arrives at the other.
  bool Exchange(UdpEndpoint& from_secure) {
    const Octets packet = test::Rtp(++sequence);
    from_secure.Send(theirs.ProtectRtp(packet, 0), secure_port.address);
    if (plain.Receive() != packet) return false;
    plain.Send(packet, plain_port.address);
    return from_secure.Receive() == ours.ProtectRtp(packet, 0);
  }

  // Talks until both parties have sockets of their own; false when that does not happen.
  bool TalkUntilConnected(UdpEndpoint& from_secure) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      if (!Exchange(from_secure)) return false;
      if (Connected(secure_port, from_secure) && Connected(plain_port, plain)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  UdpEndpoint secure;
  UdpEndpoint plain;
  UdpEndpoint stranger;
  RelayHarness harness;
  RelayHarness::Port secure_port;
  RelayHarness::Port plain_port;
  const Srtp theirs{test::kSuite, test::KeySalt(test::kSuite, 1)};
  const Srtp ours{test::kSuite, test::KeySalt(test::kSuite, 2)};
  uint16_t sequence = 0;
};

}  // namespace

TEST_CASE("while parties have sockets of their own, strangers are refused and counted as before") {
  Call call;
  REQUIRE(call.TalkUntilConnected(call.secure));
  for (int n = 0; n < 20; ++n) {
    call.stranger.Send(test::Rtp(1), call.plain_port.address);
    call.stranger.Send(call.theirs.ProtectRtp(test::Rtp(1), 0), call.secure_port.address);
    call.stranger.Send(test::Rtp(60000), call.secure_port.address);
  }
  CHECK(call.harness.Eventually([&call] {
    return call.harness.Drops(call.plain_port, DropReason::kUnknownSource) == 20 &&
           call.harness.Drops(call.secure_port, DropReason::kReplay) == 20 &&
           call.harness.Drops(call.secure_port, DropReason::kAuth) == 20;
  }));
  CHECK(call.Exchange(call.secure));
  CHECK(call.harness.AddsUp(call.plain_port));
  CHECK(call.harness.AddsUp(call.secure_port));
  CHECK_FALSE(call.stranger.Receive(20).has_value());
}

TEST_CASE("a secure party that moves is heard and followed at once, and gets another socket to itself") {
  Call call;
  REQUIRE(call.TalkUntilConnected(call.secure));
  UdpEndpoint elsewhere;
  CHECK(call.Exchange(elsewhere));
  REQUIRE(call.TalkUntilConnected(elsewhere));
  CHECK_FALSE(Connected(call.secure_port, call.secure));
  CHECK(call.harness.Counter(call.secure_port, PortCounter::kAddressChanges) == 1);
  // And back.
  CHECK(call.Exchange(call.secure));
  CHECK(call.harness.AddsUp(call.secure_port));
}

TEST_CASE("a stranger who fills the queue of a port takes nothing from its party") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.receive_buffer_bytes = 16 * 1024;
  // Between two rounds there is time to fill it.
  options.coalesce_microseconds = 40'000;
  Call call(options);
  REQUIRE(call.TalkUntilConnected(call.secure));
  for (int round = 0; round < 5; ++round) {
    for (int n = 0; n < 500; ++n) call.stranger.Send(test::Rtp(1), call.plain_port.address);
    CHECK(call.Exchange(call.secure));
  }
  // It did fill it.
  CHECK(call.harness.Eventually(
      [&call] { return call.harness.Counter(call.plain_port, PortCounter::kSocketOverflows) > 0; }));
}

TEST_CASE("signalling that sends media elsewhere is followed, whatever socket there was") {
  Call call;
  REQUIRE(call.TalkUntilConnected(call.secure));
  UdpEndpoint next;
  call.harness.Configure(call.plain_port, test::PlainConfig(next.address(), call.secure_port));
  call.harness.Settle();
  const Octets packet = test::Rtp(++call.sequence);
  call.secure.Send(call.theirs.ProtectRtp(packet, 0), call.secure_port.address);
  CHECK(next.Receive() == packet);
  CHECK_FALSE(call.plain.Receive(20).has_value());
}

TEST_CASE("a port that is closed is free, with both of its sockets") {
  Call call;
  REQUIRE(call.TalkUntilConnected(call.secure));
  call.harness.relay().ClosePort(call.secure_port.id);
  REQUIRE(call.harness.WaitFor(anchor::PortEventKind::kClosed, call.secure_port.id));
  CHECK(anchor::UdpSocket::Bind(call.secure_port.address, {}));
  CHECK_FALSE(Connected(call.secure_port, call.secure));
}
