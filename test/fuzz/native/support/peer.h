#ifndef TEST_FUZZ_NATIVE_SUPPORT_PEER_H_
#define TEST_FUZZ_NATIVE_SUPPORT_PEER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "choices.h"
#include "support/packets.h"
#include "support/reference_srtp.h"

namespace fuzz {

using test::Octets;

// What one direction of one leg is keyed with. Master keys are told apart by a seed: key n of round r has
// seed 16 * r + n + 1.
struct Setup {
  std::string_view suite = test::kSuite;
  size_t key_count = 1;
  size_t mki_length = 0;
  bool unencrypted_srtcp = false;

  static Setup From(Choices* choices);
  anchor::SrtpKeys Keys(uint8_t round) const;
  uint8_t Seed(uint8_t round, size_t key) const { return static_cast<uint8_t>(16 * round + key + 1); }
};

// An authentic packet, as the reference sees it.
struct Authentic {
  Octets plain;
  // Master key, SSRC and packet index: what must never be delivered, or used, twice.
  std::tuple<uint8_t, uint32_t, uint64_t> identity;
};

// The other end of a leg: protects, and says which packets are authentic. Uses the tests' own SRTP, which
// shares no code with what is fuzzed.
class Peer {
 public:
  explicit Peer(const Setup& setup) : setup_(setup) {}

  // `count` is the rollover counter of SRTP, the index of SRTCP.
  Octets Protect(bool rtcp, uint8_t round, size_t key, const Octets& plain, uint32_t count);
  // What Protect made, under a key of `round` or the one before; a look-up, no cryptography.
  const Authentic* Issued(bool rtcp, uint8_t round, const Octets& packet) const;
  // The same for any packet. SRTP at rollover counters 0 to `highest_count`.
  std::optional<Authentic> Judge(bool rtcp, uint8_t round, const Octets& packet, uint32_t highest_count);

 private:
  const reference::Srtp& Reference(uint8_t round, size_t key);
  std::optional<Authentic> JudgeUnder(bool rtcp, uint8_t round, size_t key, const Octets& packet,
                                      uint32_t highest_count);

  struct Issue {
    bool rtcp;
    uint8_t round;
    Authentic authentic;
  };

  Setup setup_;
  std::map<Octets, Issue> issued_;
};

// A well-formed packet: three SSRCs, any sequence number, up to 60 octets.
Octets PlainRtp(Choices* choices);
Octets PlainRtcp(Choices* choices);
// One octet changed, cut, or both, or neither.
Octets Damaged(Octets packet, Choices* choices);

}  // namespace fuzz

#endif  // TEST_FUZZ_NATIVE_SUPPORT_PEER_H_
