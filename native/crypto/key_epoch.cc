#include "crypto/key_epoch.h"

#include <openssl/crypto.h>

namespace anchor {
namespace {

bool Equal(std::span<const uint8_t> left, std::span<const uint8_t> right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

bool KeyEpoch::HasSameKeys(const SrtpKeys& keys) const {
  const SrtpParameters other = SrtpParameters::Of(keys);
  if (other.suite != parameters.suite || keys.keys.size() != contexts.size()) return false;
  // The services are part of libsrtp's sessions; with others they have to be made anew.
  if (other.unencrypted_srtp != parameters.unencrypted_srtp ||
      other.unencrypted_srtcp != parameters.unencrypted_srtcp ||
      other.unauthenticated_srtp != parameters.unauthenticated_srtp)
    return false;
  for (size_t i = 0; i < contexts.size(); ++i) {
    const MasterKey& mine = contexts[i].key();
    if (!Equal(mine.key_salt(), keys.keys[i].key_salt()) || !Equal(mine.mki(), keys.keys[i].mki()))
      return false;
  }
  return true;
}

}  // namespace anchor
