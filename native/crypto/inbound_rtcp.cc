// The SRTCP half of InboundSrtp; inbound_rtp.cc has the SRTP half.
#include "crypto/inbound_attempt.h"
#include "packet/byte_reader.h"

namespace anchor {
namespace {

constexpr size_t kIndexLength = 4;
constexpr uint32_t kEncrypted = 0x80000000;  // The E flag (RFC 3711 §3.4).

// E flag and index, the word before the tag in counter mode and the last one in AEAD (RFC 7714 §9.2).
uint32_t TrailerOf(const PacketBuffer& packet, size_t behind) {
  return ReadU32(packet.data + packet.size - behind - kIndexLength);
}

}  // namespace

SrtpVerdict InboundSrtp::TryRtcp(KeyEpoch* epoch, PacketBuffer* packet, const RtcpHeader& header,
                                 Instant now) {
  const SrtpParameters& parameters = epoch->parameters;
  const size_t tag = parameters.suite->srtcp_tag_length;
  if (packet->size < kRtcpFixedHeaderLength + kIndexLength + tag + parameters.mki_length)
    return SrtpVerdict::Drop(DropReason::kPlainOnSrtp);
  // Asked now, because a failed decryption may spoil the packet. Some phones send a plain BYE when they hang
  // up.
  const DropReason refusal =
      RtcpLengthsAddUp(packet->octets()) ? DropReason::kPlainOnSrtp : DropReason::kAuth;

  const size_t behind = parameters.suite->cipher == CipherKind::kGcm ? 0 : tag;
  KeyContext* context = SelectContext(epoch, packet, behind);
  if (context == nullptr)
    return SrtpVerdict::Drop(refusal == DropReason::kAuth ? DropReason::kNoKey : refusal);
  if (context->RtcpUsedUp(parameters)) return RefuseUsedUp(context);

  const uint32_t trailer = TrailerOf(*packet, behind);
  // What was negotiated as encrypted is not taken in the clear, nor the reverse.
  if (((trailer & kEncrypted) != 0) == parameters.unencrypted_srtcp) return SrtpVerdict::Drop(refusal);

  Stream* stream = streams_.Find(header.ssrc);
  if (stream == nullptr && !streams_.MayAdmit(header.ssrc, now))
    return SrtpVerdict::Drop(DropReason::kSsrcLimit);
  const srtp_err_status_t status = context->UnprotectRtcp(parameters, packet);
  if (status != srtp_err_status_ok) {
    const DropReason reason = ReasonOf(status);
    return SrtpVerdict::Drop(reason == DropReason::kAuth ? refusal : reason);
  }
  if (stream == nullptr) stream = Admit(header.ssrc, now);
  return Accept(RtcpAttempt{epoch, context, header, now}, stream, trailer & ~kEncrypted);
}

SrtpVerdict InboundSrtp::Accept(const RtcpAttempt& attempt, Stream* stream, uint32_t index) {
  SrtpVerdict verdict;
  verdict.usage = attempt.context->CountRtcp(attempt.epoch->parameters);
  verdict.newest = IsCurrent(attempt.epoch) && (!stream->has_rtcp || index > stream->srtcp_highest);
  if (verdict.newest) {
    stream->srtcp_highest = index;
    stream->has_rtcp = true;
  }
  verdict.rollover_counter = RolloverCounterOf(stream->highest);
  Touch(stream, attempt.now);
  return verdict;
}

}  // namespace anchor
