#ifndef NATIVE_PACKET_BYTE_READER_H_
#define NATIVE_PACKET_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace anchor {

// Big-endian access to octets from the wire; the caller has checked the bounds.
constexpr uint16_t ReadU16(const uint8_t* octets) {
  return static_cast<uint16_t>((octets[0] << 8) | octets[1]);
}
constexpr uint32_t ReadU32(const uint8_t* octets) {
  return (uint32_t{octets[0]} << 24) | (uint32_t{octets[1]} << 16) | (uint32_t{octets[2]} << 8) | octets[3];
}
constexpr void WriteU16(uint8_t* octets, uint16_t value) {
  octets[0] = static_cast<uint8_t>(value >> 8);
  octets[1] = static_cast<uint8_t>(value);
}

// A cursor: reads in field order and remembers whether it ran out. After a failure all values are 0.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> octets) : octets_(octets) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return ok_ ? octets_.size() - position_ : 0; }

  uint8_t U8() { return Take(1) ? octets_[position_ - 1] : uint8_t{0}; }
  uint16_t U16() { return Take(2) ? ReadU16(&octets_[position_ - 2]) : uint16_t{0}; }
  uint32_t U32() { return Take(4) ? ReadU32(&octets_[position_ - 4]) : uint32_t{0}; }
  void Skip(size_t count) { Take(count); }

 private:
  bool Take(size_t count) {
    if (!ok_ || octets_.size() - position_ < count) {
      ok_ = false;
      return false;
    }
    position_ += count;
    return true;
  }

  std::span<const uint8_t> octets_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace anchor

#endif  // NATIVE_PACKET_BYTE_READER_H_
