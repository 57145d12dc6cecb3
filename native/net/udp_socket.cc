#include "net/udp_socket.h"

#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace anchor {
namespace {

bool SetOption(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// What the kernel says is twice what was asked for; 0 when it says nothing.
uint32_t BufferSize(int fd, int name) {
  int size = 0;
  socklen_t length = sizeof size;
  return getsockopt(fd, SOL_SOCKET, name, &size, &length) == 0 ? static_cast<uint32_t>(size) / 2 : 0;
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

Expected<ScopedFd, int> Open(AddressFamily family, const UdpSocketOptions& options) {
  using Result = Expected<ScopedFd, int>;
  const int domain = family == AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
  ScopedFd fd(socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Result::Fail(errno);
  if (domain == AF_INET6 && !SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1)) return Result::Fail(errno);
  SetBufferSizes(fd.get(), options);
  if (options.traffic_class != 0) SetTrafficClass(fd.get(), family, options.traffic_class);
  return Result::Ok(std::move(fd));
}

// bind or connect; returns 0 or the errno.
int Attach(int (*how)(int, const sockaddr*, socklen_t), int fd, const SocketAddress& address) {
  sockaddr_storage storage{};
  const socklen_t length = address.ToSockaddr(&storage);
  return how(fd, reinterpret_cast<const sockaddr*>(&storage), length) == 0 ? 0 : errno;
}

// Lets two sockets have one port, for as long as it takes to bind the second: who else asked for it meanwhile
// would get it, too.
class PortSharing {
 public:
  PortSharing(int first, int second) : sockets_{first, second} { Set(1); }
  ~PortSharing() { Set(0); }
  PortSharing(const PortSharing&) = delete;
  PortSharing& operator=(const PortSharing&) = delete;

 private:
  void Set(int value) const {
    for (const int fd : sockets_) SetOption(fd, SOL_SOCKET, SO_REUSEADDR, value);
  }
  const std::array<int, 2> sockets_;
};

}  // namespace

Expected<UdpSocket, int> UdpSocket::Bind(const SocketAddress& local, const UdpSocketOptions& options) {
  using Result = Expected<UdpSocket, int>;
  if (!local.known()) return Result::Fail(EINVAL);
  Expected<ScopedFd, int> opened = Open(local.family, options);
  if (!opened) return Result::Fail(opened.error());
  ScopedFd fd = std::move(opened.value());
  if (const int error = Attach(bind, fd.get(), local)) return Result::Fail(error);
  SocketAddress bound = local;
  if (local.port == 0) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
      return Result::Fail(errno);
    bound = SocketAddress::FromSockaddr(storage);
  }
  return Result::Ok(UdpSocket(std::move(fd), bound, options.traffic_class));
}

Expected<ScopedFd, int> UdpSocket::OpenConnected(const SocketAddress& party) const {
  using Result = Expected<ScopedFd, int>;
  Expected<ScopedFd, int> opened =
      Open(local_.family, {BufferSize(fd(), SO_RCVBUF), BufferSize(fd(), SO_SNDBUF), traffic_class_});
  if (!opened) return opened;
  const int second = opened.value().get();
  {
    const PortSharing sharing(fd(), second);
    if (const int error = Attach(bind, second, local_)) return Result::Fail(error);
  }
  if (const int error = Attach(connect, second, party)) return Result::Fail(error);
  return opened;
}

int UdpSocket::SendTo(std::span<const uint8_t> packet, const SocketAddress& to) const {
  sockaddr_storage storage;
  const socklen_t length = to.ToSockaddr(&storage);
  const ssize_t sent = sendto(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&storage), length);
  return sent < 0 ? errno : 0;
}

bool UdpSocket::SetTrafficClass(uint8_t traffic_class) {
  if (traffic_class == traffic_class_) return false;
  traffic_class_ = traffic_class;
  anchor::SetTrafficClass(fd(), local_.family, traffic_class);
  return true;
}

void SetTrafficClass(int fd, AddressFamily family, uint8_t traffic_class) {
  if (family == AddressFamily::kIpv6)
    SetOption(fd, IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
  else
    SetOption(fd, IPPROTO_IP, IP_TOS, traffic_class);
}

int SendConnected(int fd, std::span<const uint8_t> packet) {
  return sendto(fd, packet.data(), packet.size(), MSG_NOSIGNAL, nullptr, 0) < 0 ? errno : 0;
}

uint32_t DroppedDatagrams(int fd) {
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) return 0;
  return memory[SK_MEMINFO_DROPS];
}

std::optional<uint64_t> LastReceiveTime(int fd) {
  timespec stamp{};
  if (ioctl(fd, SIOCGSTAMPNS, &stamp) != 0) return std::nullopt;
  return static_cast<uint64_t>(stamp.tv_sec) * 1'000'000 + static_cast<uint64_t>(stamp.tv_nsec) / 1000;
}

}  // namespace anchor
