#ifndef NATIVE_CRYPTO_SSRC_TABLE_H_
#define NATIVE_CRYPTO_SSRC_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/clock.h"
#include "common/prefetch.h"
#include "crypto/spent_ssrcs.h"

namespace anchor {

// What every stream of an SSRC table has.
struct SsrcEntry {
  uint32_t ssrc = 0;
  uint32_t packets = 0;  // Stops at the number that makes it established.
  uint64_t last_microseconds = 0;
  bool established = false;
};

// The streams of one SRTP session, bounded so that a flood of SSRCs costs neither memory nor the live stream
// (RFC 3711 §3.2.3 has a context per SSRC).
//
// A newcomer gets one of a few slots. It keeps the slot while it is active; only a slot that was idle for a
// second goes to the next newcomer. So a flood can take each slot once a second at most, and a stream that
// really sends is never pushed out by packets that come in between. After kEstablishedPackets a stream is
// established and leaves the newcomers' slots. An established stream yields only to another one, when all
// their slots are taken, and only after half a minute of silence. An SSRC whose entry was given up is spent:
// it does not come back under the same key.
template <typename Entry>
class SsrcTable {
 public:
  static constexpr size_t kNewcomerSlots = 16;
  static constexpr size_t kEstablishedSlots = 48;
  static constexpr uint32_t kEstablishedPackets = 32;
  static constexpr uint64_t kNewcomerIdleMicroseconds = 1'000'000;
  static constexpr uint64_t kEstablishedIdleMicroseconds = 30'000'000;

  // Null when it has no entry.
  Entry* Find(uint32_t ssrc) {
    if (latest_ != nullptr && latest_->ssrc == ssrc) return latest_;
    for (const auto& entry : entries_) {
      if (entry->ssrc == ssrc) return latest_ = entry.get();
    }
    return nullptr;
  }

  // Whether Admit would find a place; changes nothing.
  bool MayAdmit(uint32_t ssrc, Instant now) const {
    if (spent_.Contains(ssrc)) return false;
    return newcomers_ < kNewcomerSlots || IdlestSince(false, now, kNewcomerIdleMicroseconds) != kNone;
  }

  // An entry for an SSRC that has none; MayAdmit said yes. `on_evict(Entry&)` hears which entry gave way.
  template <typename OnEvict>
  Entry* Admit(uint32_t ssrc, Instant now, OnEvict on_evict) {
    if (newcomers_ >= kNewcomerSlots) Evict(IdlestSince(false, now, kNewcomerIdleMicroseconds), on_evict);
    entries_.push_back(std::make_unique<Entry>());
    Entry* entry = entries_.back().get();
    entry->ssrc = ssrc;
    entry->last_microseconds = now.microseconds;
    ++newcomers_;
    return latest_ = entry;
  }

  // Notes that a packet of the stream passed. `entry` stays valid.
  template <typename OnEvict>
  void Touch(Entry* entry, Instant now, OnEvict on_evict) {
    entry->last_microseconds = now.microseconds;
    if (entry->established || ++entry->packets < kEstablishedPackets) return;
    entry->packets = kEstablishedPackets;
    if (entries_.size() - newcomers_ >= kEstablishedSlots) {
      const size_t idlest = IdlestSince(true, now, kEstablishedIdleMicroseconds);
      if (idlest == kNone) return;
      Evict(idlest, on_evict);
    }
    entry->established = true;
    --newcomers_;
  }

  // A new key: no SSRC is spent under it.
  void ForgetSpent() { spent_.Clear(); }

  // The stream that the next packet is most likely of.
  void PrefetchLatest() const { Prefetch(latest_); }

  size_t size() const { return entries_.size(); }
  template <typename Visitor>
  void ForEach(Visitor visit) {
    for (const auto& entry : entries_) visit(*entry);
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  size_t IdlestSince(bool established, Instant now, uint64_t microseconds) const {
    size_t idlest = kNone;
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = *entries_[i];
      if (entry.established != established || entry.last_microseconds + microseconds > now.microseconds)
        continue;
      if (idlest == kNone || entry.last_microseconds < entries_[idlest]->last_microseconds) idlest = i;
    }
    return idlest;
  }

  template <typename OnEvict>
  void Evict(size_t position, OnEvict on_evict) {
    Entry& entry = *entries_[position];
    // First what may fail for want of memory: an SSRC that is given up and not spent would begin again at 0.
    spent_.Insert(entry.ssrc);
    on_evict(entry);
    if (!entry.established) --newcomers_;
    if (latest_ == &entry) latest_ = nullptr;
    std::swap(entries_[position], entries_.back());
    entries_.pop_back();
  }

  std::vector<std::unique_ptr<Entry>> entries_;
  size_t newcomers_ = 0;
  Entry* latest_ = nullptr;  // Into entries_: most packets are of the same SSRC as the one before.
  SpentSsrcs spent_;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SSRC_TABLE_H_
