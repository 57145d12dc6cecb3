#ifndef NATIVE_PACKET_RTCP_HEADER_H_
#define NATIVE_PACKET_RTCP_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace anchor {

// Common header and SSRC of the sender: what every RTCP packet starts with, and what SRTCP leaves in the
// clear.
inline constexpr size_t kRtcpFixedHeaderLength = 8;
inline constexpr uint8_t kRtcpSenderReport = 200;
inline constexpr uint8_t kRtcpReceiverReport = 201;

// The first header of a compound RTCP packet (RFC 3550 §6.4.1), host order.
struct RtcpHeader {
  uint8_t packet_type = 0;
  uint32_t ssrc = 0;
  // Octets of the first packet of the compound, header included, as its length field says.
  size_t length = 0;

  // nullopt when cut off. Says nothing about what follows.
  static std::optional<RtcpHeader> Parse(std::span<const uint8_t> packet);
};

// Whether the lengths of the compound stay within the datagram; octets behind the last packet are tolerated
// when they do not look like another one. Only a decrypted compound can be asked.
bool RtcpLengthsFit(std::span<const uint8_t> compound);

// Whether the lengths of the compound add up to exactly the datagram: a plain compound does, and one that was
// encrypted or carries an SRTCP trailer does not, but by accident.
bool RtcpLengthsAddUp(std::span<const uint8_t> compound);

// A report block (RFC 3550 §6.4.1), host order.
struct ReportBlock {
  uint32_t ssrc = 0;
  uint8_t fraction_lost = 0;
  uint32_t jitter = 0;              // Timestamp units.
  uint32_t last_sender_report = 0;  // LSR: middle 32 bits of an NTP time stamp.
  uint32_t delay = 0;               // DLSR: units of 1/65,536 s.
};

// What a compound reports that concerns quality.
struct RtcpReports {
  static constexpr size_t kMaxBlocks = 31;

  // Middle 32 bits of the sender report's NTP time stamp, if there is a sender report, and who sent it.
  std::optional<uint32_t> sender_report_time;
  uint32_t sender_ssrc = 0;
  std::array<ReportBlock, kMaxBlocks> blocks;
  size_t block_count = 0;

  static RtcpReports Parse(std::span<const uint8_t> compound);
};

}  // namespace anchor

#endif  // NATIVE_PACKET_RTCP_HEADER_H_
