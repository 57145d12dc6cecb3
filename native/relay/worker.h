#ifndef NATIVE_RELAY_WORKER_H_
#define NATIVE_RELAY_WORKER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "counters/counter_slab.h"
#include "net/datagram_batch.h"
#include "net/poller.h"
#include "port/forward.h"
#include "port/read_ahead.h"
#include "relay/command_queue.h"
#include "relay/event_queue.h"
#include "relay/party_follower.h"
#include "relay/relay_event.h"
#include "relay/round_accounts.h"
#include "relay/wake_pacer.h"

namespace anchor {

struct WorkerOptions {
  uint32_t index = 0;
  uint32_t ports = 0;
  uint32_t coalesce_microseconds = 0;
  std::optional<uint32_t> cpu;  // nullopt = not pinned.
};

// One thread, one poller, the ports it owns. The owner reaches it by commands and hears of it by events and
// counters.
class Worker final : private PortEvents {
 public:
  Worker(const WorkerOptions& options, std::shared_ptr<CounterSlab> slab, EventSink sink);
  // Stops; a backstop.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Returns 0, or the errno of what the system refused. Once.
  int Start();
  // Joins the thread, then destroys the ports. No call of the sink is under way or to come when it returns.
  // Idempotent.
  void Stop();

  // Owner's thread: from now on packets for the port wake the worker, which finds it when AddPortCommand was
  // applied. Returns 0 or an errno.
  int Watch(const MediaPort& port);
  // Owner's thread. Wakes the worker unless it is awake on account of an earlier one.
  void Post(Command command);
  // Without waking it: it finds the command in its next round. For several at once; Ring follows the last.
  void Queue(Command command);
  // Wakes the worker if it has not yet taken what was queued.
  void Ring();
  void TakeEvents(std::vector<RelayEvent>* events) { events_.TakeAll(events); }
  const std::shared_ptr<CounterSlab>& slab() const { return slab_; }

 private:
  // From here on the worker's thread.
  void Run();
  void PrepareThread();
  void PollOnce();
  size_t DrainReady(std::span<const epoll_event> events);
  size_t Drain(MediaPort* port, MediaSocket::Side side);
  void ApplyCommands();
  void Apply(AddPortCommand& command);
  void Apply(ConfigurePortCommand& command);
  void Apply(ClosePortCommand& command);
  size_t Housekeep();
  void LookAfter(MediaPort* port);
  void Raise(const MediaPort& port, PortEventKind kind, std::string_view detail) override;
  void Tell(PortId id, PortEventKind kind, std::string_view detail);

  const WorkerOptions options_;
  const EventSink sink_;

  // Destroyed in reverse order: the thread is joined before anything; ports (and with them sockets and keys)
  // go before the poller that watches them and the slab they count in.
  std::shared_ptr<CounterSlab> slab_;
  WorkerBlock counters_;
  RoundAccounts accounts_;
  EventQueue events_;
  CommandQueue commands_;
  Poller poller_;
  DatagramBatch batch_;
  PortTable ports_;
  Forwarder forwarder_;
  ReadAhead read_ahead_;
  PartyFollower follower_;

  Instant now_;  // Of this round.
  uint32_t round_ = 1;
  WakePacer pacer_;
  uint64_t housekeeping_microseconds_ = 0;
  size_t housekeeping_turn_ = 0;
  uint64_t port_count_ = 0;
  bool saturated_ = false;              // A socket gave a full batch this round: more is waiting.
  std::atomic<bool> stopping_ = false;  // Set by Stop.

  std::thread thread_;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_WORKER_H_
