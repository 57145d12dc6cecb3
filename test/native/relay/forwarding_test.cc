#include <doctest/doctest.h>

#include "support/relay_harness.h"

using anchor::DropReason;
using anchor::PortCounter;
using reference::Srtp;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

namespace {

// A plain party and a secure one, and the relay between them.
struct Call {
  explicit Call(std::string_view suite_name = test::kSuite, const std::string& address = "127.0.0.1")
      : suite(suite_name),
        plain(address),
        secure(address),
        theirs(suite_name, test::KeySalt(suite_name, 1)),
        ours(suite_name, test::KeySalt(suite_name, 2)),
        plain_port(harness.Open(address)),
        secure_port(harness.Open(address)) {
    harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
    harness.Configure(secure_port, SecureConfig(1));
    harness.Settle();
  }

  anchor::PortConfig SecureConfig(uint64_t round) const {
    anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
    config.inbound = test::Keys(suite, 1);
    config.outbound = test::Keys(suite, 2);
    config.learning_round = round;
    return config;
  }

  std::string_view suite;
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  Srtp theirs;  // What the secure party encrypts with.
  Srtp ours;    // What the relay does.
  RelayHarness::Port plain_port;
  RelayHarness::Port secure_port;
};

}  // namespace

TEST_CASE("RTP becomes SRTP and SRTP becomes RTP, both ways, with every suite") {
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    Call call(suite.name);
    for (uint16_t n = 0; n < 20; ++n) {
      call.plain.Send(test::Rtp(n), call.plain_port.address);
      CHECK(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(n), 0));
      CHECK(call.secure.sender() == call.secure_port.address);
      call.secure.Send(call.theirs.ProtectRtp(test::Rtp(n, 9), 0), call.secure_port.address);
      CHECK(call.plain.Receive() == test::Rtp(n, 9));
      CHECK(call.plain.sender() == call.plain_port.address);
    }
    for (uint32_t n = 1; n < 5; ++n) {
      call.plain.Send(test::SenderReport(7, n), call.plain_port.address);
      CHECK(call.secure.Receive() == call.ours.ProtectRtcp(test::SenderReport(7, n), n));
      call.secure.Send(call.theirs.ProtectRtcp(test::SenderReport(9, n), n), call.secure_port.address);
      CHECK(call.plain.Receive() == test::SenderReport(9, n));
    }
    // The last packet is counted after it was sent.
    CHECK(call.harness.Received(call.plain_port, 24));
    CHECK(call.harness.Received(call.secure_port, 24));
    CHECK(call.harness.Counter(call.plain_port, PortCounter::kRtpPackets) == 20);
    CHECK(call.harness.Counter(call.plain_port, PortCounter::kRtcpPackets) == 4);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kUnprotectedRtpPackets) == 20);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kUnprotectedRtcpPackets) == 4);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kProtectedRtpPackets) == 20);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kProtectedRtcpPackets) == 4);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kTxRtpPackets) == 20);
    CHECK(call.harness.Counter(call.secure_port, PortCounter::kTxRtpBytes) ==
          20 * (172 + suite.srtp_tag_length));
    CHECK(call.harness.Counter(call.plain_port, PortCounter::kRxBytes) == 20 * 172 + 4 * 28);
  }
}

TEST_CASE("SRTP becomes SRTP under keys of each leg's own") {
  RelayHarness harness;
  UdpEndpoint alice;
  UdpEndpoint bob;
  const auto alice_port = harness.Open();
  const auto bob_port = harness.Open();
  const auto secure = [](anchor::PortConfig config, std::string_view suite, uint8_t in, uint8_t out) {
    config.inbound = test::Keys(suite, in);
    config.outbound = test::Keys(suite, out);
    return config;
  };
  harness.Configure(alice_port, secure(test::PlainConfig(alice.address(), bob_port), test::kSuite, 1, 2));
  harness.Configure(bob_port, secure(test::PlainConfig(bob.address(), alice_port), "AEAD_AES_256_GCM", 3, 4));
  harness.Settle();
  const Srtp from_alice(test::kSuite, test::KeySalt(test::kSuite, 1));
  const Srtp to_bob("AEAD_AES_256_GCM", test::KeySalt("AEAD_AES_256_GCM", 4));
  alice.Send(from_alice.ProtectRtp(test::Rtp(1), 0), alice_port.address);
  CHECK(bob.Receive() == to_bob.ProtectRtp(test::Rtp(1), 0));
  // A forged one is verified before it would be encrypted again.
  Octets forged = from_alice.ProtectRtp(test::Rtp(2), 0);
  forged[20] ^= 1;
  alice.Send(forged, alice_port.address);
  CHECK(harness.Received(alice_port, 2));
  CHECK(harness.Drops(alice_port, DropReason::kAuth) == 1);
  CHECK_FALSE(bob.Receive(50).has_value());
}

