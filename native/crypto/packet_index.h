#ifndef NATIVE_CRYPTO_PACKET_INDEX_H_
#define NATIVE_CRYPTO_PACKET_INDEX_H_

#include <cstdint>

namespace anchor {

// The SRTP packet index: rollover counter in bits 16–47, sequence number below (RFC 3711 §3.3.1).
inline constexpr uint64_t kPacketIndexEnd = uint64_t{1} << 48;

constexpr uint32_t RolloverCounterOf(uint64_t index) { return static_cast<uint32_t>(index >> 16); }
constexpr uint64_t MakePacketIndex(uint32_t rollover_counter, uint16_t sequence_number) {
  return (uint64_t{rollover_counter} << 16) | sequence_number;
}

// The index closest to `highest` that has this sequence number (RFC 3711 appendix A). In the first half of
// the first cycle there is nothing to roll back to, and the number is taken as it is.
constexpr uint64_t GuessPacketIndex(uint64_t highest, uint16_t sequence_number) {
  const uint32_t roc = RolloverCounterOf(highest);
  if (highest <= 0x8000) return sequence_number;
  const int32_t local = static_cast<uint16_t>(highest);
  const int32_t received = sequence_number;
  if (local < 0x8000) return MakePacketIndex(received - local > 0x8000 ? roc - 1 : roc, sequence_number);
  return MakePacketIndex(local - 0x8000 > received ? roc + 1 : roc, sequence_number);
}

}  // namespace anchor

#endif  // NATIVE_CRYPTO_PACKET_INDEX_H_
