#include "port/read_ahead.h"

#include <utility>

#include "common/prefetch.h"

namespace anchor {

// Each step follows pointers that the step before asked for.
void ReadAhead::Fetch(std::span<const PortId> ids) const {
  for (const PortId id : ids) Prefetch(ports_->Peek(id));
  std::array<Way, kMost> ways;
  size_t count = 0;
  for (const PortId id : ids) {
    if (const MediaPort* port = ports_->Find(id)) ways[count++] = {port, ports_->Peek(port->rtp_to)};
  }
  const std::span<Way> open(ways.data(), count);
  for (const Way& way : open) FetchBehindPorts(way);
  for (Way& way : open) {
    way.peer = ports_->Find(way.port->rtp_to);
    FetchBehindPeers(way);
  }
  for (const Way& way : open) FetchStreams(way);
  for (const Way& way : open) FetchSessions(way);
  for (const Way& way : open) {
    if (const OutboundSrtp* outbound = way.outbound()) outbound->PrefetchSession();
  }
}

const InboundSrtp* ReadAhead::Way::inbound() const { return std::as_const(*port->leg).inbound(); }

const OutboundSrtp* ReadAhead::Way::outbound() const {
  return peer == nullptr ? nullptr : std::as_const(*peer->leg).outbound();
}

void ReadAhead::FetchBehindPorts(const Way& way) {
  Prefetch(way.port->leg.get());
  way.port->counters.Prefetch();
  way.port->streams.Prefetch();
  Prefetch(way.peer);
}

void ReadAhead::FetchBehindPeers(const Way& way) {
  way.port->streams.PrefetchCounters();
  if (const InboundSrtp* inbound = way.inbound()) Prefetch(inbound);
  if (way.peer == nullptr) return;
  Prefetch(way.peer->leg.get());
  way.peer->counters.Prefetch();
}

void ReadAhead::FetchStreams(const Way& way) {
  if (const InboundSrtp* inbound = way.inbound()) inbound->PrefetchStreams();
  if (const OutboundSrtp* outbound = way.outbound()) Prefetch(outbound);
}

void ReadAhead::FetchSessions(const Way& way) {
  if (const InboundSrtp* inbound = way.inbound()) inbound->PrefetchSession();
  if (const OutboundSrtp* outbound = way.outbound()) outbound->PrefetchStreams();
}

}  // namespace anchor
