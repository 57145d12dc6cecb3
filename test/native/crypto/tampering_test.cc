#include <doctest/doctest.h>

#include "support/sessions.h"

using anchor::DropReason;
using reference::Srtp;
using test::Octets;

namespace {

constexpr std::string_view kAll[] = {"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32",
                                     "AES_192_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_32",
                                     "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32",
                                     "AEAD_AES_128_GCM",        "AEAD_AES_256_GCM"};

Octets RichPacket(uint16_t sequence_number) {
  Octets packet = test::Rtp(sequence_number);
  packet.resize(12 + 20);
  packet[0] = 0x80 | 0x10 | 1;
  const Octets more = {1, 2, 3, 4, 0xbe, 0xde, 0, 1, 9, 9, 9, 9};
  packet.insert(packet.begin() + 12, more.begin(), more.end());
  return packet;
}

}  // namespace

TEST_CASE("a flipped bit anywhere stops an SRTP packet, and changes nothing") {
  for (const std::string_view suite : kAll) {
    CAPTURE(suite);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(1), 0)).passed());
    const Octets good = judge.ProtectRtp(RichPacket(2), 0);
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      Octets bad = good;
      bad[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
      REQUIRE_FALSE(inbound.Rtp(bad).passed());
    }
    CHECK(inbound.session.stream_count() == 1);
    CHECK(inbound.Rtp(good).packet == RichPacket(2));
  }
}

TEST_CASE("a flipped bit anywhere stops an SRTCP packet, the E flag and the index included") {
  for (const std::string_view suite : kAll) {
    CAPTURE(suite);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    const Octets good = judge.ProtectRtcp(test::SenderReport(7), 5);
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      Octets bad = good;
      bad[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
      REQUIRE_FALSE(inbound.Rtcp(bad).passed());
    }
    CHECK(inbound.session.stream_count() == 0);
    CHECK(inbound.Rtcp(good).packet == test::SenderReport(7));
  }
}

TEST_CASE("a packet cut at any length is stopped, and changes nothing") {
  for (const std::string_view suite : kAll) {
    CAPTURE(suite);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    const Octets rtp = judge.ProtectRtp(RichPacket(2), 0);
    for (size_t length = 0; length < rtp.size(); ++length)
      REQUIRE_FALSE(inbound.Rtp({rtp.begin(), rtp.begin() + static_cast<ptrdiff_t>(length)}).passed());
    const Octets rtcp = judge.ProtectRtcp(test::SenderReport(7), 5);
    for (size_t length = 0; length < rtcp.size(); ++length)
      REQUIRE_FALSE(inbound.Rtcp({rtcp.begin(), rtcp.begin() + static_cast<ptrdiff_t>(length)}).passed());
    CHECK(inbound.session.stream_count() == 0);
    CHECK(inbound.Rtp(rtp).passed());
    CHECK(inbound.Rtcp(rtcp).passed());
  }
}

TEST_CASE("an AEAD SRTCP packet in the clear is refused although its tag is right") {
  const std::string_view suite = "AEAD_AES_128_GCM";
  const Srtp judge(suite, test::KeySalt(suite));
  test::Inbound inbound(test::Keys(suite));
  CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(7), 5, false)).verdict.drop == DropReason::kAuth);
  CHECK(inbound.session.stream_count() == 0);
  // The check bites because of the flag, not because the packet is wrong.
  anchor::SrtpKeys keys = test::Keys(suite);
  keys.unencrypted_srtcp = true;
  test::Inbound agreed(std::move(keys));
  CHECK(agreed.Rtcp(judge.ProtectRtcp(test::SenderReport(7), 5, false)).packet == test::SenderReport(7));
}

TEST_CASE("plain packets on a secure leg are told from forged ones where they can be") {
  for (const std::string_view suite : kAll) {
    CAPTURE(suite);
    test::Inbound inbound(test::Keys(suite));
    CHECK(inbound.Rtcp(test::Bye(7)).verdict.drop == DropReason::kPlainOnSrtp);
    CHECK(inbound.Rtcp(test::SenderReport(7)).verdict.drop == DropReason::kPlainOnSrtp);
    Octets compound = test::ReceiverReport(7, 8);
    const Octets bye = test::Bye(7);
    compound.insert(compound.end(), bye.begin(), bye.end());
    CHECK(inbound.Rtcp(compound).verdict.drop == DropReason::kPlainOnSrtp);
    Octets empty = test::Rtp(5);
    empty.resize(12);
    CHECK(inbound.Rtp(empty).verdict.drop == DropReason::kPlainOnSrtp);
    CHECK(inbound.Rtp(test::Rtp(5)).verdict.drop == DropReason::kAuth);
    CHECK(inbound.session.stream_count() == 0);
  }
}

TEST_CASE("a packet of another key, and one of the other direction, are forged packets") {
  const Srtp stranger(test::kSuite, test::KeySalt(test::kSuite, 9));
  test::Inbound inbound(test::Keys(test::kSuite, 1));
  CHECK(inbound.Rtp(stranger.ProtectRtp(test::Rtp(1), 0)).verdict.drop == DropReason::kAuth);
  CHECK(inbound.Rtcp(stranger.ProtectRtcp(test::SenderReport(1), 1)).verdict.drop == DropReason::kAuth);
  test::Outbound ours(test::Keys(test::kSuite, 2));
  CHECK(inbound.Rtp(ours.Rtp(test::Rtp(1)).packet).verdict.drop == DropReason::kAuth);
}

TEST_CASE("a replayed packet is one, whether its tag is right or not") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  const Octets packet = judge.ProtectRtp(test::Rtp(100), 0);
  REQUIRE(inbound.Rtp(packet).passed());
  CHECK(inbound.Rtp(packet).verdict.drop == DropReason::kReplay);
  // A forged packet far ahead does not move the window: the next real one passes.
  Octets ahead = judge.ProtectRtp(test::Rtp(30000), 0);
  ahead.back() ^= 1;
  CHECK(inbound.Rtp(ahead).verdict.drop == DropReason::kAuth);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(99), 0)).passed());
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(101), 0)).passed());
}
