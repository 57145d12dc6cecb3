// What the packet path counts and tells; forward.cc has the path itself.
#include <array>

#include "common/errno_name.h"
#include "port/forward.h"

namespace anchor {
namespace {

// Failures in a row before the owner is told, once until a packet passes again.
constexpr uint32_t kAuthFailingAfter = 32;

std::string_view ResyncName(RocResync resync) {
  static constexpr std::array<std::string_view, 6> names = {"",         "kept",      "reset",
                                                            "plus_one", "minus_one", "failed"};
  return names[static_cast<size_t>(resync)];
}

}  // namespace

void Forwarder::Learn(MediaPort* port, const SocketAddress& source, bool newest, Instant now) {
  port->counters.Set(PortCounter::kLastRxMilliseconds, now.milliseconds());
  if (port->counters.Get(PortCounter::kFirstRxMilliseconds) == 0)
    port->counters.Set(PortCounter::kFirstRxMilliseconds, now.milliseconds());
  const bool learned_before = port->latch.learned();
  if (!port->latch.Learn(source, port->leg_kind(), newest, now)) return;
  if (learned_before) port->counters.Add(PortCounter::kAddressChanges);
  port->PublishDestination();

  SocketAddress::Text text;
  events_->Raise(*port, PortEventKind::kAddressLearned, port->latch.destination().Format(&text));
}

Forwarder::Outcome Forwarder::Send(MediaPort* peer, const PacketBuffer& packet) {
  if (!peer->latch.destination().known()) return DropReason::kNotLearned;
  const int error = peer->socket.SendTo(packet.octets(), peer->latch.destination());
  if (error == 0) return std::nullopt;
  events_->Raise(*peer, PortEventKind::kSocketError, ErrnoName(error));
  return DropReason::kTxError;
}

// Report blocks speak of what the peer's party sends; the sender report is answered through the peer's port.
void Forwarder::NoteReports(MediaPort* port, MediaPort* peer, const RtcpReports& reports, Instant now) {
  for (size_t i = 0; i < reports.block_count; ++i) {
    const ReportBlock& block = reports.blocks[i];
    peer->streams.NoteReport(block, port->sender_reports.RoundTrip(block, now), now);
  }
  if (reports.sender_report_time) peer->sender_reports.NoteSent(*reports.sender_report_time, now);
}

void Forwarder::NoteInbound(MediaPort* port, const SrtpVerdict& verdict) {
  if (verdict.passed()) {
    port->auth_failures_in_a_row = 0;
  } else if (verdict.drop == DropReason::kAuth && ++port->auth_failures_in_a_row == kAuthFailingAfter) {
    events_->Raise(*port, PortEventKind::kAuthFailing, "");
  }
  NoteUsage(port, verdict.usage);
  NoteResync(port, verdict.resync);
}

void Forwarder::NoteOutbound(MediaPort* port, MediaPort* peer, const SrtpVerdict& verdict) {
  if (verdict.sequence_restarted) port->counters.Add(PortCounter::kSequenceRestarts);
  NoteUsage(peer, verdict.usage);
}

void Forwarder::NoteUsage(MediaPort* port, KeyUsage usage) {
  if (usage == KeyUsage::kNormal) return;
  events_->Raise(*port, PortEventKind::kKeyLimit, usage == KeyUsage::kStopped ? "stopped" : "");
}

void Forwarder::NoteResync(MediaPort* port, RocResync resync) {
  switch (resync) {
    case RocResync::kNone:
      return;
    case RocResync::kKept:
      port->counters.Add(PortCounter::kRocResyncKept);
      break;
    case RocResync::kReset:
      port->counters.Add(PortCounter::kRocResyncReset);
      break;
    case RocResync::kPlusOne:
    case RocResync::kMinusOne:
      port->counters.Add(PortCounter::kRocResyncAdjusted);
      break;
    case RocResync::kFailed:
      port->counters.Add(PortCounter::kRocResyncFailed);
      break;
  }
  events_->Raise(*port, PortEventKind::kRocResync, ResyncName(resync));
}

}  // namespace anchor
