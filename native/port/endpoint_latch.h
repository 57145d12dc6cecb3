#ifndef NATIVE_PORT_ENDPOINT_LATCH_H_
#define NATIVE_PORT_ENDPOINT_LATCH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "net/socket_address.h"
#include "port/port_config.h"

namespace anchor {

// Decides whose packets a port takes and where it sends (symmetric RTP, RFC 4961; latching, RFC 7362).
//
// A secure leg takes packets from anywhere, since they prove themselves, and follows the newest one that did.
//
// A plain leg settles on one source and then takes packets from that one only, until signalling opens a new
// round. In the default mode (heuristic) a window starts with the round's first packet, in which sources are
// ranked:
//
//   5  what the SDP says, address and port      | 5 and 4 change places when the SDP
//   4  the source that was settled before       | did not change what it says
//   3  the SDP's address   2  the SDP's port   1  anything
//
// Rank 5 settles at once. Otherwise the best one seen is taken, alone, and settles when the window ends. One
// that does not even match the address gets kUnmatchedPackets through and is then held back for
// kUnmatchedHoldMilliseconds, and nothing is sent to it before that: the party itself, which usually speaks
// by then, outranks it.
//
// Signalling that puts the party on hold opens no round, and a party that was heard from where the SDP says
// keeps rank 4 until the SDP changes: else a stranger could take the place of one who is silent, and be
// preferred later.
class EndpointLatch {
 public:
  static constexpr int kUnmatchedPackets = 5;
  static constexpr uint32_t kUnmatchedHoldMilliseconds = 500;

  // Whether packets prove where they are from. Asked with each packet, since the keys of an RTCP port are
  // those of its RTP port and may come after its configuration.
  enum class Leg : uint8_t { kPlain, kSecure };

  explicit EndpointLatch(uint32_t window_milliseconds)
      : window_microseconds_(uint64_t{window_milliseconds} * 1000) {}

  void Configure(const PortConfig& config, Instant now);

  // Whether a packet from there is taken, as far as its source goes. On a plain leg the packet must be
  // well-formed RTP or RTCP: a new source becomes a candidate here. On a secure one nothing is noted.
  bool Admits(const SocketAddress& source, Leg leg, Instant now);

  // The packet was admitted and, on a secure leg, has authenticated. `newest`: no packet of its stream is
  // newer. True when the destination changed.
  bool Learn(const SocketAddress& source, Leg leg, bool newest, Instant now);

  // Where to send; not known() when nobody said and none was learned.
  const SocketAddress& destination() const { return destination_; }
  bool learned() const { return learned_; }

 private:
  enum class Rank : uint8_t { kNone, kAnything, kPort, kAddress, kSecond, kFirst };

  bool Allowed(const SocketAddress& source) const;
  bool AdmitsCandidate(const SocketAddress& source, Instant now);
  Rank RankOf(const SocketAddress& source) const;
  bool Held(Instant now) const;
  void OpenRound(Instant now);
  bool MoveTo(const SocketAddress& source);

  // What each packet is held against comes first.
  LearningMode mode_ = LearningMode::kOff;
  bool strict_source_ = false;
  bool media_handover_ = false;
  // Of the round:
  bool settled_ = false;
  Rank best_rank_ = Rank::kNone;
  bool signalled_changed_ = true;  // It brought another address than the one before.
  // What came of it.
  bool learned_ = false;
  SocketAddress best_;  // The candidate, or the settled source.
  SocketAddress destination_;
  uint64_t first_packet_microseconds_ = 0;  // 0 = none yet.
  std::vector<SourceNetwork> allowed_;
  const uint64_t window_microseconds_;
  // What a new round, or one that is not settled, is judged by.
  uint64_t round_microseconds_ = 0;
  SocketAddress signalled_;
  SocketAddress before_;  // What was settled before the round.
  int unmatched_passed_ = 0;
  std::optional<uint64_t> round_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_ENDPOINT_LATCH_H_
