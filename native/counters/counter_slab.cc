#include "counters/counter_slab.h"

#include <sys/mman.h>

namespace anchor {

std::shared_ptr<CounterSlab> CounterSlab::Create(uint32_t ports) {
  const size_t size = kSlotOffsetBytes + size_t{ports} * kSlotBytes;
  void* memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  return std::shared_ptr<CounterSlab>(new CounterSlab(static_cast<uint64_t*>(memory), size));
}

CounterSlab::~CounterSlab() { munmap(words_, size_bytes_); }

uint64_t* CounterSlab::SlotWords(uint32_t slot) const {
  return words_ + (kSlotOffsetBytes + size_t{slot} * kSlotBytes) / sizeof(uint64_t);
}

StreamBlock CounterSlab::stream(uint32_t slot, size_t index) const {
  return StreamBlock(SlotWords(slot) + (kStreamOffsetBytes + index * kStreamBytes) / sizeof(uint64_t));
}

void CounterSlab::ZeroSlot(uint32_t slot) {
  uint64_t* words = SlotWords(slot);
  for (size_t i = 0; i < kSlotBytes / sizeof(uint64_t); ++i) StoreWord(words[i], 0);
}

}  // namespace anchor
