#ifndef NATIVE_PORT_READ_AHEAD_H_
#define NATIVE_PORT_READ_AHEAD_H_

#include <span>

#include "common/port_id.h"
#include "port/port_table.h"

namespace anchor {

// Between two packets of a call a whole round of others passes, or the processor sleeps: whatever a packet
// touches has left the nearer caches by then. Memory answers many questions in the time of one, so what the
// packets of several ports will touch is asked for at once, before the first of them is read.
class ReadAhead {
 public:
  // Borrowed; outlives it.
  explicit ReadAhead(const PortTable* ports) : ports_(ports) {}

  // For the next packet of each of these ports. Ports that are gone are passed over.
  void Fetch(std::span<const PortId> ids) const;

 private:
  // Each step follows pointers that the step before asked for.
  void FetchPorts(std::span<const PortId> ids) const;
  void FetchBehindPorts(std::span<const PortId> ids) const;
  void FetchBehindPeers(std::span<const PortId> ids) const;
  void FetchStreams(std::span<const PortId> ids) const;
  void FetchSessions(std::span<const PortId> ids) const;

  const PortTable* const ports_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_READ_AHEAD_H_
