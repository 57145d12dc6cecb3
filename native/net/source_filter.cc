#include "net/source_filter.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace anchor {
namespace {

// The filter sees the datagram from its UDP header on; what is before it lies at negative offsets. Source
// addresses: RFC 791 §3.1, RFC 8200 §3.
constexpr uint32_t kIpv4Source = static_cast<uint32_t>(SKF_NET_OFF) + 12;
constexpr uint32_t kIpv6Source = static_cast<uint32_t>(SKF_NET_OFF) + 8;

sock_filter Load(uint32_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset); }
sock_filter Return(uint32_t octets) { return BPF_STMT(BPF_RET | BPF_K, octets); }

uint32_t Word(const SocketAddress& source, size_t index) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) word = word << 8 | source.address[index * 4 + i];
  return word;
}

// Each source is a run of comparisons, word by word: a difference jumps behind the run, equality to its end
// meets a return that drops.
void AppendMute(const SocketAddress& source, std::vector<sock_filter>* program) {
  const bool ipv6 = source.family == AddressFamily::kIpv6;
  const size_t words = ipv6 ? 4 : 1;
  for (size_t word = 0; word < words; ++word) {
    const uint8_t behind = static_cast<uint8_t>(2 * (words - 1 - word) + 1);
    program->push_back(Load((ipv6 ? kIpv6Source : kIpv4Source) + static_cast<uint32_t>(4 * word)));
    program->push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, Word(source, word), 0, behind));
  }
  program->push_back(Return(0));
}

}  // namespace

int MuteSources(int fd, std::span<const SocketAddress> sources) {
  int domain = 0;
  socklen_t length = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return errno;
  const AddressFamily family = domain == AF_INET6 ? AddressFamily::kIpv6 : AddressFamily::kIpv4;

  std::vector<sock_filter> program;
  for (const SocketAddress& source : sources) {
    if (source.family == family) AppendMute(source, &program);
  }
  if (program.empty()) {
    const int none = 0;
    // ENOENT: there was no filter.
    return setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none) == 0 || errno == ENOENT ? 0
                                                                                                    : errno;
  }
  program.push_back(Return(UINT32_MAX));
  const sock_fprog filter = {static_cast<uint16_t>(program.size()), program.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 ? 0 : errno;
}

}  // namespace anchor
