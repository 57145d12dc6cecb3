#ifndef TEST_NATIVE_SUPPORT_SESSIONS_H_
#define TEST_NATIVE_SUPPORT_SESSIONS_H_

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/inbound_srtp.h"
#include "crypto/outbound_srtp.h"
#include "support/packets.h"

namespace test {

// A packet in memory of its own, aligned and with room to grow.
class Buffer {
 public:
  explicit Buffer(const Octets& octets) {
    std::copy(octets.begin(), octets.end(), memory_);
    packet_ = {memory_, octets.size(), sizeof memory_};
  }
  anchor::PacketBuffer* packet() { return &packet_; }
  Octets octets() const { return {packet_.data, packet_.data + packet_.size}; }

 private:
  alignas(16) uint8_t memory_[4096];
  anchor::PacketBuffer packet_;
};

struct Result {
  anchor::SrtpVerdict verdict;
  Octets packet;  // Empty when dropped.
  bool passed() const { return verdict.passed(); }
};

// The engine's sessions with octets in and out, and a clock that the test moves.
class Inbound {
 public:
  explicit Inbound(anchor::SrtpKeys keys) : session(std::move(keys)) {}

  Result Rtp(const Octets& octets) {
    Buffer buffer(octets);
    const auto header = anchor::RtpHeader::Parse(octets);
    if (!header) return {anchor::SrtpVerdict::Drop(anchor::DropReason::kShort), {}};
    const auto verdict = session.UnprotectRtp(buffer.packet(), *header, now, scratch());
    return {verdict, verdict.passed() ? buffer.octets() : Octets{}};
  }
  Result Rtcp(const Octets& octets) {
    Buffer buffer(octets);
    const auto header = anchor::RtcpHeader::Parse(octets);
    if (!header) return {anchor::SrtpVerdict::Drop(anchor::DropReason::kShort), {}};
    const auto verdict = session.UnprotectRtcp(buffer.packet(), *header, now, scratch());
    return {verdict, verdict.passed() ? buffer.octets() : Octets{}};
  }
  void Pass(uint64_t milliseconds) { now.microseconds += milliseconds * 1000; }

  anchor::InboundSrtp session;
  anchor::Instant now{1'000'000'000};

 private:
  // As in the engine one serves all sessions of a thread.
  static anchor::Scratch* scratch() {
    thread_local anchor::Scratch one;
    return &one;
  }
};

class Outbound {
 public:
  explicit Outbound(anchor::SrtpKeys keys) : session(std::move(keys)) {}

  Result Rtp(const Octets& octets) {
    Buffer buffer(octets);
    const auto verdict = session.ProtectRtp(buffer.packet(), anchor::RtpHeader::Parse(octets).value(), now);
    return {verdict, verdict.passed() ? buffer.octets() : Octets{}};
  }
  Result Rtcp(const Octets& octets) {
    Buffer buffer(octets);
    const auto verdict = session.ProtectRtcp(buffer.packet(), anchor::RtcpHeader::Parse(octets).value(), now);
    return {verdict, verdict.passed() ? buffer.octets() : Octets{}};
  }
  void Pass(uint64_t milliseconds) { now.microseconds += milliseconds * 1000; }

  anchor::OutboundSrtp session;
  anchor::Instant now{1'000'000'000};
};

}  // namespace test

#endif  // TEST_NATIVE_SUPPORT_SESSIONS_H_
