#ifndef NATIVE_PORT_MEDIA_PORT_H_
#define NATIVE_PORT_MEDIA_PORT_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/port_id.h"
#include "counters/counter_slab.h"
#include "net/media_socket.h"
#include "port/endpoint_latch.h"
#include "port/port_config.h"
#include "port/port_event.h"
#include "port/sender_report_log.h"
#include "port/srtp_leg.h"
#include "port/stream_statistics.h"

namespace anchor {

class MediaPort;

// Where a port tells what its owner should know.
class PortEvents {
 public:
  virtual void Raise(const MediaPort& port, PortEventKind kind, std::string_view detail) = 0;

 protected:
  ~PortEvents() = default;
};

// How long things last, from RelayOptions.
struct PortTiming {
  uint32_t rekey_overlap_milliseconds = 2000;
  uint32_t learning_window_milliseconds = 3000;
};

// One bound socket facing one party. Made by the owner's thread, then touched by its worker alone. Reads as a
// record: the packet path (forward.cc) is its one reader.
//
// Destroyed in reverse order of the members: the socket closes last, after its keys are gone. What every
// packet reads comes first, in as few cache lines as it takes.
class MediaPort {
 public:
  MediaPort(PortId id, UdpSocket socket, std::shared_ptr<CounterSlab> slab, const PortTiming& timing);
  MediaPort(const MediaPort&) = delete;
  MediaPort& operator=(const MediaPort&) = delete;

  // Replaces the configuration. `shared` is the leg of config.crypto_from, null when that port is not there.
  void Configure(PortConfig config, std::shared_ptr<SrtpLeg> shared, Instant now);

  // Whether packets of the party prove themselves. Those of UNAUTHENTICATED_SRTP do not.
  EndpointLatch::Leg leg_kind() const {
    const InboundSrtp* inbound = leg->inbound();
    return inbound != nullptr && inbound->authenticates() ? EndpointLatch::Leg::kSecure
                                                          : EndpointLatch::Leg::kPlain;
  }

  // Whether RTP came from the party within the last seconds.
  bool RtpFlows(Instant now) const {
    return last_rtp_microseconds != 0 && now.microseconds < last_rtp_microseconds + 5'000'000;
  }

  // Notes where we send in the counters.
  void PublishDestination();

  const PortId id;
  MediaSocket socket;

  // Configuration.
  bool configured = false;
  PortKind kind = PortKind::kRtp;
  bool forward_rtp = true;
  PortId rtp_to = PortId::kNone;
  PortId rtcp_to = PortId::kNone;
  std::bitset<128> blocked_payload_types;

  // What is known of the party.
  std::shared_ptr<SrtpLeg> leg;        // The one in use: own_leg, or that of crypto_from.
  uint64_t last_rtp_microseconds = 0;  // 0 = never.
  uint32_t last_round = 0;             // Of its worker: the last one that found something to read.
  uint32_t looked_round = 0;           // last_round, when the worker last looked after the port.
  uint32_t auth_failures_in_a_row = 0;
  EndpointLatch latch;

  // What is told of it. The slab outlives the views on it.
  const std::shared_ptr<CounterSlab> slab;
  PortBlock counters;
  StreamStatistics streams;

  // Seldom needed.
  uint64_t sent_before = 0;                // RTP packets, when the worker last looked after the port.
  const std::shared_ptr<SrtpLeg> own_leg;  // Others may share it.
  SenderReportLog sender_reports;

 private:
  const uint32_t rekey_overlap_milliseconds_;
};

}  // namespace anchor

#endif  // NATIVE_PORT_MEDIA_PORT_H_
