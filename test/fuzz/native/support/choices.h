#ifndef TEST_FUZZ_NATIVE_SUPPORT_CHOICES_H_
#define TEST_FUZZ_NATIVE_SUPPORT_CHOICES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fuzz {

// The fuzzer's octets, read as decisions. When they are used up every decision is 0, so that any input is a
// whole run.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : octets_(data, size) {}

  bool done() const { return octets_.empty(); }
  uint8_t U8() {
    if (octets_.empty()) return 0;
    const uint8_t value = octets_.front();
    octets_ = octets_.subspan(1);
    return value;
  }
  uint16_t U16() {
    const uint8_t high = U8();
    return static_cast<uint16_t>((high << 8) | U8());
  }
  bool Bool() { return (U8() & 1) != 0; }
  // 0 to count - 1.
  size_t Below(size_t count) { return U8() % count; }
  // At most `longest` octets; how many is chosen too.
  std::vector<uint8_t> Octets(size_t longest) {
    const size_t count = std::min({size_t{U8()} * 2, longest, octets_.size()});
    const std::vector<uint8_t> taken(octets_.begin(), octets_.begin() + static_cast<ptrdiff_t>(count));
    octets_ = octets_.subspan(count);
    return taken;
  }

 private:
  std::span<const uint8_t> octets_;
};

}  // namespace fuzz

#endif  // TEST_FUZZ_NATIVE_SUPPORT_CHOICES_H_
