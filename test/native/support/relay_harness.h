#ifndef TEST_NATIVE_SUPPORT_RELAY_HARNESS_H_
#define TEST_NATIVE_SUPPORT_RELAY_HARNESS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "relay/relay.h"
#include "support/udp_endpoint.h"

namespace test {

// A relay with a port on the loopback interface for each party, and what a test wants to know of it.
class RelayHarness {
 public:
  explicit RelayHarness(anchor::RelayOptions options = DefaultOptions());
  ~RelayHarness();

  static anchor::RelayOptions DefaultOptions();

  struct Port {
    anchor::PortId id;
    uint32_t slot;
    anchor::SocketAddress address;
  };
  Port Open(const std::string& address = "127.0.0.1", uint32_t worker = 0);
  void Configure(const Port& port, anchor::PortConfig config);
  // Waits until all commands posted so far were applied.
  void Settle();

  uint64_t Counter(const Port& port, anchor::PortCounter counter) const;
  uint64_t Drops(const Port& port, anchor::DropReason reason) const;
  uint64_t AllDrops(const Port& port) const;
  // Waits until `condition` holds; false when it did not within two seconds.
  bool Eventually(const std::function<bool()>& condition) const;
  // Waits until the port has read `count` datagrams.
  bool Received(const Port& port, uint64_t count) const;
  // Every datagram was forwarded or dropped for one reason.
  bool AddsUp(const Port& port) const;

  // Waits for an event; nullopt when it did not come. Others that came are kept.
  std::optional<anchor::RelayEvent> WaitFor(anchor::PortEventKind kind, anchor::PortId port);
  std::vector<anchor::RelayEvent>& events() { return events_; }
  void TakeEvents();

  anchor::Relay& relay() { return *relay_; }

 private:
  struct Bell;
  std::shared_ptr<Bell> bell_;
  std::unique_ptr<anchor::Relay> relay_;
  std::vector<anchor::RelayEvent> events_;
  uint64_t posted_ = 0;
  std::vector<uint64_t> posted_to_;
};

// A plain config toward `remote`, forwarding everything to `peer`.
anchor::PortConfig PlainConfig(const anchor::SocketAddress& remote, const RelayHarness::Port& peer);

}  // namespace test

#endif  // TEST_NATIVE_SUPPORT_RELAY_HARNESS_H_
