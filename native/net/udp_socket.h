#ifndef NATIVE_NET_UDP_SOCKET_H_
#define NATIVE_NET_UDP_SOCKET_H_

#include <cstdint>
#include <optional>
#include <span>

#include "common/expected.h"
#include "common/scoped_fd.h"
#include "net/socket_address.h"

namespace anchor {

struct UdpSocketOptions {
  uint32_t receive_buffer_bytes = 0;  // 0 = the system's default.
  uint32_t send_buffer_bytes = 0;
  uint8_t traffic_class = 0;  // IPv4 TOS or IPv6 traffic class octet.
};

// Datagrams that the kernel dropped on this socket, filtered or for want of room; wraps at 2^32.
uint32_t DroppedDatagrams(int fd);
// When the kernel received the last datagram that was read, microseconds of CLOCK_REALTIME. The first call on
// a socket only turns time stamps on.
std::optional<uint64_t> LastReceiveTime(int fd);
// IPv4 TOS or IPv6 traffic class octet of what is sent.
void SetTrafficClass(int fd, AddressFamily family, uint8_t traffic_class);
// Returns 0 or the errno.
int SendConnected(int fd, std::span<const uint8_t> packet);

// A bound, non-blocking UDP socket. IPv6 sockets carry IPv6 only.
class UdpSocket {
 public:
  // Fails with an errno. Port 0 lets the system choose.
  static Expected<UdpSocket, int> Bind(const SocketAddress& local, const UdpSocketOptions& options);

  int fd() const { return fd_.get(); }
  // Gives the descriptor away; the socket is then of no more use.
  int Release() { return fd_.Release(); }
  // As bound, with the port that was chosen.
  const SocketAddress& local() const { return local_; }

  // Returns 0, or the errno. A full socket buffer is ENOBUFS or EAGAIN: the packet is lost, as on any wire.
  int SendTo(std::span<const uint8_t> packet, const SocketAddress& to) const;
  // True when it is another one than before.
  bool SetTrafficClass(uint8_t traffic_class);
  // A second socket on the same address and port with the same options, which the kernel gives what `party`
  // sends from now on. It may hold a datagram of somebody else's from the moment before it was connected.
  Expected<ScopedFd, int> OpenConnected(const SocketAddress& party) const;

 private:
  UdpSocket(ScopedFd fd, const SocketAddress& local, uint8_t traffic_class)
      : fd_(std::move(fd)), local_(local), traffic_class_(traffic_class) {}

  ScopedFd fd_;
  SocketAddress local_;
  uint8_t traffic_class_;
};

}  // namespace anchor

#endif  // NATIVE_NET_UDP_SOCKET_H_
