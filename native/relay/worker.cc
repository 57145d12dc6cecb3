#include "relay/worker.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "relay/socket_tag.h"

namespace anchor {
namespace {

// An idle worker turns this often, so that its heartbeat is seen.
constexpr int kIdleMilliseconds = 250;
constexpr uint64_t kHousekeepingMicroseconds = 100'000;
// Each port has its turn once in so many times, so once a second.
constexpr size_t kHousekeepingTurns = 10;

}  // namespace

Worker::Worker(const WorkerOptions& options, std::shared_ptr<CounterSlab> slab, EventSink sink)
    : options_(options),
      sink_(std::move(sink)),
      slab_(std::move(slab)),
      counters_(slab_->worker()),
      accounts_(counters_),
      events_(options.ports),
      ports_(options.ports),
      forwarder_(&ports_, this),
      read_ahead_(&ports_),
      follower_(&poller_, &batch_, &forwarder_),
      pacer_(options.coalesce_microseconds) {}

Worker::~Worker() { Stop(); }

int Worker::Start() {
  if (!poller_.valid()) return EMFILE;
  // Signals are for the owner's thread: the new one inherits a full mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = 0;
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error& failure) {
    error = failure.code().value();
  } catch (const std::bad_alloc&) {
    error = ENOMEM;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

void Worker::Stop() {
  if (!thread_.joinable()) return;
  // No command: it could find no memory.
  stopping_.store(true, std::memory_order_release);
  poller_.Wake();
  thread_.join();
  // Commands that came after that hold ports of their own; they die with this.
  commands_.TakeAll();
}

int Worker::Watch(const MediaPort& port) {
  const auto side = MediaSocket::Side::kAnybody;
  return poller_.Add(port.socket.fd(side), TagOf(port.id, side)) ? 0 : errno;
}

void Worker::Post(Command command) {
  if (commands_.Put(std::move(command))) poller_.Wake();
}

void Worker::Queue(Command command) { static_cast<void>(commands_.Put(std::move(command))); }

void Worker::Ring() {
  if (commands_.waiting()) poller_.Wake();
}

void Worker::PrepareThread() {
  const std::string name = "anchor-" + std::to_string(options_.index);
  pthread_setname_np(pthread_self(), name.c_str());
  // Sleeps of fractions of a millisecond are meant as they are said.
  prctl(PR_SET_TIMERSLACK, 1UL);
  if (!options_.cpu) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(*options_.cpu % CPU_SETSIZE, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

void Worker::Run() {
  PrepareThread();
  now_ = Instant::Now();
  accounts_.NoteRound(0, now_);
  while (!stopping_.load(std::memory_order_acquire)) PollOnce();
  ApplyCommands();
  ports_.Clear();
}

// A round: wait, apply commands, read what came, account. The clock is read once.
void Worker::PollOnce() {
  const std::span<const epoll_event> events = poller_.Wait(kIdleMilliseconds);
  now_ = Instant::Now();
  // The bell is silenced before the queue is emptied: whoever rings after that is heard in the next round.
  poller_.TakeWake(events);
  // Before the packets: whoever was told that a port is configured may have sent to it since. An event that
  // names a port which a command took away finds nothing, since ids are never used twice.
  if (commands_.waiting()) ApplyCommands();
  size_t packets = 0;
  saturated_ = false;
  for (size_t i = 0; i < events.size(); i += ReadAhead::kMost)
    packets += DrainReady(events.subspan(i, std::min(ReadAhead::kMost, events.size() - i)));
  if (now_.microseconds >= housekeeping_microseconds_) packets += Housekeep();
  accounts_.NoteRound(packets, now_);
  if (const uint64_t pause = pacer_.PauseAfter(packets, saturated_, now_)) {
    const timespec time = {0, static_cast<long>(pause) * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
  }
  ++round_;
}

size_t Worker::DrainReady(std::span<const epoll_event> events) {
  std::array<PortId, ReadAhead::kMost> ids;
  size_t count = 0;
  for (const epoll_event& event : events) {
    if (!Poller::IsWake(event)) ids[count++] = PortOf(event);
  }
  read_ahead_.Fetch({ids.data(), count});
  size_t packets = 0;
  for (const epoll_event& event : events) {
    if (Poller::IsWake(event)) continue;
    if (MediaPort* port = ports_.Find(PortOf(event))) packets += Drain(port, SideOf(event));
  }
  return packets;
}

// A socket that had something in the round before, too, is a busy one: several may wait. Of the others, which
// are nearly all when calls send 50 packets a second, one is read; a second one is found in the next round.
size_t Worker::Drain(MediaPort* port, MediaSocket::Side side) {
  const bool busy = port->last_round + 1 == round_;
  port->last_round = round_;
  const int fd = port->socket.fd(side);
  const std::span<Datagram> datagrams = busy ? batch_.ReceiveSeveral(fd) : batch_.ReceiveOne(fd);
  for (const Datagram& datagram : datagrams) forwarder_.Forward(port, datagram, now_);
  if (datagrams.empty()) return 0;
  if (datagrams.size() == DatagramBatch::kCapacity) saturated_ = true;
  accounts_.NoteRead(fd);
  return datagrams.size();
}

void Worker::ApplyCommands() {
  for (Command& command : commands_.TakeAll()) {
    counters_.Add(WorkerCounter::kCommands);
    std::visit([this](auto& asked) { Apply(asked); }, command);
  }
}

void Worker::Apply(AddPortCommand& command) {
  ports_.Insert(std::move(command.port));
  counters_.Set(WorkerCounter::kPorts, ++port_count_);
}

void Worker::Apply(ConfigurePortCommand& command) {
  MediaPort* port = ports_.Find(command.id);
  if (port == nullptr) return;
  std::shared_ptr<SrtpLeg> shared;
  if (const MediaPort* owner = ports_.Find(command.config->crypto_from)) shared = owner->own_leg;
  try {
    port->Configure(std::move(*command.config), std::move(shared), now_);
  } catch (const std::bad_alloc&) {
    // Half configured may be half secure: nothing passes until the port is configured anew.
    port->configured = false;
    Raise(*port, PortEventKind::kSocketError, "ENOMEM");
  }
}

void Worker::Apply(ClosePortCommand& command) {
  std::unique_ptr<MediaPort> port = ports_.Take(command.id);
  if (!port) return;
  for (const auto side : {MediaSocket::Side::kAnybody, MediaSocket::Side::kParty}) {
    if (const int fd = port->socket.fd(side); fd >= 0) poller_.Remove(fd);
  }
  LookAfter(port.get());
  counters_.Set(WorkerCounter::kPorts, --port_count_);
  // First the socket goes, then it is told: whoever hears of it may bind the same port again.
  port.reset();
  Tell(command.id, PortEventKind::kClosed, "");
}

// Returns how many packets it carried.
size_t Worker::Housekeep() {
  housekeeping_microseconds_ = now_.microseconds + kHousekeepingMicroseconds;
  counters_.Set(WorkerCounter::kCpuNanoseconds, NanosecondsOf(CLOCK_THREAD_CPUTIME_ID));
  if (port_count_ == 0) return 0;
  housekeeping_turn_ = (housekeeping_turn_ + 1) % kHousekeepingTurns;
  follower_.StartTurn();
  size_t packets = 0;
  ports_.ForEachOfTurn(housekeeping_turn_, kHousekeepingTurns, [this, &packets](MediaPort& port) {
    LookAfter(&port);
    packets += follower_.Follow(&port, now_);
  });
  return packets;
}

void Worker::LookAfter(MediaPort* port) {
  port->own_leg->DropExpired(now_);
  // What overflowed has left something to read, so a quiet port need not be asked.
  if (std::exchange(port->looked_round, port->last_round) == port->last_round) return;
  if (const uint32_t overflows = port->socket.Overflows())
    port->counters.Set(PortCounter::kSocketOverflows, overflows);
}

void Worker::Raise(const MediaPort& port, PortEventKind kind, std::string_view detail) {
  Tell(port.id, kind, detail);
}

void Worker::Tell(PortId id, PortEventKind kind, std::string_view detail) {
  const RelayEvent event{kind, id, SlotOf(id), options_.index, EventDetail(detail)};
  switch (events_.Push(event)) {
    case EventQueue::Pushed::kFirst:
      if (sink_) sink_();
      break;
    case EventQueue::Pushed::kLost:
      counters_.Add(WorkerCounter::kEventsLost);
      break;
    case EventQueue::Pushed::kQueued:
    case EventQueue::Pushed::kCoalesced:
      break;
  }
}

}  // namespace anchor
