#include "relay/relay.h"

#include <dirent.h>
#include <doctest/doctest.h>
#include <errno.h>

#include <thread>

#include "support/relay_harness.h"

using anchor::PortCounter;
using anchor::PortEventKind;
using anchor::WorkerCounter;
using reference::Srtp;
using test::RelayHarness;
using test::UdpEndpoint;

namespace {

size_t OpenDescriptors() {
  size_t count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

}  // namespace

TEST_CASE("opening fails with an errno that the port pool can act on") {
  RelayHarness harness;
  const auto port = harness.Open();
  anchor::OpenPortOptions options;
  options.address = "127.0.0.1";
  options.port = port.address.port;
  CHECK(harness.relay().OpenPort(options).error() == EADDRINUSE);
  options.port = 0;
  options.address = "203.0.113.7";
  CHECK(harness.relay().OpenPort(options).error() == EADDRNOTAVAIL);
  options.address = "no address";
  CHECK(harness.relay().OpenPort(options).error() == EINVAL);
  options.address = "127.0.0.1";
  options.worker = 7;
  CHECK(harness.relay().OpenPort(options).error() == EINVAL);
}

TEST_CASE("slots run out, come back after they are released, and ids never come again") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.ports_per_worker = 2;
  RelayHarness harness(options);
  const auto first = harness.Open();
  const auto second = harness.Open();
  anchor::OpenPortOptions open;
  open.address = "127.0.0.1";
  CHECK(harness.relay().OpenPort(open).error() == ENOBUFS);
  REQUIRE(harness.relay().ClosePort(first.id));
  CHECK(harness.WaitFor(PortEventKind::kClosed, first.id)->slot == first.slot);
  // Closed, but its counters may still be read.
  CHECK(harness.relay().OpenPort(open).error() == ENOBUFS);
  harness.relay().ReleaseSlot(0, second.slot);  // Not closed: no effect.
  CHECK(harness.relay().OpenPort(open).error() == ENOBUFS);
  harness.relay().ReleaseSlot(0, first.slot);
  const auto third = harness.Open();
  CHECK(third.slot == first.slot);
  CHECK(third.id != first.id);
}

TEST_CASE("stale and unknown ids are refused or ignored") {
  RelayHarness harness;
  const auto port = harness.Open();
  REQUIRE(harness.relay().ClosePort(port.id));
  CHECK_FALSE(harness.relay().ClosePort(port.id));
  CHECK_FALSE(harness.relay().ClosePort(anchor::PortId::kNone));
  CHECK_FALSE(harness.relay().ClosePort(static_cast<anchor::PortId>(~uint64_t{0} >> 11)));
  CHECK(harness.relay().ConfigurePort(port.id, {}) == anchor::ConfigureResult::kUnknownPort);
  harness.relay().ReleaseSlot(99, 99);
}

TEST_CASE("a forward to a port that was closed is no_peer, not a stranger in its slot") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.ports_per_worker = 2;
  RelayHarness harness(options);
  UdpEndpoint party;
  UdpEndpoint stranger;
  const auto port = harness.Open();
  const auto peer = harness.Open();
  harness.Configure(port, test::PlainConfig(party.address(), peer));
  REQUIRE(harness.relay().ClosePort(peer.id));
  REQUIRE(harness.WaitFor(PortEventKind::kClosed, peer.id));
  harness.relay().ReleaseSlot(0, peer.slot);
  const auto other = harness.Open();
  REQUIRE(other.slot == peer.slot);
  harness.Configure(other, test::PlainConfig(stranger.address(), port));
  harness.Settle();
  party.Send(test::Rtp(1), port.address);
  CHECK(harness.Received(port, 1));
  CHECK(harness.Drops(port, anchor::DropReason::kNoPeer) == 1);
}

TEST_CASE("keys that make no session, and ports of another worker, are refused") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.workers = 2;
  RelayHarness harness(options);
  const auto here = harness.Open("127.0.0.1", 0);
  const auto there = harness.Open("127.0.0.1", 1);
  anchor::PortConfig config;
  config.inbound = test::Keys(test::kSuite);
  config.inbound->keys.front() = anchor::MasterKey(test::Octets(3, 1), {});
  CHECK(harness.relay().ConfigurePort(here.id, std::move(config)) == anchor::ConfigureResult::kInvalidKeys);
  anchor::PortConfig across;
  across.rtp_to = there.id;
  CHECK(harness.relay().ConfigurePort(here.id, std::move(across)) == anchor::ConfigureResult::kOtherWorker);
}

