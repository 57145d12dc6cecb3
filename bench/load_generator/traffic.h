#ifndef BENCH_LOAD_GENERATOR_TRAFFIC_H_
#define BENCH_LOAD_GENERATOR_TRAFFIC_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "histogram.h"
#include "plan.h"
#include "srtp.h"

namespace anchor_bench {

// When packet `n` of a stream left, for the latency of every packet without a stamp inside it: a stamp inside
// would rule out encrypting ahead, and could not be read from what arrives encrypted. Written by the sender,
// read by the receiver; a slot that has been written over gives no latency.
class SendTimes {
 public:
  explicit SendTimes(uint64_t capacity)
      : mask_(std::bit_ceil(std::max<uint64_t>(capacity, 64)) - 1),
        slots_(new std::atomic<uint64_t>[mask_ + 1]) {
    for (uint64_t i = 0; i <= mask_; ++i) slots_[i].store(0, std::memory_order_relaxed);
  }

  void Put(uint64_t n, uint64_t nanoseconds) {
    slots_[n & mask_].store((n << kTimeBits) | (nanoseconds & kTimeMask), std::memory_order_relaxed);
  }

  // Nanoseconds from the departure of packet n to `nanoseconds`.
  std::optional<uint64_t> Since(uint64_t n, uint64_t nanoseconds) const {
    const uint64_t slot = slots_[n & mask_].load(std::memory_order_relaxed);
    if (slot >> kTimeBits != (n & (~uint64_t{0} >> kTimeBits))) return std::nullopt;
    const uint64_t elapsed = (nanoseconds - slot) & kTimeMask;
    // A clock that went back by a hair must not look like 18 minutes.
    return elapsed > kTimeMask / 2 ? 0 : elapsed;
  }

 private:
  static constexpr unsigned kTimeBits = 40;  // 18 minutes
  static constexpr uint64_t kTimeMask = (uint64_t{1} << kTimeBits) - 1;

  uint64_t mask_;
  std::unique_ptr<std::atomic<uint64_t>[]> slots_;
};

// A stream while it runs. Each side's fields are touched by its thread only.
struct Stream {
  const StreamPlan* plan;
  uint64_t window_first;  // first packet of the measured window; the ones before are warm-up

  // Sender.
  std::optional<SrtpContext> send;

  // Both.
  SendTimes sent_at;

  // Receiver.
  std::optional<SrtpContext> receive;
  std::vector<uint64_t> seen;  // bit n = packet n has arrived
  uint64_t highest = 0;
};

struct Group {
  const GroupPlan* plan;
  uint64_t total;         // packets planned
  uint64_t window_first;  // first packet of the measured window
  double interval_ns;
  std::deque<Stream> streams;

  // Sender.
  uint64_t next = 0;  // packets handed to the kernel so far
  uint64_t send_errors = 0;

  // Receiver.
  uint64_t duplicates = 0;
  uint64_t reordered = 0;
  uint64_t wrong_length = 0;
  uint64_t unplanned = 0;  // a sequence number that was never sent
  uint64_t verified = 0;
  uint64_t failed_authentication = 0;
  uint64_t altered = 0;  // authentic or plain, but not the octets that were sent
  Histogram latency;

  uint64_t DueAt(uint64_t k) const {
    return plan->start_ns + static_cast<uint64_t>(static_cast<double>(k) * interval_ns);
  }
  struct Position {
    size_t stream;
    uint64_t packet;  // of that stream
  };

  Position At(uint64_t k) const {
    const uint64_t burst = plan->burst;
    const uint64_t turn = k / burst;
    const uint64_t n = plan->streams.size();
    return {turn % n, turn / n * burst + k % burst};
  }

  // Packets of stream `s` among the group's first `packets`. Streams take turns, a burst each.
  uint64_t Share(size_t s, uint64_t packets) const {
    const uint64_t round = plan->streams.size() * plan->burst;
    const uint64_t rest = packets % round;
    const uint64_t before = s * plan->burst;
    return packets / round * plan->burst + (rest <= before ? 0 : std::min(rest - before, plan->burst));
  }
};

// Everything that both sides share. Does not move once it is built: threads hold pointers into it.
struct Traffic {
  explicit Traffic(const Plan& plan);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  std::deque<Group> groups;
  std::atomic<uint64_t> counted_received{0};
  std::atomic<uint64_t> counted_bytes{0};
};

inline Traffic::Traffic(const Plan& plan) {
  const uint64_t window_start_ns = plan.warmup_ms * 1'000'000;
  for (const auto& group_plan : plan.groups) {
    Group& group = groups.emplace_back();
    const double length_ns = static_cast<double>(group_plan.stop_ns - group_plan.start_ns);
    group.plan = &group_plan;
    group.interval_ns = 1e9 / group_plan.rate;
    group.total = static_cast<uint64_t>(length_ns / group.interval_ns);
    const double lead_ns = window_start_ns > group_plan.start_ns
                               ? static_cast<double>(window_start_ns - group_plan.start_ns)
                               : 0;
    group.window_first = std::min(group.total, static_cast<uint64_t>(std::ceil(lead_ns / group.interval_ns)));
    const size_t n = group_plan.streams.size();
    const auto per_second = static_cast<uint64_t>(group_plan.rate / static_cast<double>(n)) + 1;
    for (size_t s = 0; s < n; ++s) {
      const StreamPlan& stream_plan = group_plan.streams[s];
      const uint64_t packets = group.Share(s, group.total);
      const uint64_t first = group.Share(s, group.window_first);
      Stream& stream = group.streams.emplace_back(Stream{
          &stream_plan, first, std::nullopt, SendTimes(std::min(per_second, packets)), std::nullopt, {}});
      if (stream_plan.send)
        stream.send = SrtpContext::Create(*stream_plan.send->suite, stream_plan.send->key_salt);
      if (stream_plan.receive) {
        stream.receive = SrtpContext::Create(*stream_plan.receive->suite, stream_plan.receive->key_salt);
      }
      stream.seen.assign(packets / 64 + 1, 0);
    }
  }
}

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_TRAFFIC_H_
