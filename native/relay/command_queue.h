#ifndef NATIVE_RELAY_COMMAND_QUEUE_H_
#define NATIVE_RELAY_COMMAND_QUEUE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "port/media_port.h"
#include "port/port_config.h"

namespace anchor {

// What the owner asks of a worker; applied between packets, in order.
struct AddPortCommand {
  std::unique_ptr<MediaPort> port;
};
struct ConfigurePortCommand {
  PortId id;
  std::unique_ptr<PortConfig> config;
};
struct ClosePortCommand {
  PortId id;
};
using Command = std::variant<AddPortCommand, ConfigurePortCommand, ClosePortCommand>;

// Many may put, one takes. The worker's one lock, off the packet path.
class CommandQueue {
 public:
  // True = the first since TakeAll: the one that the owner must be woken for.
  [[nodiscard]] bool Put(Command command) {
    std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    return !waiting_.exchange(true, std::memory_order_release);
  }
  // Whether TakeAll would find anything; costs no lock, so that every round can ask.
  bool waiting() const { return waiting_.load(std::memory_order_acquire); }
  std::vector<Command> TakeAll() {
    std::lock_guard lock(mutex_);
    waiting_.store(false, std::memory_order_relaxed);
    return std::exchange(commands_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Command> commands_;
  std::atomic<bool> waiting_ = false;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_COMMAND_QUEUE_H_
