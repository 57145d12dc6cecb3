#ifndef NATIVE_PORT_STREAM_STATISTICS_H_
#define NATIVE_PORT_STREAM_STATISTICS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/clock.h"
#include "common/prefetch.h"
#include "counters/counter_slab.h"
#include "crypto/sequence_tracker.h"
#include "packet/rtcp_header.h"
#include "packet/rtp_header.h"
#include "port/clock_rate.h"

namespace anchor {

// Quality of what the party sends, per SSRC, from RTP headers (RFC 3550 appendix A.1, A.3, A.8), and what the
// other side reports of it. A few streams; one that is active keeps its place against any number of others. A
// place is allocated when its first stream is heard, and stays.
class StreamStatistics {
 public:
  // The slab outlives this.
  StreamStatistics(const CounterSlab& slab, uint32_t slot) : slab_(&slab), slot_(slot) {}

  // An RTP packet that was accepted. `size` as received.
  void NoteRtp(const RtpHeader& header, size_t size, uint32_t rollover_counter, Instant now);
  // A report about one of these streams; 0 = the round trip is not known.
  void NoteReport(const ReportBlock& block, uint64_t round_trip_microseconds, Instant now);

  // For the next packet, in two steps: the second follows what the first asked for.
  void Prefetch() const { anchor::Prefetch(streams_.front().get()); }
  void PrefetchCounters() const {
    if (streams_.front()) streams_.front()->block.Prefetch();
  }

 private:
  // A place goes to a newcomer after this silence: short while it has hardly been used, longer after that.
  static constexpr uint64_t kBriefIdleMicroseconds = 1'000'000;
  static constexpr uint64_t kLongIdleMicroseconds = 30'000'000;
  static constexpr uint32_t kBriefPackets = 32;

  struct Stream {
    uint32_t ssrc = 0;
    uint32_t packets = 0;
    uint64_t last_microseconds = 0;
    SequenceTracker sequence;
    ClockRate clock_rate;
    uint8_t payload_type = 0;
    uint32_t timestamp = 0;
    uint32_t transit = 0;  // Arrival less time stamp, in units of the latter.
    uint32_t jitter = 0;   // Times 16.
    StreamBlock block;
  };

  // Null when all places are taken by streams that are active.
  Stream* FindOrTake(uint32_t ssrc, Instant now);
  static void Begin(Stream* stream, uint32_t ssrc, Instant now);
  static bool MayReplace(const Stream& stream, Instant now);
  static void NoteSequence(Stream* stream, const RtpHeader& header);
  static void NoteJitter(Stream* stream, const RtpHeader& header, Instant now);

  const CounterSlab* const slab_;
  const uint32_t slot_;
  std::array<std::unique_ptr<Stream>, kStreamsPerPort> streams_;  // Taken from the front.
};

}  // namespace anchor

#endif  // NATIVE_PORT_STREAM_STATISTICS_H_
