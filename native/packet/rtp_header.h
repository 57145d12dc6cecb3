#ifndef NATIVE_PACKET_RTP_HEADER_H_
#define NATIVE_PACKET_RTP_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace anchor {

inline constexpr size_t kRtpFixedHeaderLength = 12;
inline constexpr size_t kRtpSequenceOffset = 2;

// The header of an RTP packet (RFC 3550 §5.1), host order. In SRTP it is in the clear.
struct RtpHeader {
  bool padding = false;
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence_number = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  // Octets before the payload: fixed header, CSRC list and extension.
  size_t length = 0;

  // nullopt when it is cut off, or CSRC count or extension reach beyond the packet. The version was seen
  // before.
  static std::optional<RtpHeader> Parse(std::span<const uint8_t> packet);

  // Whether the padding count lies within the payload (RFC 3550 §5.1); only a decrypted packet can be asked.
  bool PaddingFits(std::span<const uint8_t> packet) const;
};

}  // namespace anchor

#endif  // NATIVE_PACKET_RTP_HEADER_H_
