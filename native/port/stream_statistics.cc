#include "port/stream_statistics.h"

namespace anchor {

bool StreamStatistics::MayReplace(const Stream& stream, Instant now) {
  const uint64_t idle = stream.packets < kBriefPackets ? kBriefIdleMicroseconds : kLongIdleMicroseconds;
  return now.microseconds >= stream.last_microseconds + idle;
}

StreamStatistics::Stream* StreamStatistics::FindOrTake(uint32_t ssrc, Instant now) {
  for (const auto& stream : streams_) {
    if (stream && stream->ssrc == ssrc) return stream.get();
  }
  for (size_t place = 0; place < streams_.size(); ++place) {
    std::unique_ptr<Stream>& stream = streams_[place];
    if (!stream)
      stream = std::make_unique<Stream>();
    else if (MayReplace(*stream, now))
      *stream = Stream{};
    else
      continue;
    stream->block = slab_->stream(slot_, place);
    Begin(stream.get(), ssrc, now);
    return stream.get();
  }
  return nullptr;
}

void StreamStatistics::Begin(Stream* stream, uint32_t ssrc, Instant now) {
  stream->ssrc = ssrc;
  stream->last_microseconds = now.microseconds;
  StreamBlock& block = stream->block;
  for (size_t i = 0; i < kStreamCounterCount; ++i) block.Set(static_cast<StreamCounter>(i), 0);
  block.Set(StreamCounter::kSsrc, ssrc);
  block.Set(StreamCounter::kFirstMilliseconds, now.milliseconds());
  block.Set(StreamCounter::kInUse, 1);
}

void StreamStatistics::NoteRtp(const RtpHeader& header, size_t size, uint32_t rollover_counter, Instant now) {
  Stream* stream = FindOrTake(header.ssrc, now);
  if (stream == nullptr) return;
  ++stream->packets;
  stream->last_microseconds = now.microseconds;
  StreamBlock& block = stream->block;
  block.Add(StreamCounter::kPackets);
  block.Add(StreamCounter::kBytes, size);
  block.Set(StreamCounter::kPayloadType, header.payload_type);
  block.Set(StreamCounter::kLastMilliseconds, now.milliseconds());
  block.Set(StreamCounter::kRolloverCounter, rollover_counter);
  NoteSequence(stream, header);
  NoteJitter(stream, header, now);
}

void StreamStatistics::NoteSequence(Stream* stream, const RtpHeader& header) {
  StreamBlock& block = stream->block;
  const bool first = !stream->sequence.started();
  const SequenceTracker::Placement placement = stream->sequence.Place(header.sequence_number);
  if (placement.kind == SequenceTracker::Kind::kDuplicate) {
    block.Add(StreamCounter::kDuplicates);
    return;
  }
  if (placement.kind == SequenceTracker::Kind::kLate || placement.kind == SequenceTracker::Kind::kTooOld)
    block.Add(StreamCounter::kReordered);
  if (!placement.sends()) return;
  stream->sequence.Commit(placement);
  if (first) block.Set(StreamCounter::kBaseSequence, placement.index);
  block.Set(StreamCounter::kHighestSequence, stream->sequence.highest_index());
}

// RFC 3550 appendix A.8. Packets that share a time stamp (one frame in several, or RFC 4733 events) and the
// first one after a change of payload type say nothing about jitter.
void StreamStatistics::NoteJitter(Stream* stream, const RtpHeader& header, Instant now) {
  const bool restart = stream->clock_rate.Note(header.payload_type, header.timestamp, now);
  const bool comparable = stream->packets > 1 && stream->payload_type == header.payload_type &&
                          stream->timestamp != header.timestamp;
  const uint64_t arrival = now.microseconds * stream->clock_rate.hertz() / 1'000'000;
  const uint32_t transit = static_cast<uint32_t>(arrival) - header.timestamp;
  const int32_t difference = static_cast<int32_t>(transit - stream->transit);
  stream->payload_type = header.payload_type;
  stream->timestamp = header.timestamp;
  stream->transit = transit;
  if (restart) {
    stream->jitter = 0;
  } else if (comparable) {
    const uint32_t distance =
        difference < 0 ? 0u - static_cast<uint32_t>(difference) : static_cast<uint32_t>(difference);
    stream->jitter += distance - ((stream->jitter + 8) >> 4);
  }
  stream->block.Set(StreamCounter::kJitter, stream->jitter);
}

void StreamStatistics::NoteReport(const ReportBlock& report, uint64_t round_trip_microseconds, Instant now) {
  Stream* stream = FindOrTake(report.ssrc, now);
  if (stream == nullptr) return;
  stream->block.Set(StreamCounter::kRemoteFractionLost, report.fraction_lost);
  stream->block.Set(StreamCounter::kRemoteJitter, report.jitter);
  if (round_trip_microseconds != 0)
    stream->block.Set(StreamCounter::kRoundTripMicroseconds, round_trip_microseconds);
}

}  // namespace anchor
