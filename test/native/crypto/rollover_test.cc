#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "support/long_runs.h"
#include "support/sessions.h"

using anchor::DropReason;
using reference::Srtp;
using test::Octets;

namespace {

struct Run {
  std::string_view suite;
  unsigned loss_percent;
  unsigned depth;  // Of the reordering: packets that may overtake another.
};
constexpr std::array<Run, 4> kRuns = {{{"AES_CM_128_HMAC_SHA1_80", 5, 1},
                                       {"AES_CM_128_HMAC_SHA1_80", 50, 127},
                                       {"AES_192_CM_HMAC_SHA1_32", 20, 16},
                                       {"AEAD_AES_128_GCM", 20, 100}}};
// Three rounds of the sequence number, unless more are asked for.
uint64_t Count() { return test::PacketsToSend(65536 * 3); }

uint32_t RocOf(uint64_t index) { return static_cast<uint32_t>(index >> 16); }

// Indices from `first` on with loss, reordering no deeper than `depth`, and duplicates.
std::vector<uint64_t> RoughStream(uint64_t first, uint64_t count, unsigned loss_percent, unsigned depth,
                                  unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::pair<uint64_t, uint64_t>> order;
  for (uint64_t n = 0; n < count; ++n) {
    if (n != 0 && random() % 100 < loss_percent) continue;
    order.emplace_back(n + (n == 0 ? 0 : random() % (depth + 1)), first + n);
    if (random() % 100 == 0) order.emplace_back(n + random() % (depth + 1), first + n);
  }
  std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.first < b.first; });
  std::vector<uint64_t> stream;
  for (const auto& [position, index] : order) stream.push_back(index);
  return stream;
}

}  // namespace

TEST_CASE("sequence numbers go round three times with loss, reordering and duplicates: decryption") {
  for (const auto& [suite, loss, depth] : kRuns) {
    CAPTURE(loss);
    CAPTURE(depth);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    std::vector<bool> delivered(60000 + Count());
    test::RtpFields fields;
    fields.payload_length = 8;
    for (const uint64_t index : RoughStream(60000, Count(), loss, depth, loss)) {
      fields.sequence_number = static_cast<uint16_t>(index);
      const Octets plain = test::Rtp(fields);
      const test::Result result = inbound.Rtp(judge.ProtectRtp(plain, RocOf(index)));
      const bool again = delivered[index];
      REQUIRE(result.passed() == !again);
      if (again) REQUIRE(result.verdict.drop == DropReason::kReplay);
      if (result.passed()) REQUIRE(result.packet == plain);
      delivered[index] = true;
    }
  }
}

TEST_CASE("sequence numbers go round three times with loss, reordering and duplicates: encryption") {
  for (const auto& [suite, loss, depth] : kRuns) {
    CAPTURE(loss);
    CAPTURE(depth);
    const Srtp judge(suite, test::KeySalt(suite));
    test::Outbound outbound(test::Keys(suite));
    std::vector<bool> sent(60000 + Count());
    test::RtpFields fields;
    fields.payload_length = 8;
    for (const uint64_t index : RoughStream(60000, Count(), loss, depth, loss + 1000)) {
      fields.sequence_number = static_cast<uint16_t>(index);
      const Octets plain = test::Rtp(fields);
      const test::Result result = outbound.Rtp(plain);
      REQUIRE(result.passed() == !sent[index]);
      if (result.passed()) REQUIRE(result.packet == judge.ProtectRtp(plain, RocOf(index)));
      sent[index] = true;
    }
  }
}

