#include "crypto/outbound_srtp.h"

#include <utility>

#include "crypto/mki.h"
#include "packet/byte_reader.h"

namespace anchor {
namespace {

SrtpVerdict DropFor(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      return SrtpVerdict::Drop(DropReason::kReplay);
    case srtp_err_status_key_expired:
      return SrtpVerdict::Drop(DropReason::kKeyLimit);
    default:
      return SrtpVerdict::Drop(DropReason::kCryptoError);
  }
}

}  // namespace

bool OutboundSrtp::Rekey(SrtpKeys keys) {
  if (keys.revision == revision()) return false;
  if (epoch_.HasSameKeys(keys)) {
    epoch_.Renew(keys);
    return false;
  }
  epoch_ = KeyEpoch(std::move(keys), SrtpDirection::kOutbound);
  position_ = 0;
  streams_.ForgetSpent();
  streams_.ForEach([](Stream& stream) { stream.contexts = 0; });
  return true;
}

OutboundSrtp::Stream* OutboundSrtp::FindOrAdmit(uint32_t ssrc, Instant now) {
  if (Stream* stream = streams_.Find(ssrc)) return stream;
  if (!streams_.MayAdmit(ssrc, now)) return nullptr;
  return streams_.Admit(ssrc, now, [this](const Stream& evicted) {
    for (KeyContext& context : epoch_.contexts) context.ForgetStream(evicted.ssrc);
  });
}

void OutboundSrtp::Touch(Stream* stream, Instant now) {
  streams_.Touch(stream, now, [this](const Stream& evicted) {
    for (KeyContext& context : epoch_.contexts) context.ForgetStream(evicted.ssrc);
  });
}

SrtpVerdict OutboundSrtp::Refuse() {
  SrtpVerdict verdict = SrtpVerdict::Drop(DropReason::kKeyLimit);
  verdict.usage = context().TellStopped();
  return verdict;
}

SrtpVerdict OutboundSrtp::ProtectRtp(PacketBuffer* packet, const RtpHeader& header, Instant now) {
  const SrtpParameters& parameters = epoch_.parameters;
  while (context().RtpUsedUp(parameters)) {
    if (position_ + 1 == epoch_.contexts.size()) return Refuse();
    ++position_;
  }
  Stream* stream = FindOrAdmit(header.ssrc, now);
  if (stream == nullptr) return SrtpVerdict::Drop(DropReason::kSsrcLimit);

  const SequenceTracker::Placement placement = stream->tracker.Place(header.sequence_number);
  if (!placement.sends()) return SrtpVerdict::Drop(DropReason::kReplay);
  if (placement.index >= kPacketIndexEnd) return Refuse();

  // A context that never saw the stream starts at rollover counter 0 unless it is told.
  const ContextSet bit = ContextSet{1} << position_;
  const uint32_t rollover_counter = RolloverCounterOf(placement.index);
  if ((stream->contexts & bit) == 0 && rollover_counter != 0 &&
      !context().ExpectRolloverCounter(parameters, header.ssrc, rollover_counter))
    return SrtpVerdict::Drop(DropReason::kCryptoError);

  WriteU16(packet->data + kRtpSequenceOffset, static_cast<uint16_t>(placement.index));
  const bool aead = parameters.suite->cipher == CipherKind::kGcm;
  SrtpVerdict verdict =
      Finish(packet, context().ProtectRtp(parameters, packet), aead ? 0 : parameters.srtp_tag_length());
  if (!verdict.passed()) return verdict;
  stream->tracker.Commit(placement);
  stream->contexts |= bit;
  Touch(stream, now);
  verdict.usage = context().CountRtp(parameters);
  verdict.sequence_restarted = placement.kind == SequenceTracker::Kind::kRestart;
  verdict.newest = placement.kind != SequenceTracker::Kind::kLate;
  verdict.rollover_counter = RolloverCounterOf(stream->tracker.highest_index());
  return verdict;
}

SrtpVerdict OutboundSrtp::ProtectRtcp(PacketBuffer* packet, const RtcpHeader& header, Instant now) {
  const SrtpParameters& parameters = epoch_.parameters;
  while (context().RtcpUsedUp(parameters)) {
    if (position_ + 1 == epoch_.contexts.size()) return Refuse();
    ++position_;
  }
  Stream* stream = FindOrAdmit(header.ssrc, now);
  if (stream == nullptr) return SrtpVerdict::Drop(DropReason::kSsrcLimit);
  const bool aead = parameters.suite->cipher == CipherKind::kGcm;
  SrtpVerdict verdict = Finish(packet, context().ProtectRtcp(parameters, packet),
                               aead ? 0 : parameters.suite->srtcp_tag_length);
  if (!verdict.passed()) return verdict;
  Touch(stream, now);
  verdict.usage = context().CountRtcp(parameters);
  return verdict;
}

SrtpVerdict OutboundSrtp::Finish(PacketBuffer* packet, srtp_err_status_t status, size_t behind) {
  if (status != srtp_err_status_ok) return DropFor(status);
  if (!InsertMki(packet, context().key().mki(), behind)) return SrtpVerdict::Drop(DropReason::kCryptoError);
  return {};
}

void OutboundSrtp::Resume(uint32_t ssrc, uint64_t index, Instant now) {
  if (Stream* stream = FindOrAdmit(ssrc, now)) stream->tracker.Resume(index);
}

}  // namespace anchor
