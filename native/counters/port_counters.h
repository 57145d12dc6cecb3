#ifndef NATIVE_COUNTERS_PORT_COUNTERS_H_
#define NATIVE_COUNTERS_PORT_COUNTERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/prefetch.h"
#include "counters/counter.h"
#include "counters/drop_reason.h"

namespace anchor {

// The words of the slab, each once: enumerator and name. src/relay/counters.ts holds the same names in the
// same order and says what they mean; a test compares the two.
#define ANCHOR_PORT_COUNTERS(V)                          \
  V(kRxPackets, "rx_packets")                            \
  V(kRxBytes, "rx_bytes")                                \
  V(kRtpPackets, "rtp_packets")                          \
  V(kRtpBytes, "rtp_bytes")                              \
  V(kRtcpPackets, "rtcp_packets")                        \
  V(kRtcpBytes, "rtcp_bytes")                            \
  V(kTxRtpPackets, "tx_rtp_packets")                     \
  V(kTxRtpBytes, "tx_rtp_bytes")                         \
  V(kTxRtcpPackets, "tx_rtcp_packets")                   \
  V(kTxRtcpBytes, "tx_rtcp_bytes")                       \
  V(kLastRxMilliseconds, "last_rx_milliseconds")         \
  V(kLastTxMilliseconds, "last_tx_milliseconds")         \
  V(kFirstRxMilliseconds, "first_rx_milliseconds")       \
  V(kRemoteFamily, "remote_family")                      \
  V(kRemotePort, "remote_port")                          \
  V(kRemoteAddressHigh, "remote_address_high")           \
  V(kRemoteAddressLow, "remote_address_low")             \
  V(kRemoteLearned, "remote_learned")                    \
  V(kAddressChanges, "address_changes")                  \
  V(kRocResyncKept, "roc_resync_kept")                   \
  V(kRocResyncReset, "roc_resync_reset")                 \
  V(kRocResyncAdjusted, "roc_resync_adjusted")           \
  V(kRocResyncFailed, "roc_resync_failed")               \
  V(kRekeys, "rekeys")                                   \
  V(kSequenceRestarts, "sequence_restarts")              \
  V(kSocketOverflows, "socket_overflows")                \
  V(kUnprotectedRtpPackets, "unprotected_rtp_packets")   \
  V(kUnprotectedRtcpPackets, "unprotected_rtcp_packets") \
  V(kProtectedRtpPackets, "protected_rtp_packets")       \
  V(kProtectedRtcpPackets, "protected_rtcp_packets")

#define ANCHOR_STREAM_COUNTERS(V)                \
  V(kInUse, "in_use")                            \
  V(kSsrc, "ssrc")                               \
  V(kPayloadType, "payload_type")                \
  V(kPackets, "packets")                         \
  V(kBytes, "bytes")                             \
  V(kBaseSequence, "base_sequence")              \
  V(kHighestSequence, "highest_sequence")        \
  V(kDuplicates, "duplicates")                   \
  V(kReordered, "reordered")                     \
  V(kJitter, "jitter")                           \
  V(kLastMilliseconds, "last_milliseconds")      \
  V(kFirstMilliseconds, "first_milliseconds")    \
  V(kRolloverCounter, "rollover_counter")        \
  V(kRemoteFractionLost, "remote_fraction_lost") \
  V(kRemoteJitter, "remote_jitter")              \
  V(kRoundTripMicroseconds, "round_trip_microseconds")

#define ANCHOR_WORKER_COUNTERS(V)                     \
  V(kHeartbeatMilliseconds, "heartbeat_milliseconds") \
  V(kCpuNanoseconds, "cpu_nanoseconds")               \
  V(kWakeups, "wakeups")                              \
  V(kWorkerPackets, "packets")                        \
  V(kCommands, "commands")                            \
  V(kPorts, "ports")                                  \
  V(kEventsLost, "events_lost")                       \
  V(kBatchFirst, "batch_le_1")                        \
  V(kBatchLe2, "batch_le_2")                          \
  V(kBatchLe4, "batch_le_4")                          \
  V(kBatchLe8, "batch_le_8")                          \
  V(kBatchLe16, "batch_le_16")                        \
  V(kBatchLe32, "batch_le_32")                        \
  V(kBatchLe64, "batch_le_64")                        \
  V(kBatchLe128, "batch_le_128")                      \
  V(kBatchLe256, "batch_le_256")                      \
  V(kBatchMore, "batch_more")                         \
  V(kBatchSum, "batch_sum")                           \
  V(kLatencyFirst, "latency_le_10")                   \
  V(kLatencyLe25, "latency_le_25")                    \
  V(kLatencyLe50, "latency_le_50")                    \
  V(kLatencyLe100, "latency_le_100")                  \
  V(kLatencyLe250, "latency_le_250")                  \
  V(kLatencyLe500, "latency_le_500")                  \
  V(kLatencyLe1000, "latency_le_1000")                \
  V(kLatencyLe2500, "latency_le_2500")                \
  V(kLatencyLe5000, "latency_le_5000")                \
  V(kLatencyLe10000, "latency_le_10000")              \
  V(kLatencyLe50000, "latency_le_50000")              \
  V(kLatencyMore, "latency_more")                     \
  V(kLatencySumMicroseconds, "latency_sum_microseconds")

#define ANCHOR_ENUMERATOR(enumerator, name) enumerator,
// The counters of drop reasons follow at kDropFirst, in the order of DropReason.
enum class PortCounter : size_t { ANCHOR_PORT_COUNTERS(ANCHOR_ENUMERATOR) kDropFirst };
enum class StreamCounter : size_t { ANCHOR_STREAM_COUNTERS(ANCHOR_ENUMERATOR) kCount };
enum class WorkerCounter : size_t { ANCHOR_WORKER_COUNTERS(ANCHOR_ENUMERATOR) kCount };
#undef ANCHOR_ENUMERATOR

inline constexpr size_t kPortCounterCount = static_cast<size_t>(PortCounter::kDropFirst) + kDropReasonCount;
inline constexpr size_t kStreamCounterCount = static_cast<size_t>(StreamCounter::kCount);
inline constexpr size_t kWorkerCounterCount = static_cast<size_t>(WorkerCounter::kCount);
inline constexpr size_t kStreamsPerPort = 4;

// The names, in order, for the test that compares them with TypeScript's.
std::span<const std::string_view> PortCounterNames();
std::span<const std::string_view> StreamCounterNames();
std::span<const std::string_view> WorkerCounterNames();

// A view on words of a slab, indexed by their enumeration. The slab must outlive it.
template <typename Counter>
class CounterBlock {
 public:
  CounterBlock() = default;
  explicit CounterBlock(uint64_t* words) : words_(words) {}

