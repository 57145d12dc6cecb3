#include "crypto/mki.h"

#include <cstring>

namespace anchor {

std::span<const uint8_t> MkiOf(const PacketBuffer& packet, size_t mki_length, size_t behind) {
  if (packet.size < mki_length + behind) return {};
  return {packet.data + packet.size - behind - mki_length, mki_length};
}

void CutMki(PacketBuffer* packet, size_t mki_length, size_t behind) {
  uint8_t* const tail = packet->data + packet->size - behind;
  std::memmove(tail - mki_length, tail, behind);
  packet->size -= mki_length;
}

bool InsertMki(PacketBuffer* packet, std::span<const uint8_t> mki, size_t behind) {
  if (mki.empty()) return true;
  if (packet->capacity - packet->size < mki.size()) return false;
  uint8_t* const tail = packet->data + packet->size - behind;
  std::memmove(tail + mki.size(), tail, behind);
  std::memcpy(tail, mki.data(), mki.size());
  packet->size += mki.size();
  return true;
}

}  // namespace anchor
