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
  void Insert(std::unique_ptr<MediaPort> port) { ports_[SlotOf(port->id)] = std::move(port); }
  std::unique_ptr<MediaPort> Take(PortId id) {
    return Find(id) != nullptr ? std::move(ports_[SlotOf(id)]) : nullptr;
  }
  void Clear() {
    for (auto& port : ports_) port.reset();
  }
  template <typename Visitor>
  void ForEach(Visitor visit) const {
    for (const auto& port : ports_) {
      if (port) visit(*port);
    }
  }

 private:
  std::vector<std::unique_ptr<MediaPort>> ports_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_PORT_TABLE_H_
