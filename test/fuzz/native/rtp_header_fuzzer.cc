// RtpHeader: what it accepts lies within the packet and reads back as it is on the wire.
#include "packet/byte_reader.h"
#include "packet/rtp_header.h"
#include "support/check.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> packet(data, size);
  const auto header = anchor::RtpHeader::Parse(packet);
  if (!header) {
    // Refused for one reason only: something reaches beyond the packet.
    const bool fixed = size >= anchor::kRtpFixedHeaderLength;
    FUZZ_CHECK(!fixed || (data[0] & 0x1f) != 0);
    return 0;
  }
  FUZZ_CHECK(header->length >= anchor::kRtpFixedHeaderLength && header->length <= size);
  FUZZ_CHECK(header->payload_type == (data[1] & 0x7f) && header->marker == ((data[1] & 0x80) != 0));
  FUZZ_CHECK(header->sequence_number == anchor::ReadU16(data + anchor::kRtpSequenceOffset));
  FUZZ_CHECK(header->timestamp == anchor::ReadU32(data + 4) && header->ssrc == anchor::ReadU32(data + 8));
  const size_t csrc_end = anchor::kRtpFixedHeaderLength + size_t{data[0] & 0x0fu} * 4;
  if ((data[0] & 0x10) == 0) {
    FUZZ_CHECK(header->length == csrc_end);
  } else {
    FUZZ_CHECK(header->length == csrc_end + 4 + size_t{anchor::ReadU16(data + csrc_end + 2)} * 4);
  }
  const bool padding_fits = header->PaddingFits(packet);
  if (!header->padding) FUZZ_CHECK(padding_fits);
  if (header->padding && padding_fits)
    FUZZ_CHECK(data[size - 1] >= 1 && data[size - 1] <= size - header->length);

  // Whatever follows, the header stays what it is; and without its last octet it is refused.
  FUZZ_CHECK(anchor::RtpHeader::Parse(packet.first(header->length))->length == header->length);
  FUZZ_CHECK(!anchor::RtpHeader::Parse(packet.first(header->length - 1)));
  return 0;
}
