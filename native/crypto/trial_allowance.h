#ifndef NATIVE_CRYPTO_TRIAL_ALLOWANCE_H_
#define NATIVE_CRYPTO_TRIAL_ALLOWANCE_H_

#include <algorithm>
#include <cstdint>

#include "common/clock.h"

namespace anchor {

// Leave to try an unknown SSRC at another rollover counter: it costs a key derivation, and anyone may send
// unknown SSRCs. A few at once, then one in a tenth of a second.
class TrialAllowance {
 public:
  bool Take(Instant now) {
    const uint64_t earned = (now.microseconds - since_microseconds_) / kEarnMicroseconds;
    if (earned > 0) {
      left_ = std::min(kMost, left_ + earned);
      since_microseconds_ += earned * kEarnMicroseconds;
    }
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  static constexpr uint64_t kMost = 8;
  static constexpr uint64_t kEarnMicroseconds = 100'000;

  uint64_t left_ = kMost;
  uint64_t since_microseconds_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_TRIAL_ALLOWANCE_H_
