#include "forward_run.h"

#include "check.h"
#include "no_network.h"
#include "packet/byte_reader.h"
#include "packet/demux.h"

namespace fuzz {
namespace {

constexpr int kMostSteps = 48;
constexpr uint8_t kLastRound = 6;
// A source that restarts is bridged by moving on; it can wrap once a step.
constexpr uint32_t kHighestCount = kMostSteps + 4;

anchor::SocketAddress Source(size_t number) {
  return anchor::SocketAddress::Parse("192.0.2.1", static_cast<uint16_t>(4000 + number)).value();
}

anchor::UdpSocket Socket() {
  return std::move(anchor::UdpSocket::Bind(anchor::SocketAddress::Parse("127.0.0.1", 0).value(), {}).value());
}

// Directions of a leg have keys of their own: rounds 0–6 inbound, 7 and up outbound.
constexpr uint8_t kOutboundRounds = 7;

}  // namespace

ForwardRun::Worker::Worker()
    : slab(anchor::CounterSlab::Create(2)),
      ports(2),
      forwarder(&ports, &events),
      memory(anchor::kMaxDatagram + anchor::kTrailerRoom + 16) {}

ForwardRun::Worker& ForwardRun::Worker::Emptied() {
  static Worker worker;
  worker.ports.Clear();
  for (uint32_t slot = 0; slot < 2; ++slot) worker.slab->ZeroSlot(slot);
  Outbox().clear();
  return worker;
}

ForwardRun::ForwardRun(Choices* choices) : choices_(choices), worker_(Worker::Emptied()) {
  for (size_t side = 0; side < 2; ++side) Open(side);
  for (size_t side = 0; side < 2; ++side) Configure(side);
}

void ForwardRun::Open(size_t side) {
  const auto id = anchor::MakePortId(0, static_cast<uint32_t>(side), 1);
  worker_.ports.Insert(std::make_unique<anchor::MediaPort>(id, Socket(), worker_.slab, anchor::PortTiming{}));
  Side& one = sides_[side];
  one.port = worker_.ports.Find(id);
  if (choices_->Below(4) == 0) return;
  one.setup = Setup::From(choices_);
  one.inbound.emplace(*one.setup);
  one.outbound.emplace(*one.setup);
}

void ForwardRun::Configure(size_t side) {
  Side& one = sides_[side];
  anchor::PortConfig config;
  config.learning = static_cast<anchor::LearningMode>(choices_->Below(4));
  config.strict_source = choices_->Below(8) == 7;
  config.media_handover = choices_->Below(8) == 7;
  config.learning_round = one.learning_round;
  if (choices_->Below(8) != 7) config.remote = Source(side);
  config.forward_rtp = choices_->Below(16) != 15;
  if (choices_->Below(8) == 7) config.blocked_payload_types.set(0);
  config.rtp_to = config.rtcp_to = sides_[1 - side].port->id;
  if (one.setup) {
    config.inbound = one.setup->Keys(one.round);
    config.outbound = one.setup->Keys(static_cast<uint8_t>(kOutboundRounds + one.round));
  }
  one.port->Configure(std::move(config), nullptr, now_);
}

void ForwardRun::Play() {
  for (int step = 0; step < kMostSteps && !choices_->done(); ++step) Step();
}

void ForwardRun::Step() {
  const size_t side = choices_->Below(2);
  Side& one = sides_[side];
  bool rtcp = choices_->Below(4) == 3;
  switch (choices_->Below(8)) {
    case 0:
    case 1:
    case 2:
      return Deliver(side, PacketToward(side, &rtcp));
    case 3:
      return Deliver(side, Damaged(PacketToward(side, &rtcp), choices_));
    case 4:
      return Deliver(side, choices_->Octets(200));
    case 5:
      if (one.round < kLastRound) ++one.round;
      return Configure(side);
    case 6:
      ++one.learning_round;
      return Configure(side);
    default:
      now_.microseconds += uint64_t{choices_->U8()} * 20'000;
  }
}

Octets ForwardRun::PacketToward(size_t side, bool* rtcp) {
  Side& one = sides_[side];
  const Octets plain = *rtcp ? PlainRtcp(choices_) : PlainRtp(choices_);
  if (!one.inbound) return plain;
  const uint32_t count = *rtcp ? choices_->U16() : static_cast<uint32_t>(choices_->Below(2));
  return one.inbound->Protect(*rtcp, one.round, choices_->Below(2), plain, count);
}

void ForwardRun::Deliver(size_t side, const Octets& packet) {
  Side& one = sides_[side];
  anchor::Datagram datagram;
  const auto start = reinterpret_cast<uintptr_t>(worker_.memory.data());
  datagram.data = worker_.memory.data() + (16 - start % 16) % 16;
  std::copy(packet.begin(), packet.end(), datagram.data);
  datagram.size = packet.size();
  datagram.source = Source(choices_->Below(3));

  const bool rtcp = anchor::Demultiplex(packet) == anchor::PacketKind::kRtcp;
  const anchor::SocketAddress destination = one.port->latch.destination();
  const uint64_t received = one.port->counters.Get(anchor::PortCounter::kRxPackets);
  const uint64_t fate = Fate(one.port->counters);
  const uint64_t forwarded = one.port->counters.Get(anchor::PortCounter::kRtpPackets) +
                             one.port->counters.Get(anchor::PortCounter::kRtcpPackets);
  Outbox().clear();
  worker_.forwarder.Forward(one.port, datagram, now_);

  FUZZ_CHECK(one.port->counters.Get(anchor::PortCounter::kRxPackets) == received + 1);
  FUZZ_CHECK(Fate(one.port->counters) == fate + 1);
  const uint64_t forwarded_now = one.port->counters.Get(anchor::PortCounter::kRtpPackets) +
                                 one.port->counters.Get(anchor::PortCounter::kRtcpPackets);
  FUZZ_CHECK(Outbox().size() == forwarded_now - forwarded);
  // Whatever had an effect must be authentic; what had none need not be judged.
  if (Outbox().empty() && one.port->latch.destination() == destination) return;
  std::optional<Authentic> authentic;
  if (one.setup) {
    authentic = one.inbound->Judge(rtcp, one.round, packet, kHighestCount);
    FUZZ_CHECK(authentic.has_value());
  }
  if (!Outbox().empty()) CheckForwarded(side, packet, authentic);
}

void ForwardRun::CheckForwarded(size_t side, const Octets& packet,
                                const std::optional<Authentic>& authentic) {
  Side& egress = sides_[1 - side];
  const Sent& sent = Outbox().front();
  FUZZ_CHECK(sent.fd == egress.port->socket.fd(anchor::MediaSocket::Side::kAnybody));
  const Octets& plain = authentic ? authentic->plain : packet;
  const bool rtcp = anchor::Demultiplex(plain) == anchor::PacketKind::kRtcp;
  if (egress.setup)
    CheckEncrypted(&egress, rtcp, plain, sent.packet);
  else
    FUZZ_CHECK(sent.packet == plain);
}

void ForwardRun::CheckEncrypted(Side* egress, bool rtcp, const Octets& plain, const Octets& sent) {
  const auto round = static_cast<uint8_t>(kOutboundRounds + egress->round);
  const auto judged = egress->outbound->Judge(rtcp, round, sent, kHighestCount);
  FUZZ_CHECK(judged.has_value());
  Octets expected = plain;
  // A source that began anew is given other sequence numbers; nothing else changes.
  if (!rtcp) std::copy_n(sent.begin() + 2, 2, expected.begin() + 2);
  FUZZ_CHECK(judged->plain == expected);
  const auto& [seed, ssrc, index] = judged->identity;
  // Both sides may have the same keys here, hence the side in the identity.
  const uint64_t mark = (uint64_t{rtcp} << 63) | (uint64_t{egress == &sides_[1]} << 62);
  FUZZ_CHECK(encrypted_.emplace(seed, ssrc, index | mark).second);
}

uint64_t ForwardRun::Fate(const anchor::PortBlock& counters) {
  uint64_t sum =
      counters.Get(anchor::PortCounter::kRtpPackets) + counters.Get(anchor::PortCounter::kRtcpPackets);
  for (size_t i = 0; i < anchor::kDropReasonCount; ++i)
    sum += counters.Drops(static_cast<anchor::DropReason>(i));
  return sum;
}

}  // namespace fuzz