TEST_CASE("counters of a slot start at zero each time it is opened, and are final when it was closed") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.ports_per_worker = 1;
  RelayHarness harness(options);
  UdpEndpoint party;
  const auto port = harness.Open();
  party.Send(test::Rtp(1), port.address);
  REQUIRE(harness.Received(port, 1));
  REQUIRE(harness.relay().ClosePort(port.id));
  REQUIRE(harness.WaitFor(PortEventKind::kClosed, port.id));
  CHECK(harness.Counter(port, PortCounter::kRxPackets) == 1);
  harness.relay().ReleaseSlot(0, port.slot);
  const auto again = harness.Open();
  CHECK(harness.Counter(again, PortCounter::kRxPackets) == 0);
}

TEST_CASE("an idle worker's heart beats at least twice a second") {
  RelayHarness harness;
  const auto slab = harness.relay().Slab(0);
  for (int n = 0; n < 3; ++n) {
    const uint64_t before = slab->worker().Get(WorkerCounter::kHeartbeatMilliseconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    CHECK(slab->worker().Get(WorkerCounter::kHeartbeatMilliseconds) > before);
  }
}

TEST_CASE("batches, packets and latency are counted by the worker") {
  RelayHarness harness;
  UdpEndpoint alice;
  UdpEndpoint bob;
  const auto alice_port = harness.Open();
  const auto bob_port = harness.Open();
  harness.Configure(alice_port, test::PlainConfig(alice.address(), bob_port));
  harness.Configure(bob_port, test::PlainConfig(bob.address(), alice_port));
  harness.Settle();
  for (uint16_t n = 0; n < 500; ++n) {
    alice.Send(test::Rtp(n), alice_port.address);
    REQUIRE(bob.Receive().has_value());
  }
  const anchor::WorkerBlock worker = harness.relay().Slab(0)->worker();
  CHECK(harness.Eventually([&] { return worker.Get(WorkerCounter::kWorkerPackets) == 500; }));
  uint64_t batches = 0;
  for (size_t i = 0; i < 10; ++i)
    batches += worker.Get(static_cast<WorkerCounter>(static_cast<size_t>(WorkerCounter::kBatchFirst) + i));
  CHECK(batches >= 1);
  CHECK(worker.Get(WorkerCounter::kBatchSum) == 500);
  uint64_t samples = 0;
  for (size_t i = 0; i < 12; ++i)
    samples += worker.Get(static_cast<WorkerCounter>(static_cast<size_t>(WorkerCounter::kLatencyFirst) + i));
  CHECK(samples >= 3);
  CHECK(worker.Get(WorkerCounter::kPorts) == 2);
  CHECK(harness.Eventually([&] { return worker.Get(WorkerCounter::kCpuNanoseconds) > 0; }));
}

TEST_CASE("two relays in one process do not know of each other") {
  RelayHarness one;
  auto two = std::make_unique<RelayHarness>();
  const auto in_one = one.Open();
  const auto in_two = two->Open();
  CHECK(in_one.id == in_two.id);
  UdpEndpoint party;
  party.Send(test::Rtp(1), in_two.address);
  CHECK(two->Received(in_two, 1));
  CHECK(one.Counter(in_one, PortCounter::kRxPackets) == 0);
  two.reset();
  party.Send(test::Rtp(1), in_one.address);
  CHECK(one.Received(in_one, 1));
}

TEST_CASE("closing with live streams returns every descriptor, is idempotent, and leaves the slab readable") {
  const size_t before = OpenDescriptors();
  std::shared_ptr<anchor::CounterSlab> slab;
  {
    anchor::RelayOptions options = RelayHarness::DefaultOptions();
    options.workers = 2;
    RelayHarness harness(options);
    UdpEndpoint party;
    std::vector<RelayHarness::Port> ports;
    for (uint32_t n = 0; n < 20; ++n) ports.push_back(harness.Open("127.0.0.1", n % 2));
    for (size_t n = 0; n < ports.size(); n += 2) {
      anchor::PortConfig config = test::PlainConfig(party.address(), ports[n]);
      config.outbound = test::Keys(test::kSuite, 2);
      harness.Configure(ports[n], std::move(config));
    }
    std::jthread sender([&](std::stop_token stop) {
      for (uint16_t n = 0; !stop.stop_requested(); ++n) {
        for (const auto& port : ports) party.Send(test::Rtp(n), port.address);
      }
    });
    REQUIRE(harness.Received(ports.front(), 100));
    slab = harness.relay().Slab(0);
    harness.relay().Close();
    harness.relay().Close();
    CHECK(harness.relay().closed());
    CHECK_FALSE(harness.relay().ClosePort(ports.front().id));
    CHECK(harness.relay().OpenPort({}).error() == EINVAL);
    sender.request_stop();
  }
  CHECK(slab->port(0).Get(PortCounter::kRxPackets) >= 100);
  CHECK(OpenDescriptors() == before);
}

TEST_CASE("1,000 calls opened and closed leave no descriptor behind and reuse their slots") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.ports_per_worker = 512;
  RelayHarness harness(options);
  const size_t before = OpenDescriptors();
  uint32_t highest = 0;
  for (int n = 0; n < 1000; ++n) {
    const auto left = harness.Open();
    const auto right = harness.Open();
    highest = std::max({highest, left.slot, right.slot});
    REQUIRE(harness.relay().ClosePort(left.id));
    REQUIRE(harness.relay().ClosePort(right.id));
    for (const auto& port : {left, right}) {
      REQUIRE(harness.WaitFor(PortEventKind::kClosed, port.id));
      harness.relay().ReleaseSlot(0, port.slot);
    }
  }
  CHECK(highest < 100);
  CHECK(OpenDescriptors() == before);
  CHECK(harness.relay().Slab(0)->worker().Get(WorkerCounter::kPorts) == 0);
}