TEST_CASE("RTP passes as RTP bit by bit, IPv4 to IPv6 and back") {
  RelayHarness harness;
  UdpEndpoint four("127.0.0.1");
  UdpEndpoint six("::1");
  const auto four_port = harness.Open("127.0.0.1");
  const auto six_port = harness.Open("::1");
  harness.Configure(four_port, test::PlainConfig(four.address(), six_port));
  harness.Configure(six_port, test::PlainConfig(six.address(), four_port));
  harness.Settle();
  four.Send(test::Rtp(1), four_port.address);
  CHECK(six.Receive() == test::Rtp(1));
  six.Send(test::Rtp(2), six_port.address);
  CHECK(four.Receive() == test::Rtp(2));
  CHECK(harness.Counter(six_port, PortCounter::kRemoteFamily) == 6);
  CHECK(harness.Counter(six_port, PortCounter::kRemoteAddressHigh) == 0);
  CHECK(harness.Counter(six_port, PortCounter::kRemoteAddressLow) == 1);
  CHECK(harness.Counter(four_port, PortCounter::kRemoteAddressHigh) == uint64_t{0x7f000001} << 32);
  CHECK(harness.Counter(four_port, PortCounter::kRemotePort) == four.port());
}

TEST_CASE("a secure call over IPv6") {
  Call call(test::kSuite, "::1");
  call.plain.Send(test::Rtp(1), call.plain_port.address);
  CHECK(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(1), 0));
}

TEST_CASE("each packet that is not forwarded has its reason, and the sums are exact") {
  Call call;
  const auto& port = call.secure_port;
  const auto send = [&](const Octets& packet) { call.secure.Send(packet, port.address); };
  const Octets good = call.theirs.ProtectRtp(test::Rtp(100), 0);
  send(good);
  REQUIRE(call.plain.Receive() == test::Rtp(100));
  send(good);  // replay
  Octets forged = call.theirs.ProtectRtp(test::Rtp(101), 0);
  forged.back() ^= 1;
  send(forged);                                     // auth
  send(Octets{});                                   // short
  send(Octets{0x80});                               // short
  send(Octets(11, 0x80));                           // short
  send(Octets(20, 0x00));                           // not_rtp: STUN
  send(Octets(20, 0x16));                           // not_rtp: DTLS
  send(Octets(20, 0xc0));                           // not_rtp: version 3
  send(test::Bye(9));                               // plain_on_srtp
  send(call.theirs.ProtectRtp(test::Rtp(102), 0));  // forwarded
  CHECK(call.plain.Receive() == test::Rtp(102));
  CHECK(call.harness.Received(port, 11));
  CHECK(call.harness.Counter(port, PortCounter::kRxPackets) == 11);
  CHECK(call.harness.Counter(port, PortCounter::kRtpPackets) == 2);
  CHECK(call.harness.Drops(port, DropReason::kReplay) == 1);
  CHECK(call.harness.Drops(port, DropReason::kAuth) == 1);
  CHECK(call.harness.Drops(port, DropReason::kShort) == 3);
  CHECK(call.harness.Drops(port, DropReason::kNotRtp) == 3);
  CHECK(call.harness.Drops(port, DropReason::kPlainOnSrtp) == 1);
  CHECK(call.harness.Eventually([&] { return call.harness.AddsUp(port); }));
}

TEST_CASE("a plain repeat is counted as a replay, a restart as one") {
  Call call;
  for (uint16_t n = 5000; n < 5010; ++n) call.plain.Send(test::Rtp(n), call.plain_port.address);
  call.plain.Send(test::Rtp(5009), call.plain_port.address);
  call.plain.Send(test::Rtp(10), call.plain_port.address);
  call.plain.Send(test::Rtp(11), call.plain_port.address);
  REQUIRE(call.harness.Received(call.plain_port, 13));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kReplay) == 2);
  CHECK(call.harness.Counter(call.plain_port, PortCounter::kSequenceRestarts) == 1);
}

