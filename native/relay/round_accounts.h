#ifndef NATIVE_RELAY_ROUND_ACCOUNTS_H_
#define NATIVE_RELAY_ROUND_ACCOUNTS_H_

#include <cstddef>
#include <cstdint>

#include "common/clock.h"
#include "counters/port_counters.h"

namespace anchor {

// What a worker counts of its rounds: how many packets each carried, and how long packets had waited.
class RoundAccounts {
 public:
  explicit RoundAccounts(WorkerBlock counters) : counters_(counters) {}

  void NoteRound(size_t packets, Instant now);
  // After a read from the socket. One in so many is asked when the kernel had received what was read.
  void NoteRead(int fd) {
    if (--until_sample_ == 0) SampleLatency(fd);
  }

 private:
  static constexpr uint32_t kSampleEvery = 64;

  void SampleLatency(int fd);

  WorkerBlock counters_;
  uint32_t until_sample_ = 1;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_ROUND_ACCOUNTS_H_
