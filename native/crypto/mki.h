#ifndef NATIVE_CRYPTO_MKI_H_
#define NATIVE_CRYPTO_MKI_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/packet_buffer.h"

namespace anchor {

// The MKI stands before the tag in counter-mode packets (RFC 3711 §3.1, §3.4) and at the very end of AEAD
// ones (RFC 7714 §8.2): `behind` octets of the packet follow it. It is not authenticated.

// The MKI of a packet; empty when the packet is shorter than the two.
std::span<const uint8_t> MkiOf(const PacketBuffer& packet, size_t mki_length, size_t behind);
// Takes it out; MkiOf was not empty.
void CutMki(PacketBuffer* packet, size_t mki_length, size_t behind);
// Puts one in. False when the buffer is full.
bool InsertMki(PacketBuffer* packet, std::span<const uint8_t> mki, size_t behind);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_MKI_H_
