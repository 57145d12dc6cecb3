#include "relay/relay.h"

#include <cassert>
#include <cerrno>
#include <new>
#include <optional>
#include <utility>

#include "net/udp_socket.h"
#include "port/media_port.h"
#include "relay/slot_pool.h"
#include "relay/worker.h"

namespace anchor {

// What the owner's thread keeps of one worker.
struct Relay::Lane {
  Lane(uint32_t index, const RelayOptions& options, std::shared_ptr<CounterSlab> slab, const EventSink& sink)
      : slots(index, options.ports_per_worker), worker(OptionsOf(index, options), std::move(slab), sink) {}

  static WorkerOptions OptionsOf(uint32_t index, const RelayOptions& options) {
    std::optional<uint32_t> cpu;
    if (!options.cpus.empty()) cpu = options.cpus[index % options.cpus.size()];
    return {index, options.ports_per_worker, options.coalesce_microseconds, cpu};
  }

  // Returns 0, or an errno: then the socket is closed and nothing came of it.
  int Add(PortId id, UdpSocket socket, const PortTiming& timing, bool held) {
    try {
      auto port = std::make_unique<MediaPort>(id, std::move(socket), worker.slab(), timing);
      if (const int error = worker.Watch(*port)) return error;
      Post(AddPortCommand{std::move(port)}, held);
      return 0;
    } catch (const std::bad_alloc&) {
      return ENOMEM;
    }
  }

  void Post(Command command, bool held) {
    if (held)
      worker.Queue(std::move(command));
    else
      worker.Post(std::move(command));
  }

  SlotPool slots;
  Worker worker;
};

Expected<std::unique_ptr<Relay>, int> Relay::Create(const RelayOptions& options, const EventSink& sink) {
  try {
    return Start(options, sink);
  } catch (const std::bad_alloc&) {
    return Expected<std::unique_ptr<Relay>, int>::Fail(ENOMEM);
  }
}

Expected<std::unique_ptr<Relay>, int> Relay::Start(const RelayOptions& options, const EventSink& sink) {
  using Result = Expected<std::unique_ptr<Relay>, int>;
  if (options.workers == 0 || options.workers > kMaxWorkers || options.ports_per_worker == 0 ||
      options.ports_per_worker > kMaxPortsPerWorker)
    return Result::Fail(EINVAL);
  // The self-tests of the suites run now, not with the first call.
  for (const CryptoSuite& suite : CryptoSuites()) CryptoSuiteUsable(suite);
  std::unique_ptr<Relay> relay(new Relay(options));
  for (uint32_t i = 0; i < options.workers; ++i) {
    std::shared_ptr<CounterSlab> slab = CounterSlab::Create(options.ports_per_worker);
    if (!slab) return Result::Fail(ENOMEM);
    relay->lanes_.push_back(std::make_unique<Lane>(i, options, std::move(slab), sink));
    if (const int error = relay->lanes_.back()->worker.Start()) return Result::Fail(error);
  }
  return Result::Ok(std::move(relay));
}

Relay::Relay(const RelayOptions& options) : options_(options) {}

Relay::~Relay() { Close(); }

Expected<OpenedPort, int> Relay::OpenPort(const OpenPortOptions& options) {
  using Result = Expected<OpenedPort, int>;
  if (closed_ || options.worker >= lanes_.size()) return Result::Fail(EINVAL);
  const std::optional<SocketAddress> local = SocketAddress::Parse(options.address, options.port);
  if (!local) return Result::Fail(EINVAL);
  Expected<UdpSocket, int> socket = UdpSocket::Bind(
      *local, {options_.receive_buffer_bytes, options_.send_buffer_bytes, options.traffic_class});
  if (!socket) return Result::Fail(socket.error());

  Lane& lane = *lanes_[options.worker];
  const std::optional<PortId> id = lane.slots.Open();
  if (!id) return Result::Fail(ENOBUFS);
  lane.worker.slab()->ZeroSlot(SlotOf(*id));
  const uint16_t port = socket.value().local().port;
  const PortTiming timing{options_.rekey_overlap_milliseconds, options_.learning_window_milliseconds};
  if (const int error = lane.Add(*id, std::move(socket.value()), timing, held_)) {
    lane.slots.Abandon(*id);
    return Result::Fail(error);
  }
  return Result::Ok({*id, SlotOf(*id), port});
}

ConfigureResult Relay::ConfigurePort(PortId id, PortConfig config) {
  Lane* lane = LaneOf(id);
  if (lane == nullptr || !lane->slots.IsOpen(id)) return ConfigureResult::kUnknownPort;
  if ((config.inbound && !ValidSrtpKeys(*config.inbound)) ||
      (config.outbound && !ValidSrtpKeys(*config.outbound)))
    return ConfigureResult::kInvalidKeys;
  for (const PortId other : {config.crypto_from, config.rtp_to, config.rtcp_to}) {
    if (other != PortId::kNone && WorkerOf(other) != WorkerOf(id)) return ConfigureResult::kOtherWorker;
  }
  try {
    lane->Post(ConfigurePortCommand{id, std::make_unique<PortConfig>(std::move(config))}, held_);
  } catch (const std::bad_alloc&) {
    return ConfigureResult::kNoMemory;
  }
  return ConfigureResult::kOk;
}

bool Relay::ClosePort(PortId id) {
  Lane* lane = LaneOf(id);
  if (lane == nullptr || !lane->slots.IsOpen(id)) return false;
  try {
    lane->Post(ClosePortCommand{id}, held_);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return lane->slots.BeginClose(id);
}

void Relay::ReleaseSlot(uint32_t worker, uint32_t slot) {
  if (!closed_ && worker < lanes_.size()) lanes_[worker]->slots.Release(slot);
}

std::shared_ptr<CounterSlab> Relay::Slab(uint32_t worker) const {
  return worker < lanes_.size() ? lanes_[worker]->worker.slab() : nullptr;
}

void Relay::Release() {
  held_ = false;
  for (const auto& lane : lanes_) lane->worker.Ring();
}

std::vector<RelayEvent> Relay::TakeEvents() {
  std::vector<RelayEvent> events;
  for (const auto& lane : lanes_) lane->worker.TakeEvents(&events);
  for (const RelayEvent& event : events) {
    if (event.kind == PortEventKind::kClosed) lanes_[event.worker]->slots.FinishClose(event.port);
  }
  return events;
}

void Relay::Close() {
  closed_ = true;
  for (const auto& lane : lanes_) lane->worker.Stop();
}

Relay::Lane* Relay::LaneOf(PortId id) {
  const uint32_t worker = WorkerOf(id);
  return !closed_ && worker < lanes_.size() ? lanes_[worker].get() : nullptr;
}

}  // namespace anchor
