#ifndef NATIVE_PORT_READ_AHEAD_H_
#define NATIVE_PORT_READ_AHEAD_H_

#include <array>
#include <cstddef>
#include <span>

#include "common/port_id.h"
#include "port/port_table.h"

namespace anchor {

// Between two packets of a call a whole round of others passes, or the processor sleeps: whatever a packet
// touches has left the nearer caches by then. Memory answers many questions in the time of one, so what the
// packets of several ports will touch is asked for at once, before the first of them is read.
class ReadAhead {
 public:
  // More would push each other out of the nearest cache.
  static constexpr size_t kMost = 16;

  // Borrowed; outlives it.
  explicit ReadAhead(const PortTable* ports) : ports_(ports) {}

  // For the next packet of each of these ports, at most kMost. Ports that are gone are passed over.
  void Fetch(std::span<const PortId> ids) const;

 private:
  // From a port to the one that its packets leave by, null when there is none.
  struct Way {
    const MediaPort* port = nullptr;
    const MediaPort* peer = nullptr;

    const InboundSrtp* inbound() const;
    const OutboundSrtp* outbound() const;
  };

  static void FetchBehindPorts(const Way& way);
  static void FetchBehindPeers(const Way& way);
  static void FetchStreams(const Way& way);
  static void FetchSessions(const Way& way);

  const PortTable* const ports_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_READ_AHEAD_H_