TEST_CASE("hold stops RTP and lets RTCP pass; blocked payload types stop alone") {
  Call call;
  anchor::PortConfig config = test::PlainConfig(call.plain.address(), call.secure_port);
  config.forward_rtp = false;
  call.harness.Configure(call.plain_port, std::move(config));
  call.harness.Settle();
  call.plain.Send(test::Rtp(1), call.plain_port.address);
  call.plain.Send(test::SenderReport(7), call.plain_port.address);
  CHECK(call.secure.Receive() == call.ours.ProtectRtcp(test::SenderReport(7), 1));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kDirection) == 1);
  CHECK(call.harness.Counter(call.plain_port, PortCounter::kLastRxMilliseconds) > 0);

  config = test::PlainConfig(call.plain.address(), call.secure_port);
  config.blocked_payload_types.set(101);
  call.harness.Configure(call.plain_port, std::move(config));
  call.harness.Settle();
  test::RtpFields dtmf;
  dtmf.sequence_number = 2;
  dtmf.payload_type = 101;
  call.plain.Send(test::Rtp(dtmf), call.plain_port.address);
  call.plain.Send(test::Rtp(3), call.plain_port.address);
  CHECK(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(3), 0));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kBlocked) == 1);
  CHECK(call.harness.Eventually([&] { return call.harness.AddsUp(call.plain_port); }));
}

TEST_CASE("nothing is forwarded before the configuration, nor without a peer, nor to nowhere") {
  RelayHarness harness;
  UdpEndpoint party;
  const auto port = harness.Open();
  party.Send(test::Rtp(1), port.address);
  CHECK(harness.Received(port, 1));
  CHECK(harness.Drops(port, DropReason::kNoPeer) == 1);
  anchor::PortConfig config;
  config.remote = party.address();
  harness.Configure(port, std::move(config));
  harness.Settle();
  party.Send(test::Rtp(2), port.address);
  CHECK(harness.Received(port, 2));
  CHECK(harness.Drops(port, DropReason::kNoPeer) == 2);
  const auto peer = harness.Open();
  anchor::PortConfig nowhere;
  nowhere.rtp_to = port.id;
  harness.Configure(peer, std::move(nowhere));
  harness.Configure(port, test::PlainConfig(party.address(), peer));
  harness.Settle();
  party.Send(test::Rtp(3), port.address);
  CHECK(harness.Received(port, 3));
  CHECK(harness.Drops(port, DropReason::kNotLearned) == 1);
}

TEST_CASE("rtcp-mux on one side only: RTCP on the muxed port goes to the peer's RTCP port, and back") {
  RelayHarness harness;
  UdpEndpoint muxed;
  UdpEndpoint rtp_side;
  UdpEndpoint rtcp_side;
  const auto muxed_port = harness.Open();
  const auto rtp_port = harness.Open();
  const auto rtcp_port = harness.Open();
  anchor::PortConfig config = test::PlainConfig(muxed.address(), rtp_port);
  config.rtcp_to = rtcp_port.id;
  harness.Configure(muxed_port, std::move(config));
  harness.Configure(rtp_port, test::PlainConfig(rtp_side.address(), muxed_port));
  harness.Configure(rtcp_port, test::PlainConfig(rtcp_side.address(), muxed_port));
  harness.Settle();
  muxed.Send(test::Rtp(1), muxed_port.address);
  muxed.Send(test::SenderReport(7), muxed_port.address);
  CHECK(rtp_side.Receive() == test::Rtp(1));
  CHECK(rtcp_side.Receive() == test::SenderReport(7));
  rtp_side.Send(test::Rtp(2), rtp_port.address);
  CHECK(muxed.Receive() == test::Rtp(2));
  rtcp_side.Send(test::SenderReport(8), rtcp_port.address);
  CHECK(muxed.Receive() == test::SenderReport(8));
}

