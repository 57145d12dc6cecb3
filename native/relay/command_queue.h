#ifndef NATIVE_RELAY_COMMAND_QUEUE_H_
#define NATIVE_RELAY_COMMAND_QUEUE_H_

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
struct StopCommand {};
using Command = std::variant<AddPortCommand, ConfigurePortCommand, ClosePortCommand, StopCommand>;

// Many may put, one takes. The worker's one lock, off the packet path.
class CommandQueue {
 public:
  void Put(Command command) {
    std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
  }
  std::vector<Command> TakeAll() {
    std::lock_guard lock(mutex_);
    return std::exchange(commands_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Command> commands_;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_COMMAND_QUEUE_H_
