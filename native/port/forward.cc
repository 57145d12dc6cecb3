// The packet path, in the order of the RFCs. Nothing is stored from a packet before it is known to be the
// party's: no address, no SSRC, no time stamp. forward_notes.cc has the counting and telling.
#include "port/forward.h"

#include <new>

#include "packet/demux.h"

namespace anchor {
namespace {

PacketBuffer BufferOf(const Datagram& datagram) {
  return {datagram.data, datagram.size, kMaxDatagram + kTrailerRoom};
}

}  // namespace

void Forwarder::Forward(MediaPort* port, const Datagram& datagram, Instant now) {
  const size_t size = datagram.size;
  port->counters.Add(PortCounter::kRxPackets);
  port->counters.Add(PortCounter::kRxBytes, size);
  if (const Outcome drop = CarryOrRunOut(port, datagram, now)) port->counters.AddDrop(*drop);
}

// Memory is asked for where a packet starts a stream. When there is none that packet is lost; what was there
// before stays as it is.
Forwarder::Outcome Forwarder::CarryOrRunOut(MediaPort* port, const Datagram& datagram, Instant now) {
  try {
    return Carry(port, datagram, now);
  } catch (const std::bad_alloc&) {
    return DropReason::kCryptoError;
  }
}

// 1. Demultiplex by the first octet (RFC 7983 §7), then RTP from RTCP (RFC 5761 §4).
Forwarder::Outcome Forwarder::Carry(MediaPort* port, const Datagram& datagram, Instant now) {
  if (!port->configured) return DropReason::kNoPeer;
  if (port->kind == PortKind::kRaw) return CarryRaw(port, datagram, now);
  switch (Demultiplex({datagram.data, datagram.size})) {
    case PacketKind::kRtp:
      return CarryRtp(port, datagram, now);
    case PacketKind::kRtcp:
      return CarryRtcp(port, datagram, now);
    case PacketKind::kShort:
      return DropReason::kShort;
    case PacketKind::kOther:
      break;
  }
  return DropReason::kNotRtp;
}

Forwarder::Outcome Forwarder::CarryRtp(MediaPort* port, const Datagram& datagram, Instant now) {
  PacketBuffer packet = BufferOf(datagram);
  const std::optional<RtpHeader> header = RtpHeader::Parse(packet.octets());
  if (!header) return DropReason::kShort;
  const bool secure = port->leg->inbound() != nullptr;
  if (!secure && !header->PaddingFits(packet.octets())) return DropReason::kShort;

  // 2. The source, against what was learned and what the configuration allows.
  if (!port->leg->configured()) return DropReason::kNoKey;
  if (!port->latch.Admits(datagram.source, port->leg_kind(), now)) return DropReason::kUnknownSource;

  // 3. Replay check, authentication, decryption (RFC 3711 §3.3).
  SrtpVerdict verdict;
  verdict.newest = true;
  if (secure) {
    if (const Outcome drop = UnprotectRtp(port, &packet, *header, now, &verdict)) return drop;
    if (!header->PaddingFits(packet.octets())) return DropReason::kShort;
  }

  // 4. Only now it is the party's: learn its address (RFC 4961), note that it lives.
  Learn(port, datagram.source, verdict.newest, now);
  port->last_rtp_microseconds = now.microseconds;
  port->streams.NoteRtp(*header, datagram.size, verdict.rollover_counter, now);

  // 5. and 6. What may go on goes on.
  if (!port->forward_rtp) return DropReason::kDirection;
  if (port->blocked_payload_types.test(header->payload_type)) return DropReason::kBlocked;
  if (const Outcome drop = SendRtp(port, &packet, *header, now)) return drop;
  port->counters.Add(PortCounter::kRtpPackets);
  port->counters.Add(PortCounter::kRtpBytes, datagram.size);
  return std::nullopt;
}

Forwarder::Outcome Forwarder::CarryRtcp(MediaPort* port, const Datagram& datagram, Instant now) {
  PacketBuffer packet = BufferOf(datagram);
  const std::optional<RtcpHeader> header = RtcpHeader::Parse(packet.octets());
  if (!header) return DropReason::kShort;
  const bool secure = port->leg->inbound() != nullptr;
  if (!secure && !RtcpLengthsFit(packet.octets())) return DropReason::kShort;

  // 2.
  if (!port->leg->configured()) return DropReason::kNoKey;
  if (!port->latch.Admits(datagram.source, port->leg_kind(), now)) return DropReason::kUnknownSource;

  // 3. (RFC 3711 §3.4)
  SrtpVerdict verdict;
  verdict.newest = true;
  if (secure) {
    if (const Outcome drop = UnprotectRtcp(port, &packet, *header, now, &verdict)) return drop;
    if (!RtcpLengthsFit(packet.octets())) return DropReason::kShort;
  }

  // 4. Where RTP flows, RTCP does not say where it should go.
  Learn(port, datagram.source, verdict.newest && !port->RtpFlows(now), now);

  // 5. and 6. RTCP passes on hold, too (RFC 3264 §5.1).
  if (const Outcome drop = SendRtcp(port, &packet, *header, now)) return drop;
  port->counters.Add(PortCounter::kRtcpPackets);
  port->counters.Add(PortCounter::kRtcpBytes, datagram.size);
  return std::nullopt;
}

// Any other UDP (T.38 over udptl, RFC 7345 without DTLS): the source counts, the octets do not.
Forwarder::Outcome Forwarder::CarryRaw(MediaPort* port, const Datagram& datagram, Instant now) {
  if (!port->latch.Admits(datagram.source, port->leg_kind(), now)) return DropReason::kUnknownSource;
  Learn(port, datagram.source, true, now);
  if (!port->forward_rtp) return DropReason::kDirection;
  MediaPort* peer = ports_->Find(port->rtp_to);
  if (peer == nullptr) return DropReason::kNoPeer;
  if (const Outcome drop = Send(peer, BufferOf(datagram))) return drop;
  peer->counters.Add(PortCounter::kTxRtpPackets);
  peer->counters.Add(PortCounter::kTxRtpBytes, datagram.size);
  peer->counters.Set(PortCounter::kLastTxMilliseconds, now.milliseconds());
  port->counters.Add(PortCounter::kRtpPackets);
  port->counters.Add(PortCounter::kRtpBytes, datagram.size);
  return std::nullopt;
}

Forwarder::Outcome Forwarder::UnprotectRtp(MediaPort* port, PacketBuffer* packet, const RtpHeader& header,
                                           Instant now, SrtpVerdict* verdict) {
  *verdict = port->leg->inbound()->UnprotectRtp(packet, header, now, &scratch_);
  NoteInbound(port, *verdict);
  if (verdict->passed()) port->counters.Add(PortCounter::kUnprotectedRtpPackets);
  return verdict->drop;
}

Forwarder::Outcome Forwarder::UnprotectRtcp(MediaPort* port, PacketBuffer* packet, const RtcpHeader& header,
                                            Instant now, SrtpVerdict* verdict) {
  *verdict = port->leg->inbound()->UnprotectRtcp(packet, header, now, &scratch_);
  NoteInbound(port, *verdict);
  if (verdict->passed()) port->counters.Add(PortCounter::kUnprotectedRtcpPackets);
  return verdict->drop;
}

// 5. Protect, if the leg that it leaves on is secure. 6. Send from the peer's port.
Forwarder::Outcome Forwarder::SendRtp(MediaPort* port, PacketBuffer* packet, const RtpHeader& header,
                                      Instant now) {
  MediaPort* peer = ports_->Find(port->rtp_to);
  if (peer == nullptr) return DropReason::kNoPeer;
  if (!peer->latch.destination().known()) return DropReason::kNotLearned;
  if (!peer->leg->configured()) return DropReason::kNoKey;
  if (OutboundSrtp* outbound = peer->leg->outbound()) {
    const SrtpVerdict verdict = outbound->ProtectRtp(packet, header, now);
    NoteOutbound(port, peer, verdict);
    if (!verdict.passed()) return verdict.drop;
    peer->counters.Add(PortCounter::kProtectedRtpPackets);
  }
  if (const Outcome drop = Send(peer, *packet)) return drop;
  peer->counters.Add(PortCounter::kTxRtpPackets);
  peer->counters.Add(PortCounter::kTxRtpBytes, packet->size);
  peer->counters.Set(PortCounter::kLastTxMilliseconds, now.milliseconds());
  return std::nullopt;
}

Forwarder::Outcome Forwarder::SendRtcp(MediaPort* port, PacketBuffer* packet, const RtcpHeader& header,
                                       Instant now) {
  MediaPort* peer = ports_->Find(port->rtcp_to);
  if (peer == nullptr) return DropReason::kNoPeer;
  if (!peer->latch.destination().known()) return DropReason::kNotLearned;
  if (!peer->leg->configured()) return DropReason::kNoKey;
  // Read while it is in the clear.
  NoteReports(port, peer, RtcpReports::Parse(packet->octets()), now);
  if (OutboundSrtp* outbound = peer->leg->outbound()) {
    const SrtpVerdict verdict = outbound->ProtectRtcp(packet, header, now);
    NoteOutbound(port, peer, verdict);
    if (!verdict.passed()) return verdict.drop;
    peer->counters.Add(PortCounter::kProtectedRtcpPackets);
  }
  if (const Outcome drop = Send(peer, *packet)) return drop;
  peer->counters.Add(PortCounter::kTxRtcpPackets);
  peer->counters.Add(PortCounter::kTxRtcpBytes, packet->size);
  peer->counters.Set(PortCounter::kLastTxMilliseconds, now.milliseconds());
  return std::nullopt;
}

}  // namespace anchor
