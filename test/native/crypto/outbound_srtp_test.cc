#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "packet/byte_reader.h"
#include "support/sessions.h"

using anchor::DropReason;
using anchor::KeyUsage;
using reference::Srtp;
using test::Octets;

namespace {

uint16_t SequenceNumber(const Octets& packet) { return anchor::ReadU16(&packet[2]); }

}  // namespace

TEST_CASE("a repeated and a too old plain packet are not encrypted again") {
  test::Outbound outbound(test::Keys(test::kSuite));
  for (uint16_t n = 1000; n < 1300; ++n) REQUIRE(outbound.Rtp(test::Rtp(n)).passed());
  CHECK(outbound.Rtp(test::Rtp(1299)).verdict.drop == DropReason::kReplay);
  CHECK(outbound.Rtp(test::Rtp(1250)).verdict.drop == DropReason::kReplay);
  CHECK(outbound.Rtp(test::Rtp(1100)).verdict.drop == DropReason::kReplay);
  CHECK(outbound.Rtp(test::Rtp(1300)).passed());
}

TEST_CASE("a plain source that restarts its numbers never meets a used key stream, and the stream goes on") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"}) {
    CAPTURE(suite);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Outbound outbound(test::Keys(suite));
    std::set<Octets> key_streams;
    std::set<uint64_t> indices;
    uint16_t highest = 0;
    uint32_t roc = 0;
    int restarts = 0;
    int lost = 0;
    for (int run = 0; run < 200; ++run) {
      for (uint16_t n = 0; n < 400; ++n) {
        test::RtpFields fields;
        fields.sequence_number = n;
        fields.timestamp = static_cast<uint32_t>(run * 1000 + n);
        const Octets plain = test::Rtp(fields);
        const test::Result sent = outbound.Rtp(plain);
        restarts += sent.verdict.sequence_restarted ? 1 : 0;
        if (!sent.passed()) {
          ++lost;
          continue;
        }
        // On the wire: cipher text XOR plain text is the key stream; it must never come again.
        Octets key_stream(sent.packet.begin() + 12, sent.packet.begin() + 44);
        for (size_t i = 0; i < key_stream.size(); ++i) key_stream[i] ^= plain[12 + i];
        REQUIRE(key_streams.insert(key_stream).second);
        // The receiver, who does not know of any restart, follows.
        const uint16_t number = SequenceNumber(sent.packet);
        if (number < highest && highest - number > 0x8000) ++roc;
        highest = number;
        REQUIRE(indices.insert((uint64_t{roc} << 16) | number).second);
        const auto received = judge.UnprotectRtp(sent.packet, roc);
        REQUIRE(received.has_value());
        REQUIRE(Octets(received->begin() + 4, received->end()) == Octets(plain.begin() + 4, plain.end()));
      }
    }
    CHECK(restarts == 199);
    CHECK(lost == 199);
    CHECK(roc == 1);
  }
}

TEST_CASE("a re-key keeps rollover counter and offset; SRTCP indices start again under the new key") {
  test::Outbound outbound(test::Keys(test::kSuite, 1));
  for (uint32_t n = 60000; n < 66000; n += 100)
    REQUIRE(outbound.Rtp(test::Rtp(static_cast<uint16_t>(n))).passed());
  for (int n = 0; n < 5; ++n) outbound.Rtcp(test::Bye(test::kSsrc));
  REQUIRE(outbound.session.Rekey(test::Keys(test::kSuite, 2)));
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite, 2));

  const Octets plain = test::Rtp(static_cast<uint16_t>(66000));
  CHECK(outbound.Rtp(plain).packet == judge.ProtectRtp(plain, 1));
  // Late ones, too, on both sides of the rollover.
  CHECK(outbound.Rtp(test::Rtp(static_cast<uint16_t>(65950))).packet ==
        judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(65950)), 1));
  CHECK(outbound.Rtcp(test::Bye(test::kSsrc)).packet == judge.ProtectRtcp(test::Bye(test::kSsrc), 1));
}

TEST_CASE("a re-key after SRTCP was first under the new key still keeps the rollover counter") {
  test::Outbound outbound(test::Keys(test::kSuite, 1));
  for (uint32_t n = 60000; n < 150000; n += 100)
    REQUIRE(outbound.Rtp(test::Rtp(static_cast<uint16_t>(n))).passed());
  outbound.session.Rekey(test::Keys(test::kSuite, 2));
  REQUIRE(outbound.Rtcp(test::Bye(test::kSsrc)).passed());
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite, 2));
  const Octets plain = test::Rtp(static_cast<uint16_t>(150000));
  CHECK(outbound.Rtp(plain).packet == judge.ProtectRtp(plain, 2));
}

TEST_CASE("the same revision, and the same keys under another revision, change nothing") {
  test::Outbound outbound(test::Keys(test::kSuite, 1));
  for (uint16_t n = 0; n < 10; ++n) outbound.Rtp(test::Rtp(n));
  outbound.Rtcp(test::Bye(1));
  CHECK_FALSE(outbound.session.Rekey(test::Keys(test::kSuite, 1)));
  anchor::SrtpKeys again = test::Keys(test::kSuite, 1);
  again.revision = 77;
  CHECK_FALSE(outbound.session.Rekey(std::move(again)));
  CHECK(outbound.session.revision() == 77);
  CHECK(outbound.Rtp(test::Rtp(9)).verdict.drop == DropReason::kReplay);
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite, 1));
  CHECK(outbound.Rtcp(test::Bye(1)).packet == judge.ProtectRtcp(test::Bye(1), 2));
}

