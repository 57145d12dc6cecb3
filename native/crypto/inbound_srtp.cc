#include "crypto/inbound_srtp.h"

#include <algorithm>
#include <utility>

#include "crypto/inbound_attempt.h"
#include "crypto/mki.h"

namespace anchor {
namespace {

// A replay is told before the tag is looked at, so of two keys the one that says "replay" knew the packet.
SrtpVerdict Worse(const SrtpVerdict& current, const SrtpVerdict& previous) {
  return previous.drop == DropReason::kReplay ? previous : current;
}

}  // namespace

DropReason ReasonOf(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return DropReason::kReplay;
    case srtp_err_status_key_expired:
      return DropReason::kKeyLimit;
    case srtp_err_status_alloc_fail:
    case srtp_err_status_init_fail:
      return DropReason::kCryptoError;
    default:
      return DropReason::kAuth;
  }
}

SrtpVerdict RefuseUsedUp(KeyContext* context) {
  SrtpVerdict verdict = SrtpVerdict::Drop(DropReason::kKeyLimit);
  verdict.usage = context->TellStopped();
  return verdict;
}

KeyContext* SelectContext(KeyEpoch* epoch, PacketBuffer* packet, size_t behind) {
  const size_t length = epoch->parameters.mki_length;
  if (length == 0) return &epoch->contexts.front();
  const std::span<const uint8_t> mki = MkiOf(*packet, length, behind);
  if (mki.empty()) return nullptr;
  for (KeyContext& context : epoch->contexts) {
    if (!std::equal(mki.begin(), mki.end(), context.key().mki().begin())) continue;
    CutMki(packet, length, behind);
    return &context;
  }
  return nullptr;
}

bool InboundSrtp::Rekey(SrtpKeys keys, Instant now, uint32_t overlap_milliseconds) {
  if (keys.revision == revision()) return false;
  if (current_.HasSameKeys(keys)) {
    current_.Renew(keys);
    return false;
  }
  // The memory first: without it all stays as it was.
  auto epoch = std::make_unique<KeyEpoch>(std::move(keys), SrtpDirection::kInbound);
  std::swap(current_, *epoch);
  previous_ = std::move(epoch);
  previous_until_microseconds_ = now.microseconds + uint64_t{overlap_milliseconds} * 1000;
  streams_.ForgetSpent();
  streams_.ForEach([](Stream& stream) {
    stream.previous = std::exchange(stream.current, 0);
    stream.resync_tries = 0;
    stream.has_rtcp = false;
  });
  return true;
}

void InboundSrtp::DropExpired(Instant now) {
  if (previous_ && now.microseconds >= previous_until_microseconds_) previous_.reset();
}

SrtpVerdict InboundSrtp::UnprotectRtp(PacketBuffer* packet, const RtpHeader& header, Instant now,
                                      Scratch* scratch) {
  DropExpired(now);
  if (!previous_) return TryRtp(&current_, packet, header, now, scratch);

  PacketBuffer original = scratch->original();
  original.CopyFrom(*packet);
  const SrtpVerdict verdict = TryRtp(&current_, packet, header, now, scratch);
  // Only streams that were known before the re-key may still come under the keys before.
  if (verdict.passed() || streams_.Find(header.ssrc) == nullptr) return verdict;
  packet->CopyFrom(original);
  const SrtpVerdict older = TryRtp(previous_.get(), packet, header, now, scratch);
  return older.passed() ? older : Worse(verdict, older);
}

SrtpVerdict InboundSrtp::UnprotectRtcp(PacketBuffer* packet, const RtcpHeader& header, Instant now,
                                       Scratch* scratch) {
  DropExpired(now);
  if (!previous_) return TryRtcp(&current_, packet, header, now);

  PacketBuffer original = scratch->original();
  original.CopyFrom(*packet);
  const SrtpVerdict verdict = TryRtcp(&current_, packet, header, now);
  if (verdict.passed() || streams_.Find(header.ssrc) == nullptr) return verdict;
  packet->CopyFrom(original);
  const SrtpVerdict older = TryRtcp(previous_.get(), packet, header, now);
  return older.passed() ? older : Worse(verdict, older);
}

InboundSrtp::Stream* InboundSrtp::Admit(uint32_t ssrc, Instant now) {
  return streams_.Admit(ssrc, now, [this](const Stream& evicted) { Forget(evicted.ssrc); });
}

void InboundSrtp::Touch(Stream* stream, Instant now) {
  streams_.Touch(stream, now, [this](const Stream& evicted) { Forget(evicted.ssrc); });
}

void InboundSrtp::Forget(uint32_t ssrc) {
  for (KeyContext& context : current_.contexts) context.ForgetStream(ssrc);
  if (!previous_) return;
  for (KeyContext& context : previous_->contexts) context.ForgetStream(ssrc);
}

}  // namespace anchor
