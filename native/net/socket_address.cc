#include "net/socket_address.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace anchor {

std::optional<SocketAddress> SocketAddress::Parse(std::string_view literal, uint16_t port) {
  // inet_pton wants a terminated string; nothing longer than this is a literal.
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (literal.size() >= text.size()) return std::nullopt;
  literal.copy(text.data(), literal.size());

  SocketAddress result;
  result.port = port;
  if (inet_pton(AF_INET, text.data(), result.address.data()) == 1) {
    result.family = AddressFamily::kIpv4;
    return result;
  }
  if (inet_pton(AF_INET6, text.data(), result.address.data()) == 1) {
    result.family = AddressFamily::kIpv6;
    return result;
  }
  return std::nullopt;
}

SocketAddress SocketAddress::FromSockaddr(const sockaddr_storage& storage) {
  SocketAddress result;
  if (storage.ss_family == AF_INET) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &storage, sizeof ipv4);
    result.family = AddressFamily::kIpv4;
    result.port = ntohs(ipv4.sin_port);
    std::memcpy(result.address.data(), &ipv4.sin_addr, 4);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 ipv6;
    std::memcpy(&ipv6, &storage, sizeof ipv6);
    result.family = AddressFamily::kIpv6;
    result.port = ntohs(ipv6.sin6_port);
    std::memcpy(result.address.data(), &ipv6.sin6_addr, 16);
  }
  return result;
}

socklen_t SocketAddress::ToSockaddr(sockaddr_storage* storage) const {
  if (family == AddressFamily::kIpv6) {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    std::memcpy(&ipv6.sin6_addr, address.data(), 16);
    std::memcpy(storage, &ipv6, sizeof ipv6);
    return sizeof ipv6;
  }
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(port);
  std::memcpy(&ipv4.sin_addr, address.data(), 4);
  std::memcpy(storage, &ipv4, sizeof ipv4);
  return sizeof ipv4;
}

std::string_view SocketAddress::Format(Text* text) const {
  if (!known()) return {};
  const int domain = family == AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
  if (inet_ntop(domain, address.data(), text->data(), INET6_ADDRSTRLEN) == nullptr) return {};
  char* end = text->data() + std::strlen(text->data());
  *end++ = ' ';
  end = std::to_chars(end, text->data() + text->size(), port).ptr;
  return {text->data(), static_cast<size_t>(end - text->data())};
}

std::optional<SourceNetwork> SourceNetwork::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<SocketAddress> address = SocketAddress::Parse(text.substr(0, slash), 0);
  if (!address) return std::nullopt;

  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (prefix > (address->family == AddressFamily::kIpv4 ? 32u : 128u)) return std::nullopt;
  return SourceNetwork{address->family, static_cast<uint8_t>(prefix), address->address};
}

bool SourceNetwork::Contains(const SocketAddress& source) const {
  if (source.family != family) return false;
  const size_t whole = prefix_length / 8;
  if (std::memcmp(source.address.data(), address.data(), whole) != 0) return false;
  const unsigned rest = prefix_length % 8;
  if (rest == 0) return true;
  const unsigned mask = (0xff00u >> rest) & 0xff;
  return ((source.address[whole] ^ address[whole]) & mask) == 0;
}

}  // namespace anchor
