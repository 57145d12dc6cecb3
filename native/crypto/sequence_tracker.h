#ifndef NATIVE_CRYPTO_SEQUENCE_TRACKER_H_
#define NATIVE_CRYPTO_SEQUENCE_TRACKER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "crypto/packet_index.h"

namespace anchor {

// Gives every packet of one plain stream its place among the SRTP packets that leave, so that no index is
// ever used for two packets (RFC 3711 §9.1) whatever the source does with its sequence numbers:
//
//   ahead by less than 2^15     as it is; the index grows
//   behind, within the window   its own index, once; a repeat is a duplicate
//   behind, beyond the window   too old; but when the next packet follows in sequence (the rule of RFC 3550
//   A.1), the
//                               source has restarted: its numbers are moved by an offset, so that the stream
//                               goes on at the next index and the receiver sees neither a gap nor a skipped
//                               rollover
//
// The offset stays for the life of the stream, through re-keys. Time stamps play no part.
class SequenceTracker {
 public:
  // Packets behind the newest that still count as merely late.
  static constexpr int kWindow = 128;

  enum class Kind : uint8_t { kNewest, kLate, kRestart, kDuplicate, kTooOld };
  struct Placement {
    Kind kind = Kind::kTooOld;
    uint64_t index =
        0;  // Outgoing; for the first three kinds. Its low 16 bits are the sequence number to send.
    uint16_t offset = 0;  // Of the outgoing numbers to the source's.

    bool sends() const { return kind != Kind::kDuplicate && kind != Kind::kTooOld; }
  };

  // Where the packet would go. Notes no packet as sent, only that a restart may have begun.
  Placement Place(uint16_t sequence_number);
  // The packet was sent: its index is used up.
  void Commit(const Placement& placement);

  // Of all packets sent; meaningless before the first.
  uint64_t highest_index() const { return highest_; }
  bool started() const { return started_; }
  // Continues after `index` as if it had been sent: a stream taken over from elsewhere.
  void Resume(uint64_t index);

 private:
  Placement PlaceBehind(uint16_t sequence_number, int distance);
  Placement PlaceFarBehind(uint16_t sequence_number);
  bool LateOfRunBefore(uint16_t sequence_number, int distance) const;
  bool Used(int behind) const {
    return (window_[static_cast<size_t>(behind) / 64] >> (behind % 64) & 1) != 0;
  }
  void Advance(uint64_t by);

  bool started_ = false;
  uint64_t highest_ = 0;
  uint16_t offset_ = 0;
  std::array<uint64_t, kWindow / 64> window_{};  // Bit n: index highest_ - n was sent.

  bool candidate_ = false;       // A packet came that may be the first after a restart;
  uint16_t candidate_next_ = 0;  // this one would confirm it (source's numbers).

  int run_before_guard_ =
      0;  // Packets for which stragglers of the run before the restart are still expected,
  uint16_t run_before_highest_ = 0;  // up to this number (source's).
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_SEQUENCE_TRACKER_H_
