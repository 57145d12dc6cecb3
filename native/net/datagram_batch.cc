#include "net/datagram_batch.h"

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
  }
}

std::span<Datagram> DatagramBatch::ReceiveOne(int fd) {
  socklen_t length = sizeof(sockaddr_storage);
  const ssize_t size = recvfrom(fd, datagrams_[0].data, kMaxDatagram, MSG_DONTWAIT,
                                reinterpret_cast<sockaddr*>(&sources_[0]), &length);
  if (size < 0) return {};
  datagrams_[0].size = static_cast<size_t>(size);
  datagrams_[0].source = SocketAddress::FromSockaddr(sources_[0]);
  return {datagrams_.data(), 1};
}

std::span<Datagram> DatagramBatch::ReceiveSeveral(int fd) {
  for (mmsghdr& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int count = recvmmsg(fd, messages_.data(), kCapacity, MSG_DONTWAIT, nullptr);
  if (count <= 0) return {};
  const size_t received = static_cast<size_t>(count);
  for (size_t i = 0; i < received; ++i) {
    datagrams_[i].size = messages_[i].msg_len;
    datagrams_[i].source = SocketAddress::FromSockaddr(sources_[i]);
  }
  return {datagrams_.data(), received};
}

}  // namespace anchor
