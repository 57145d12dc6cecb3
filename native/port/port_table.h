#ifndef NATIVE_PORT_PORT_TABLE_H_
#define NATIVE_PORT_PORT_TABLE_H_

#include <memory>
#include <utility>
#include <vector>

#include "port/media_port.h"

namespace anchor {

// The ports of one worker by slot. A stale id finds nothing.
class PortTable {
 public:
  explicit PortTable(uint32_t slots) : ports_(slots) {}

  MediaPort* Find(PortId id) const {
    const uint32_t slot = SlotOf(id);
    if (slot >= ports_.size()) return nullptr;
    MediaPort* port = ports_[slot].get();
    return port != nullptr && port->id == id ? port : nullptr;
  }
  // What is in a slot now, looked at by nobody yet.
  const MediaPort* Peek(PortId id) const {
    const uint32_t slot = SlotOf(id);
    return slot < ports_.size() ? ports_[slot].get() : nullptr;
  }
  void Insert(std::unique_ptr<MediaPort> port) { ports_[SlotOf(port->id)] = std::move(port); }
  std::unique_ptr<MediaPort> Take(PortId id) {
    return Find(id) != nullptr ? std::move(ports_[SlotOf(id)]) : nullptr;
  }
  void Clear() {
    for (auto& port : ports_) port.reset();
  }
  // One part of the slots: part `turn` of `turns`.
  template <typename Visitor>
  void ForEachOfTurn(size_t turn, size_t turns, Visitor visit) const {
    const size_t end = ports_.size() * (turn + 1) / turns;
    for (size_t slot = ports_.size() * turn / turns; slot < end; ++slot) {
      if (ports_[slot]) visit(*ports_[slot]);
    }
  }

 private:
  std::vector<std::unique_ptr<MediaPort>> ports_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_PORT_TABLE_H_
