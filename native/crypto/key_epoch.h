#ifndef NATIVE_CRYPTO_KEY_EPOCH_H_
#define NATIVE_CRYPTO_KEY_EPOCH_H_

#include <vector>

#include "crypto/key_context.h"

namespace anchor {

// The keys of one offer/answer round: what they have in common, and each of them.
struct KeyEpoch {
  KeyEpoch(SrtpKeys keys, SrtpDirection direction) : parameters(SrtpParameters::Of(keys)) {
    contexts.reserve(keys.keys.size());
    for (MasterKey& key : keys.keys) contexts.emplace_back(std::move(key), direction);
  }

  // Whether these are the same keys under another revision: then using them anew would be reuse, not a
  // re-key.
  bool HasSameKeys(const SrtpKeys& keys) const;
  // Takes over lifetimes, which may have shrunk, and the revision; the contexts stay.
  void Renew(const SrtpKeys& keys) { parameters = SrtpParameters::Of(keys); }

  SrtpParameters parameters;
  std::vector<KeyContext> contexts;
};

// Which contexts of an epoch already have a stream for an SSRC; bit n is context n.
using ContextSet = uint32_t;
static_assert(kMaxMasterKeys <= 32);

}  // namespace anchor

#endif  // NATIVE_CRYPTO_KEY_EPOCH_H_
