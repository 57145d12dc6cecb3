#include "relay/slot_pool.h"

namespace anchor {

SlotPool::SlotPool(uint32_t worker, uint32_t slots) : worker_(worker), slots_(slots) {}

std::optional<PortId> SlotPool::Open() {
  uint32_t slot;
  const bool reuse = released_.size() >= kRestingSlots || fresh_ == slots_.size();
  if (reuse && !released_.empty()) {
    slot = released_.front();
    released_.pop_front();
  } else if (fresh_ < slots_.size()) {
    slot = fresh_++;
  } else {
    return std::nullopt;
  }
  // Generations start at 1, so that no id is 0.
  ++slots_[slot].generation;
  slots_[slot].state = State::kOpen;
  return MakePortId(worker_, slot, slots_[slot].generation);
}

void SlotPool::Abandon(PortId id) {
  if (Find(id, State::kOpen) != nullptr) Free(SlotOf(id));
}

bool SlotPool::IsOpen(PortId id) const {
  return const_cast<SlotPool*>(this)->Find(id, State::kOpen) != nullptr;
}

bool SlotPool::BeginClose(PortId id) {
  Slot* slot = Find(id, State::kOpen);
  if (slot == nullptr) return false;
  slot->state = State::kClosing;
  return true;
}

void SlotPool::FinishClose(PortId id) {
  if (Slot* slot = Find(id, State::kClosing)) slot->state = State::kClosed;
}

void SlotPool::Release(uint32_t slot) {
  if (slot < slots_.size() && slots_[slot].state == State::kClosed) Free(slot);
}

SlotPool::Slot* SlotPool::Find(PortId id, State state) {
  if (WorkerOf(id) != worker_ || SlotOf(id) >= slots_.size()) return nullptr;
  Slot& slot = slots_[SlotOf(id)];
  return slot.generation == GenerationOf(id) && slot.state == state ? &slot : nullptr;
}

void SlotPool::Free(uint32_t slot) {
  slots_[slot].state = State::kFree;
  // A slot whose generations are used up is never free again.
  if (slots_[slot].generation < kMaxGeneration) released_.push_back(slot);
}

}  // namespace anchor
