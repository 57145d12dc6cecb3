#ifndef NATIVE_RELAY_EVENT_QUEUE_H_
#define NATIVE_RELAY_EVENT_QUEUE_H_

#include <mutex>
#include <vector>

#include "relay/relay_event.h"

namespace anchor {

// The events of one worker until the owner takes them. Bounded, and coalesced by (kind, port): a newer one
// overwrites the detail of one that still waits. kClosed is never lost: there is one a port, and room for
// all.
class EventQueue {
 public:
  // Worker's thread: what became of an event.
  enum class Pushed : uint8_t { kFirst, kQueued, kCoalesced, kLost };

  explicit EventQueue(uint32_t ports);

  // kFirst: the queue was empty, wake the owner.
  Pushed Push(const RelayEvent& event);
  // Owner's thread: moves all of them behind `events`.
  void TakeAll(std::vector<RelayEvent>* events);

 private:
  static constexpr size_t kCapacity = 1024;

  std::mutex mutex_;
  std::vector<RelayEvent> events_;   // Guarded by mutex_; keeps its memory.
  std::vector<uint32_t> positions_;  // Worker's thread: where the last event of (slot, kind) was put.
};

}  // namespace anchor

#endif  // NATIVE_RELAY_EVENT_QUEUE_H_
