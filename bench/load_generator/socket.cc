#include "socket.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace anchor_bench {

std::optional<SocketAddress> SocketAddress::Parse(const std::string& address, uint16_t port) {
  SocketAddress parsed{};
  if (inet_pton(AF_INET, address.c_str(), &parsed.v4.sin_addr) == 1) {
    parsed.v4.sin_family = AF_INET;
    parsed.v4.sin_port = htons(port);
    parsed.length = sizeof(parsed.v4);
    return parsed;
  }
  parsed = {};
  if (inet_pton(AF_INET6, address.c_str(), &parsed.v6.sin6_addr) != 1) return std::nullopt;
  parsed.v6.sin6_family = AF_INET6;
  parsed.v6.sin6_port = htons(port);
  parsed.length = sizeof(parsed.v6);
  return parsed;
}

UdpSocket::UdpSocket(const SocketAddress& local, int buffer_bytes, bool kernel_stamps)
    : fd_(socket(local.base.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  // Best effort: the kernel caps these at rmem_max and wmem_max, and Drops() tells when that was too little.
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
  setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes));
  if (kernel_stamps) setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
  if (bind(fd_, &local.base, local.length) != 0) {
    const std::string reason = std::strerror(errno);
    close(fd_);
    throw std::runtime_error("bind port " + std::to_string(ntohs(local.v4.sin_port)) + ": " + reason);
  }
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

uint64_t UdpSocket::Drops() const {
  std::array<uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t length = sizeof(info);
  if (getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, info.data(), &length) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace anchor_bench
