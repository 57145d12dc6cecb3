#ifndef NATIVE_COMMON_PREFETCH_H_
#define NATIVE_COMMON_PREFETCH_H_

#include <cstddef>

namespace anchor {

// Asks for the cache lines of an object before they are needed. Any address will do; nothing is read.
inline void PrefetchLines(const void* object, size_t bytes) {
  for (size_t offset = 0; offset < bytes; offset += 64)
    __builtin_prefetch(static_cast<const char*>(object) + offset);
  // GCC takes a function that only prefetches for one that does nothing, and leaves out the calls of it.
  asm volatile("");
}
template <typename T>
void Prefetch(const T* object) {
  PrefetchLines(object, sizeof(T));
}

}  // namespace anchor

#endif  // NATIVE_COMMON_PREFETCH_H_
