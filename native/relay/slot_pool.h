#ifndef NATIVE_RELAY_SLOT_POOL_H_
#define NATIVE_RELAY_SLOT_POOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "common/port_id.h"

namespace anchor {

// The slots of one worker as the owner's thread sees them: free, open, closing (until kClosed was taken),
// closed (until it is released). The slot that was free longest is used first, and each use has a generation
// of its own.
class SlotPool {
 public:
  SlotPool(uint32_t worker, uint32_t slots);

  // nullopt when all are taken.
  std::optional<PortId> Open();
  // Undoes Open: nothing came of it.
  void Abandon(PortId id);
  bool IsOpen(PortId id) const;
  // False when it is not open.
  bool BeginClose(PortId id);
  void FinishClose(PortId id);
  // Only a closed slot is released.
  void Release(uint32_t slot);

 private:
  static constexpr size_t kRestingSlots = 64;

  enum class State : uint8_t { kFree, kOpen, kClosing, kClosed };
  struct Slot {
    uint32_t generation = 0;
    State state = State::kFree;
  };

  Slot* Find(PortId id, State state);
  void Free(uint32_t slot);

  const uint32_t worker_;
  std::vector<Slot> slots_;
  std::deque<uint32_t> released_;  // Free, used before.
  uint32_t fresh_ = 0;             // Slots from here on were never used.
};

}  // namespace anchor

#endif  // NATIVE_RELAY_SLOT_POOL_H_
