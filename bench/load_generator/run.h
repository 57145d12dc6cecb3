#ifndef BENCH_LOAD_GENERATOR_RUN_H_
#define BENCH_LOAD_GENERATOR_RUN_H_

#include <cstdint>
#include <vector>

#include "plan.h"
#include "process_watch.h"
#include "receiver.h"
#include "sender.h"
#include "traffic.h"

namespace anchor_bench {

// One edge of the measured window.
struct Snapshot {
  uint64_t at_ns = 0;
  uint64_t received = 0;
  uint64_t bytes = 0;
  uint64_t sent = 0;
  uint64_t generator_cpu_ns = 0;
  uint64_t generator_busy_ns = 0;
  std::vector<ProcessUsage> watched;
};

// Sockets, traffic and both sides of one run. Members are destroyed in reverse: sides before what they point
// into.
class Run {
 public:
  explicit Run(const Plan& plan);

  void Execute();

  const Plan& plan() const { return plan_; }
  const Traffic& traffic() const { return traffic_; }
  const Sender& sender() const { return *sender_; }
  const Receiver& receiver() const { return *receiver_; }
  const Snapshot& window_begin() const { return begin_; }
  const Snapshot& window_end() const { return end_; }

 private:
  uint64_t Now() const;  // since the start
  uint64_t Stop() const { return (plan_.warmup_ms + plan_.duration_ms) * 1'000'000; }
  void Interleave();
  void InTwoThreads();
  void SendUntilStop();
  void Drain();
  // Takes the snapshots when their time has come.
  void WatchWindow(uint64_t now_ns);
  Snapshot Take(uint64_t now_ns) const;
  void ShowProgress(uint64_t now_ns);
  // Waits for the next packet that is due: asleep when it is far, spinning when it is near.
  void Rest(uint64_t now_ns, uint64_t until_ns) const;

  const Plan& plan_;
  std::vector<Endpoint> endpoints_;
  Traffic traffic_;
  uint64_t start_ns_ = 0;
  uint64_t busy_ns_ = 0;
  uint64_t next_progress_ns_ = 0;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<Receiver> receiver_;
  Snapshot begin_;
  Snapshot end_;
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_RUN_H_
