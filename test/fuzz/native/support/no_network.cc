#include "support/no_network.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace {

// Above what the kernel gives out.
constexpr int kFirstDescriptor = 1 << 24;
int open_sockets = 0;

}  // namespace

std::vector<fuzz::Sent>& fuzz::Outbox() {
  static std::vector<Sent> outbox;
  return outbox;
}

// In place of the C library's.
extern "C" {

int socket(int, int, int) noexcept { return kFirstDescriptor + open_sockets++; }

int close(int fd) {
  if (fd < kFirstDescriptor) return static_cast<int>(syscall(SYS_close, fd));
  --open_sockets;
  return 0;
}

int bind(int, const sockaddr*, socklen_t) noexcept { return 0; }

int setsockopt(int, int, int, const void*, socklen_t) noexcept { return 0; }

int getsockname(int, sockaddr* address, socklen_t* length) noexcept {
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(40000);
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(address, &local, std::min(static_cast<size_t>(*length), sizeof local));
  *length = sizeof local;
  return 0;
}

ssize_t sendto(int fd, const void* packet, size_t size, int, const sockaddr*, socklen_t) {
  const auto* octets = static_cast<const uint8_t*>(packet);
  fuzz::Outbox().push_back({fd, {octets, octets + size}});
  return static_cast<ssize_t>(size);
}

}  // extern "C"
