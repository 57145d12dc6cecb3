#include "support/udp_endpoint.h"

#include <poll.h>

#include <stdexcept>

namespace test {
namespace {

anchor::UdpSocket Bind(const std::string& address) {
  auto socket =
      anchor::UdpSocket::Bind(anchor::SocketAddress::Parse(address, 0).value(), {1 << 20, 1 << 20, 0});
  if (!socket) throw std::runtime_error("bind");
  return std::move(socket.value());
}

}  // namespace

UdpEndpoint::UdpEndpoint(const std::string& address) : socket_(Bind(address)) {}

void UdpEndpoint::Send(const Octets& packet, const anchor::SocketAddress& to) {
  if (socket_.SendTo(packet, to) != 0) throw std::runtime_error("send");
}

std::optional<Octets> UdpEndpoint::Receive(int timeout_milliseconds) {
  pollfd descriptor = {socket_.fd(), POLLIN, 0};
  if (poll(&descriptor, 1, timeout_milliseconds) <= 0) return std::nullopt;
  Octets packet(65536);
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  const ssize_t size =
      recvfrom(socket_.fd(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (size < 0) return std::nullopt;
  sender_ = anchor::SocketAddress::FromSockaddr(from);
  packet.resize(static_cast<size_t>(size));
  return packet;
}

}  // namespace test
