#include "packet.h"

#include <array>
#include <cstring>

#include "bytes.h"

namespace anchor_bench {

namespace {

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
constexpr uint32_t kSamplesPerPacket = 160;  // 20 ms at 8 kHz
constexpr char kCname[] = "bench@srtp";      // 10 octets

void WritePayload(uint8_t* to, uint32_t ssrc, uint64_t index, size_t length) {
  uint64_t word = ((static_cast<uint64_t>(ssrc) << 32) ^ index) * kGolden;
  size_t at = 0;
  for (; at + sizeof(word) <= length; at += sizeof(word), word += kGolden)
    std::memcpy(to + at, &word, sizeof(word));
  std::memcpy(to + at, &word, length - at);
}

}  // namespace

size_t WriteRtp(uint8_t* to, uint32_t ssrc, uint64_t index, size_t payload) {
  to[0] = 0x80;
  to[1] = 0;
  PutU16(to + 2, static_cast<uint16_t>(index));
  PutU32(to + 4, static_cast<uint32_t>(index) * kSamplesPerPacket);
  PutU32(to + 8, ssrc);
  WritePayload(to + kRtpHeaderLength, ssrc, index, payload);
  return kRtpHeaderLength + payload;
}

size_t WriteRtcp(uint8_t* to, uint32_t ssrc, uint32_t index) {
  std::memset(to, 0, kRtcpLength);
  to[0] = 0x80;
  to[1] = 200;
  PutU16(to + 2, 6);
  PutU32(to + 4, ssrc);
  PutU32(to + 8, 0x83aa7e80U + index);  // NTP seconds
  PutU32(to + 16, index * kSamplesPerPacket);
  PutU32(to + 20, index);
  PutU32(to + 24, index * kSamplesPerPacket);
  uint8_t* sdes = to + 28;
  sdes[0] = 0x81;
  sdes[1] = 202;
  PutU16(sdes + 2, 4);
  PutU32(sdes + 4, ssrc);
  sdes[8] = 1;
  sdes[9] = sizeof(kCname) - 1;
  std::memcpy(sdes + 10, kCname, sizeof(kCname) - 1);
  return kRtcpLength;
}

uint32_t RtcpIndex(const uint8_t* packet) { return GetU32(packet + 20); }

bool IsRtpAsSent(std::span<const uint8_t> packet, uint32_t ssrc, uint64_t index, size_t payload) {
  std::array<uint8_t, kMaxDatagram> expected;
  const size_t length = WriteRtp(expected.data(), ssrc, index, payload);
  return packet.size() == length && std::memcmp(packet.data(), expected.data(), length) == 0;
}

bool IsRtcpAsSent(std::span<const uint8_t> packet, uint32_t ssrc, uint32_t index) {
  std::array<uint8_t, kRtcpLength> expected;
  const size_t length = WriteRtcp(expected.data(), ssrc, index);
  return packet.size() == length && std::memcmp(packet.data(), expected.data(), length) == 0;
}

}  // namespace anchor_bench
