#ifndef NATIVE_CRYPTO_OUTBOUND_SRTP_H_
#define NATIVE_CRYPTO_OUTBOUND_SRTP_H_

#include <cstdint>
#include <type_traits>

#include "common/clock.h"
#include "crypto/key_epoch.h"
#include "crypto/sequence_tracker.h"
#include "crypto/srtp_keys.h"
#include "crypto/srtp_verdict.h"
#include "crypto/ssrc_table.h"
#include "packet/packet_buffer.h"
#include "packet/rtcp_header.h"
#include "packet/rtp_header.h"

namespace anchor {

// What we encrypt with toward one party. Never encrypts two packets under the same (key, SSRC, index),
// whatever comes in: indices are handed out by a tracker per SSRC, an SSRC whose tracker was given up does
// not come back under the same key, and libsrtp's own check stays on behind that.
//
// Sends under the first key, and under the next one of the list when its lifetime is used up. A re-key keeps
// trackers and with them the rollover counters (RFC 3711 §3.3.1); SRTCP indices start again, as they belong
// to the key.
class OutboundSrtp {
 public:
  // ValidSrtpKeys(keys) holds.
  explicit OutboundSrtp(SrtpKeys keys) : epoch_(std::move(keys), SrtpDirection::kOutbound) {}
  OutboundSrtp(OutboundSrtp&&) = default;
  OutboundSrtp& operator=(OutboundSrtp&&) = default;

  uint64_t revision() const { return epoch_.parameters.revision; }
  // False, and everything stays as it is, for the revision or the keys that are in use.
  bool Rekey(SrtpKeys keys);
  size_t stream_count() const { return streams_.size(); }

  // Encrypts in place; the packet grows, and its sequence number may change. The capacity holds at least
  // kMaxSrtpTrailer octets more than the packet.
  SrtpVerdict ProtectRtp(PacketBuffer* packet, const RtpHeader& header, Instant now);
  SrtpVerdict ProtectRtcp(PacketBuffer* packet, const RtcpHeader& header, Instant now);

  // Continues a stream that another process had, after the last index it used.
  void Resume(uint32_t ssrc, uint64_t index, Instant now);
  // The same for SRTCP, of a stream that has been sent on. False when it has not.
  bool ResumeRtcp(uint32_t ssrc, uint32_t index) { return context().ResumeRtcp(ssrc, index); }

  // What the next packet will need, in two steps: the second follows pointers that the first asked for.
  void PrefetchStreams() const {
    streams_.PrefetchLatest();
    Prefetch(epoch_.contexts.data());
  }
  void PrefetchSession() const { epoch_.contexts.front().PrefetchSession(); }

 private:
  struct Stream : SsrcEntry {
    SequenceTracker tracker;
    ContextSet contexts = 0;  // Contexts that have sent RTP of it.
  };

  Stream* FindOrAdmit(uint32_t ssrc, Instant now);
  void Touch(Stream* stream, Instant now);
  SrtpVerdict Refuse();
  KeyContext& context() { return epoch_.contexts[position_]; }
  SrtpVerdict Finish(PacketBuffer* packet, srtp_err_status_t status, size_t behind);

  KeyEpoch epoch_;
  size_t position_ = 0;  // Of the key in use.
  SsrcTable<Stream> streams_;
};
static_assert(!std::is_copy_constructible_v<OutboundSrtp>);

// The most that protection appends: tag, SRTCP index, MKI.
inline constexpr size_t kMaxSrtpTrailer = 16 + 4 + kMaxMkiLength;

}  // namespace anchor

#endif  // NATIVE_CRYPTO_OUTBOUND_SRTP_H_
