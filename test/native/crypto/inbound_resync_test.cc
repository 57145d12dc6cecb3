#include <doctest/doctest.h>

#include "support/sessions.h"

using anchor::DropReason;
using anchor::RocResync;
using reference::Srtp;
using test::Octets;

namespace {

// A stream at rollover counter 3, and then new keys.
struct AfterRekey {
  explicit AfterRekey(std::string_view suite)
      : old_judge(suite, test::KeySalt(suite, 1)),
        judge(suite, test::KeySalt(suite, 2)),
        inbound(test::Keys(suite, 1)) {
    for (uint64_t index = 100; index <= kIndex; index += 20000) {
      last = index;
      REQUIRE(
          inbound.Rtp(old_judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), Roc(index))).passed());
    }
    REQUIRE(Roc(last) == 3);
    REQUIRE(inbound.session.Rekey(test::Keys(suite, 2), inbound.now, 2000));
  }

  static uint32_t Roc(uint64_t index) { return static_cast<uint32_t>(index >> 16); }
  Octets New(uint64_t index) const {
    return judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), Roc(index));
  }
  Octets Old(uint64_t index) const {
    return old_judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), Roc(index));
  }

  static constexpr uint64_t kIndex = 3 * 65536 + 40000;
  uint64_t last = 0;
  Srtp old_judge;
  Srtp judge;
  test::Inbound inbound;
};

}  // namespace

TEST_CASE("a peer that keeps its rollover counter through a re-key is followed at once") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"}) {
    AfterRekey call(suite);
    const test::Result first = call.inbound.Rtp(call.New(call.last + 1));
    CHECK(first.passed());
    CHECK(first.verdict.resync == RocResync::kKept);
    CHECK(first.verdict.rollover_counter == 3);
    const test::Result second = call.inbound.Rtp(call.New(call.last + 2));
    CHECK(second.passed());
    CHECK(second.verdict.resync == RocResync::kNone);
    CHECK(call.inbound.Rtp(call.New(call.last + 1)).verdict.drop == DropReason::kReplay);
  }
}

TEST_CASE("a peer that resets its rollover counter on a re-key is followed at once") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"}) {
    AfterRekey call(suite);
    const uint64_t index = (call.last + 1) & 0xffff;
    const test::Result first = call.inbound.Rtp(call.New(index));
    CHECK(first.passed());
    CHECK(first.verdict.resync == RocResync::kReset);
    CHECK(first.verdict.rollover_counter == 0);
    CHECK(call.inbound.Rtp(call.New(index + 1)).passed());
    // Through the next rollover.
    for (uint64_t next = index + 20000; next < 100000; next += 20000)
      CHECK(call.inbound.Rtp(call.New(next)).passed());
  }
}

TEST_CASE("a peer that is one ahead or one behind is followed, two is not") {
  for (const int step : {1, -1}) {
    AfterRekey call(test::kSuite);
    const uint64_t index = call.last + static_cast<uint64_t>(static_cast<int64_t>(step) * 65536) + 1;
    const test::Result first = call.inbound.Rtp(call.New(index));
    CHECK(first.passed());
    CHECK(first.verdict.resync == (step == 1 ? RocResync::kPlusOne : RocResync::kMinusOne));
    CHECK(call.inbound.Rtp(call.New(index + 1)).passed());
  }
  AfterRekey call(test::kSuite);
  const uint64_t index = call.last + 2 * 65536 + 1;
  CHECK(call.inbound.Rtp(call.New(index)).verdict.drop == DropReason::kAuth);
}

