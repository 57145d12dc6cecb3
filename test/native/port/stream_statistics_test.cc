#include "port/stream_statistics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "port/sender_report_log.h"
#include "support/packets.h"

using anchor::Instant;
using anchor::StreamCounter;

namespace {

struct Statistics {
  void Note(uint16_t sequence_number, uint32_t timestamp, uint32_t ssrc = test::kSsrc,
            uint8_t payload_type = 0) {
    test::RtpFields fields;
    fields.sequence_number = sequence_number;
    fields.timestamp = timestamp;
    fields.ssrc = ssrc;
    fields.payload_type = payload_type;
    const test::Octets packet = test::Rtp(fields);
    streams.NoteRtp(anchor::RtpHeader::Parse(packet).value(), packet.size(), 0, now);
  }
  uint64_t Get(StreamCounter counter, size_t index = 0) const { return slab->stream(0, index).Get(counter); }
  bool Has(uint32_t ssrc) const {
    for (size_t i = 0; i < anchor::kStreamsPerPort; ++i) {
      if (Get(StreamCounter::kInUse, i) == 1 && Get(StreamCounter::kSsrc, i) == ssrc) return true;
    }
    return false;
  }
  void Pass(uint64_t microseconds) { now.microseconds += microseconds; }

  std::shared_ptr<anchor::CounterSlab> slab = anchor::CounterSlab::Create(1);
  anchor::StreamStatistics streams{*slab, 0};
  Instant now{1'000'000'000};
};

}  // namespace

TEST_CASE("packets, loss, duplicates and reordering follow from sequence numbers, through a rollover") {
  Statistics statistics;
  for (uint32_t n = 65500; n < 65600; ++n) {
    if (n == 65510 || n == 65540) continue;
    statistics.Note(static_cast<uint16_t>(n), n * 160);
    statistics.Pass(20000);
  }
  statistics.Note(static_cast<uint16_t>(65540), 65540 * 160);
  statistics.Note(static_cast<uint16_t>(65590), 65590 * 160);
  CHECK(statistics.Get(StreamCounter::kInUse) == 1);
  CHECK(statistics.Get(StreamCounter::kSsrc) == test::kSsrc);
  CHECK(statistics.Get(StreamCounter::kPackets) == 100);
  CHECK(statistics.Get(StreamCounter::kBytes) == 100 * 172);
  CHECK(statistics.Get(StreamCounter::kBaseSequence) == 65500);
  CHECK(statistics.Get(StreamCounter::kHighestSequence) == 65599);
  CHECK(statistics.Get(StreamCounter::kReordered) == 1);
  CHECK(statistics.Get(StreamCounter::kDuplicates) == 1);
}

TEST_CASE("jitter is that of RFC 3550 A.8, in time stamp units, for the clock of the payload type") {
  for (const auto& [payload_type, rate] : {std::pair<uint8_t, uint32_t>{0, 8000}, {34, 90000}}) {
    Statistics statistics;
    double expected = 0;
    double transit_before = 0;
    for (int n = 0; n < 400; ++n) {
      // 20 ms apart, every other packet 3 ms late.
      const uint64_t late = n % 2 == 0 ? 0 : 3000;
      statistics.now.microseconds = 1'000'000'000 + static_cast<uint64_t>(n) * 20000 + late;
      statistics.Note(static_cast<uint16_t>(n), static_cast<uint32_t>(n) * rate / 50, test::kSsrc,
                      payload_type);
      const double transit = static_cast<double>(late) * rate / 1e6;
      if (n > 0) expected += (std::fabs(transit - transit_before) - expected) / 16;
      transit_before = transit;
    }
    const double measured = static_cast<double>(statistics.Get(StreamCounter::kJitter)) / 16;
    CHECK(measured == doctest::Approx(expected).epsilon(0.05));
  }
}

TEST_CASE("a steady stream of a dynamic payload type has no jitter: its clock is estimated") {
  Statistics statistics;
  for (int n = 0; n < 400; ++n) {
    statistics.now.microseconds = 1'000'000'000 + static_cast<uint64_t>(n) * 20000;
    statistics.Note(static_cast<uint16_t>(n), static_cast<uint32_t>(n) * 960, test::kSsrc, 111);
  }
  CHECK(statistics.Get(StreamCounter::kJitter) < 16);
}

TEST_CASE("packets with one time stamp, as in RFC 4733 events, do not count as jitter") {
  Statistics statistics;
  uint16_t sequence = 0;
  for (int n = 0; n < 50; ++n, statistics.Pass(20000))
    statistics.Note(sequence++, static_cast<uint32_t>(n) * 160);
  for (int n = 0; n < 50; ++n, statistics.Pass(20000)) statistics.Note(sequence++, 8000, test::kSsrc, 101);
  CHECK(statistics.Get(StreamCounter::kJitter) < 16);
}

TEST_CASE("a live stream keeps its place against a flood of SSRCs") {
  Statistics statistics;
  for (uint16_t n = 0; n < 100; ++n, statistics.Pass(20000)) statistics.Note(n, n * 160u);
  for (uint32_t n = 0; n < 10000; ++n) {
    statistics.Note(5, 0, 0x10000 + n);
    if (n % 100 == 0) {
      statistics.Pass(20000);
      statistics.Note(static_cast<uint16_t>(100 + n / 100), 0);
    }
  }
  CHECK(statistics.Has(test::kSsrc));
  // A new stream takes the place of one that was hardly used.
  statistics.Pass(1'000'000);
  statistics.Note(1, 0, 42);
  CHECK(statistics.Has(42));
  CHECK(statistics.Has(test::kSsrc));
}

TEST_CASE("what the other side reports is noted with the stream, and the round trip from LSR and DLSR") {
  Statistics statistics;
  anchor::SenderReportLog log;
  log.NoteSent(0x22223333, statistics.now);
  statistics.Pass(250'000);
  anchor::ReportBlock block;
  block.ssrc = 9;
  block.fraction_lost = 51;
  block.jitter = 77;
  block.last_sender_report = 0x22223333;
  block.delay = 65536 / 10;  // 0.1 s.
  const uint64_t round_trip = log.RoundTrip(block, statistics.now);
  CHECK(round_trip > 149'900);
  CHECK(round_trip < 150'100);
  statistics.streams.NoteReport(block, round_trip, statistics.now);
  CHECK(statistics.Get(StreamCounter::kRemoteFractionLost) == 51);
  CHECK(statistics.Get(StreamCounter::kRemoteJitter) == 77);
  CHECK(statistics.Get(StreamCounter::kRoundTripMicroseconds) == round_trip);

  block.last_sender_report = 1;
  CHECK(log.RoundTrip(block, statistics.now) == 0);
  block.last_sender_report = 0;
  CHECK(log.RoundTrip(block, statistics.now) == 0);
  block.last_sender_report = 0x22223333;
  block.delay = 65536 * 10;  // Longer than the time that passed.
  CHECK(log.RoundTrip(block, statistics.now) == 0);
}
