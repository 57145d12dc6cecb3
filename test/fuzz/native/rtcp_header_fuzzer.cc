// RtcpHeader, the walk over a compound and the reports in it: bounds, and what each says of the others.
#include "packet/byte_reader.h"
#include "packet/rtcp_header.h"
#include "support/check.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> compound(data, size);
  const auto header = anchor::RtcpHeader::Parse(compound);
  FUZZ_CHECK(header.has_value() == (size >= anchor::kRtcpFixedHeaderLength));
  if (header) {
    FUZZ_CHECK(header->packet_type == data[1] && header->ssrc == anchor::ReadU32(data + 4));
    FUZZ_CHECK(header->length == (size_t{anchor::ReadU16(data + 2)} + 1) * 4);
  }
  const bool fit = anchor::RtcpLengthsFit(compound);
  const bool add_up = anchor::RtcpLengthsAddUp(compound);
  if (add_up) FUZZ_CHECK(fit && size % 4 == 0);
  if (fit && header && (data[0] >> 6) == 2) FUZZ_CHECK(header->length <= size);

  const anchor::RtcpReports reports = anchor::RtcpReports::Parse(compound);
  FUZZ_CHECK(reports.block_count <= anchor::RtcpReports::kMaxBlocks);
  // A block has 24 octets, and comes behind a header of 8.
  FUZZ_CHECK(reports.block_count == 0 || reports.block_count * 24 + 8 <= size);
  FUZZ_CHECK(!reports.sender_report_time || size >= 28);
  return 0;
}
