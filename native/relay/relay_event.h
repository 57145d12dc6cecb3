#ifndef NATIVE_RELAY_RELAY_EVENT_H_
#define NATIVE_RELAY_RELAY_EVENT_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "port/port_event.h"

namespace anchor {

// What a worker tells its owner. Few, bounded, coalesced by (kind, port); never one a packet.
struct RelayEvent {
  PortEventKind kind = PortEventKind::kClosed;
  PortId port = PortId::kNone;
  uint32_t slot = 0;
  uint32_t worker = 0;
  EventDetail detail;
};

// Called by a worker thread, without a lock held, when its event queue stops being empty: wake the owner's
// thread and let it call Relay::TakeEvents. Must not block nor call back into the relay. Never called after
// Relay::Close returned.
using EventSink = std::function<void()>;

}  // namespace anchor

#endif  // NATIVE_RELAY_RELAY_EVENT_H_
