#include "histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace anchor_bench {

size_t Histogram::Bucket(uint64_t value) {
  constexpr uint64_t kLinear = uint64_t{1} << kSubBits;
  if (value < kLinear) return static_cast<size_t>(value);
  const auto shift = static_cast<size_t>(std::bit_width(value)) - 1 - kSubBits;
  return ((shift + 1) << kSubBits) + static_cast<size_t>((value >> shift) - kLinear);
}

uint64_t Histogram::UpperEnd(size_t bucket) {
  constexpr uint64_t kLinear = uint64_t{1} << kSubBits;
  if (bucket < kLinear) return bucket;
  const size_t shift = (bucket >> kSubBits) - 1;
  return ((kLinear + (bucket & (kLinear - 1)) + 1) << shift) - 1;
}

void Histogram::Add(uint64_t nanoseconds) {
  ++buckets_[Bucket(nanoseconds)];
  ++count_;
  sum_ += nanoseconds;
  max_ = std::max(max_, nanoseconds);
}

uint64_t Histogram::Quantile(double quantile) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(quantile * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= std::max<uint64_t>(rank, 1)) return std::min(UpperEnd(bucket), max_);
  }
  return max_;
}

}  // namespace anchor_bench
