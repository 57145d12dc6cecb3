#ifndef BENCH_LOAD_GENERATOR_HISTOGRAM_H_
#define BENCH_LOAD_GENERATOR_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace anchor_bench {

// Counts of nanoseconds in buckets of about 3 % width (32 a power of two); adding allocates nothing.
class Histogram {
 public:
  void Add(uint64_t nanoseconds);
  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }
  double Mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }
  // The upper end of the bucket that holds the given quantile, 0–1, in nanoseconds; 0 when empty.
  uint64_t Quantile(double quantile) const;

 private:
  static constexpr size_t kSubBits = 5;
  static constexpr size_t kBuckets = (64 - kSubBits + 1) << kSubBits;

  static size_t Bucket(uint64_t value);
  static uint64_t UpperEnd(size_t bucket);

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t max_ = 0;
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_HISTOGRAM_H_
