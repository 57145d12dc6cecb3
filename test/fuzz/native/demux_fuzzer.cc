// Demultiplex against the tables of RFC 7983 §7 and RFC 5761 §4, written out once more.
#include "packet/demux.h"
#include "support/check.h"

namespace {

using anchor::PacketKind;

PacketKind Expected(const uint8_t* data, size_t size) {
  if (size == 0) return PacketKind::kShort;
  if ((data[0] >> 6) != 2) return PacketKind::kOther;
  if (size == 1) return PacketKind::kShort;
  const bool marker = (data[1] & 0x80) != 0;
  const int payload_type = data[1] & 0x7f;
  return marker && payload_type >= 64 && payload_type <= 95 ? PacketKind::kRtcp : PacketKind::kRtp;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FUZZ_CHECK(anchor::Demultiplex({data, size}) == Expected(data, size));
  return 0;
}
