#include "support/relay_harness.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "counters/drop_reason.h"

namespace test {

using anchor::PortCounter;

struct RelayHarness::Bell {
  std::mutex mutex;
  std::condition_variable rung;
  bool ringing = false;
};

anchor::RelayOptions RelayHarness::DefaultOptions() {
  anchor::RelayOptions options;
  options.workers = 1;
  options.ports_per_worker = 64;
  options.receive_buffer_bytes = 1 << 20;
  options.rekey_overlap_milliseconds = 300;
  options.learning_window_milliseconds = 400;
  return options;
}

RelayHarness::RelayHarness(anchor::RelayOptions options)
    : bell_(std::make_shared<Bell>()), posted_to_(options.workers) {
  auto relay = anchor::Relay::Create(options, [bell = bell_] {
    std::lock_guard lock(bell->mutex);
    bell->ringing = true;
    bell->rung.notify_one();
  });
  if (!relay) throw std::runtime_error("no relay");
  relay_ = std::move(relay.value());
}

RelayHarness::~RelayHarness() { relay_->Close(); }

RelayHarness::Port RelayHarness::Open(const std::string& address, uint32_t worker) {
  anchor::OpenPortOptions options;
  options.address = address;
  options.worker = worker;
  auto opened = relay_->OpenPort(options);
  if (!opened) throw std::runtime_error("open port");
  ++posted_to_[worker];
  return {opened.value().id, opened.value().slot,
          anchor::SocketAddress::Parse(address, opened.value().port).value()};
}

void RelayHarness::Configure(const Port& port, anchor::PortConfig config) {
  if (relay_->ConfigurePort(port.id, std::move(config)) != anchor::ConfigureResult::kOk)
    throw std::runtime_error("configure port");
  ++posted_to_[anchor::WorkerOf(port.id)];
}

void RelayHarness::Settle() {
  for (uint32_t worker = 0; worker < posted_to_.size(); ++worker) {
    const bool applied = Eventually([&] {
      return relay_->Slab(worker)->worker().Get(anchor::WorkerCounter::kCommands) >= posted_to_[worker];
    });
    if (!applied) throw std::runtime_error("worker does not take commands");
  }
}

uint64_t RelayHarness::Counter(const Port& port, PortCounter counter) const {
  return relay_->Slab(anchor::WorkerOf(port.id))->port(port.slot).Get(counter);
}

uint64_t RelayHarness::Drops(const Port& port, anchor::DropReason reason) const {
  return relay_->Slab(anchor::WorkerOf(port.id))->port(port.slot).Drops(reason);
}

uint64_t RelayHarness::AllDrops(const Port& port) const {
  uint64_t sum = 0;
  for (size_t i = 0; i < anchor::kDropReasonCount; ++i)
    sum += Drops(port, static_cast<anchor::DropReason>(i));
  return sum;
}

bool RelayHarness::Eventually(const std::function<bool()>& condition) const {
  // Mostly it is true at once.
  for (int n = 0; n < 2100; ++n) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(n < 100 ? 50 : 1000));
  }
  return condition();
}

bool RelayHarness::Received(const Port& port, uint64_t count) const {
  return Eventually([&] { return Counter(port, PortCounter::kRxPackets) >= count && AddsUp(port); });
}

bool RelayHarness::AddsUp(const Port& port) const {
  return Counter(port, PortCounter::kRxPackets) ==
         Counter(port, PortCounter::kRtpPackets) + Counter(port, PortCounter::kRtcpPackets) + AllDrops(port);
}

void RelayHarness::TakeEvents() {
  for (anchor::RelayEvent& event : relay_->TakeEvents()) events_.push_back(event);
}

std::optional<anchor::RelayEvent> RelayHarness::WaitFor(anchor::PortEventKind kind, anchor::PortId port) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (;;) {
    TakeEvents();
    for (auto event = events_.begin(); event != events_.end(); ++event) {
      if (event->kind != kind || event->port != port) continue;
      const anchor::RelayEvent found = *event;
      events_.erase(event);
      return found;
    }
    std::unique_lock lock(bell_->mutex);
    if (!bell_->rung.wait_until(lock, deadline, [this] { return bell_->ringing; })) return std::nullopt;
    bell_->ringing = false;
  }
}

anchor::PortConfig PlainConfig(const anchor::SocketAddress& remote, const RelayHarness::Port& peer) {
  anchor::PortConfig config;
  config.remote = remote;
  config.learning_round = 1;
  config.rtp_to = peer.id;
  config.rtcp_to = peer.id;
  return config;
}

}  // namespace test
