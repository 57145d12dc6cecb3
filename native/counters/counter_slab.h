#ifndef NATIVE_COUNTERS_COUNTER_SLAB_H_
#define NATIVE_COUNTERS_COUNTER_SLAB_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "counters/port_counters.h"

namespace anchor {

// Layout of a slab, octets: the worker's own block, a block a port, then kStreamsPerPort blocks a port. Every
// block starts on a cache line of its own, so that no two writers and no two ports share one. The blocks of
// streams lie apart, on pages that cost no memory before a party speaks.
inline constexpr size_t kCacheLine = 64;
constexpr size_t CacheLinesFor(size_t words) {
  return (words * sizeof(uint64_t) + kCacheLine - 1) / kCacheLine * kCacheLine;
}
inline constexpr size_t kSlotOffsetBytes = CacheLinesFor(kWorkerCounterCount);
inline constexpr size_t kSlotBytes = CacheLinesFor(kPortCounterCount);
inline constexpr size_t kStreamBytes = CacheLinesFor(kStreamCounterCount);
// Where the blocks of streams begin in a slab for so many ports.
constexpr size_t StreamOffsetBytes(uint32_t ports) { return kSlotOffsetBytes + size_t{ports} * kSlotBytes; }

// The counters of one worker: zeroed 64-bit words in one mapping. Written with relaxed atomics by the worker
// alone, read in place by others. Whoever reads holds a shared_ptr: the memory outlives the relay for as long
// as a reader (a JavaScript ArrayBuffer) has it.
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
  StreamBlock stream(uint32_t slot, size_t index) const { return StreamBlock(StreamWords(slot, index)); }
  // Writes to no page that is still untouched.
  void ZeroSlot(uint32_t slot);

 private:
  CounterSlab() = default;
  uint64_t* SlotWords(uint32_t slot) const;
  uint64_t* StreamWords(uint32_t slot, size_t index) const;

  // Set once, by Create.
  uint64_t* words_ = nullptr;
  size_t stream_offset_bytes_ = 0;
  size_t size_bytes_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_COUNTERS_COUNTER_SLAB_H_
