#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "support/relay_harness.h"

using anchor::DropReason;
using anchor::LearningMode;
using anchor::PortCounter;
using anchor::PortEventKind;
using reference::Srtp;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

namespace {

// A party behind the port under test, a stranger, and the other party, who sees what was injected and what
// was bled.
struct Scene {
  Scene() : port(harness.Open()), peer(harness.Open()) {
    harness.Configure(peer, test::PlainConfig(other.address(), port));
  }
  void Configure(anchor::PortConfig config) {
    harness.Configure(port, std::move(config));
    harness.Settle();
  }
  // Whether what the other party sends now arrives at `endpoint`.
  bool ReachedBy(UdpEndpoint& endpoint) {
    other.Send(test::Rtp(sequence), peer.address);
    const auto packet = endpoint.Receive(500);
    return packet == test::Rtp(sequence++);
  }
  bool Delivers(UdpEndpoint& from, const Octets& packet, const Octets& expected) {
    from.Send(packet, port.address);
    return other.Receive(200) == expected;
  }
  bool Delivers(UdpEndpoint& from) {
    const Octets packet = test::Rtp(sequence++, 9);
    return Delivers(from, packet, packet);
  }

  RelayHarness harness;
  UdpEndpoint party;
  UdpEndpoint stranger;
  UdpEndpoint other;
  RelayHarness::Port port;
  RelayHarness::Port peer;
  uint16_t sequence = 1;
};

}  // namespace

TEST_CASE("once the signalled source has sent, a plain leg neither takes from nor sends to a stranger") {
  Scene scene;
  scene.Configure(test::PlainConfig(scene.party.address(), scene.peer));
  CHECK(scene.Delivers(scene.party));
  for (int n = 0; n < 20; ++n) scene.stranger.Send(test::Rtp(static_cast<uint16_t>(n)), scene.port.address);
  CHECK(scene.harness.Received(scene.port, 21));
  CHECK(scene.harness.Drops(scene.port, DropReason::kUnknownSource) == 20);
  CHECK(scene.ReachedBy(scene.party));
  CHECK_FALSE(scene.stranger.Receive(20).has_value());
  // After the window, too.
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  CHECK_FALSE(scene.Delivers(scene.stranger));
  CHECK(scene.Delivers(scene.party));
}

