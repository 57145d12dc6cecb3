#include "crypto/srtp_keys.h"

namespace anchor {
namespace {

bool InRange(uint64_t value, uint64_t low, uint64_t high) { return value >= low && value <= high; }

bool ValidKeyList(const SrtpKeys& keys) {
  if (!InRange(keys.keys.size(), 1, kMaxMasterKeys)) return false;
  const size_t mki_length = keys.keys.front().mki().size();
  if (mki_length == 0 && keys.keys.size() > 1) return false;
  for (const MasterKey& key : keys.keys) {
    if (key.key_salt().size() != keys.suite->key_salt_length()) return false;
    if (key.mki().size() != mki_length) return false;
  }
  return true;
}

}  // namespace

bool ValidSrtpKeys(const SrtpKeys& keys) {
  if (keys.suite == nullptr || !CryptoSuiteUsable(*keys.suite) || !ValidKeyList(keys)) return false;
  // RFC 7714 §8 knows no SRTP without encryption or authentication.
  if (keys.suite->cipher == CipherKind::kGcm && (keys.unencrypted_srtp || keys.unauthenticated_srtp))
    return false;
  return InRange(keys.replay_window, kMinReplayWindow, kMaxReplayWindow) &&
         InRange(keys.srtp_lifetime, 1, kMaxSrtpLifetime) &&
         InRange(keys.srtcp_lifetime, 1, kMaxSrtcpLifetime);
}

}  // namespace anchor
