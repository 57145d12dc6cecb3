#ifndef BENCH_LOAD_GENERATOR_SOCKET_H_
#define BENCH_LOAD_GENERATOR_SOCKET_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace anchor_bench {

// An IPv4 or IPv6 address with its port.
struct SocketAddress {
  union {
    sockaddr base;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t length;

  // A literal without brackets; nothing when it is none.
  static std::optional<SocketAddress> Parse(const std::string& address, uint16_t port);
};

// A bound UDP socket; closes itself. Throws std::runtime_error with the reason when it cannot be had.
class UdpSocket {
 public:
  UdpSocket(const SocketAddress& local, int buffer_bytes, bool kernel_stamps);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  int fd() const { return fd_; }
  // Datagrams that the kernel dropped because this socket's queue was full.
  uint64_t Drops() const;

 private:
  int fd_;
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_SOCKET_H_
