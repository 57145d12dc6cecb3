#ifndef NATIVE_COUNTERS_COUNTER_SLAB_H_
#define NATIVE_COUNTERS_COUNTER_SLAB_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace anchor {

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

  // The worker's own words, in the order of kWorkerCounterNames.
  uint64_t* worker_words() const { return words_; }
  // The words of a port, in the order of kPortCounterNames; its streams follow at kStreamOffsetBytes.
  uint64_t* slot_words(uint32_t slot) const;
  void ZeroSlot(uint32_t slot);

 private:
  CounterSlab(uint64_t* words, size_t size_bytes) : words_(words), size_bytes_(size_bytes) {}

  uint64_t* const words_;
  const size_t size_bytes_;
};

}  // namespace anchor

#endif  // NATIVE_COUNTERS_COUNTER_SLAB_H_
