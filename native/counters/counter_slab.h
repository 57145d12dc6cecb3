#ifndef NATIVE_COUNTERS_COUNTER_SLAB_H_
#define NATIVE_COUNTERS_COUNTER_SLAB_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "counters/port_counters.h"

namespace anchor {

// Layout of a slab, octets. Every block starts on a cache line of its own, so that no two writers and no two
// ports share one.
inline constexpr size_t kCacheLine = 64;
constexpr size_t CacheLinesFor(size_t words) {
  return (words * sizeof(uint64_t) + kCacheLine - 1) / kCacheLine * kCacheLine;
}
inline constexpr size_t kSlotOffsetBytes = CacheLinesFor(kWorkerCounterCount);
inline constexpr size_t kStreamOffsetBytes = CacheLinesFor(kPortCounterCount);  // From the start of a slot.
inline constexpr size_t kStreamBytes = CacheLinesFor(kStreamCounterCount);
inline constexpr size_t kSlotBytes = kStreamOffsetBytes + kStreamsPerPort * kStreamBytes;

// The counters of one worker: zeroed 64-bit words in one mapping, the worker's own block first, then a slot
// per port. Written with relaxed atomics by the worker alone, read in place by others. Whoever reads holds a
// shared_ptr: the memory outlives the relay for as long as a reader (a JavaScript ArrayBuffer) has it.
class CounterSlab {
 public:
  // Null when the address space cannot be reserved (errno says why). Pages cost memory only once they are
  // written.
  static std::shared_ptr<CounterSlab> Create(uint32_t ports);
  ~CounterSlab();
  CounterSlab(const CounterSlab&) = delete;
  CounterSlab& operator=(const CounterSlab&) = delete;

  uint64_t* data() const { return words_; }
  size_t size_bytes() const { return size_bytes_; }

  WorkerBlock worker() const { return WorkerBlock(words_); }
  PortBlock port(uint32_t slot) const { return PortBlock(SlotWords(slot)); }
  // `index` < kStreamsPerPort.
  StreamBlock stream(uint32_t slot, size_t index) const;
  void ZeroSlot(uint32_t slot);

 private:
  CounterSlab(uint64_t* words, size_t size_bytes) : words_(words), size_bytes_(size_bytes) {}
  uint64_t* SlotWords(uint32_t slot) const;

  uint64_t* const words_;
  const size_t size_bytes_;
};

}  // namespace anchor

#endif  // NATIVE_COUNTERS_COUNTER_SLAB_H_
