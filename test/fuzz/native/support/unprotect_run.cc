#include "unprotect_run.h"

#include "check.h"

namespace fuzz {
namespace {

constexpr int kMostSteps = 64;
constexpr uint8_t kLastRound = 6;
// Peers of this script are at rollover counters 0 to 2.
constexpr uint32_t kHighestCount = 3;
constexpr uint32_t kOverlapMilliseconds = 300;

}  // namespace

UnprotectRun::UnprotectRun(Protocols protocols, Choices* choices)
    : protocols_(protocols),
      choices_(choices),
      setup_(Setup::From(choices)),
      peer_(setup_),
      session_(setup_.Keys(0)),
      undisturbed_(setup_.Keys(0)) {}

void UnprotectRun::Play() {
  for (int step = 0; step < kMostSteps && !choices_->done(); ++step) Step();
}

void UnprotectRun::Step() {
  const bool rtcp = protocols_ == Protocols::kSrtcp ? choices_->Below(8) != 7 : choices_->Below(8) == 7;
  switch (choices_->Below(8)) {
    case 0:
    case 1:
    case 2:
      return Deliver(rtcp, HonestPacket(rtcp));
    case 3:
      return Deliver(rtcp, Damaged(HonestPacket(rtcp), choices_));
    case 4:
      if (!sent_.empty()) Deliver(rtcp, sent_[choices_->Below(sent_.size())]);
      return;
    case 5:
      return Deliver(rtcp, choices_->Octets(200));
    case 6:
      return Rekey();
    default:
      return Pass(uint64_t{choices_->U8()} * 10);
  }
}

Octets UnprotectRun::HonestPacket(bool rtcp) {
  // Now and then one under the keys before.
  const bool late = round_ > 0 && choices_->Below(4) == 3;
  const auto round = static_cast<uint8_t>(late ? round_ - 1 : round_);
  const size_t key = choices_->Below(2);
  const Octets plain = rtcp ? PlainRtcp(choices_) : PlainRtp(choices_);
  const uint32_t count = rtcp ? choices_->U16() : static_cast<uint32_t>(choices_->Below(3));
  sent_.push_back(peer_.Protect(rtcp, round, key, plain, count));
  return sent_.back();
}

void UnprotectRun::Deliver(bool rtcp, const Octets& packet) {
  const size_t streams = session_.session.stream_count();
  const test::Result result = Unprotect(&session_, rtcp, packet);
  if (!result.passed()) {
    FUZZ_CHECK(session_.session.stream_count() == streams);
    return;
  }
  const auto authentic = peer_.Judge(rtcp, round_, packet, kHighestCount);
  FUZZ_CHECK(authentic.has_value());
  FUZZ_CHECK(authentic->plain == result.packet);
  auto& [seed, ssrc, index] = authentic->identity;
  FUZZ_CHECK(delivered_.emplace(seed, ssrc, rtcp ? index | (uint64_t{1} << 63) : index).second);

  const test::Result again = Unprotect(&undisturbed_, rtcp, packet);
  FUZZ_CHECK(again.passed() && again.packet == result.packet);
  FUZZ_CHECK(again.verdict.newest == result.verdict.newest);
  FUZZ_CHECK(again.verdict.resync == result.verdict.resync);
  FUZZ_CHECK(again.verdict.rollover_counter == result.verdict.rollover_counter);
  FUZZ_CHECK(undisturbed_.session.stream_count() == session_.session.stream_count());
}

void UnprotectRun::Rekey() {
  if (round_ == kLastRound) return;
  ++round_;
  FUZZ_CHECK(session_.session.Rekey(setup_.Keys(round_), session_.now, kOverlapMilliseconds));
  FUZZ_CHECK(undisturbed_.session.Rekey(setup_.Keys(round_), undisturbed_.now, kOverlapMilliseconds));
}

void UnprotectRun::Pass(uint64_t milliseconds) {
  session_.Pass(milliseconds);
  undisturbed_.Pass(milliseconds);
}

test::Result UnprotectRun::Unprotect(test::Inbound* session, bool rtcp, const Octets& packet) {
  return rtcp ? session->Rtcp(packet) : session->Rtp(packet);
}

}  // namespace fuzz
