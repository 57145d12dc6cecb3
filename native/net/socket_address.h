#ifndef NATIVE_NET_SOCKET_ADDRESS_H_
#define NATIVE_NET_SOCKET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace anchor {

enum class AddressFamily : uint8_t { kNone = 0, kIpv4 = 4, kIpv6 = 6 };

// An IP address and a UDP port. A value of 24 octets that compares member by member; no scope, no flow label.
struct SocketAddress {
  AddressFamily family = AddressFamily::kNone;
  uint16_t port = 0;  // Host order.
  // Network order; IPv4 in the first four, the rest zero.
  std::array<uint8_t, 16> address{};

  // IPv4 or IPv6 literal without brackets.
  static std::optional<SocketAddress> Parse(std::string_view literal, uint16_t port);
  static SocketAddress FromSockaddr(const sockaddr_storage& storage);

  // Returns the length of what was written.
  socklen_t ToSockaddr(sockaddr_storage* storage) const;
  // Room for an IPv6 literal, a space and a port.
  using Text = std::array<char, INET6_ADDRSTRLEN + 6>;
  // `literal port`, without allocation; empty when not known.
  std::string_view Format(Text* text) const;

  bool known() const { return family != AddressFamily::kNone; }
  bool SameAddress(const SocketAddress& other) const {
    return family == other.family && address == other.address;
  }
  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

// `address/prefix` (RFC 4632 §3.1, RFC 4291 §2.3).
struct SourceNetwork {
  AddressFamily family = AddressFamily::kNone;
  uint8_t prefix_length = 0;
  std::array<uint8_t, 16> address{};

  static std::optional<SourceNetwork> Parse(std::string_view text);
  bool Contains(const SocketAddress& source) const;
};

}  // namespace anchor

#endif  // NATIVE_NET_SOCKET_ADDRESS_H_
