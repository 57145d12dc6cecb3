#include "counters/counter_slab.h"

#include <sys/mman.h>

namespace anchor {
namespace {

// What was zero stays unwritten: a page that was never written has no memory behind it.
void Zero(uint64_t* words, size_t bytes) {
  for (size_t i = 0; i < bytes / sizeof(uint64_t); ++i) {
    if (LoadWord(words[i]) != 0) StoreWord(words[i], 0);
  }
}

}  // namespace

std::shared_ptr<CounterSlab> CounterSlab::Create(uint32_t ports) {
  const size_t size = StreamOffsetBytes(ports) + size_t{ports} * kStreamsPerPort * kStreamBytes;
  // The object first: if there is no memory for it, nothing is mapped yet.
  std::shared_ptr<CounterSlab> slab(new CounterSlab);
  void* memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  slab->words_ = static_cast<uint64_t*>(memory);
  slab->stream_offset_bytes_ = StreamOffsetBytes(ports);
  slab->size_bytes_ = size;
  return slab;
}

CounterSlab::~CounterSlab() {
  if (words_ != nullptr) munmap(words_, size_bytes_);
}

uint64_t* CounterSlab::SlotWords(uint32_t slot) const {
  return words_ + (kSlotOffsetBytes + size_t{slot} * kSlotBytes) / sizeof(uint64_t);
}

uint64_t* CounterSlab::StreamWords(uint32_t slot, size_t index) const {
  const size_t position = size_t{slot} * kStreamsPerPort + index;
  return words_ + (stream_offset_bytes_ + position * kStreamBytes) / sizeof(uint64_t);
}

void CounterSlab::ZeroSlot(uint32_t slot) {
  Zero(SlotWords(slot), kSlotBytes);
  Zero(StreamWords(slot, 0), kStreamsPerPort * kStreamBytes);
}

}  // namespace anchor
