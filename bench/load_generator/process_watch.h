#ifndef BENCH_LOAD_GENERATOR_PROCESS_WATCH_H_
#define BENCH_LOAD_GENERATOR_PROCESS_WATCH_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace anchor_bench {

// What the scheduler says of one thread (/proc/PID/task/TID/schedstat).
struct ThreadUsage {
  pid_t tid;
  std::string name;
  uint64_t cpu_ns;
  uint64_t wait_ns;     // runnable, but not running
  uint64_t timeslices;  // times it was put on a CPU: wake-ups and preemptions
};

struct ProcessUsage {
  pid_t pid;
  std::vector<ThreadUsage> threads;
  uint64_t resident_kb;
};

ProcessUsage ReadProcessUsage(pid_t pid);

// What each thread used between two readings; threads that began in between count from zero.
ProcessUsage Difference(const ProcessUsage& before, const ProcessUsage& after);

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_PROCESS_WATCH_H_
