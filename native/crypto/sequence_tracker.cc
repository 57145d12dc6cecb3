#include "crypto/sequence_tracker.h"

namespace anchor {
namespace {

// Signed distance on the circle of sequence numbers, -32,768 to 32,767.
int Distance(uint16_t from, uint16_t to) { return static_cast<int16_t>(static_cast<uint16_t>(to - from)); }

}  // namespace

SequenceTracker::Placement SequenceTracker::Place(uint16_t sequence_number) {
  if (!started_) return {Kind::kNewest, sequence_number, 0};
  const uint16_t outgoing = static_cast<uint16_t>(sequence_number + offset_);
  const int distance = Distance(static_cast<uint16_t>(highest_), outgoing);
  if (LateOfRunBefore(sequence_number, distance)) return {Kind::kTooOld, 0, 0};
  if (distance > 0) return {Kind::kNewest, highest_ + static_cast<uint64_t>(distance), offset_};
  return PlaceBehind(sequence_number, distance);
}

SequenceTracker::Placement SequenceTracker::PlaceBehind(uint16_t sequence_number, int distance) {
  const int behind = -distance;
  if (behind >= kWindow) return PlaceFarBehind(sequence_number);
  // Before the first packet of the stream there is no index (RFC 3711 §3.3.1 starts at rollover counter 0).
  if (static_cast<uint64_t>(behind) > highest_) return {Kind::kTooOld, 0, 0};
  if (Used(behind)) return {Kind::kDuplicate, 0, 0};
  return {Kind::kLate, highest_ - static_cast<uint64_t>(behind), offset_};
}

SequenceTracker::Placement SequenceTracker::PlaceFarBehind(uint16_t sequence_number) {
  const bool confirmed = candidate_ && sequence_number == candidate_next_;
  candidate_ = true;
  candidate_next_ = static_cast<uint16_t>(sequence_number + 1);
  if (!confirmed) return {Kind::kTooOld, 0, 0};
  const uint64_t index = highest_ + 1;
  return {Kind::kRestart, index, static_cast<uint16_t>(index - sequence_number)};
}

bool SequenceTracker::LateOfRunBefore(uint16_t sequence_number, int distance) const {
  if (run_before_guard_ == 0 || (distance > -kWindow && distance <= kWindow)) return false;
  const int behind_old = -Distance(run_before_highest_, sequence_number);
  return behind_old >= 0 && behind_old < kWindow;
}

void SequenceTracker::Commit(const Placement& placement) {
  if (placement.kind == Kind::kRestart) {
    run_before_highest_ = static_cast<uint16_t>(highest_ - offset_);
    run_before_guard_ = kWindow;
    offset_ = placement.offset;
  } else if (run_before_guard_ > 0) {
    --run_before_guard_;
  }
  if (placement.kind == Kind::kLate) {
    const uint64_t behind = highest_ - placement.index;
    window_[behind / 64] |= uint64_t{1} << (behind % 64);
    return;
  }
  candidate_ = false;
  if (!started_) {
    Resume(placement.index);
  } else {
    Advance(placement.index - highest_);
  }
}

void SequenceTracker::Resume(uint64_t index) {
  started_ = true;
  highest_ = index;
  window_ = {1, 0};
}

void SequenceTracker::Advance(uint64_t by) {
  highest_ += by;
  if (by >= kWindow) {
    window_ = {1, 0};
  } else if (by >= 64) {
    window_ = {1, window_[0] << (by - 64)};
  } else {
    window_ = {(window_[0] << by) | 1, (window_[1] << by) | (window_[0] >> (64 - by))};
  }
}

}  // namespace anchor
