#ifndef TEST_FUZZ_NATIVE_SUPPORT_FORWARD_RUN_H_
#define TEST_FUZZ_NATIVE_SUPPORT_FORWARD_RUN_H_

#include <array>
#include <memory>
#include <set>

#include "choices.h"
#include "net/datagram_batch.h"
#include "peer.h"
#include "port/forward.h"

namespace fuzz {

// Two ports that forward to each other, under a random script of datagrams, re-keys, new configurations and
// time. No packet reaches a network: what no_network.h was given to send is what was forwarded.
//
// Each datagram is forwarded or dropped for one reason. What leaves a secure leg is authentic to the
// reference, as is what a secure leg lets in; a packet that is not authentic moves no address. Nothing is
// encrypted twice under one (key, SSRC, index). Payloads are the same on both sides.
class ForwardRun {
 public:
  explicit ForwardRun(Choices* choices);
  void Play();

 private:
  struct Side {
    std::optional<Setup> setup;  // nullopt = plain.
    std::optional<Peer> inbound;
    std::optional<Peer> outbound;
    uint8_t round = 0;
    uint64_t learning_round = 0;
    anchor::MediaPort* port = nullptr;
  };

  void Open(size_t side);
  void Configure(size_t side);
  void Step();
  Octets PacketToward(size_t side, bool* rtcp);
  void Deliver(size_t side, const Octets& packet);
  void CheckForwarded(size_t side, const Octets& packet, const std::optional<Authentic>& authentic);
  void CheckEncrypted(Side* egress, bool rtcp, const Octets& plain, const Octets& sent);
  static uint64_t Fate(const anchor::PortBlock& counters);

  struct Silence : anchor::PortEvents {
    void Raise(const anchor::MediaPort&, anchor::PortEventKind, std::string_view) override {}
  };

  // What a worker has of its own, whatever its ports are: made once a process.
  struct Worker {
    Worker();
    // Without ports, all counters zero.
    static Worker& Emptied();

    Silence events;
    std::shared_ptr<anchor::CounterSlab> slab;
    anchor::PortTable ports;
    anchor::Forwarder forwarder;
    std::vector<uint8_t> memory;
  };

  Choices* const choices_;
  Worker& worker_;
  std::array<Side, 2> sides_;
  anchor::Instant now_{1'000'000'000};
  std::set<std::tuple<uint8_t, uint32_t, uint64_t>> encrypted_;
};

}  // namespace fuzz

#endif  // TEST_FUZZ_NATIVE_SUPPORT_FORWARD_RUN_H_
