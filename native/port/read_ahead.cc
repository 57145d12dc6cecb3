#include "port/read_ahead.h"

#include <utility>

#include "common/prefetch.h"

namespace anchor {

void ReadAhead::Fetch(std::span<const PortId> ids) const {
  FetchPorts(ids);
  FetchBehindPorts(ids);
  FetchBehindPeers(ids);
  FetchStreams(ids);
  FetchSessions(ids);
}

void ReadAhead::FetchPorts(std::span<const PortId> ids) const {
  for (const PortId id : ids) Prefetch(ports_->Peek(id));
}

void ReadAhead::FetchBehindPorts(std::span<const PortId> ids) const {
  for (const PortId id : ids) {
    const MediaPort* port = ports_->Find(id);
    if (port == nullptr) continue;
    Prefetch(port->leg.get());
    port->counters.Prefetch();
    port->streams.Prefetch();
    Prefetch(ports_->Peek(port->rtp_to));
  }
}

void ReadAhead::FetchBehindPeers(std::span<const PortId> ids) const {
  for (const PortId id : ids) {
    const MediaPort* port = ports_->Find(id);
    if (port == nullptr) continue;
    port->streams.PrefetchCounters();
    if (const InboundSrtp* inbound = std::as_const(*port->leg).inbound()) Prefetch(inbound);
    if (const MediaPort* peer = ports_->Find(port->rtp_to)) {
      Prefetch(peer->leg.get());
      peer->counters.Prefetch();
    }
  }
}

void ReadAhead::FetchStreams(std::span<const PortId> ids) const {
  for (const PortId id : ids) {
    const MediaPort* port = ports_->Find(id);
    if (port == nullptr) continue;
    if (const InboundSrtp* inbound = std::as_const(*port->leg).inbound()) inbound->PrefetchStreams();
    const MediaPort* peer = ports_->Find(port->rtp_to);
    if (peer == nullptr) continue;
    if (const OutboundSrtp* outbound = std::as_const(*peer->leg).outbound()) Prefetch(outbound);
  }
}

void ReadAhead::FetchSessions(std::span<const PortId> ids) const {
  for (const PortId id : ids) {
    const MediaPort* port = ports_->Find(id);
    if (port == nullptr) continue;
    if (const InboundSrtp* inbound = std::as_const(*port->leg).inbound()) inbound->PrefetchSession();
    const MediaPort* peer = ports_->Find(port->rtp_to);
    if (peer == nullptr) continue;
    if (const OutboundSrtp* outbound = std::as_const(*peer->leg).outbound()) outbound->PrefetchStreams();
  }
}

}  // namespace anchor
