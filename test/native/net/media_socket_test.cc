#include "net/media_socket.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <climits>
#include <optional>
#include <utility>

#include "support/udp_endpoint.h"

using anchor::MediaSocket;
using anchor::SocketAddress;
using anchor::UdpSocket;
using test::Octets;
using test::UdpEndpoint;
using Side = anchor::MediaSocket::Side;

namespace {

MediaSocket Open(const char* address = "127.0.0.1", uint32_t receive_buffer = 0) {
  return MediaSocket(
      std::move(UdpSocket::Bind(SocketAddress::Parse(address, 0).value(), {receive_buffer, 0, 0}).value()));
}

// Waits; whether there is something to read.
bool Readable(const MediaSocket& socket, Side side, int timeout_milliseconds = 500) {
  pollfd descriptor = {socket.fd(side), POLLIN, 0};
  return poll(&descriptor, 1, timeout_milliseconds) > 0;
}

size_t ReadAll(const MediaSocket& socket, Side side) {
  size_t count = 0;
  Octets packet(2048);
  while (recv(socket.fd(side), packet.data(), packet.size(), MSG_DONTWAIT) >= 0) ++count;
  return count;
}

}  // namespace

TEST_CASE("once connected, the party has a socket to itself and everybody else the first") {
  for (const char* address : {"127.0.0.1", "::1"}) {
    CAPTURE(address);
    MediaSocket socket = Open(address);
    UdpEndpoint party(address);
    UdpEndpoint stranger(address);
    party.Send(test::Rtp(1), socket.local());
    REQUIRE(Readable(socket, Side::kAnybody));

    REQUIRE(socket.Connect(party.address(), INT_MAX) == 0);
    CHECK(socket.ConnectedTo(party.address()));
    CHECK_FALSE(socket.ConnectedTo(stranger.address()));
    party.Send(test::Rtp(2), socket.local());
    stranger.Send(test::Rtp(3), socket.local());
    REQUIRE(Readable(socket, Side::kParty));
    CHECK(ReadAll(socket, Side::kParty) == 1);
    // What came before, and the stranger's.
    CHECK(ReadAll(socket, Side::kAnybody) == 2);

    // Both are sent to from the one port.
    for (UdpEndpoint* endpoint : {&party, &stranger}) {
      CHECK(socket.SendTo(test::Rtp(4), endpoint->address()) == 0);
      CHECK(endpoint->Receive() == test::Rtp(4));
      CHECK(endpoint->sender() == socket.local());
    }

    socket.Disconnect();
    party.Send(test::Rtp(5), socket.local());
    CHECK(Readable(socket, Side::kAnybody));
  }
}

TEST_CASE("the port stays this socket's alone while it has two, and is free when they are gone") {
  UdpEndpoint party;
  SocketAddress address;
  {
    MediaSocket socket = Open();
    address = socket.local();
    REQUIRE(socket.Connect(party.address(), INT_MAX) == 0);
    for (const int reuse : {0, 1}) {
      const int other = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
      sockaddr_storage storage{};
      const socklen_t length = address.ToSockaddr(&storage);
      CHECK(bind(other, reinterpret_cast<const sockaddr*>(&storage), length) != 0);
      CHECK(errno == EADDRINUSE);
      close(other);
    }
  }
  CHECK(UdpSocket::Bind(address, {}));
}

TEST_CASE("a packet is not lost because an earlier one was refused") {
  MediaSocket socket = Open();
  SocketAddress address;
  {
    UdpEndpoint party;
    address = party.address();
    REQUIRE(socket.Connect(address, INT_MAX) == 0);
  }
  // Nobody listens: loopback answers with an ICMP error before the call returns.
  CHECK(socket.SendTo(test::Rtp(1), address) == 0);
  auto party = UdpSocket::Bind(address, {});
  REQUIRE(party);
  CHECK(socket.SendTo(test::Rtp(2), address) == 0);
  Octets packet(2048);
  CHECK(recv(party.value().fd(), packet.data(), packet.size(), MSG_DONTWAIT) ==
        static_cast<ssize_t>(test::Rtp(2).size()));
}

TEST_CASE("descriptors that calls to come need are left alone") {
  MediaSocket socket = Open();
  UdpEndpoint party;
  CHECK(socket.Connect(party.address(), 0) == EMFILE);
  CHECK_FALSE(socket.connected());
  party.Send(test::Rtp(1), socket.local());
  CHECK(Readable(socket, Side::kAnybody));
}

TEST_CASE("what overflows is counted on both sides, and kept when the second goes") {
  MediaSocket socket = Open("127.0.0.1", 4096);
  UdpEndpoint party;
  UdpEndpoint stranger;
  REQUIRE(socket.Connect(party.address(), INT_MAX) == 0);
  constexpr uint32_t kSent = 200;
  for (uint32_t n = 0; n < kSent; ++n) {
    party.Send(test::Rtp(1), socket.local());
    stranger.Send(test::Rtp(1), socket.local());
  }
  const uint32_t overflows = socket.Overflows();
  const auto read = static_cast<uint32_t>(ReadAll(socket, Side::kParty) + ReadAll(socket, Side::kAnybody));
  CHECK(overflows + read == 2 * kSent);
  // The second has a buffer like the first's.
  CHECK(overflows > kSent);
  socket.Disconnect();
  CHECK(socket.Overflows() == overflows);
}

TEST_CASE("both sockets send with the traffic class that is asked for, before and after") {
  MediaSocket socket = Open();
  UdpEndpoint party;
  socket.SetTrafficClass(0x20);
  REQUIRE(socket.Connect(party.address(), INT_MAX) == 0);
  const auto traffic_class = [&socket](Side side) {
    int value = 0;
    socklen_t length = sizeof value;
    getsockopt(socket.fd(side), IPPROTO_IP, IP_TOS, &value, &length);
    return value;
  };
  CHECK(traffic_class(Side::kParty) == 0x20);
  socket.SetTrafficClass(0xb8);
  CHECK(traffic_class(Side::kParty) == 0xb8);
  CHECK(traffic_class(Side::kAnybody) == 0xb8);
}
