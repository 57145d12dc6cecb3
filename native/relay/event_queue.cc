#include "relay/event_queue.h"

namespace anchor {

EventQueue::EventQueue(uint32_t ports) : positions_(size_t{ports} * kPortEventKinds) {
  // kClosed comes on top, one a port.
  events_.reserve(kCapacity + ports);
}

EventQueue::Pushed EventQueue::Push(const RelayEvent& event) {
  uint32_t& position = positions_[size_t{event.slot} * kPortEventKinds + static_cast<size_t>(event.kind)];
  std::lock_guard lock(mutex_);
  // The position may be of events long taken; then another event, or none, stands there.
  if (position < events_.size() && events_[position].port == event.port &&
      events_[position].kind == event.kind) {
    events_[position].detail = event.detail;
    return Pushed::kCoalesced;
  }
  if (events_.size() >= kCapacity && event.kind != PortEventKind::kClosed) return Pushed::kLost;
  position = static_cast<uint32_t>(events_.size());
  events_.push_back(event);
  return position == 0 ? Pushed::kFirst : Pushed::kQueued;
}

void EventQueue::TakeAll(std::vector<RelayEvent>* events) {
  std::lock_guard lock(mutex_);
  events->insert(events->end(), events_.begin(), events_.end());
  events_.clear();
}

}  // namespace anchor
