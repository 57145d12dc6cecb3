#ifndef NATIVE_RELAY_SOCKET_TAG_H_
#define NATIVE_RELAY_SOCKET_TAG_H_

#include <sys/epoll.h>

#include <cstdint>

#include "common/port_id.h"
#include "net/media_socket.h"

namespace anchor {

// How the poller names a socket: the port's id, and in bit 63 which of its two sockets.
inline constexpr uint64_t kPartyBit = uint64_t{1} << 63;

constexpr uint64_t TagOf(PortId id, MediaSocket::Side side) {
  return static_cast<uint64_t>(id) | (side == MediaSocket::Side::kParty ? kPartyBit : 0);
}
inline PortId PortOf(const epoll_event& event) { return static_cast<PortId>(event.data.u64 & ~kPartyBit); }
inline MediaSocket::Side SideOf(const epoll_event& event) {
  return (event.data.u64 & kPartyBit) != 0 ? MediaSocket::Side::kParty : MediaSocket::Side::kAnybody;
}

}  // namespace anchor

#endif  // NATIVE_RELAY_SOCKET_TAG_H_
