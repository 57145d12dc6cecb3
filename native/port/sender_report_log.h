#ifndef NATIVE_PORT_SENDER_REPORT_LOG_H_
#define NATIVE_PORT_SENDER_REPORT_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/clock.h"
#include "packet/rtcp_header.h"

namespace anchor {

// When the last few sender reports went out to the party, to measure the round trip to it when it refers to
// one of them (RFC 3550 §6.4.1, LSR and DLSR). The clock is ours at both ends; the sender's NTP time is only
// a name. Allocated when the first one goes out: many ports never see one.
class SenderReportLog {
 public:
  void NoteSent(uint32_t sender_report_time, Instant now) {
    if (!entries_) entries_ = std::make_unique<Entries>();
    (*entries_)[next_] = {sender_report_time, now.microseconds};
    next_ = (next_ + 1) % entries_->size();
  }

  // Microseconds; 0 when the block refers to none of them, or its times make no sense.
  uint64_t RoundTrip(const ReportBlock& block, Instant now) const {
    if (!entries_ || block.last_sender_report == 0) return 0;
    const uint64_t delay = uint64_t{block.delay} * 1'000'000 / 65536;
    for (const Entry& entry : *entries_) {
      if (entry.microseconds == 0 || entry.name != block.last_sender_report) continue;
      const uint64_t passed = now.microseconds - entry.microseconds;
      return passed > delay ? passed - delay : 0;
    }
    return 0;
  }

 private:
  struct Entry {
    uint32_t name = 0;
    uint64_t microseconds = 0;
  };
  using Entries = std::array<Entry, 8>;
  std::unique_ptr<Entries> entries_;
  size_t next_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_PORT_SENDER_REPORT_LOG_H_
