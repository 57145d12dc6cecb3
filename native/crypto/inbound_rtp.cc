// The SRTP half of InboundSrtp; inbound_rtcp.cc has the SRTCP half.
#include <array>

#include "crypto/inbound_attempt.h"

namespace anchor {
namespace {

// Packets of a stream that are tried at all rollover counters after a re-key, before it counts as failed.
constexpr uint32_t kResyncTries = 256;

struct Candidate {
  uint32_t rollover_counter;
  RocResync outcome;
};

// Where a stream may stand whose counter was `kept`, likeliest first. A kept 0 is nothing to talk about.
std::array<Candidate, 4> CandidatesFor(uint32_t kept) {
  return {{{kept, kept == 0 ? RocResync::kNone : RocResync::kKept},
           {0, RocResync::kReset},
           {kept + 1, RocResync::kPlusOne},
           {kept == 0 ? 0 : kept - 1, RocResync::kMinusOne}}};
}

bool TriedBefore(const std::array<Candidate, 4>& candidates, size_t position) {
  for (size_t i = 0; i < position; ++i) {
    if (candidates[i].rollover_counter == candidates[position].rollover_counter) return true;
  }
  return false;
}

}  // namespace

SrtpVerdict InboundSrtp::TryRtp(KeyEpoch* epoch, PacketBuffer* packet, const RtpHeader& header, Instant now,
                                Scratch* scratch) {
  const SrtpParameters& parameters = epoch->parameters;
  const size_t trailer = parameters.srtp_tag_length() + parameters.mki_length;
  // No room for a tag: whatever it is, it is not SRTP.
  if (packet->size < kRtpFixedHeaderLength + trailer) return SrtpVerdict::Drop(DropReason::kPlainOnSrtp);
  if (packet->size < header.length + trailer) return SrtpVerdict::Drop(DropReason::kShort);

  const bool aead = parameters.suite->cipher == CipherKind::kGcm;
  KeyContext* context = SelectContext(epoch, packet, aead ? 0 : parameters.srtp_tag_length());
  if (context == nullptr) return SrtpVerdict::Drop(DropReason::kNoKey);
  if (context->RtpUsedUp(parameters)) return RefuseUsedUp(context);

  const RtpAttempt attempt{epoch, context, packet, header, now, scratch};
  Stream* stream = streams_.Find(header.ssrc);
  if (stream == nullptr || !stream->has_rtp) return UnprotectNewcomer(attempt, stream);
  const ContextSet known = IsCurrent(epoch) ? stream->current : stream->previous;
  return (known & attempt.bit()) != 0 ? UnprotectKnown(attempt, stream) : UnprotectCarried(attempt, stream);
}

SrtpVerdict InboundSrtp::UnprotectKnown(const RtpAttempt& attempt, Stream* stream) {
  const srtp_err_status_t status = attempt.Unprotect();
  if (status != srtp_err_status_ok) return SrtpVerdict::Drop(ReasonOf(status));
  return Accept(attempt, stream, GuessPacketIndex(stream->highest, attempt.header.sequence_number),
                RocResync::kNone);
}

SrtpVerdict InboundSrtp::UnprotectNewcomer(const RtpAttempt& attempt, Stream* stream) {
  const RtpHeader& header = attempt.header;
  if (stream == nullptr && !streams_.MayAdmit(header.ssrc, attempt.now))
    return SrtpVerdict::Drop(DropReason::kSsrcLimit);

  uint32_t rollover_counter = 0;
  srtp_err_status_t status = attempt.UnprotectCopy();
  if (status != srtp_err_status_ok && IsCurrent(attempt.epoch) && newcomer_trials_.Take(attempt.now)) {
    rollover_counter = 1;
    const srtp_err_status_t second = attempt.UnprotectCopyAt(rollover_counter);
    if (second == srtp_err_status_ok) {
      status = second;
    } else if (stream == nullptr) {
      attempt.context->ForgetStream(header.ssrc);
    } else {
      attempt.context->ExpectRolloverCounter(attempt.epoch->parameters, header.ssrc, 0);
    }
  }
  if (status != srtp_err_status_ok) return SrtpVerdict::Drop(ReasonOf(status));

  if (stream == nullptr) stream = Admit(header.ssrc, attempt.now);
  return Accept(attempt, stream, MakePacketIndex(rollover_counter, header.sequence_number),
                rollover_counter == 0 ? RocResync::kNone : RocResync::kPlusOne);
}

SrtpVerdict InboundSrtp::UnprotectCarried(const RtpAttempt& attempt, Stream* stream) {
  const uint16_t sequence_number = attempt.header.sequence_number;
  const uint32_t kept = RolloverCounterOf(GuessPacketIndex(stream->highest, sequence_number));
  const std::array<Candidate, 4> candidates = CandidatesFor(kept);
  // After too many failures only the two that an honest peer is likely to use.
  const size_t count = stream->resync_tries < kResyncTries ? candidates.size() : 2;

  srtp_err_status_t status = srtp_err_status_auth_fail;
  for (size_t i = 0; i < count; ++i) {
    if (TriedBefore(candidates, i)) continue;
    status = attempt.UnprotectCopyAt(candidates[i].rollover_counter);
    if (status != srtp_err_status_ok) continue;
    // Under the current keys the counter that worked is the counter from now on, even a lower one.
    const uint64_t index = MakePacketIndex(candidates[i].rollover_counter, sequence_number);
    if (IsCurrent(attempt.epoch) && index < stream->highest) stream->highest = index;
    return Accept(attempt, stream, index, candidates[i].outcome);
  }
  SrtpVerdict verdict = SrtpVerdict::Drop(ReasonOf(status));
  if (IsCurrent(attempt.epoch) && ++stream->resync_tries == kResyncTries) verdict.resync = RocResync::kFailed;
  return verdict;
}

SrtpVerdict InboundSrtp::Accept(const RtpAttempt& attempt, Stream* stream, uint64_t index, RocResync resync) {
  SrtpVerdict verdict;
  verdict.resync = resync;
  verdict.usage = attempt.context->CountRtp(attempt.epoch->parameters);
  const bool current = IsCurrent(attempt.epoch);
  // A straggler under the keys before says nothing about where the stream is now.
  const bool straggler = !current && stream->current != 0;
  verdict.newest = !straggler && (!stream->has_rtp || index >= stream->highest);
  if (verdict.newest) stream->highest = index;
  stream->has_rtp = true;
  (current ? stream->current : stream->previous) |= attempt.bit();
  verdict.rollover_counter = RolloverCounterOf(stream->highest);
  Touch(stream, attempt.now);
  return verdict;
}

}  // namespace anchor
