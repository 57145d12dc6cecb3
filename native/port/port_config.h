#ifndef NATIVE_PORT_PORT_CONFIG_H_
#define NATIVE_PORT_PORT_CONFIG_H_

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/port_id.h"
#include "crypto/srtp_keys.h"
#include "net/socket_address.h"

namespace anchor {

enum class PortKind : uint8_t { kRtp, kRaw };
enum class LearningMode : uint8_t { kOff, kImmediate, kDelayed, kHeuristic };

// The whole configuration of a port; mirrors PortConfig of src/relay/addon.ts field by field. Move-only,
// because keys are.
struct PortConfig {
  // kRtp: demultiplexed by RFC 7983 and RFC 5761; kRaw: every datagram passes untouched (T.38).
  PortKind kind = PortKind::kRtp;
  // Where the party said it receives; nullopt = not known, nothing is sent to it until it is learned.
  std::optional<SocketAddress> remote;
  LearningMode learning = LearningMode::kHeuristic;
  // Forward only from the settled source, even while the window is open.
  bool strict_source = false;
  // Let the source change at any time.
  bool media_handover = false;
  // A new value opens a new learning window.
  uint64_t learning_round = 0;
  // Source networks allowed; empty = any.
  std::vector<SourceNetwork> allowed_sources;
  // What the party encrypts with, and what we encrypt with toward it; nullopt = plain.
  std::optional<SrtpKeys> inbound;
  std::optional<SrtpKeys> outbound;
  // Use the SRTP sessions of that port instead (inbound and outbound are then nullopt); kNone = own.
  PortId crypto_from = PortId::kNone;
  // Where accepted RTP (or raw datagrams) and accepted RTCP leave; kNone = dropped as no_peer.
  PortId rtp_to = PortId::kNone;
  PortId rtcp_to = PortId::kNone;
  // RTP from this party is forwarded; false = dropped as direction (RTCP passes all the same).
  bool forward_rtp = true;
  // RTP payload types dropped as blocked.
  std::bitset<128> blocked_payload_types;
  // IPv4 TOS or IPv6 traffic class octet.
  uint8_t traffic_class = 0;
};

}  // namespace anchor

#endif  // NATIVE_PORT_PORT_CONFIG_H_
