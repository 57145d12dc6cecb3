#ifndef NATIVE_PACKET_DEMUX_H_
#define NATIVE_PACKET_DEMUX_H_

#include <cstdint>
#include <span>

namespace anchor {

enum class PacketKind : uint8_t {
  kRtp,
  kRtcp,
  kOther,  // STUN, ZRTP, DTLS, TURN channel, or nothing known (RFC 7983 §7): none of them is ours.
  kShort,  // Too short to tell.
};

// The first octet tells RTP and RTCP (128–191, which is version 2) from all else (RFC 7983 §7), the second
// RTCP from RTP: payload types 64–95 with the marker bit set are RTCP packet types 192–223 (RFC 5761 §4).
constexpr PacketKind Demultiplex(std::span<const uint8_t> datagram) {
  if (datagram.empty()) return PacketKind::kShort;
  if (datagram[0] < 128 || datagram[0] > 191) return PacketKind::kOther;
  if (datagram.size() < 2) return PacketKind::kShort;
  return datagram[1] >= 192 && datagram[1] <= 223 ? PacketKind::kRtcp : PacketKind::kRtp;
}

}  // namespace anchor

#endif  // NATIVE_PACKET_DEMUX_H_