TEST_CASE("forged packets after a re-key change nothing, and are given up on once, counted") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"}) {
    AfterRekey call(suite);
    int failed = 0;
    for (int n = 0; n < 1000; ++n) {
      Octets forged = call.New(call.last + 1);
      forged.back() ^= static_cast<uint8_t>(1 + n % 200);
      const test::Result result = call.inbound.Rtp(forged);
      REQUIRE(result.verdict.drop == DropReason::kAuth);
      failed += result.verdict.resync == RocResync::kFailed ? 1 : 0;
    }
    CHECK(failed == 1);
    // Only the two that an honest peer is likely to use are still tried.
    CHECK(call.inbound.Rtp(call.New(call.last + 65536 + 1)).verdict.drop == DropReason::kAuth);
    CHECK(call.inbound.Rtp(call.New(call.last + 1)).verdict.resync == RocResync::kKept);
  }
}

TEST_CASE("packets under the keys before pass for the overlap, late by up to the window, and not after it") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"}) {
    AfterRekey call(suite);
    for (uint64_t n = 1; n <= 50; ++n) REQUIRE(call.inbound.Rtp(call.New(call.last + 50 + n)).passed());
    for (uint64_t n = 1; n <= 50; ++n) REQUIRE(call.inbound.Rtp(call.Old(call.last + n)).passed());
    CHECK(call.inbound.Rtp(call.Old(call.last + 7)).verdict.drop == DropReason::kReplay);
    CHECK(call.inbound.Rtp(call.New(call.last + 101)).passed());
    CHECK(call.inbound.session.overlapping());
    call.inbound.Pass(1999);
    CHECK(call.inbound.Rtp(call.Old(call.last + 51)).passed());
    call.inbound.Pass(2);
    CHECK(call.inbound.Rtp(call.Old(call.last + 300)).verdict.drop == DropReason::kAuth);
    CHECK_FALSE(call.inbound.session.overlapping());
    CHECK(call.inbound.Rtp(call.New(call.last + 102)).passed());
  }
}

TEST_CASE("a straggler under the keys before is not the newest; one that still leads is") {
  AfterRekey call(test::kSuite);
  const test::Result leading = call.inbound.Rtp(call.Old(call.last + 1));
  CHECK(leading.verdict.newest);
  REQUIRE(call.inbound.Rtp(call.New(call.last + 2)).verdict.newest);
  const test::Result straggler = call.inbound.Rtp(call.Old(call.last + 3));
  CHECK(straggler.passed());
  CHECK_FALSE(straggler.verdict.newest);
}

TEST_CASE("SRTCP, too, passes under both keys during the overlap") {
  AfterRekey call(test::kSuite);
  CHECK(call.inbound.Rtcp(call.judge.ProtectRtcp(test::SenderReport(test::kSsrc), 1)).passed());
  CHECK(call.inbound.Rtcp(call.old_judge.ProtectRtcp(test::SenderReport(test::kSsrc), 9)).passed());
  CHECK(call.inbound.Rtcp(call.old_judge.ProtectRtcp(test::SenderReport(test::kSsrc), 9)).verdict.drop ==
        DropReason::kReplay);
  call.inbound.Pass(2001);
  CHECK_FALSE(call.inbound.Rtcp(call.old_judge.ProtectRtcp(test::SenderReport(test::kSsrc), 10)).passed());
}

TEST_CASE("an SSRC first heard at rollover counter 1 is found, at 2 it is not") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  const test::Result found = inbound.Rtp(judge.ProtectRtp(test::Rtp(3, 1), 1));
  CHECK(found.passed());
  CHECK(found.verdict.resync == RocResync::kPlusOne);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(65530, 1), 0)).passed());
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(3, 2), 2)).verdict.drop == DropReason::kAuth);
  CHECK(inbound.session.stream_count() == 1);
}

TEST_CASE("the search for unknown SSRCs is rationed, so that forged ones cost little") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  for (uint32_t n = 0; n < 8; ++n) CHECK_FALSE(inbound.Rtp(test::Rtp(1, 1000 + n)).passed());
  CHECK_FALSE(inbound.Rtp(judge.ProtectRtp(test::Rtp(3, 1), 1)).passed());
  inbound.Pass(100);
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(4, 1), 1)).passed());
}
