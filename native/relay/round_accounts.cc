#include "relay/round_accounts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "net/udp_socket.h"

namespace anchor {
namespace {

constexpr std::array<uint64_t, 9> kBatchBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::array<uint64_t, 11> kLatencyBounds = {10,   25,   50,   100,   250,  500,
                                                     1000, 2500, 5000, 10000, 50000};
static_assert(static_cast<size_t>(WorkerCounter::kBatchMore) ==
              static_cast<size_t>(WorkerCounter::kBatchFirst) + kBatchBounds.size());
static_assert(static_cast<size_t>(WorkerCounter::kLatencyMore) ==
              static_cast<size_t>(WorkerCounter::kLatencyFirst) + kLatencyBounds.size());

// The counter of the first bound that holds the value; the one after all bounds is "more".
template <size_t N>
WorkerCounter BucketOf(WorkerCounter first, const std::array<uint64_t, N>& bounds, uint64_t value) {
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), value);
  return static_cast<WorkerCounter>(static_cast<size_t>(first) + static_cast<size_t>(bound - bounds.begin()));
}

}  // namespace

void RoundAccounts::NoteRound(size_t packets, Instant now) {
  counters_.Set(WorkerCounter::kHeartbeatMilliseconds, now.milliseconds());
  counters_.Add(WorkerCounter::kWakeups);
  if (packets == 0) return;
  counters_.Add(WorkerCounter::kWorkerPackets, packets);
  counters_.Add(WorkerCounter::kBatchSum, packets);
  counters_.Add(BucketOf(WorkerCounter::kBatchFirst, kBatchBounds, packets));
}

void RoundAccounts::SampleLatency(int fd) {
  until_sample_ = kSampleEvery;
  const std::optional<uint64_t> received = LastReceiveTime(fd);
  if (!received) return;
  const uint64_t sent = NanosecondsOf(CLOCK_REALTIME) / 1000;
  // The wall clock may be set back in between.
  const uint64_t latency = sent > *received ? sent - *received : 0;
  counters_.Add(BucketOf(WorkerCounter::kLatencyFirst, kLatencyBounds, latency));
  counters_.Add(WorkerCounter::kLatencySumMicroseconds, latency);
}

}  // namespace anchor
