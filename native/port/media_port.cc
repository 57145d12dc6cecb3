#include "port/media_port.h"

#include <utility>

namespace anchor {
namespace {

uint64_t ReadWord(const uint8_t* octets) {
  uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word = (word << 8) | octets[i];
  return word;
}

}  // namespace

MediaPort::MediaPort(PortId port_id, UdpSocket bound, std::shared_ptr<CounterSlab> counter_slab,
                     const PortTiming& timing)
    : id(port_id),
      socket(std::move(bound)),
      leg(std::make_shared<SrtpLeg>()),
      latch(timing.learning_window_milliseconds),
      slab(std::move(counter_slab)),
      counters(slab->port(SlotOf(port_id))),
      streams(*slab, SlotOf(port_id)),
      own_leg(leg),
      rekey_overlap_milliseconds_(timing.rekey_overlap_milliseconds) {}

void MediaPort::Configure(PortConfig config, std::shared_ptr<SrtpLeg> shared, Instant now) {
  kind = config.kind;
  rtp_to = config.rtp_to;
  rtcp_to = config.rtcp_to;
  forward_rtp = config.forward_rtp;
  blocked_payload_types = config.blocked_payload_types;
  socket.SetTrafficClass(config.traffic_class);

  if (config.crypto_from == PortId::kNone) {
    leg = own_leg;
    if (leg->Configure(std::move(config.inbound), std::move(config.outbound), now,
                       rekey_overlap_milliseconds_))
      counters.Add(PortCounter::kRekeys);
  } else {
    // A leg that nobody configures stays closed: better silence than plain.
    leg = shared ? std::move(shared) : std::make_shared<SrtpLeg>();
  }
  latch.Configure(config, now);
  PublishDestination();
  configured = true;
}

void MediaPort::PublishDestination() {
  const SocketAddress& destination = latch.destination();
  counters.Set(PortCounter::kRemoteFamily, static_cast<uint64_t>(destination.family));
  counters.Set(PortCounter::kRemotePort, destination.port);
  counters.Set(PortCounter::kRemoteAddressHigh, ReadWord(destination.address.data()));
  counters.Set(PortCounter::kRemoteAddressLow, ReadWord(destination.address.data() + 8));
  counters.Set(PortCounter::kRemoteLearned, latch.learned() ? 1 : 0);
}

}  // namespace anchor