TEST_CASE("events are coalesced by kind and port while nobody takes them") {
  RelayHarness harness;
  UdpEndpoint party;
  const auto port = harness.Open();
  const auto peer = harness.Open();
  anchor::PortConfig config = test::PlainConfig(party.address(), peer);
  config.inbound = test::Keys(test::kSuite, 1);
  harness.Configure(port, std::move(config));
  harness.Settle();
  const Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  UdpEndpoint other;
  for (uint16_t n = 0; n < 50; ++n)
    (n % 2 == 0 ? party : other).Send(theirs.ProtectRtp(test::Rtp(n), 0), port.address);
  for (uint16_t n = 0; n < 200; ++n) party.Send(test::Rtp(static_cast<uint16_t>(1000 + n)), port.address);
  REQUIRE(harness.Received(port, 250));
  harness.TakeEvents();
  int learned = 0;
  int failing = 0;
  for (const anchor::RelayEvent& event : harness.events()) {
    CHECK(event.port == port.id);
    learned += event.kind == PortEventKind::kAddressLearned ? 1 : 0;
    failing += event.kind == PortEventKind::kAuthFailing ? 1 : 0;
  }
  CHECK(learned == 1);
  CHECK(failing == 1);
  // Once until a packet passes again.
  for (uint16_t n = 0; n < 100; ++n) party.Send(test::Rtp(static_cast<uint16_t>(2000 + n)), port.address);
  REQUIRE(harness.Received(port, 350));
  harness.events().clear();
  harness.TakeEvents();
  CHECK(harness.events().empty());
}

TEST_CASE("a key near its limit, and one that stopped, are told of") {
  RelayHarness harness;
  UdpEndpoint plain;
  UdpEndpoint secure;
  const auto plain_port = harness.Open();
  const auto secure_port = harness.Open();
  harness.Configure(plain_port, test::PlainConfig(plain.address(), secure_port));
  anchor::PortConfig config = test::PlainConfig(secure.address(), plain_port);
  config.outbound = test::Keys(test::kSuite, 2);
  config.outbound->srtp_lifetime = 3;
  harness.Configure(secure_port, std::move(config));
  harness.Settle();
  plain.Send(test::Rtp(0), plain_port.address);
  const auto near = harness.WaitFor(PortEventKind::kKeyLimit, secure_port.id);
  REQUIRE(near);
  CHECK(near->detail.text().empty());
  for (uint16_t n = 1; n < 6; ++n) plain.Send(test::Rtp(n), plain_port.address);
  const auto stopped = harness.WaitFor(PortEventKind::kKeyLimit, secure_port.id);
  REQUIRE(stopped);
  CHECK(stopped->detail.text() == "stopped");
  REQUIRE(harness.Received(plain_port, 6));
  CHECK(harness.Drops(plain_port, anchor::DropReason::kKeyLimit) == 3);
}

TEST_CASE("datagrams that the kernel had to drop are counted") {
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.receive_buffer_bytes = 4096;
  options.coalesce_microseconds = 5000;
  RelayHarness harness(options);
  UdpEndpoint party;
  const auto port = harness.Open();
  const bool overflowed = harness.Eventually([&] {
    for (uint16_t n = 0; n < 200; ++n) party.Send(test::Rtp(n), port.address);
    return harness.Counter(port, PortCounter::kSocketOverflows) > 0;
  });
  CHECK(overflowed);
}