TEST_CASE("SRTP and SRTCP stop at the lifetime that was agreed, and say so once") {
  anchor::SrtpKeys keys = test::Keys(test::kSuite);
  keys.srtp_lifetime = 1024;
  keys.srtcp_lifetime = 10;
  test::Outbound outbound(std::move(keys));
  CHECK(outbound.Rtp(test::Rtp(0)).verdict.usage == KeyUsage::kNearLimit);
  for (uint16_t n = 1; n < 1024; ++n) {
    const test::Result sent = outbound.Rtp(test::Rtp(n));
    REQUIRE(sent.passed());
    REQUIRE(sent.verdict.usage == KeyUsage::kNormal);
  }
  const test::Result stopped = outbound.Rtp(test::Rtp(1024));
  CHECK(stopped.verdict.drop == DropReason::kKeyLimit);
  CHECK(stopped.verdict.usage == KeyUsage::kStopped);
  CHECK(outbound.Rtp(test::Rtp(1025)).verdict.usage == KeyUsage::kNormal);

  for (int n = 0; n < 10; ++n) REQUIRE(outbound.Rtcp(test::Bye(1)).passed());
  CHECK(outbound.Rtcp(test::Bye(1)).verdict.drop == DropReason::kKeyLimit);
}

TEST_CASE("a used up key gives way to the next one of the list") {
  anchor::SrtpKeys keys = test::KeysWithMki(test::kSuite, 2, 4);
  keys.srtp_lifetime = 100;
  test::Outbound outbound(std::move(keys));
  const Srtp first(test::kSuite, test::KeySalt(test::kSuite, 1), test::Mki(0, 4));
  const Srtp second(test::kSuite, test::KeySalt(test::kSuite, 2), test::Mki(1, 4));
  // Across a rollover, which the second key has to know.
  for (uint32_t n = 0; n < 200; ++n) {
    const Octets plain = test::Rtp(static_cast<uint16_t>(65486 + n));
    const uint32_t roc = 65486 + n >= 65536 ? 1 : 0;
    REQUIRE(outbound.Rtp(plain).packet == (n < 100 ? first : second).ProtectRtp(plain, roc));
  }
  CHECK(outbound.Rtp(test::Rtp(150)).verdict.drop == DropReason::kKeyLimit);
}

TEST_CASE("after a re-key the first key of the new list sends, however many were used up before") {
  anchor::SrtpKeys keys = test::KeysWithMki(test::kSuite, 2, 4);
  keys.srtp_lifetime = 10;
  test::Outbound outbound(std::move(keys));
  for (uint16_t n = 0; n < 15; ++n) REQUIRE(outbound.Rtp(test::Rtp(n)).passed());
  REQUIRE(outbound.session.Rekey(test::KeysWithMki(test::kSuite, 2, 4, 20)));
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite, 20), test::Mki(0, 4));
  CHECK(outbound.Rtp(test::Rtp(15)).packet == judge.ProtectRtp(test::Rtp(15), 0));
}

TEST_CASE("the packet index ends at 2^48 and does not wrap") {
  test::Outbound outbound(test::Keys(test::kSuite));
  outbound.session.Resume(test::kSsrc, anchor::kPacketIndexEnd - 3, outbound.now);
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  CHECK(outbound.Rtp(test::Rtp(65534)).packet == judge.ProtectRtp(test::Rtp(65534), 0xffffffff));
  CHECK(outbound.Rtp(test::Rtp(65535)).packet == judge.ProtectRtp(test::Rtp(65535), 0xffffffff));
  CHECK(outbound.Rtp(test::Rtp(0)).verdict.drop == DropReason::kKeyLimit);
  CHECK(outbound.Rtp(test::Rtp(1)).verdict.drop == DropReason::kKeyLimit);
}

TEST_CASE("the SRTCP index ends at 2^31 - 1 with the E flag beside it, says so once, and does not wrap") {
  constexpr uint32_t kLast = 0x7fffffff;
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"}) {
    CAPTURE(suite);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Outbound outbound(test::Keys(suite));
    const Octets plain = test::Bye(test::kSsrc);
    REQUIRE(outbound.Rtcp(plain).packet == judge.ProtectRtcp(plain, 1));
    REQUIRE(outbound.session.ResumeRtcp(test::kSsrc, kLast - 2));
    CHECK(outbound.Rtcp(plain).packet == judge.ProtectRtcp(plain, kLast - 1));
    const Octets last = outbound.Rtcp(plain).packet;
    CHECK(last == judge.ProtectRtcp(plain, kLast));
    const size_t behind = suite == "AEAD_AES_256_GCM" ? 4 : 4 + 10;
    CHECK(anchor::ReadU32(&last[last.size() - behind]) == 0xffffffff);
    const test::Result stopped = outbound.Rtcp(plain);
    CHECK(stopped.verdict.drop == DropReason::kKeyLimit);
    CHECK(stopped.verdict.usage == KeyUsage::kStopped);
    CHECK(outbound.Rtcp(plain).verdict.drop == DropReason::kKeyLimit);
    CHECK(outbound.Rtcp(plain).verdict.usage == KeyUsage::kNormal);
    // SRTP goes on.
    CHECK(outbound.Rtp(test::Rtp(1)).passed());
  }
}

TEST_CASE("a key whose SRTCP indices are used up gives way to the next one of the list") {
  constexpr uint32_t kLast = 0x7fffffff;
  test::Outbound outbound(test::KeysWithMki(test::kSuite, 2, 4));
  const Srtp second(test::kSuite, test::KeySalt(test::kSuite, 2), test::Mki(1, 4));
  const Octets plain = test::Bye(test::kSsrc);
  REQUIRE(outbound.Rtcp(plain).passed());
  REQUIRE(outbound.session.ResumeRtcp(test::kSsrc, kLast - 1));
  REQUIRE(outbound.Rtcp(plain).passed());
  CHECK(outbound.Rtcp(plain).packet == second.ProtectRtcp(plain, 1));
}
