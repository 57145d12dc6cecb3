#ifndef NATIVE_NET_SOURCE_FILTER_H_
#define NATIVE_NET_SOURCE_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/socket_address.h"

namespace anchor {

// More would make the program longer than a flood is worth.
inline constexpr size_t kMaxMutedSources = 64;

// The kernel drops what these sources send to the UDP socket from now on, before it takes room in the
// receive buffer that others share (socket(7), SO_ATTACH_FILTER). Replaces the list before; none = all pass.
// Sources of the other family are passed over. Returns 0, or the errno.
int MuteSources(int fd, std::span<const SocketAddress> sources);

}  // namespace anchor

#endif  // NATIVE_NET_SOURCE_FILTER_H_
