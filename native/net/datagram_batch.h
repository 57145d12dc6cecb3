#ifndef NATIVE_NET_DATAGRAM_BATCH_H_
#define NATIVE_NET_DATAGRAM_BATCH_H_

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "net/socket_address.h"

namespace anchor {

// The longest UDP payload: 65,535 octets of IPv4 less 20 of its header and 8 of UDP's.
inline constexpr size_t kMaxDatagram = 65507;
// What protection may append: MKI (at most 128), tag (at most 16), SRTCP index (4), rounded up.
inline constexpr size_t kTrailerRoom = 192;

// One datagram in a batch. `data` is 16-octet aligned, with kTrailerRoom octets behind the longest datagram,
// and may be changed in place.
struct Datagram {
  uint8_t* data = nullptr;  // Borrowed from the batch until the next Receive.
  size_t size = 0;
  SocketAddress source;
};

// Receives a few datagrams a system call into memory that is allocated once.
class DatagramBatch {
 public:
  static constexpr size_t kCapacity = 8;

  DatagramBatch();
  DatagramBatch(const DatagramBatch&) = delete;
  DatagramBatch& operator=(const DatagramBatch&) = delete;

  // Reads one datagram if there is one; does not wait. The cheaper call where seldom two wait on one socket.
  std::span<Datagram> ReceiveOne(int fd);
  // Reads what is there, at most kCapacity datagrams; does not wait. Fewer than kCapacity = the socket is
  // empty.
  std::span<Datagram> ReceiveSeveral(int fd);

 private:
  // An odd number of cache lines, so that buffers do not compete for the same sets of the cache.
  static constexpr size_t kStride = 64 * 1029;
  static_assert(kStride >= kMaxDatagram + kTrailerRoom);

  std::unique_ptr<uint8_t[]> memory_;
  std::array<Datagram, kCapacity> datagrams_;
  std::array<mmsghdr, kCapacity> messages_{};
  std::array<iovec, kCapacity> vectors_{};
  std::array<sockaddr_storage, kCapacity> sources_{};
};

}  // namespace anchor

#endif  // NATIVE_NET_DATAGRAM_BATCH_H_
