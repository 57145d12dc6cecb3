#ifndef NATIVE_CRYPTO_SRTP_KEYS_H_
#define NATIVE_CRYPTO_SRTP_KEYS_H_

#include <cstdint>
#include <vector>

#include "crypto/crypto_suite.h"
#include "crypto/master_key.h"

namespace anchor {

// RFC 3711 §9.2.
inline constexpr uint64_t kMaxSrtpLifetime = uint64_t{1} << 48;
inline constexpr uint64_t kMaxSrtcpLifetime = uint64_t{1} << 31;
inline constexpr uint32_t kMinReplayWindow = 128;
inline constexpr uint32_t kMaxReplayWindow = 32768;
inline constexpr size_t kMaxMasterKeys = 16;

// The parameters of one direction of one leg. Move-only, because keys are.
struct SrtpKeys {
  const CryptoSuite* suite = nullptr;
  // 1–kMaxMasterKeys; with more than one, each has an MKI, and all MKIs are of one length. The first one
  // sends.
  std::vector<MasterKey> keys;
  // Same number = same keys: contexts, replay windows and rollover counters are kept as they are.
  uint64_t revision = 0;
  // Packets, kMinReplayWindow–kMaxReplayWindow.
  uint32_t replay_window = kMinReplayWindow;
  // Packets under the key before it is refused.
  uint64_t srtp_lifetime = kMaxSrtpLifetime;
  uint64_t srtcp_lifetime = kMaxSrtcpLifetime;
  // Session parameters of RFC 4568 §6.3.
  bool unencrypted_srtp = false;
  bool unencrypted_srtcp = false;
  bool unauthenticated_srtp = false;
};

// Whether sessions can be made from it: usable suite, key lengths, MKI lengths, ranges.
[[nodiscard]] bool ValidSrtpKeys(const SrtpKeys& keys);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SRTP_KEYS_H_
