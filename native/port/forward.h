#ifndef NATIVE_PORT_FORWARD_H_
#define NATIVE_PORT_FORWARD_H_

#include <optional>

#include "common/clock.h"
#include "counters/drop_reason.h"
#include "net/datagram_batch.h"
#include "packet/packet_buffer.h"
#include "packet/rtcp_header.h"
#include "packet/rtp_header.h"
#include "port/media_port.h"
#include "port/port_table.h"

namespace anchor {

// The packet path: takes a datagram from a port through the RFCs' steps and out of another port. Allocates
// nothing, locks nothing, logs nothing. Each datagram is either forwarded or counted under one drop reason of
// the port it came to.
class Forwarder {
 public:
  // Both are borrowed and outlive it.
  Forwarder(const PortTable* ports, PortEvents* events) : ports_(ports), events_(events) {}

  // `datagram` has kTrailerRoom octets behind its longest size and is changed in place.
  void Forward(MediaPort* port, const Datagram& datagram, Instant now);

 private:
  // What of the packet is left to do is in these; nullopt = forwarded.
  using Outcome = std::optional<DropReason>;

  Outcome CarryOrRunOut(MediaPort* port, const Datagram& datagram, Instant now);
  Outcome Carry(MediaPort* port, const Datagram& datagram, Instant now);
  Outcome CarryRtp(MediaPort* port, const Datagram& datagram, Instant now);
  Outcome CarryRtcp(MediaPort* port, const Datagram& datagram, Instant now);
  Outcome CarryRaw(MediaPort* port, const Datagram& datagram, Instant now);

  Outcome UnprotectRtp(MediaPort* port, PacketBuffer* packet, const RtpHeader& header, Instant now,
                       SrtpVerdict* verdict);
  Outcome UnprotectRtcp(MediaPort* port, PacketBuffer* packet, const RtcpHeader& header, Instant now,
                        SrtpVerdict* verdict);
  void Learn(MediaPort* port, const SocketAddress& source, bool newest, Instant now);
  Outcome SendRtp(MediaPort* port, PacketBuffer* packet, const RtpHeader& header, Instant now);
  Outcome SendRtcp(MediaPort* port, PacketBuffer* packet, const RtcpHeader& header, Instant now);
  void NoteReports(MediaPort* port, MediaPort* peer, const RtcpReports& reports, Instant now);
  Outcome Send(MediaPort* peer, const PacketBuffer& packet);

  void NoteInbound(MediaPort* port, const SrtpVerdict& verdict);
  void NoteOutbound(MediaPort* port, MediaPort* peer, const SrtpVerdict& verdict);
  void NoteUsage(MediaPort* port, KeyUsage usage);
  void NoteResync(MediaPort* port, RocResync resync);

  const PortTable* const ports_;
  PortEvents* const events_;
  Scratch scratch_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_FORWARD_H_
