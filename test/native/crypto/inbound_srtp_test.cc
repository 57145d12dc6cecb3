#include <doctest/doctest.h>

#include "support/sessions.h"

using anchor::DropReason;
using anchor::KeyUsage;
using reference::Srtp;
using test::Octets;

TEST_CASE("the newest packet of a stream is known from a late one") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(10), 0)).verdict.newest);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(12), 0)).verdict.newest);
  const test::Result late = inbound.Rtp(judge.ProtectRtp(test::Rtp(11), 0));
  CHECK(late.passed());
  CHECK_FALSE(late.verdict.newest);
  CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 5)).verdict.newest);
  CHECK_FALSE(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 4)).verdict.newest);
}

TEST_CASE("a packet from before the rollover is late, however large its number is") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(65530), 0)).verdict.newest);
  REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(3), 1)).verdict.newest);
  const test::Result late = inbound.Rtp(judge.ProtectRtp(test::Rtp(65533), 0));
  CHECK(late.passed());
  CHECK_FALSE(late.verdict.newest);
  CHECK(late.verdict.rollover_counter == 1);
}

TEST_CASE("the same revision keeps window and rollover counter") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  for (uint64_t index = 50000; index < 90000; index += 10000)
    REQUIRE(inbound
                .Rtp(judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)),
                                      static_cast<uint32_t>(index >> 16)))
                .passed());
  CHECK_FALSE(inbound.session.Rekey(test::Keys(test::kSuite), inbound.now, 1000));
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(80000)), 1)).verdict.drop ==
        DropReason::kReplay);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(80001)), 1)).passed());
}

TEST_CASE("the same keys under another revision are no re-key: what was delivered is not delivered again") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  const Octets packet = judge.ProtectRtp(test::Rtp(100), 0);
  REQUIRE(inbound.Rtp(packet).passed());
  anchor::SrtpKeys again = test::Keys(test::kSuite);
  again.revision = 99;
  CHECK_FALSE(inbound.session.Rekey(std::move(again), inbound.now, 1000));
  CHECK(inbound.session.revision() == 99);
  CHECK_FALSE(inbound.session.overlapping());
  CHECK(inbound.Rtp(packet).verdict.drop == DropReason::kReplay);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(101), 0)).passed());
}

TEST_CASE("the same key under another MKI is found under that one") {
  const auto keys = [](uint8_t mki, uint64_t revision) {
    anchor::SrtpKeys one;
    one.suite = anchor::FindCryptoSuite(test::kSuite);
    one.revision = revision;
    one.keys.emplace_back(test::KeySalt(test::kSuite), Octets{mki});
    return one;
  };
  test::Inbound inbound(keys(1, 1));
  REQUIRE(inbound.session.Rekey(keys(2, 2), inbound.now, 0));
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite), Octets{2});
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(1), 0)).packet == test::Rtp(1));
}

TEST_CASE("a key that was used up is refused, whatever comes under it") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  anchor::SrtpKeys keys = test::Keys(test::kSuite);
  keys.srtp_lifetime = 1024;
  keys.srtcp_lifetime = 3;
  test::Inbound inbound(std::move(keys));
  for (uint16_t n = 0; n < 1024; ++n) REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(n), 0)).passed());
  const test::Result stopped = inbound.Rtp(judge.ProtectRtp(test::Rtp(1024), 0));
  CHECK(stopped.verdict.drop == DropReason::kKeyLimit);
  CHECK(stopped.verdict.usage == KeyUsage::kStopped);
  for (uint32_t n = 1; n < 4; ++n)
    REQUIRE(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), n)).passed());
  CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 4)).verdict.drop == DropReason::kKeyLimit);
}

TEST_CASE("forged packets do not use the key up") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  anchor::SrtpKeys keys = test::Keys(test::kSuite);
  keys.srtp_lifetime = 10;
  test::Inbound inbound(std::move(keys));
  for (uint16_t n = 0; n < 100; ++n) CHECK_FALSE(inbound.Rtp(test::Rtp(n)).passed());
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(0), 0)).passed());
}

TEST_CASE("an SRTCP index of 2^31 - 1 is taken, with the E flag beside it") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"}) {
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 0x7ffffffe)).passed());
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 0x7fffffff)).passed());
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1), 0x7fffffff)).verdict.drop ==
          DropReason::kReplay);
  }
}

TEST_CASE("SRTCP before SRTP of an SSRC does not disturb it") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  REQUIRE(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(test::kSsrc), 1)).passed());
  // Also when the first SRTP packet has to be searched for.
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(2), 1)).passed());
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(65535), 0)).passed());
  CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(test::kSsrc), 1)).verdict.drop ==
        DropReason::kReplay);
}
