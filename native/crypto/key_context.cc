#include "crypto/key_context.h"

#include <arpa/inet.h>
#include <crypto_types.h>

#include <array>
#include <cstring>

#include "crypto/srtp_library.h"
#include "crypto/stream_list_srtp.h"

namespace anchor {
namespace {

constexpr uint64_t kNearLimit = 1 << 16;
constexpr int kAuthKeyLength = 20;  // HMAC-SHA1 (RFC 3711 §5.2).

// The names of the library end here.
srtp_cipher_type_id_t CipherIdOf(const CryptoSuite& suite) {
  if (suite.cipher == CipherKind::kGcm)
    return suite.master_key_length == 16 ? SRTP_AES_GCM_128 : SRTP_AES_GCM_256;
  switch (suite.master_key_length) {
    case 16:
      return SRTP_AES_ICM_128;
    case 24:
      return SRTP_AES_ICM_192;
    default:
      return SRTP_AES_ICM_256;
  }
}

srtp_sec_serv_t ServicesOf(bool encrypted, bool authenticated) {
  if (encrypted) return authenticated ? sec_serv_conf_and_auth : sec_serv_conf;
  return authenticated ? sec_serv_auth : sec_serv_none;
}

srtp_crypto_policy_t PolicyOf(const CryptoSuite& suite, size_t tag_length, bool encrypted,
                              bool authenticated) {
  srtp_crypto_policy_t policy{};
  const bool separate_tag = suite.cipher == CipherKind::kCounterMode && authenticated;
  policy.cipher_type = CipherIdOf(suite);
  policy.cipher_key_len = static_cast<int>(suite.key_salt_length());
  policy.auth_type = separate_tag ? SRTP_HMAC_SHA1 : SRTP_NULL_AUTH;
  policy.auth_key_len = separate_tag ? kAuthKeyLength : 0;
  policy.auth_tag_len = static_cast<int>(tag_length);
  policy.sec_serv = ServicesOf(encrypted, authenticated);
  return policy;
}

// `key_salt` is read by libsrtp while it derives the session keys, not kept.
srtp_policy_t SessionPolicy(const SrtpParameters& parameters, uint8_t* key_salt) {
  srtp_policy_t policy{};
  policy.rtp = PolicyOf(*parameters.suite, parameters.srtp_tag_length(), !parameters.unencrypted_srtp,
                        !parameters.unauthenticated_srtp);
  policy.rtcp =
      PolicyOf(*parameters.suite, parameters.suite->srtcp_tag_length, !parameters.unencrypted_srtcp, true);
  policy.key = key_salt;
  // libsrtp takes fewer than 2^15.
  policy.window_size =
      parameters.replay_window < kMaxReplayWindow ? parameters.replay_window : kMaxReplayWindow - 1;
  policy.allow_repeat_tx = 0;
  return policy;
}

// A copy that libsrtp may write to, for the time of one call.
struct LentKey {
  explicit LentKey(const MasterKey& key) : copy(key.key_salt(), {}) {}
  uint8_t* octets() { return const_cast<uint8_t*>(copy.key_salt().data()); }
  MasterKey copy;
};

template <typename Function>
srtp_err_status_t Apply(Function function, srtp_t session, PacketBuffer* packet) {
  int size = static_cast<int>(packet->size);
  const srtp_err_status_t status = function(session, packet->data, &size);
  if (status == srtp_err_status_ok) packet->size = static_cast<size_t>(size);
  return status;
}

}  // namespace

SrtpParameters SrtpParameters::Of(const SrtpKeys& keys) {
  return {keys.suite,
          keys.revision,
          keys.replay_window,
          keys.srtp_lifetime,
          keys.srtcp_lifetime,
          keys.unencrypted_srtp,
          keys.unencrypted_srtcp,
          keys.unauthenticated_srtp,
          keys.keys.front().mki().size()};
}

bool KeyContext::EnsureSession(const SrtpParameters& parameters) {
  if (session_) return true;
  if (!EnsureSrtpLibrary()) return false;
  LentKey key(key_);
  srtp_policy_t policy = SessionPolicy(parameters, key.octets());
  policy.ssrc.type = direction_ == SrtpDirection::kInbound ? ssrc_any_inbound : ssrc_any_outbound;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) return false;
  session_.reset(session);
  return true;
}

srtp_err_status_t KeyContext::UnprotectRtp(const SrtpParameters& parameters, PacketBuffer* packet) {
  if (!EnsureSession(parameters)) return srtp_err_status_alloc_fail;
  return Apply(srtp_unprotect, session_.get(), packet);
}

srtp_err_status_t KeyContext::UnprotectRtcp(const SrtpParameters& parameters, PacketBuffer* packet) {
  if (!EnsureSession(parameters)) return srtp_err_status_alloc_fail;
  return Apply(srtp_unprotect_rtcp, session_.get(), packet);
}

srtp_err_status_t KeyContext::ProtectRtp(const SrtpParameters& parameters, PacketBuffer* packet) {
  if (!EnsureSession(parameters)) return srtp_err_status_alloc_fail;
  return Apply(srtp_protect, session_.get(), packet);
}

srtp_err_status_t KeyContext::ProtectRtcp(const SrtpParameters& parameters, PacketBuffer* packet) {
  if (!EnsureSession(parameters)) return srtp_err_status_alloc_fail;
  return Apply(srtp_protect_rtcp, session_.get(), packet);
}

bool KeyContext::ExpectRolloverCounter(const SrtpParameters& parameters, uint32_t ssrc,
                                       uint32_t rollover_counter) {
  if (!EnsureSession(parameters)) return false;
  if (srtp_set_stream_roc(session_.get(), ssrc, rollover_counter) == srtp_err_status_ok) return true;
  // The template starts at 0 by itself; only another value needs the stream to be there first.
  if (rollover_counter == 0) return true;
  LentKey key(key_);
  srtp_policy_t policy = SessionPolicy(parameters, key.octets());
  policy.ssrc = {ssrc_specific, ssrc};
  return srtp_add_stream(session_.get(), &policy) == srtp_err_status_ok &&
         srtp_set_stream_roc(session_.get(), ssrc, rollover_counter) == srtp_err_status_ok;
}

void KeyContext::ForgetStream(uint32_t ssrc) {
  // This one takes network order, unlike the two above.
  if (session_) srtp_remove_stream(session_.get(), htonl(ssrc));
}

bool KeyContext::ResumeRtcp(uint32_t ssrc, uint32_t index) {
  if (!session_ || anchor_srtp_resume_srtcp(session_.get(), ssrc, index) == 0) return false;
  srtcp_used_ = index;
  return true;
}

KeyUsage KeyContext::Count(uint64_t* used, uint64_t lifetime) {
  ++*used;
  if (near_told_ || lifetime - *used >= kNearLimit) return KeyUsage::kNormal;
  near_told_ = true;
  return KeyUsage::kNearLimit;
}

KeyUsage KeyContext::TellStopped() {
  if (stop_told_) return KeyUsage::kNormal;
  stop_told_ = true;
  return KeyUsage::kStopped;
}

}  // namespace anchor
