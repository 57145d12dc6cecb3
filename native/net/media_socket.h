#ifndef NATIVE_NET_MEDIA_SOCKET_H_
#define NATIVE_NET_MEDIA_SOCKET_H_

#include <cstdint>
#include <span>
#include <utility>

#include "common/scoped_fd.h"
#include "net/socket_address.h"
#include "net/udp_socket.h"

namespace anchor {

// The socket of a port and, while its party stays where it is, a second one on the same address and port that
// is connected to the party. The kernel hands the second what the party sends and the first what anybody else
// does. That spares each packet to the party a route look-up, and a stranger who floods the port fills a
// queue of its own.
class MediaSocket {
 public:
  enum class Side : uint8_t { kAnybody, kParty };

  explicit MediaSocket(UdpSocket socket) : anybody_(std::move(socket)) {}

  // -1 = there is none on that side.
  int fd(Side side) const { return side == Side::kParty ? party_.get() : anybody_.fd(); }
  const SocketAddress& local() const { return anybody_.local(); }

  // Returns 0, or the errno. By the connected socket if it leads there. A full socket buffer is ENOBUFS or
  // EAGAIN: the packet is lost, as on any wire.
  int SendTo(std::span<const uint8_t> packet, const SocketAddress& to) const;
  void SetTrafficClass(uint8_t traffic_class);
  // Datagrams that the kernel dropped on both sides, in all; wraps at 2^32.
  uint32_t Overflows() const;

  // Opens the second socket. Returns 0 or an errno, with which everything is as it was; EMFILE when
  // its descriptor would be `descriptor_bound` or above. What the party sent before is still in the first.
  int Connect(const SocketAddress& party, int descriptor_bound);
  // Closes it; what waits in it is lost.
  void Disconnect();
  bool connected() const { return party_.valid(); }
  bool ConnectedTo(const SocketAddress& party) const { return party_.valid() && party_address_ == party; }

 private:
  UdpSocket anybody_;
  ScopedFd party_;
  SocketAddress party_address_;
  uint32_t overflows_before_ = 0;  // Of connected sockets that are closed.
};

}  // namespace anchor

#endif  // NATIVE_NET_MEDIA_SOCKET_H_
