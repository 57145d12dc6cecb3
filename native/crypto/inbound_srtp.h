#ifndef NATIVE_CRYPTO_INBOUND_SRTP_H_
#define NATIVE_CRYPTO_INBOUND_SRTP_H_

#include <cstdint>
#include <memory>
#include <type_traits>

#include "common/clock.h"
#include "crypto/key_epoch.h"
#include "crypto/srtp_keys.h"
#include "crypto/srtp_verdict.h"
#include "crypto/ssrc_table.h"
#include "crypto/trial_allowance.h"
#include "packet/packet_buffer.h"
#include "packet/rtcp_header.h"
#include "packet/rtp_header.h"

namespace anchor {

// What one party encrypts with: takes its packets apart. A packet is checked for replay, then authenticated,
// then recorded (RFC 3711 §3.3); nothing is kept of one that failed.
//
// After a re-key the keys before are still accepted for a while. Streams keep their rollover counters (RFC
// 3711 §3.3.1); the first packet of each under the new keys may show that the peer thinks otherwise, and is
// tried at the kept counter, at 0, and at one more and one less. An SSRC never heard before is tried at 0,
// and at 1 when there is leave: its first packets came in the wrong order around the first rollover.
class InboundSrtp {
 public:
  // ValidSrtpKeys(keys) holds.
  explicit InboundSrtp(SrtpKeys keys) : current_(std::move(keys), SrtpDirection::kInbound) {}
  InboundSrtp(InboundSrtp&&) = default;
  InboundSrtp& operator=(InboundSrtp&&) = default;

  uint64_t revision() const { return current_.parameters.revision; }
  // False, and everything stays as it is, for the revision or the keys that are in use.
  bool Rekey(SrtpKeys keys, Instant now, uint32_t overlap_milliseconds);
  // Wipes the keys before, once their time is over.
  void DropExpired(Instant now);
  // False for UNAUTHENTICATED_SRTP: then a packet that passes is anyone's.
  bool authenticates() const { return !current_.parameters.unauthenticated_srtp; }
  bool overlapping() const { return previous_ != nullptr; }
  size_t stream_count() const { return streams_.size(); }

  // Decrypts in place. On failure the content of the packet is undefined.
  SrtpVerdict UnprotectRtp(PacketBuffer* packet, const RtpHeader& header, Instant now, Scratch* scratch);
  SrtpVerdict UnprotectRtcp(PacketBuffer* packet, const RtcpHeader& header, Instant now, Scratch* scratch);

  // What the next packet will need, in two steps: the second follows pointers that the first asked for.
  void PrefetchStreams() const {
    streams_.PrefetchLatest();
    Prefetch(current_.contexts.data());
  }
  void PrefetchSession() const { current_.contexts.front().PrefetchSession(); }

 private:
  struct Stream : SsrcEntry {
    uint64_t highest = 0;  // Packet index of SRTP.
    uint32_t srtcp_highest = 0;
    bool has_rtp = false;  // `highest` means something.
    bool has_rtcp = false;
    ContextSet current = 0;     // Contexts of the current epoch that have authenticated RTP of it,
    ContextSet previous = 0;    // and of the one before.
    uint32_t resync_tries = 0;  // Packets that failed at all rollover counters since the re-key.
  };
  // A packet on its way through one context.
  struct RtpAttempt;
  struct RtcpAttempt;

  SrtpVerdict TryRtp(KeyEpoch* epoch, PacketBuffer* packet, const RtpHeader& header, Instant now,
                     Scratch* scratch);
  SrtpVerdict UnprotectKnown(const RtpAttempt& attempt, Stream* stream);
  SrtpVerdict UnprotectNewcomer(const RtpAttempt& attempt, Stream* stream);
  SrtpVerdict UnprotectCarried(const RtpAttempt& attempt, Stream* stream);
  SrtpVerdict Accept(const RtpAttempt& attempt, Stream* stream, uint64_t index, RocResync resync);

  SrtpVerdict TryRtcp(KeyEpoch* epoch, PacketBuffer* packet, const RtcpHeader& header, Instant now);
  SrtpVerdict Accept(const RtcpAttempt& attempt, Stream* stream, uint32_t index);

  bool IsCurrent(const KeyEpoch* epoch) const { return epoch == &current_; }
  Stream* Admit(uint32_t ssrc, Instant now);
  void Touch(Stream* stream, Instant now);
  void Forget(uint32_t ssrc);

  KeyEpoch current_;
  std::unique_ptr<KeyEpoch> previous_;  // Null = none, or their time is over.
  uint64_t previous_until_microseconds_ = 0;
  SsrcTable<Stream> streams_;
  TrialAllowance newcomer_trials_;
};
static_assert(!std::is_copy_constructible_v<InboundSrtp>);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_INBOUND_SRTP_H_
