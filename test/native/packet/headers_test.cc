#include <doctest/doctest.h>

#include <random>

#include "packet/demux.h"
#include "packet/rtcp_header.h"
#include "packet/rtp_header.h"
#include "support/packets.h"

using anchor::Demultiplex;
using anchor::PacketKind;
using anchor::RtcpHeader;
using anchor::RtcpReports;
using anchor::RtpHeader;
using test::Octets;

TEST_CASE("each first octet goes where RFC 7983 says, each second where RFC 5761 says") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const Octets packet = {static_cast<uint8_t>(first), static_cast<uint8_t>(second)};
      // 0–3 STUN, 16–19 ZRTP, 20–63 DTLS, 64–79 TURN, and the unassigned: not ours.
      const bool media = first >= 128 && first <= 191;
      const bool rtcp = second >= 192 && second <= 223;
      const PacketKind expected = !media ? PacketKind::kOther : rtcp ? PacketKind::kRtcp : PacketKind::kRtp;
      REQUIRE(Demultiplex(packet) == expected);
    }
  }
  CHECK(Demultiplex(Octets{}) == PacketKind::kShort);
  CHECK(Demultiplex(Octets{0x80}) == PacketKind::kShort);
  CHECK(Demultiplex(Octets{0x00}) == PacketKind::kOther);
}

TEST_CASE("the fields of an RTP header are read, with CSRCs and extension in its length") {
  Octets packet = {0xb2, 0xe5, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xba, 0xbe, 1, 1, 1,
                   1,    2,    2,    2,    2,    0xbe, 0xde, 0,    1,    9,    9,    9,    9, 7, 2};
  const auto header = RtpHeader::Parse(packet);
  REQUIRE(header);
  CHECK(header->padding);
  CHECK(header->marker);
  CHECK(header->payload_type == 101);
  CHECK(header->sequence_number == 0x1234);
  CHECK(header->timestamp == 0xdeadbeef);
  CHECK(header->ssrc == 0xcafebabe);
  CHECK(header->length == 28);
  CHECK(header->PaddingFits(packet));
  packet.back() = 3;
  CHECK_FALSE(header->PaddingFits(packet));
  packet.back() = 0;
  CHECK_FALSE(header->PaddingFits(packet));
  packet.resize(28);
  CHECK_FALSE(header->PaddingFits(packet));
  for (size_t length = 0; length < 28; ++length)
    CHECK_FALSE(RtpHeader::Parse({packet.data(), length}).has_value());
}

TEST_CASE("all CSRC counts and all extension lengths are held within the packet") {
  for (unsigned csrcs = 0; csrcs < 16; ++csrcs) {
    for (unsigned words : {0u, 1u, 2u, 40u, 16383u, 65535u}) {
      Octets packet(200, 0);
      packet[0] = static_cast<uint8_t>(0x90 | csrcs);
      const size_t extension = 12 + csrcs * 4;
      packet[extension + 2] = static_cast<uint8_t>(words >> 8);
      packet[extension + 3] = static_cast<uint8_t>(words);
      const size_t needed = extension + 4 + size_t{words} * 4;
      const auto header = RtpHeader::Parse(packet);
      REQUIRE(header.has_value() == (needed <= packet.size()));
      if (header) REQUIRE(header->length == needed);
    }
  }
}

TEST_CASE("RTCP lengths are held within the datagram") {
  Octets compound = test::ReceiverReport(1, 2);
  const Octets bye = test::Bye(1);
  compound.insert(compound.end(), bye.begin(), bye.end());
  CHECK(anchor::RtcpLengthsFit(compound));
  CHECK(anchor::RtcpLengthsAddUp(compound));
  Octets more = compound;
  more.push_back(0);
  CHECK(anchor::RtcpLengthsFit(more));
  CHECK_FALSE(anchor::RtcpLengthsAddUp(more));
  Octets beyond = compound;
  beyond[35] = 9;
  CHECK_FALSE(anchor::RtcpLengthsFit(beyond));
  CHECK_FALSE(RtcpHeader::Parse(Octets(7, 0x80)).has_value());
  CHECK(RtcpHeader::Parse(bye)->ssrc == 1);
}

TEST_CASE("reports are read from compounds") {
  Octets compound = test::SenderReport(7, 0x11112222, 0x33334444);
  const Octets report = test::ReceiverReport(7, 9, 0xaabbccdd, 65536, 51, 77);
  compound.insert(compound.end(), report.begin(), report.end());
  const RtcpReports reports = RtcpReports::Parse(compound);
  CHECK(reports.sender_report_time == 0x22223333);
  CHECK(reports.sender_ssrc == 7);
  REQUIRE(reports.block_count == 1);
  CHECK(reports.blocks[0].ssrc == 9);
  CHECK(reports.blocks[0].fraction_lost == 51);
  CHECK(reports.blocks[0].jitter == 77);
  CHECK(reports.blocks[0].last_sender_report == 0xaabbccdd);
  CHECK(reports.blocks[0].delay == 65536);
}

TEST_CASE("a report that promises more blocks than it has gives those that are there") {
  Octets report = test::ReceiverReport(7, 9);
  report[0] = 0x80 | 31;
  CHECK(RtcpReports::Parse(report).block_count == 1);
  Octets cut = test::SenderReport(7);
  cut.resize(20);
  cut[3] = 4;
  CHECK_FALSE(RtcpReports::Parse(cut).sender_report_time.has_value());
  // More blocks over several packets than one report can have: bounded.
  Octets many;
  for (int n = 0; n < 100; ++n) many.insert(many.end(), report.begin(), report.end());
  CHECK(RtcpReports::Parse(many).block_count == RtcpReports::kMaxBlocks);
}

TEST_CASE("no octets whatever make the parsers read outside of them (2^18 random packets, fixed seed)") {
  std::mt19937 random(1);
  for (int n = 0; n < (1 << 18); ++n) {
    // In memory of exactly their size, for the address sanitizer.
    std::vector<uint8_t> packet(random() % 80);
    for (uint8_t& octet : packet) octet = static_cast<uint8_t>(random());
    if (!packet.empty()) packet[0] = static_cast<uint8_t>(0x80 | (packet[0] & 0x3f));
    const auto header = RtpHeader::Parse(packet);
    if (header) {
      REQUIRE(header->length <= packet.size());
      header->PaddingFits(packet);
    }
    anchor::RtcpLengthsFit(packet);
    RtcpReports::Parse(packet);
  }
}
