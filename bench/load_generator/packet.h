#ifndef BENCH_LOAD_GENERATOR_PACKET_H_
#define BENCH_LOAD_GENERATOR_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace anchor_bench {

constexpr size_t kRtpHeaderLength = 12;
// Largest datagram that is built or read: an Ethernet frame's worth with room for tags.
constexpr size_t kMaxDatagram = 2048;

// Writes the RTP packet number `index` (extended sequence number) of a stream: version 2, payload type 0, 8
// kHz time stamps of 20 ms, and a payload that is a function of (ssrc, index), so that a receiver can tell
// every octet. `to` needs 12 + payload octets. Returns the length.
size_t WriteRtp(uint8_t* to, uint32_t ssrc, uint64_t index, size_t payload);

// Writes a sender report with a CNAME (RFC 3550 §6.4.1, §6.5), again a function of (ssrc, index). Returns the
// length.
size_t WriteRtcp(uint8_t* to, uint32_t ssrc, uint32_t index);

constexpr size_t kRtcpLength = 28 + 20;

// The `index` that WriteRtcp put into the packet count.
uint32_t RtcpIndex(const uint8_t* packet);

// True when the octets are exactly what WriteRtp or WriteRtcp made.
bool IsRtpAsSent(std::span<const uint8_t> packet, uint32_t ssrc, uint64_t index, size_t payload);
bool IsRtcpAsSent(std::span<const uint8_t> packet, uint32_t ssrc, uint32_t index);

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_PACKET_H_
