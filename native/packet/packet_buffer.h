#ifndef NATIVE_PACKET_PACKET_BUFFER_H_
#define NATIVE_PACKET_PACKET_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace anchor {

// A packet in memory of someone else, changed in place and allowed to grow to `capacity`. 16-octet aligned,
// since libsrtp reads words.
struct PacketBuffer {
  uint8_t* data = nullptr;
  size_t size = 0;
  size_t capacity = 0;

  std::span<const uint8_t> octets() const { return {data, size}; }
  void CopyFrom(const PacketBuffer& other) {
    std::memcpy(data, other.data, other.size);
    size = other.size;
  }
};

// Room for two copies of a packet that needs more than one try. One a worker.
class Scratch {
 public:
  static constexpr size_t kCapacity = 65536;

  Scratch() : memory_(new Aligned[2]) {}
  PacketBuffer original() { return {memory_[0].octets, 0, kCapacity}; }
  PacketBuffer trial() { return {memory_[1].octets, 0, kCapacity}; }

 private:
  struct alignas(16) Aligned {
    uint8_t octets[kCapacity];
  };
  std::unique_ptr<Aligned[]> memory_;
};

}  // namespace anchor

#endif  // NATIVE_PACKET_PACKET_BUFFER_H_