TEST_CASE("65533 to 2 arrive in each of 720 orders in the middle of a stream: both directions, all right") {
  std::array<uint64_t, 6> order = {65533, 65534, 65535, 65536, 65537, 65538};
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  int orders = 0;
  do {
    // The first rollover, and the third.
    for (const uint64_t cycle : {uint64_t{0}, uint64_t{2} << 16}) {
      test::Inbound inbound(test::Keys(test::kSuite));
      test::Outbound outbound(test::Keys(test::kSuite));
      for (uint64_t index = 65000; index < cycle + 65533; index += 30000) {
        const Octets plain = test::Rtp(static_cast<uint16_t>(index));
        REQUIRE(inbound.Rtp(judge.ProtectRtp(plain, RocOf(index))).passed());
        REQUIRE(outbound.Rtp(plain).passed());
      }
      const Octets last = test::Rtp(65532);
      REQUIRE(inbound.Rtp(judge.ProtectRtp(last, RocOf(cycle))).passed());
      REQUIRE(outbound.Rtp(last).passed());
      for (const uint64_t offset : order) {
        const uint64_t index = cycle + offset;
        const Octets plain = test::Rtp(static_cast<uint16_t>(index));
        REQUIRE(inbound.Rtp(judge.ProtectRtp(plain, RocOf(index))).packet == plain);
        REQUIRE(outbound.Rtp(plain).packet == judge.ProtectRtp(plain, RocOf(index)));
      }
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(orders == 720);
}

TEST_CASE("65533 to 2 arrive in each of 720 orders as the very first packets: decryption takes all") {
  std::array<uint64_t, 6> order = {65533, 65534, 65535, 65536, 65537, 65538};
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  do {
    test::Inbound inbound(test::Keys(test::kSuite));
    for (const uint64_t index : order) {
      const Octets plain = test::Rtp(static_cast<uint16_t>(index));
      REQUIRE(inbound.Rtp(judge.ProtectRtp(plain, RocOf(index))).packet == plain);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("the packet of the rollover itself may be lost, and any burst up to 2^15 - 1") {
  for (const uint64_t burst : {1u, 2u, 100u, 5000u, 32766u}) {
    for (const uint64_t before : {0u, 1u, 40u}) {
      CAPTURE(burst);
      const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
      test::Inbound inbound(test::Keys(test::kSuite));
      test::Outbound outbound(test::Keys(test::kSuite));
      uint64_t index = 65535 - before;
      for (int round = 0; round < 6; ++round) {
        const Octets plain = test::Rtp(static_cast<uint16_t>(index));
        const Octets protected_packet = judge.ProtectRtp(plain, RocOf(index));
        REQUIRE(inbound.Rtp(protected_packet).packet == plain);
        REQUIRE(outbound.Rtp(plain).packet == protected_packet);
        index += burst + 1;
      }
    }
  }
}

TEST_CASE("a burst beyond 2^15 is told from nothing; no wrong rollover counter is kept") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  test::Inbound inbound(test::Keys(test::kSuite));
  REQUIRE(inbound.Rtp(judge.ProtectRtp(test::Rtp(50000), 0)).passed());
  // 40,000 lost across the rollover: taken for an old packet of the same cycle.
  const uint64_t index = 50000 + 40000;
  const test::Result result = inbound.Rtp(judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), 1));
  CHECK_FALSE(result.passed());
  // The context is as it was.
  CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(50001), 0)).passed());
}

TEST_CASE("replays are refused at every distance, within and beyond the window, across the rollover") {
  for (const uint32_t window : {128u, 1024u}) {
    CAPTURE(window);
    const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
    anchor::SrtpKeys keys = test::Keys(test::kSuite);
    keys.replay_window = window;
    test::Inbound inbound(std::move(keys));
    for (uint64_t index = 60000; index < 70000; ++index) {
      const Octets packet = judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), RocOf(index));
      REQUIRE(inbound.Rtp(packet).passed());
    }
    for (const uint64_t distance : {0u, 1u, 63u, 64u, 127u, 128u, 1023u, 1024u, 5000u, 9999u}) {
      const uint64_t index = 69999 - distance;
      const Octets packet = judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), RocOf(index));
      REQUIRE(inbound.Rtp(packet).verdict.drop == DropReason::kReplay);
    }
  }
}

TEST_CASE("SRTCP replays are refused, too, and late ones within the window are not") {
  for (const std::string_view suite : {"AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"}) {
    const Srtp judge(suite, test::KeySalt(suite));
    test::Inbound inbound(test::Keys(suite));
    for (uint32_t index = 1; index < 300; ++index) {
      if (index == 250) continue;
      REQUIRE(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1, index), index)).passed());
    }
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1, 250), 250)).passed());
    for (const uint32_t index : {299u, 298u, 250u, 172u, 100u, 1u})
      CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(1, index), index)).verdict.drop ==
            DropReason::kReplay);
  }
}
