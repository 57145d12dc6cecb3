#include "net/media_socket.h"

#include <cerrno>
#include <utility>

namespace anchor {

int MediaSocket::SendTo(std::span<const uint8_t> packet, const SocketAddress& to) const {
  if (!ConnectedTo(to)) return anybody_.SendTo(packet, to);
  const int error = SendConnected(party_.get(), packet);
  if (error == 0 || error == EAGAIN || error == ENOBUFS) return error;
  // What ICMP said of an earlier packet is told instead of sending this one, once (RFC 1122 §4.1.3.3).
  return SendConnected(party_.get(), packet);
}

void MediaSocket::SetTrafficClass(uint8_t traffic_class) {
  if (anybody_.SetTrafficClass(traffic_class) && connected())
    anchor::SetTrafficClass(party_.get(), local().family, traffic_class);
}

uint32_t MediaSocket::Overflows() const {
  const uint32_t now = connected() ? DroppedDatagrams(party_.get()) : 0;
  return DroppedDatagrams(anybody_.fd()) + overflows_before_ + now;
}

int MediaSocket::Connect(const SocketAddress& party, int descriptor_bound) {
  Disconnect();
  Expected<ScopedFd, int> opened = anybody_.OpenConnected(party);
  if (!opened) return opened.error();
  // Descriptors are given out from the lowest: calls to come need those that are left.
  if (opened.value().get() >= descriptor_bound) return EMFILE;
  party_ = std::move(opened.value());
  party_address_ = party;
  return 0;
}

void MediaSocket::Disconnect() {
  if (!connected()) return;
  overflows_before_ += DroppedDatagrams(party_.get());
  party_ = ScopedFd();
}

}  // namespace anchor
