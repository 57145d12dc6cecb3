#include <doctest/doctest.h>
#include <malloc.h>

#include "support/sessions.h"

using anchor::DropReason;
using reference::Srtp;
using test::Octets;

namespace {

constexpr size_t kSlots = 64;

// Octets in use on the heap.
size_t HeapInUse() { return mallinfo2().uordblks; }

}  // namespace

TEST_CASE("100,000 authenticated SSRCs cost neither memory nor the live stream") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  uint32_t sequence = 65000;
  const auto live = [&] {
    const Octets plain = test::Rtp(static_cast<uint16_t>(sequence));
    const test::Result result = inbound.Rtp(judge.ProtectRtp(plain, sequence >> 16));
    ++sequence;
    return result.packet == plain;
  };
  for (int n = 0; n < 100; ++n) REQUIRE(live());
  const size_t before = HeapInUse();
  test::RtpFields fields;
  fields.payload_length = 4;
  for (uint32_t n = 0; n < 100000; ++n) {
    fields.ssrc = 0x10000 + n;
    inbound.Rtp(judge.ProtectRtp(test::Rtp(fields), 0));
    // 500 of them between two packets of the live stream, which comes every 20 ms.
    if (n % 500 != 0) continue;
    inbound.Pass(20);
    REQUIRE(live());
  }
  CHECK(inbound.session.stream_count() <= kSlots);
  const size_t after = HeapInUse();
  CHECK(after < before + (1 << 20));
}

TEST_CASE("100,000 forged SSRCs make no stream at all") {
  test::Inbound inbound(test::Keys(test::kSuite));
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(1), 0)).passed());
  for (uint32_t n = 0; n < 100000; ++n) {
    const test::Result result = inbound.Rtp(test::Rtp(5, 0x10000 + n));
    REQUIRE(result.verdict.drop == DropReason::kAuth);
    if (n % 500 == 0) inbound.Pass(20);
  }
  CHECK(inbound.session.stream_count() == 1);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(2), 0)).passed());
}

TEST_CASE("100,000 plain SSRCs cost neither memory nor the live stream, and no index is used twice") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Outbound outbound(test::Keys(test::kSuite));
  uint32_t sequence = 65000;
  const auto live = [&] {
    const Octets plain = test::Rtp(static_cast<uint16_t>(sequence));
    const Octets expected = judge.ProtectRtp(plain, sequence >> 16);
    ++sequence;
    return outbound.Rtp(plain).packet == expected;
  };
  for (int n = 0; n < 100; ++n) REQUIRE(live());
  const size_t before = HeapInUse();
  std::vector<uint8_t> passed(100000);
  for (int round = 0; round < 2; ++round) {
    for (uint32_t n = 0; n < 100000; ++n) {
      // The same number twice under one SSRC would be the same index, unless it was refused.
      const test::Result result = outbound.Rtp(test::Rtp(5, 0x10000 + n));
      if (result.passed()) REQUIRE(++passed[n] == 1);
      if (n % 500 != 0) continue;
      outbound.Pass(20);
      REQUIRE(live());
    }
  }
  CHECK(outbound.session.stream_count() <= kSlots);
  const size_t after = HeapInUse();
  CHECK(after < before + (1 << 20));
}

TEST_CASE("a real newcomer gets in during a flood, and stays") {
  test::Outbound outbound(test::Keys(test::kSuite));
  const uint32_t newcomer = 0xbeef;
  uint16_t sequence = 0;
  uint32_t flood = 0x10000;
  int since = -1;
  // A minute: 100 flood SSRCs between two packets of the newcomer.
  for (int tick = 0; tick < 3000; ++tick) {
    for (int n = 0; n < 100; ++n) outbound.Rtp(test::Rtp(5, flood++));
    outbound.Pass(20);
    const bool passed = outbound.Rtp(test::Rtp(sequence++, newcomer)).passed();
    if (since < 0 && passed) since = tick;
    if (since >= 0) REQUIRE(passed);
  }
  CHECK(since >= 0);
}

TEST_CASE("two SSRCs interleaved, a change in the middle, and the first again after 100 others") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  test::Outbound outbound(test::Keys(test::kSuite));
  const auto both = [&](uint32_t ssrc, uint16_t number) {
    const Octets plain = test::Rtp(number, ssrc);
    const Octets expected = judge.ProtectRtp(plain, 0);
    return inbound.Rtp(expected).packet == plain && outbound.Rtp(plain).packet == expected;
  };
  for (uint16_t n = 0; n < 100; ++n) {
    REQUIRE(both(1, n));
    REQUIRE(both(2, static_cast<uint16_t>(30000 - 300 + n)));
  }
  for (uint32_t ssrc = 100; ssrc < 200; ++ssrc) {
    inbound.Pass(200);
    outbound.Pass(200);
    REQUIRE(both(ssrc, 5));
  }
  CHECK(both(1, 100));
}

TEST_CASE("an SSRC that was given up does not start again under the same key, but under a new one") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  const Octets recorded = judge.ProtectRtp(test::Rtp(5, 1), 0);
  REQUIRE(inbound.Rtp(recorded).passed());
  for (uint32_t ssrc = 100; ssrc < 140; ++ssrc) {
    inbound.Pass(1001);
    REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(5, ssrc), 0)).passed());
  }
  inbound.Pass(5000);
  CHECK(inbound.Rtp(recorded).verdict.drop == DropReason::kSsrcLimit);
  inbound.session.Rekey(test::Keys(test::kSuite, 2), inbound.now, 0);
  const Srtp next(test::kSuite, test::KeySalt(test::kSuite, 2));
  CHECK(inbound.Rtp(next.ProtectRtp(test::Rtp(6, 1), 0)).passed());
}
