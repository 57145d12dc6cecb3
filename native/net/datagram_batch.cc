#include "net/datagram_batch.h"

#include <cstring>

namespace anchor {

DatagramBatch::DatagramBatch() : memory_(new uint8_t[kStride * kCapacity + 64]) {
  // Whole cache lines; the heap gives only 16 octets of alignment.
  const uintptr_t base = (reinterpret_cast<uintptr_t>(memory_.get()) + 63) & ~uintptr_t{63};
  for (size_t i = 0; i < kCapacity; ++i) {
    uint8_t* data = reinterpret_cast<uint8_t*>(base + i * kStride);
    datagrams_[i].data = data;
    vectors_[i] = {data, kMaxDatagram};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_name = &sources_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = &controls_[i];
  }
}

std::span<Datagram> DatagramBatch::Receive(int fd) {
  for (mmsghdr& message : messages_) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    message.msg_hdr.msg_controllen = sizeof(Control);
  }
  overflows_ = 0;
  const int count = recvmmsg(fd, messages_.data(), kCapacity, MSG_DONTWAIT, nullptr);
  if (count <= 0) return {};
  const size_t received = static_cast<size_t>(count);
  for (size_t i = 0; i < received; ++i) {
    datagrams_[i].size = messages_[i].msg_len;
    datagrams_[i].source = SocketAddress::FromSockaddr(sources_[i]);
  }
  ReadOverflows(messages_[received - 1].msg_hdr);
  return {datagrams_.data(), received};
}

// The kernel attaches the count only once it is not zero.
void DatagramBatch::ReadOverflows(const msghdr& header) {
  if (header.msg_controllen == 0) return;
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SO_RXQ_OVFL) return;
  std::memcpy(&overflows_, CMSG_DATA(control), sizeof overflows_);
}

}  // namespace anchor
