#include "net/udp_socket.h"

#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace anchor {
namespace {

bool SetOption(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// The kernel caps the sizes at rmem_max and wmem_max unless we may force it; a smaller buffer is no error.
void SetBufferSizes(int fd, const UdpSocketOptions& options) {
  if (options.receive_buffer_bytes != 0) {
    const int size = static_cast<int>(options.receive_buffer_bytes);
    if (!SetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, size)) SetOption(fd, SOL_SOCKET, SO_RCVBUF, size);
  }
  if (options.send_buffer_bytes != 0) {
    const int size = static_cast<int>(options.send_buffer_bytes);
    if (!SetOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, size)) SetOption(fd, SOL_SOCKET, SO_SNDBUF, size);
  }
}

}  // namespace

Expected<UdpSocket, int> UdpSocket::Bind(const SocketAddress& local, const UdpSocketOptions& options) {
  using Result = Expected<UdpSocket, int>;
  if (!local.known()) return Result::Fail(EINVAL);
  const int domain = local.family == AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
  ScopedFd fd(socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Result::Fail(errno);
  if (domain == AF_INET6 && !SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1)) return Result::Fail(errno);
  SetBufferSizes(fd.get(), options);

  sockaddr_storage storage{};
  const socklen_t length = local.ToSockaddr(&storage);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) return Result::Fail(errno);
  SocketAddress bound = local;
  if (local.port == 0) {
    socklen_t bound_length = sizeof storage;
    if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &bound_length) != 0)
      return Result::Fail(errno);
    bound = SocketAddress::FromSockaddr(storage);
  }

  UdpSocket result(std::move(fd), bound);
  result.SetTrafficClass(options.traffic_class);
  return Result::Ok(std::move(result));
}

int UdpSocket::SendTo(std::span<const uint8_t> packet, const SocketAddress& to) const {
  sockaddr_storage storage;
  const socklen_t length = to.ToSockaddr(&storage);
  const ssize_t sent = sendto(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&storage), length);
  return sent < 0 ? errno : 0;
}

void UdpSocket::SetTrafficClass(uint8_t traffic_class) {
  if (traffic_class == traffic_class_) return;
  traffic_class_ = traffic_class;
  if (local_.family == AddressFamily::kIpv6)
    SetOption(fd_.get(), IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
  else
    SetOption(fd_.get(), IPPROTO_IP, IP_TOS, traffic_class);
}

uint32_t DroppedDatagrams(int fd) {
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) return 0;
  return memory[SK_MEMINFO_DROPS];
}

std::optional<uint64_t> UdpSocket::LastReceiveTime() const {
  timespec stamp{};
  if (ioctl(fd_.get(), SIOCGSTAMPNS, &stamp) != 0) return std::nullopt;
  return static_cast<uint64_t>(stamp.tv_sec) * 1'000'000 + static_cast<uint64_t>(stamp.tv_nsec) / 1000;
}

}  // namespace anchor