TEST_CASE("a party behind NAT is learned within the window and told of") {
  Scene scene;
  // The SDP says another address than the packets.
  scene.Configure(test::PlainConfig(anchor::SocketAddress::Parse("192.0.2.1", 4000).value(), scene.peer));
  for (int n = 0; n < 60; ++n) {
    scene.party.Send(test::Rtp(static_cast<uint16_t>(n), 9), scene.port.address);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto event = scene.harness.WaitFor(PortEventKind::kAddressLearned, scene.port.id);
  REQUIRE(event);
  CHECK(event->detail.text() == "127.0.0.1 " + std::to_string(scene.party.port()));
  CHECK(scene.harness.Counter(scene.port, PortCounter::kRemotePort) == scene.party.port());
  CHECK(scene.harness.Counter(scene.port, PortCounter::kRemoteLearned) == 1);
  CHECK(scene.ReachedBy(scene.party));
}

TEST_CASE("on a secure leg only a packet that authenticated moves the address; a recorded one does not") {
  Scene scene;
  anchor::PortConfig config = test::PlainConfig(scene.party.address(), scene.peer);
  config.inbound = test::Keys(test::kSuite, 1);
  scene.Configure(std::move(config));
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  const auto packet = [&](uint16_t n) { return theirs.ProtectRtp(test::Rtp(n, 9), 0); };
  CHECK(scene.Delivers(scene.party, packet(10), test::Rtp(10, 9)));
  scene.stranger.Send(packet(10), scene.port.address);        // replayed
  scene.stranger.Send(test::Rtp(11, 9), scene.port.address);  // forged
  scene.stranger.Send(test::Bye(9), scene.port.address);
  CHECK(scene.harness.Received(scene.port, 4));
  CHECK(scene.ReachedBy(scene.party));
  CHECK(scene.harness.Counter(scene.port, PortCounter::kAddressChanges) == 0);

  // The party moves: the next authentic packet takes the address with it, at any time.
  UdpEndpoint moved;
  CHECK(scene.Delivers(moved, packet(12), test::Rtp(12, 9)));
  CHECK(scene.ReachedBy(moved));
  // A late one from the old path does not pull it back.
  CHECK(scene.Delivers(scene.party, packet(11), test::Rtp(11, 9)));
  CHECK(scene.ReachedBy(moved));
  CHECK(scene.harness.Counter(scene.port, PortCounter::kAddressChanges) == 1);
}

TEST_CASE("SRTCP from another port does not take the address where SRTP flows") {
  Scene scene;
  anchor::PortConfig config = test::PlainConfig(scene.party.address(), scene.peer);
  config.inbound = test::Keys(test::kSuite, 1);
  scene.Configure(std::move(config));
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  CHECK(scene.Delivers(scene.party, theirs.ProtectRtp(test::Rtp(1, 9), 0), test::Rtp(1, 9)));
  UdpEndpoint rtcp;
  CHECK(scene.Delivers(rtcp, theirs.ProtectRtcp(test::SenderReport(9), 1), test::SenderReport(9)));
  CHECK(scene.ReachedBy(scene.party));
}

TEST_CASE("learning off takes from the signalled source only, and sends there only") {
  Scene scene;
  anchor::PortConfig config = test::PlainConfig(scene.party.address(), scene.peer);
  config.learning = LearningMode::kOff;
  scene.Configure(std::move(config));
  CHECK_FALSE(scene.Delivers(scene.stranger));
  CHECK(scene.Delivers(scene.party));
  CHECK(scene.ReachedBy(scene.party));
  CHECK(scene.harness.Counter(scene.port, PortCounter::kRemoteLearned) == 0);
}

TEST_CASE("an allow-list stops others before anything else, on secure legs, too") {
  for (const bool secure : {false, true}) {
    Scene scene;
    anchor::PortConfig config = test::PlainConfig(scene.party.address(), scene.peer);
    if (secure) config.inbound = test::Keys(test::kSuite, 1);
    config.allowed_sources.push_back(anchor::SourceNetwork::Parse("10.0.0.0/8").value());
    scene.Configure(std::move(config));
    const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
    scene.party.Send(secure ? theirs.ProtectRtp(test::Rtp(1), 0) : test::Rtp(1), scene.port.address);
    CHECK(scene.harness.Received(scene.port, 1));
    CHECK(scene.harness.Drops(scene.port, DropReason::kUnknownSource) == 1);
  }
}

TEST_CASE("a new round opens a new window, in which the settled source keeps its place") {
  Scene scene;
  scene.Configure(test::PlainConfig(scene.party.address(), scene.peer));
  CHECK(scene.Delivers(scene.party));
  anchor::PortConfig again = test::PlainConfig(scene.party.address(), scene.peer);
  again.learning_round = 2;
  scene.Configure(std::move(again));
  CHECK(scene.Delivers(scene.party));
  CHECK_FALSE(scene.Delivers(scene.stranger));
  // Another address in the SDP: its owner takes over at once, and is sent to even before it speaks.
  UdpEndpoint successor;
  anchor::PortConfig moved = test::PlainConfig(successor.address(), scene.peer);
  moved.learning_round = 3;
  scene.Configure(std::move(moved));
  CHECK(scene.ReachedBy(successor));
  CHECK(scene.Delivers(successor));
  CHECK_FALSE(scene.Delivers(scene.party));
}

TEST_CASE("an RTCP port configured before its RTP port has keys learns as a secure one all the same") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  UdpEndpoint stranger;
  const auto plain_port = harness.Open();
  const auto rtp_port = harness.Open();
  const auto rtcp_port = harness.Open();
  anchor::PortConfig rtcp = test::PlainConfig(stranger.address(), plain_port);
  rtcp.crypto_from = rtp_port.id;
  harness.Configure(rtcp_port, std::move(rtcp));
  anchor::PortConfig rtp = test::PlainConfig(secure.address(), plain_port);
  rtp.inbound = test::Keys(test::kSuite, 1);
  harness.Configure(rtp_port, std::move(rtp));
  harness.Configure(plain_port, test::PlainConfig(plain.address(), rtp_port));
  harness.Settle();
  // Even from the address that was signalled, a forged packet settles nothing.
  stranger.Send(Octets(60, 0x80), rtcp_port.address);
  Octets forged = test::SenderReport(9);
  forged.resize(60, 7);
  stranger.Send(forged, rtcp_port.address);
  REQUIRE(harness.Received(rtcp_port, 2));
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  secure.Send(theirs.ProtectRtcp(test::SenderReport(9), 1), rtcp_port.address);
  CHECK(plain.Receive() == test::SenderReport(9));
  CHECK(harness.Counter(rtcp_port, PortCounter::kRemotePort) == secure.port());
}

TEST_CASE("UNAUTHENTICATED_SRTP proves nothing: the leg learns as a plain one") {
  Scene scene;
  anchor::PortConfig config = test::PlainConfig(scene.party.address(), scene.peer);
  config.inbound = test::Keys(test::kSuite, 1);
  config.inbound->unauthenticated_srtp = true;
  scene.Configure(std::move(config));
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  Octets packet = theirs.ProtectRtp(test::Rtp(1, 9), 0);
  packet.resize(packet.size() - 10);
  CHECK(scene.Delivers(scene.party, packet, test::Rtp(1, 9)));
  scene.stranger.Send(Octets(200, 0x80), scene.port.address);
  CHECK(scene.harness.Received(scene.port, 2));
  CHECK(scene.harness.Drops(scene.port, DropReason::kUnknownSource) == 1);
  CHECK(scene.ReachedBy(scene.party));
}
