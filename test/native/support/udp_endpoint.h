#ifndef TEST_NATIVE_SUPPORT_UDP_ENDPOINT_H_
#define TEST_NATIVE_SUPPORT_UDP_ENDPOINT_H_

#include <optional>
#include <string>

#include "net/udp_socket.h"
#include "support/packets.h"

namespace test {

// A party of a call: a real socket on the loopback interface.
class UdpEndpoint {
 public:
  explicit UdpEndpoint(const std::string& address = "127.0.0.1");

  const anchor::SocketAddress& address() const { return socket_.local(); }
  int fd() const { return socket_.fd(); }
  uint16_t port() const { return socket_.local().port; }
  void Send(const Octets& packet, const anchor::SocketAddress& to);
  // nullopt when nothing came in time.
  std::optional<Octets> Receive(int timeout_milliseconds = 2000);
  // Of the last packet received.
  const anchor::SocketAddress& sender() const { return sender_; }

 private:
  anchor::UdpSocket socket_;
  anchor::SocketAddress sender_;
};

}  // namespace test

#endif  // TEST_NATIVE_SUPPORT_UDP_ENDPOINT_H_
