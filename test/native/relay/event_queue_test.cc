#include "relay/event_queue.h"

#include <doctest/doctest.h>

using anchor::EventQueue;
using anchor::MakePortId;
using anchor::PortEventKind;
using anchor::RelayEvent;

namespace {

RelayEvent Event(uint32_t slot, uint32_t generation, PortEventKind kind, std::string_view detail = "") {
  return {kind, MakePortId(0, slot, generation), slot, 0, anchor::EventDetail(detail)};
}

}  // namespace

TEST_CASE(
    "the first event rings, later ones queue, and one of the same kind and port replaces the one that "
    "waits") {
  EventQueue queue(4);
  CHECK(queue.Push(Event(0, 1, PortEventKind::kAddressLearned, "a")) == EventQueue::Pushed::kFirst);
  CHECK(queue.Push(Event(1, 1, PortEventKind::kAddressLearned, "b")) == EventQueue::Pushed::kQueued);
  CHECK(queue.Push(Event(0, 1, PortEventKind::kAddressLearned, "c")) == EventQueue::Pushed::kCoalesced);
  CHECK(queue.Push(Event(0, 1, PortEventKind::kRocResync, "kept")) == EventQueue::Pushed::kQueued);
  std::vector<RelayEvent> events;
  queue.TakeAll(&events);
  REQUIRE(events.size() == 3);
  CHECK(events[0].detail.text() == "c");
  CHECK(queue.Push(Event(0, 1, PortEventKind::kAddressLearned)) == EventQueue::Pushed::kFirst);
}

TEST_CASE("a port that took over a slot does not inherit events of the one before") {
  EventQueue queue(4);
  queue.Push(Event(0, 1, PortEventKind::kAddressLearned, "old"));
  CHECK(queue.Push(Event(0, 2, PortEventKind::kAddressLearned, "new")) == EventQueue::Pushed::kQueued);
}

TEST_CASE("a full queue loses events, but never that a port was closed") {
  EventQueue queue(5000);
  for (uint32_t slot = 0; slot < 1024; ++slot) queue.Push(Event(slot, 1, PortEventKind::kSocketError));
  CHECK(queue.Push(Event(4000, 1, PortEventKind::kSocketError)) == EventQueue::Pushed::kLost);
  CHECK(queue.Push(Event(0, 1, PortEventKind::kSocketError)) == EventQueue::Pushed::kCoalesced);
  for (uint32_t slot = 0; slot < 5000; ++slot)
    REQUIRE(queue.Push(Event(slot, 1, PortEventKind::kClosed)) == EventQueue::Pushed::kQueued);
  std::vector<RelayEvent> events;
  queue.TakeAll(&events);
  CHECK(events.size() == 1024 + 5000);
}

TEST_CASE("details are cut, not written beyond their room") {
  CHECK(anchor::EventDetail(std::string(100, 'x')).text().size() < 100);
  CHECK(anchor::EventDetail("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255 65535").text().size() == 51);
}
