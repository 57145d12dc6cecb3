#include "packet/rtp_header.h"

#include "packet/byte_reader.h"

namespace anchor {

std::optional<RtpHeader> RtpHeader::Parse(std::span<const uint8_t> packet) {
  ByteReader reader(packet);
  RtpHeader header;
  const uint8_t first = reader.U8();
  header.padding = (first & 0x20) != 0;
  const bool extension = (first & 0x10) != 0;
  const size_t csrc_count = first & 0x0f;
  const uint8_t second = reader.U8();
  header.marker = (second & 0x80) != 0;
  header.payload_type = second & 0x7f;
  header.sequence_number = reader.U16();
  header.timestamp = reader.U32();
  header.ssrc = reader.U32();
  reader.Skip(csrc_count * 4);
  if (extension) {
    reader.Skip(2);  // Defined by profile.
    reader.Skip(size_t{reader.U16()} * 4);
  }
  if (!reader.ok()) return std::nullopt;
  header.length = packet.size() - reader.remaining();
  return header;
}

bool RtpHeader::PaddingFits(std::span<const uint8_t> packet) const {
  if (!padding) return true;
  const size_t payload = packet.size() - length;
  if (payload == 0) return false;
  const size_t count = packet.back();
  return count >= 1 && count <= payload;
}

}  // namespace anchor
