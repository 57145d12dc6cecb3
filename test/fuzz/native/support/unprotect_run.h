#ifndef TEST_FUZZ_NATIVE_SUPPORT_UNPROTECT_RUN_H_
#define TEST_FUZZ_NATIVE_SUPPORT_UNPROTECT_RUN_H_

#include <set>

#include "choices.h"
#include "peer.h"
#include "support/sessions.h"

namespace fuzz {

enum class Protocols : uint8_t { kSrtp, kSrtcp };

// A receiving session under a random script of honest, damaged, repeated and invented packets, re-keys and
// time.
//
// Two invariants decide. Only what the reference finds authentic passes, once, as the plain packet it was.
// And what was dropped left no trace: a second session, which is shown only what passed in the first, gives
// the same verdict on each packet.
class UnprotectRun {
 public:
  UnprotectRun(Protocols protocols, Choices* choices);
  void Play();

 private:
  void Step();
  Octets HonestPacket(bool rtcp);
  void Deliver(bool rtcp, const Octets& packet);
  void Rekey();
  void Pass(uint64_t milliseconds);
  static test::Result Unprotect(test::Inbound* session, bool rtcp, const Octets& packet);

  const Protocols protocols_;
  Choices* const choices_;
  const Setup setup_;
  Peer peer_;
  test::Inbound session_;
  test::Inbound undisturbed_;
  uint8_t round_ = 0;
  std::vector<Octets> sent_;
  std::set<std::tuple<uint8_t, uint32_t, uint64_t>> delivered_;
};

}  // namespace fuzz

#endif  // TEST_FUZZ_NATIVE_SUPPORT_UNPROTECT_RUN_H_
