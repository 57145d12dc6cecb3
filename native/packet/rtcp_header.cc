#include "packet/rtcp_header.h"

#include "packet/byte_reader.h"

namespace anchor {
namespace {

enum class Walk : uint8_t { kExact, kTrailingOctets, kBeyond };

// Calls `visit` with each packet of a compound, header included.
template <typename Visitor>
Walk WalkCompound(std::span<const uint8_t> compound, Visitor visit) {
  while (!compound.empty()) {
    if (compound.size() < 4 || (compound[0] >> 6) != 2) return Walk::kTrailingOctets;
    const size_t length = (size_t{ReadU16(&compound[2])} + 1) * 4;
    if (length > compound.size()) return Walk::kBeyond;
    visit(compound.first(length));
    compound = compound.subspan(length);
  }
  return Walk::kExact;
}

ReportBlock ReadReportBlock(ByteReader& reader) {
  ReportBlock block;
  block.ssrc = reader.U32();
  block.fraction_lost = reader.U8();
  reader.Skip(3);  // Cumulative number of packets lost.
  reader.Skip(4);  // Extended highest sequence number received.
  block.jitter = reader.U32();
  block.last_sender_report = reader.U32();
  block.delay = reader.U32();
  return block;
}

void ReadReport(std::span<const uint8_t> packet, RtcpReports* reports) {
  const uint8_t type = packet[1];
  if (type != kRtcpSenderReport && type != kRtcpReceiverReport) return;
  const size_t count = packet[0] & 0x1f;
  ByteReader reader(packet.subspan(4));
  const uint32_t ssrc = reader.U32();
  if (type == kRtcpSenderReport) {
    const uint32_t ntp_high = reader.U32();
    const uint32_t ntp_low = reader.U32();
    reader.Skip(12);  // RTP time stamp, packet count, octet count.
    if (!reader.ok()) return;
    reports->sender_report_time = (ntp_high << 16) | (ntp_low >> 16);
    reports->sender_ssrc = ssrc;
  }
  for (size_t i = 0; i < count && reports->block_count < RtcpReports::kMaxBlocks; ++i) {
    const ReportBlock block = ReadReportBlock(reader);
    if (!reader.ok()) return;
    reports->blocks[reports->block_count++] = block;
  }
}

}  // namespace

std::optional<RtcpHeader> RtcpHeader::Parse(std::span<const uint8_t> packet) {
  ByteReader reader(packet);
  RtcpHeader header;
  reader.Skip(1);
  header.packet_type = reader.U8();
  header.length = (size_t{reader.U16()} + 1) * 4;
  header.ssrc = reader.U32();
  if (!reader.ok()) return std::nullopt;
  return header;
}

bool RtcpLengthsFit(std::span<const uint8_t> compound) {
  return WalkCompound(compound, [](auto) {}) != Walk::kBeyond;
}

bool RtcpLengthsAddUp(std::span<const uint8_t> compound) {
  return WalkCompound(compound, [](auto) {}) == Walk::kExact;
}

RtcpReports RtcpReports::Parse(std::span<const uint8_t> compound) {
  RtcpReports reports;
  WalkCompound(compound, [&reports](std::span<const uint8_t> packet) { ReadReport(packet, &reports); });
  return reports;
}

}  // namespace anchor
