#ifndef NATIVE_CRYPTO_KEY_CONTEXT_H_
#define NATIVE_CRYPTO_KEY_CONTEXT_H_

#include <srtp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "common/prefetch.h"
#include "crypto/srtp_keys.h"
#include "crypto/srtp_verdict.h"
#include "packet/packet_buffer.h"

namespace anchor {

// All of SrtpKeys but the keys themselves.
struct SrtpParameters {
  const CryptoSuite* suite = nullptr;
  uint64_t revision = 0;
  uint32_t replay_window = kMinReplayWindow;
  uint64_t srtp_lifetime = kMaxSrtpLifetime;
  uint64_t srtcp_lifetime = kMaxSrtcpLifetime;
  bool unencrypted_srtp = false;
  bool unencrypted_srtcp = false;
  bool unauthenticated_srtp = false;
  size_t mki_length = 0;

  static SrtpParameters Of(const SrtpKeys& keys);
  size_t srtp_tag_length() const { return unauthenticated_srtp ? 0 : suite->srtp_tag_length; }
};

enum class SrtpDirection : uint8_t { kInbound, kOutbound };

// One master key at work: the libsrtp session that it keys, made at the first use, and how often it was used.
// The MKI is cut off and put on by us, one session a key: libsrtp looks for the MKI of an SRTCP packet at the
// SRTP tag's distance from the end, which is wrong for the _32 suites.
//
// libsrtp keeps per SSRC: rollover counter and replay window (SRTP), replay window or index (SRTCP). Its
// template makes the context of an SSRC when the first packet of it has authenticated, and not before; it
// starts at rollover counter 0.
class KeyContext {
 public:
  KeyContext(MasterKey key, SrtpDirection direction) : key_(std::move(key)), direction_(direction) {}

  const MasterKey& key() const { return key_; }

  // In place; the size changes. The MKI is not there any more, or not yet.
  srtp_err_status_t UnprotectRtp(const SrtpParameters& parameters, PacketBuffer* packet);
  srtp_err_status_t UnprotectRtcp(const SrtpParameters& parameters, PacketBuffer* packet);
  srtp_err_status_t ProtectRtp(const SrtpParameters& parameters, PacketBuffer* packet);
  srtp_err_status_t ProtectRtcp(const SrtpParameters& parameters, PacketBuffer* packet);

  // Lets the next RTP packet of an SSRC that has none yet be taken at this rollover counter. A packet that
  // then fails changes nothing. False when out of memory.
  bool ExpectRolloverCounter(const SrtpParameters& parameters, uint32_t ssrc, uint32_t rollover_counter);
  void ForgetStream(uint32_t ssrc);
  // Continues an SRTCP stream that has been sent on, after the last index another process used. False when it
  // has not.
  bool ResumeRtcp(uint32_t ssrc, uint32_t index);

  // Whether one more packet fits into the lifetime (RFC 3711 §9.2); call Count… when it was used.
  KeyUsage CountRtp(const SrtpParameters& parameters) { return Count(&srtp_used_, parameters.srtp_lifetime); }
  KeyUsage CountRtcp(const SrtpParameters& parameters) {
    return Count(&srtcp_used_, RtcpLifetime(parameters));
  }
  bool RtpUsedUp(const SrtpParameters& parameters) const { return srtp_used_ >= parameters.srtp_lifetime; }
  bool RtcpUsedUp(const SrtpParameters& parameters) const { return srtcp_used_ >= RtcpLifetime(parameters); }
  // kStopped at the first call, kNormal at later ones.
  KeyUsage TellStopped();
  void PrefetchSession() const { PrefetchLines(session_.get(), 64); }

 private:
  struct Deleter {
    void operator()(srtp_t session) const { srtp_dealloc(session); }
  };
  using Session = std::unique_ptr<std::remove_pointer_t<srtp_t>, Deleter>;

  // libsrtp's SRTCP indices begin at 1: 31 bits hold one packet less than RFC 3711 §9.2 allows.
  static uint64_t RtcpLifetime(const SrtpParameters& parameters) {
    return std::min(parameters.srtcp_lifetime, kMaxSrtcpLifetime - 1);
  }
  bool EnsureSession(const SrtpParameters& parameters);
  KeyUsage Count(uint64_t* used, uint64_t lifetime);

  MasterKey key_;
  SrtpDirection direction_;
  Session session_;
  uint64_t srtp_used_ = 0;
  uint64_t srtcp_used_ = 0;
  bool near_told_ = false;
  bool stop_told_ = false;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_KEY_CONTEXT_H_
