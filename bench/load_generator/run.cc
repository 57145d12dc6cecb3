#include "run.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <thread>

namespace anchor_bench {

namespace {

constexpr uint64_t kLeadNs = 5'000'000;       // between the last preparation and the first packet
constexpr uint64_t kLongestRestNs = 250'000;  // so that arrivals are read in time
constexpr uint64_t kSpinNs = 4'000;           // between two looks at empty sockets
constexpr uint64_t kSecondNs = 1'000'000'000;

uint64_t Clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecondNs + static_cast<uint64_t>(time.tv_nsec);
}

void SleepUntil(uint64_t monotonic_ns) {
  const timespec time{static_cast<time_t>(monotonic_ns / kSecondNs),
                      static_cast<long>(monotonic_ns % kSecondNs)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

void Pin(uint64_t cpu) {
  if (cpu == Plan::kNoCpu) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

std::vector<Endpoint> OpenEndpoints(const Plan& plan) {
  std::vector<Endpoint> endpoints;
  const auto buffer = static_cast<int>(plan.buffer_kb * 1024);
  const bool stamps = plan.kernel_stamps != 0;
  for (const auto& endpoint : plan.endpoints) {
    endpoints.push_back({UdpSocket(endpoint.rtp, buffer, stamps), UdpSocket(endpoint.rtcp, buffer, stamps)});
  }
  return endpoints;
}

}  // namespace

Run::Run(const Plan& plan) : plan_(plan), endpoints_(OpenEndpoints(plan)), traffic_(plan) {
  sender_ = std::make_unique<Sender>(plan_, traffic_, endpoints_);
}

uint64_t Run::Now() const { return Clock(CLOCK_MONOTONIC) - start_ns_; }

void Run::Execute() {
  prctl(PR_SET_TIMERSLACK, 1UL);
  start_ns_ = Clock(CLOCK_MONOTONIC) + kLeadNs;
  receiver_ = std::make_unique<Receiver>(plan_, traffic_, endpoints_, start_ns_);
  SleepUntil(start_ns_);
  if (plan_.threads == 2) {
    InTwoThreads();
  } else {
    Interleave();
  }
  Drain();
}

void Run::Interleave() {
  Pin(plan_.sender_cpu);
  uint64_t now = Now();
  while (now < Stop()) {
    WatchWindow(now);
    const size_t work = sender_->SendDue(now) + receiver_->Poll(now);
    if (work == 0) {
      Rest(now, std::min(sender_->NextDue(), Stop()));
      now = Now();
    } else {
      const uint64_t after = Now();
      busy_ns_ += after - now;
      now = after;
    }
  }
  WatchWindow(now);
}

void Run::InTwoThreads() {
  std::atomic<bool> stopped{false};
  std::thread reader([&] {
    Pin(plan_.receiver_cpu);
    prctl(PR_SET_TIMERSLACK, 1UL);
    while (!stopped.load(std::memory_order_relaxed)) {
      const uint64_t now = Now();
      if (receiver_->Poll(now) == 0) Rest(now, now + plan_.spin_below_us * 1000);
    }
  });
  Pin(plan_.sender_cpu);
  SendUntilStop();
  stopped.store(true, std::memory_order_relaxed);
  reader.join();
}

void Run::SendUntilStop() {
  uint64_t now = Now();
  while (now < Stop()) {
    WatchWindow(now);
    const size_t work = sender_->SendDue(now);
    if (work == 0) Rest(now, std::min(sender_->NextDue(), Stop()));
    const uint64_t after = Now();
    if (work != 0) busy_ns_ += after - now;
    now = after;
  }
  WatchWindow(now);
}

void Run::Rest(uint64_t now_ns, uint64_t until_ns) const {
  if (until_ns <= now_ns) return;
  if (until_ns - now_ns > plan_.spin_below_us * 1000) {
    SleepUntil(start_ns_ + std::min(until_ns, now_ns + kLongestRestNs));
    return;
  }
  const uint64_t until = std::min(until_ns, now_ns + kSpinNs);
  while (Now() < until) __builtin_ia32_pause();
}

void Run::Drain() {
  const uint64_t silence = plan_.drain_ms * 1'000'000;
  const uint64_t latest = Now() + 10 * silence + kSecondNs;
  uint64_t last_arrival = Now();
  for (uint64_t now = Now(); now < latest && now - last_arrival < silence; now = Now()) {
    if (receiver_->PollAll(now) > 0) {
      last_arrival = now;
    } else {
      SleepUntil(start_ns_ + now + kLongestRestNs);
    }
  }
}

void Run::WatchWindow(uint64_t now_ns) {
  if (begin_.at_ns == 0 && now_ns >= plan_.warmup_ms * 1'000'000) begin_ = Take(now_ns);
  if (end_.at_ns == 0 && now_ns >= Stop()) end_ = Take(now_ns);
  if (plan_.progress != 0 && now_ns >= next_progress_ns_) ShowProgress(now_ns);
}

Snapshot Run::Take(uint64_t now_ns) const {
  Snapshot snapshot{std::max<uint64_t>(now_ns, 1),
                    traffic_.counted_received.load(std::memory_order_relaxed),
                    traffic_.counted_bytes.load(std::memory_order_relaxed),
                    sender_->sent(),
                    Clock(CLOCK_PROCESS_CPUTIME_ID),
                    busy_ns_,
                    {}};
  for (const pid_t pid : plan_.watched) snapshot.watched.push_back(ReadProcessUsage(pid));
  return snapshot;
}

void Run::ShowProgress(uint64_t now_ns) {
  next_progress_ns_ = now_ns + kSecondNs;
  std::fprintf(stderr, "progress %.1f of %.1f s, sent %llu, received %llu\n",
               static_cast<double>(now_ns) / 1e9, static_cast<double>(Stop()) / 1e9,
               static_cast<unsigned long long>(sender_->sent()),
               static_cast<unsigned long long>(traffic_.counted_received.load(std::memory_order_relaxed)));
}

}  // namespace anchor_bench
