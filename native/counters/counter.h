#ifndef NATIVE_COUNTERS_COUNTER_H_
#define NATIVE_COUNTERS_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace anchor {

// A word of a slab has one writer; readers elsewhere need whole words and nothing more, hence relaxed, and
// hence a load and a store instead of a locked addition.
inline uint64_t LoadWord(const uint64_t& word) {
  return std::atomic_ref<uint64_t>(const_cast<uint64_t&>(word)).load(std::memory_order_relaxed);
}
inline void StoreWord(uint64_t& word, uint64_t value) {
  std::atomic_ref<uint64_t>(word).store(value, std::memory_order_relaxed);
}
inline void AddWord(uint64_t& word, uint64_t amount) { StoreWord(word, LoadWord(word) + amount); }

}  // namespace anchor

#endif  // NATIVE_COUNTERS_COUNTER_H_