TEST_CASE("an RTP and an RTCP port share one SRTCP index, in whatever order they are configured") {
  for (const bool rtcp_first : {false, true}) {
    RelayHarness harness;
    UdpEndpoint plain;
    UdpEndpoint secure_rtp;
    UdpEndpoint secure_rtcp;
    const auto plain_port = harness.Open();
    const auto rtp_port = harness.Open();
    const auto rtcp_port = harness.Open();
    anchor::PortConfig rtcp = test::PlainConfig(secure_rtcp.address(), plain_port);
    rtcp.crypto_from = rtp_port.id;
    anchor::PortConfig rtp = test::PlainConfig(secure_rtp.address(), plain_port);
    rtp.inbound = test::Keys(test::kSuite, 1);
    rtp.outbound = test::Keys(test::kSuite, 2);
    if (rtcp_first) {
      harness.Configure(rtcp_port, std::move(rtcp));
      // Until the keys are there, nothing is taken for plain.
      harness.Settle();
      secure_rtcp.Send(test::SenderReport(9), rtcp_port.address);
      REQUIRE(harness.Received(rtcp_port, 1));
      REQUIRE(harness.Drops(rtcp_port, DropReason::kNoKey) == 1);
      harness.Configure(rtp_port, std::move(rtp));
    } else {
      harness.Configure(rtp_port, std::move(rtp));
      harness.Configure(rtcp_port, std::move(rtcp));
    }
    anchor::PortConfig config = test::PlainConfig(plain.address(), rtp_port);
    config.rtcp_to = rtcp_port.id;
    harness.Configure(plain_port, std::move(config));
    harness.Settle();

    const Srtp ours(test::kSuite, test::KeySalt(test::kSuite, 2));
    const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
    plain.Send(test::SenderReport(7, 1), plain_port.address);
    CHECK(secure_rtcp.Receive() == ours.ProtectRtcp(test::SenderReport(7, 1), 1));
    // Muxed from here on: the index goes on.
    harness.Configure(plain_port, test::PlainConfig(plain.address(), rtp_port));
    harness.Settle();
    plain.Send(test::SenderReport(7, 2), plain_port.address);
    CHECK(secure_rtp.Receive() == ours.ProtectRtcp(test::SenderReport(7, 2), 2));
    // Inbound, too: what passed on one port is a replay on the other.
    const Octets report = theirs.ProtectRtcp(test::SenderReport(9), 1);
    secure_rtcp.Send(report, rtcp_port.address);
    CHECK(plain.Receive() == test::SenderReport(9));
    secure_rtp.Send(report, rtp_port.address);
    CHECK(harness.Received(rtp_port, 1));
    CHECK(harness.Drops(rtp_port, DropReason::kReplay) == 1);
  }
}

TEST_CASE("a port whose crypto is that of a port that is gone takes and sends nothing") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  const auto plain_port = harness.Open();
  const auto rtcp_port = harness.Open();
  const auto gone = harness.Open();
  REQUIRE(harness.relay().ClosePort(gone.id));
  anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
  config.crypto_from = gone.id;
  harness.Configure(rtcp_port, std::move(config));
  harness.Configure(plain_port, test::PlainConfig(plain.address(), rtcp_port));
  plain.Send(test::SenderReport(7), plain_port.address);
  secure.Send(test::SenderReport(7), rtcp_port.address);
  CHECK(harness.Received(plain_port, 1));
  CHECK(harness.Received(rtcp_port, 1));
  CHECK(harness.Drops(plain_port, DropReason::kNoKey) == 1);
  CHECK(harness.Drops(rtcp_port, DropReason::kNoKey) == 1);
}

TEST_CASE("raw datagrams pass as they are, whatever they look like") {
  RelayHarness harness;
  UdpEndpoint alice;
  UdpEndpoint bob;
  const auto alice_port = harness.Open();
  const auto bob_port = harness.Open();
  for (const auto& [port, peer, party] :
       {std::tuple(alice_port, bob_port, &alice), std::tuple(bob_port, alice_port, &bob)}) {
    anchor::PortConfig config = test::PlainConfig(party->address(), peer);
    config.kind = anchor::PortKind::kRaw;
    harness.Configure(port, std::move(config));
  }
  harness.Settle();
  for (const Octets& packet :
       {Octets{0}, Octets{}, Octets(1400, 0x16), test::Rtp(1), test::Bye(1), Octets(20, 0xff)}) {
    alice.Send(packet, alice_port.address);
    CHECK(bob.Receive() == packet);
  }
  CHECK(harness.Received(alice_port, 6));
  CHECK(harness.Counter(alice_port, PortCounter::kRtpPackets) == 6);
}

