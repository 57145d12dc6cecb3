#ifndef NATIVE_CRYPTO_SPENT_SSRCS_H_
#define NATIVE_CRYPTO_SPENT_SSRCS_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace anchor {

// The SSRCs whose contexts were given up under a key. None of them may begin again at index 0: that would
// send a second packet under a used (key, SSRC, index), or accept a recorded one for the second time. A set
// that may say "spent" of an SSRC that is not, and never the reverse (a Bloom filter): 32 KiB however many
// there were, and nothing before the first. After 10,000 of them it errs on 0.5 % of newcomers, after 100,000
// on 30 %.
class SpentSsrcs {
 public:
  void Insert(uint32_t ssrc) {
    if (!bits_) bits_ = std::make_unique<Bits>();
    bits_->set(FirstBit(ssrc));
    bits_->set(SecondBit(ssrc));
  }
  bool Contains(uint32_t ssrc) const {
    return bits_ && bits_->test(FirstBit(ssrc)) && bits_->test(SecondBit(ssrc));
  }
  // A new key starts a new life.
  void Clear() { bits_.reset(); }

 private:
  static constexpr unsigned kBitsLog2 = 18;
  using Bits = std::bitset<size_t{1} << kBitsLog2>;

  // Two multiplicative hashes (odd constants from the fractional parts of sqrt 5 and sqrt 3).
  static constexpr size_t FirstBit(uint32_t ssrc) { return (ssrc * 0x9e3779b1u) >> (32 - kBitsLog2); }
  static constexpr size_t SecondBit(uint32_t ssrc) {
    return ((ssrc ^ (ssrc >> 15)) * 0xbb67ae85u) >> (32 - kBitsLog2);
  }

  std::unique_ptr<Bits> bits_;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SPENT_SSRCS_H_
