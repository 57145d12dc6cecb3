#include "port/endpoint_latch.h"

#include <algorithm>

namespace anchor {

void EndpointLatch::Configure(const PortConfig& config, Instant now) {
  mode_ = config.learning;
  strict_source_ = config.strict_source;
  media_handover_ = config.media_handover;
  allowed_ = config.allowed_sources;

  const SocketAddress signalled = config.remote.value_or(SocketAddress{});
  const bool changed = signalled != signalled_;
  signalled_ = signalled;
  // What was learned is about the address that was said before. Until the party speaks, believe the new one.
  if (changed && signalled.known()) {
    destination_ = signalled;
    learned_ = false;
  }
  // A party on hold need not send, so a round that opens now would go to whoever else does. What it settled
  // on stays, and the round opens when it may send again.
  const bool waits = !config.forward_rtp && !changed && best_rank_ != Rank::kNone;
  if (round_ != config.learning_round && !waits) {
    round_ = config.learning_round;
    signalled_changed_ = changed;
    OpenRound(now);
  }
}

void EndpointLatch::OpenRound(Instant now) {
  // A party that was heard from where the SDP says is there, whoever spoke up since, until the SDP changes.
  const bool proven = !signalled_changed_ && before_.known() && before_ == signalled_;
  if (best_rank_ != Rank::kNone && !proven) before_ = best_;
  best_ = {};
  best_rank_ = Rank::kNone;
  settled_ = false;
  unmatched_passed_ = 0;
  round_microseconds_ = now.microseconds;
  first_packet_microseconds_ = 0;
}

bool EndpointLatch::Allowed(const SocketAddress& source) const {
  return allowed_.empty() ||
         std::any_of(allowed_.begin(), allowed_.end(),
                     [&source](const SourceNetwork& network) { return network.Contains(source); });
}

bool EndpointLatch::Admits(const SocketAddress& source, Leg leg, Instant now) {
  if (!Allowed(source)) return false;
  if (leg == Leg::kSecure) return !strict_source_ || !settled_ || source == best_;
  if (media_handover_) return true;
  switch (mode_) {
    case LearningMode::kOff:
      return source == signalled_;
    case LearningMode::kImmediate:
      return !settled_ || source == best_;
    case LearningMode::kDelayed:
      if (settled_) return source == best_;
      // Until the delay is over only the address that was signalled, and it is not learned from.
      return now.microseconds >= round_microseconds_ + window_microseconds_ || source.SameAddress(signalled_);
    case LearningMode::kHeuristic:
      break;
  }
  return AdmitsCandidate(source, now);
}

bool EndpointLatch::AdmitsCandidate(const SocketAddress& source, Instant now) {
  if (first_packet_microseconds_ == 0) first_packet_microseconds_ = now.microseconds;
  if (best_rank_ != Rank::kNone && now.microseconds >= first_packet_microseconds_ + window_microseconds_)
    settled_ = true;
  if (settled_) return source == best_;

  const Rank rank = RankOf(source);
  if (rank > best_rank_) {
    best_ = source;
    best_rank_ = rank;
    settled_ = rank == Rank::kFirst;
  } else if (source != best_) {
    return false;
  }
  if (strict_source_ && !settled_) return false;
  return !Held(now) || ++unmatched_passed_ <= kUnmatchedPackets;
}

EndpointLatch::Rank EndpointLatch::RankOf(const SocketAddress& source) const {
  const bool before = before_.known() && source == before_;
  const bool exact = signalled_.known() && source == signalled_;
  if (before || exact) {
    const bool first = signalled_changed_ || !before_.known() ? exact : before;
    return first ? Rank::kFirst : Rank::kSecond;
  }
  if (source.SameAddress(signalled_)) return Rank::kAddress;
  return source.port == signalled_.port ? Rank::kPort : Rank::kAnything;
}

// Held back: the best is a source that the SDP knows nothing of, and the SDP does know an address.
bool EndpointLatch::Held(Instant now) const {
  if (settled_ || best_rank_ >= Rank::kAddress || !signalled_.known()) return false;
  const uint64_t hold = std::min(window_microseconds_, uint64_t{kUnmatchedHoldMilliseconds} * 1000);
  return now.microseconds < first_packet_microseconds_ + hold;
}

bool EndpointLatch::Learn(const SocketAddress& source, Leg leg, bool newest, Instant now) {
  if (mode_ == LearningMode::kOff) return false;
  if (leg == Leg::kSecure) {
    // A straggler from the path before must not pull the address back.
    if (!newest) return false;
    best_ = source;
    best_rank_ = Rank::kFirst;
    settled_ = true;
    return MoveTo(source);
  }
  if (media_handover_) {
    best_ = source;
    best_rank_ = Rank::kFirst;
    return MoveTo(source);
  }
  if (mode_ == LearningMode::kHeuristic) return !Held(now) && MoveTo(best_);
  if (mode_ == LearningMode::kDelayed && now.microseconds < round_microseconds_ + window_microseconds_)
    return false;
  if (!settled_) {
    best_ = source;
    best_rank_ = Rank::kFirst;
    settled_ = true;
  }
  return MoveTo(best_);
}

bool EndpointLatch::MoveTo(const SocketAddress& source) {
  const bool moved = !learned_ || source != destination_;
  destination_ = source;
  learned_ = true;
  return moved;
}

}  // namespace anchor
