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

  // Reads what is there, at most kCapacity datagrams; does not wait. Fewer than kCapacity = the socket is
  // empty.
  std::span<Datagram> Receive(int fd);

  // Datagrams the kernel has dropped on the socket so far (SO_RXQ_OVFL), if the last Receive was told; else
  // 0.
  uint32_t overflows() const { return overflows_; }

 private:
  // An odd number of cache lines, so that buffers do not compete for the same sets of the cache.
  static constexpr size_t kStride = 64 * 1029;
  static_assert(kStride >= kMaxDatagram + kTrailerRoom);

  void ReadOverflows(const msghdr& header);

  std::unique_ptr<uint8_t[]> memory_;
  std::array<Datagram, kCapacity> datagrams_;
  std::array<mmsghdr, kCapacity> messages_{};
  std::array<iovec, kCapacity> vectors_{};
  std::array<sockaddr_storage, kCapacity> sources_{};
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(uint32_t))> octets;
  };
  std::array<Control, kCapacity> controls_{};
  uint32_t overflows_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_NET_DATAGRAM_BATCH_H_