  uint64_t Get(Counter counter) const { return LoadWord(words_[Index(counter)]); }
  void Set(Counter counter, uint64_t value) { StoreWord(words_[Index(counter)], value); }
  // The counters that every packet changes come first.
  void Prefetch() const { PrefetchLines(words_, 4 * 64); }
  void Add(Counter counter, uint64_t amount = 1) { AddWord(words_[Index(counter)], amount); }

 protected:
  static constexpr size_t Index(Counter counter) { return static_cast<size_t>(counter); }
  uint64_t* words_ = nullptr;  // Borrowed from the slab.
};

using StreamBlock = CounterBlock<StreamCounter>;
using WorkerBlock = CounterBlock<WorkerCounter>;

class PortBlock : public CounterBlock<PortCounter> {
 public:
  PortBlock() = default;
  explicit PortBlock(uint64_t* words) : CounterBlock(words) {}

  void AddDrop(DropReason reason) { AddWord(words_[DropIndex(reason)], 1); }
  uint64_t Drops(DropReason reason) const { return LoadWord(words_[DropIndex(reason)]); }

 private:
  static constexpr size_t DropIndex(DropReason reason) {
    return Index(PortCounter::kDropFirst) + static_cast<size_t>(reason);
  }
};

}  // namespace anchor

#endif  // NATIVE_COUNTERS_PORT_COUNTERS_H_