TEST_CASE("the longest datagram passes, and one that grows too long is a send error, counted") {
  Call call;
  test::RtpFields fields;
  fields.payload_length = 65507 - 12 - 10;
  call.plain.Send(test::Rtp(fields), call.plain_port.address);
  CHECK(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(fields), 0));
  fields.sequence_number = 1;
  fields.payload_length = 65507 - 12;
  call.plain.Send(test::Rtp(fields), call.plain_port.address);
  CHECK(call.harness.Received(call.plain_port, 2));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kTxError) == 1);
  const auto event = call.harness.WaitFor(anchor::PortEventKind::kSocketError, call.secure_port.id);
  REQUIRE(event);
  CHECK(event->detail.text() == "EMSGSIZE");
}

TEST_CASE("malformed headers of every kind are not forwarded") {
  Call call;
  uint64_t sent = 0;
  const auto send = [&](const Octets& packet) {
    call.plain.Send(packet, call.plain_port.address);
    ++sent;
  };
  for (size_t length = 0; length < 12; ++length) send(Octets(length, 0x80));
  Octets csrc = test::Rtp(1);
  csrc.resize(12 + 59);
  csrc[0] = 0x8f;
  send(csrc);  // 15 CSRCs need 60 octets.
  Octets extension = test::Rtp(1);
  extension[0] = 0x90;
  extension[14] = 0xff;
  extension[15] = 0xff;
  send(extension);
  Octets padding = test::Rtp(1);
  padding[0] = 0xa0;
  padding.back() = 161;
  send(padding);
  padding.back() = 0;
  send(padding);
  Octets report = test::SenderReport(1);
  report[3] = 7;
  send(report);  // One word longer than the datagram.
  report.resize(7);
  send(report);
  REQUIRE(call.harness.Received(call.plain_port, sent));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kShort) == sent);
  CHECK_FALSE(call.secure.Receive(20).has_value());
}

TEST_CASE("a re-key in the middle of a call, both ways, with the overlap") {
  Call call;
  for (uint16_t n = 0; n < 5; ++n) {
    call.secure.Send(call.theirs.ProtectRtp(test::Rtp(n, 9), 0), call.secure_port.address);
    REQUIRE(call.plain.Receive() == test::Rtp(n, 9));
  }
  anchor::PortConfig config = call.SecureConfig(2);
  config.inbound = test::Keys(test::kSuite, 3);
  config.outbound = test::Keys(test::kSuite, 4);
  call.harness.Configure(call.secure_port, std::move(config));
  call.harness.Settle();
  const Srtp theirs_now(test::kSuite, test::KeySalt(test::kSuite, 3));
  const Srtp ours_now(test::kSuite, test::KeySalt(test::kSuite, 4));
  call.secure.Send(call.theirs.ProtectRtp(test::Rtp(5, 9), 0), call.secure_port.address);
  CHECK(call.plain.Receive() == test::Rtp(5, 9));
  call.secure.Send(theirs_now.ProtectRtp(test::Rtp(6, 9), 0), call.secure_port.address);
  CHECK(call.plain.Receive() == test::Rtp(6, 9));
  call.plain.Send(test::Rtp(1), call.plain_port.address);
  CHECK(call.secure.Receive() == ours_now.ProtectRtp(test::Rtp(1), 0));
  CHECK(call.harness.Counter(call.secure_port, PortCounter::kRekeys) == 1);
  // The same configuration again is no re-key.
  anchor::PortConfig again = call.SecureConfig(3);
  again.inbound = test::Keys(test::kSuite, 3);
  again.outbound = test::Keys(test::kSuite, 4);
  call.harness.Configure(call.secure_port, std::move(again));
  call.harness.Settle();
  CHECK(call.harness.Counter(call.secure_port, PortCounter::kRekeys) == 1);
}

TEST_CASE(
    "a leg that goes from secure to plain and back under the same keys never starts its indices again") {
  Call call;
  call.plain.Send(test::Rtp(1), call.plain_port.address);
  REQUIRE(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(1), 0));
  call.harness.Configure(call.secure_port, test::PlainConfig(call.secure.address(), call.plain_port));
  call.harness.Configure(call.secure_port, call.SecureConfig(2));
  call.harness.Settle();
  call.plain.Send(test::Rtp(1), call.plain_port.address);
  call.plain.Send(test::Rtp(2), call.plain_port.address);
  CHECK(call.secure.Receive() == call.ours.ProtectRtp(test::Rtp(2), 0));
  CHECK(call.harness.Drops(call.plain_port, DropReason::kReplay) == 1);
}
