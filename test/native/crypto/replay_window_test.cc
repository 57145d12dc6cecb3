// The receiving replay window against a plain set of the indices that were delivered.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "support/long_runs.h"
#include "support/sessions.h"

using anchor::DropReason;
using reference::Srtp;
using test::Octets;

namespace {

// What RFC 3711 §3.3.2 asks for, without a window of bits: each index once, and none that is `size` or more
// behind the newest.
class Model {
 public:
  explicit Model(uint64_t size) : size_(size) {}

  bool Take(uint64_t index) {
    if (index + size_ <= highest_ || !taken_.insert(index).second) return false;
    highest_ = std::max(highest_, index);
    taken_.erase(taken_.begin(), taken_.lower_bound(highest_ < 2 * size_ ? 0 : highest_ - 2 * size_));
    return true;
  }
  uint64_t highest() const { return highest_; }

 private:
  const uint64_t size_;
  uint64_t highest_ = 0;
  std::set<uint64_t> taken_;
};

struct Session {
  explicit Session(uint32_t window) : inbound(Keys(window)) { fields.payload_length = 1; }

  static anchor::SrtpKeys Keys(uint32_t window) {
    anchor::SrtpKeys keys = test::Keys(test::kSuite);
    keys.replay_window = window;
    return keys;
  }
  bool Take(uint64_t index) {
    fields.sequence_number = static_cast<uint16_t>(index);
    const Octets plain = test::Rtp(fields);
    const test::Result result = inbound.Rtp(judge.ProtectRtp(plain, static_cast<uint32_t>(index >> 16)));
    if (result.passed()) REQUIRE(result.packet == plain);
    return result.passed();
  }

  test::RtpFields fields;
  const Srtp judge{test::kSuite, test::KeySalt(test::kSuite)};
  test::Inbound inbound;
};

// Steps from the newest index to the next one that is sent; four kinds of bad networks.
int64_t Step(unsigned pattern, uint64_t window, std::mt19937* random) {
  const auto below = [random](uint64_t bound) { return static_cast<int64_t>((*random)() % bound); };
  const auto size = static_cast<int64_t>(window);
  switch (pattern) {
    case 0:  // Reordered within the window.
      return 1 - below(window);
    case 1:  // At its edge.
      return below(4) == 0 ? 1 : 2 - size + below(4) - 2;
    case 2:  // Loss, and repeats.
      return below(3) == 0 ? 1 + below(200) : -below(3);
    default:  // Now and then far ahead, then stragglers from before.
      return below(50) == 0 ? 5000 : 3 - below(2 * window);
  }
}

}  // namespace

TEST_CASE("the receiving window takes indices in order, each once (2^15, in the long run any number)") {
  Session session(128);
  const uint64_t count = test::PacketsToSend(1 << 15);
  for (uint64_t index = 0; index < count; ++index) {
    REQUIRE(session.Take(index));
    if (index % 64 == 0) REQUIRE_FALSE(session.Take(index));
  }
}

TEST_CASE(
    "the receiving window agrees with a plain set (2^12 indices in four patterns, two sizes, fixed seeds)") {
  for (const uint32_t window : {128u, 1024u}) {
    for (unsigned pattern = 0; pattern < 4; ++pattern) {
      CAPTURE(window);
      CAPTURE(pattern);
      std::mt19937 random(pattern + 1);
      Session session(window);
      Model model(window);
      REQUIRE(session.Take(60000) == model.Take(60000));
      for (int n = 0; n < (1 << 12); ++n) {
        const uint64_t index = model.highest() + static_cast<uint64_t>(Step(pattern, window, &random));
        CAPTURE(index);
        CAPTURE(model.highest());
        REQUIRE(session.Take(index) == model.Take(index));
      }
    }
  }
}

TEST_CASE("packets under the keys before arrive late by 1 to 500 and pass once, and the new stream goes on") {
  constexpr uint64_t kLast = 65300;  // The rollover falls into what is late.
  const Srtp before(test::kSuite, test::KeySalt(test::kSuite, 1));
  const Srtp now(test::kSuite, test::KeySalt(test::kSuite, 2));
  const auto under = [](const Srtp& judge, uint64_t index) {
    return judge.ProtectRtp(test::Rtp(static_cast<uint16_t>(index)), static_cast<uint32_t>(index >> 16));
  };
  for (const uint64_t late : {1u, 2u, 63u, 64u, 127u, 128u, 300u, 499u, 500u}) {
    CAPTURE(late);
    test::Inbound inbound(test::Keys(test::kSuite, 1));
    for (uint64_t index = kLast - 200; index <= kLast; ++index)
      REQUIRE(inbound.Rtp(under(before, index)).passed());
    REQUIRE(inbound.session.Rekey(test::Keys(test::kSuite, 2), inbound.now, 2000));
    // The last packets of the old keys are overtaken by the first ones of the new.
    const uint64_t first = kLast + late + 1;
    for (uint64_t index = first; index < first + late; ++index)
      REQUIRE(inbound.Rtp(under(now, index)).passed());
    for (uint64_t index = kLast + 1; index < first; ++index) {
      REQUIRE(inbound.Rtp(under(before, index)).packet == test::Rtp(static_cast<uint16_t>(index)));
      REQUIRE(inbound.Rtp(under(before, index)).verdict.drop == DropReason::kReplay);
    }
    for (uint64_t index = first + late; index < first + late + 50; ++index)
      REQUIRE(inbound.Rtp(under(now, index)).passed());
  }
}
