// The engine at work on all its threads, for as many packets as one likes: what a thread sanitizer is to see.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "support/long_runs.h"
#include "support/relay_harness.h"

using anchor::PortCounter;
using test::Octets;
using test::RelayHarness;
using test::UdpEndpoint;

namespace {

// A call that ends where it began: plain packets go in at one port, leave another one encrypted, come in
// again at a third, and leave the fourth plain. Each packet sent is two that the engine reads, and no
// cryptography is needed outside of it.
struct Loop {
  RelayHarness::Port entry, encrypts, decrypts, exit;
  std::unique_ptr<UdpEndpoint> source, sink;
  uint64_t sent = 0;
  uint8_t key = 1;
  uint64_t arrived_at_rekey = 0;
};

void ConfigureSecure(RelayHarness* harness, const Loop& loop) {
  anchor::PortConfig out = test::PlainConfig(loop.decrypts.address, loop.entry);
  out.outbound = test::Keys(test::kSuite, loop.key);
  anchor::PortConfig in = test::PlainConfig(loop.encrypts.address, loop.exit);
  in.inbound = test::Keys(test::kSuite, loop.key);
  // The receiving side first: it takes the keys before for a while longer.
  harness->Configure(loop.decrypts, std::move(in));
  harness->Configure(loop.encrypts, std::move(out));
}

Loop MakeLoop(RelayHarness* harness, uint32_t worker) {
  const auto open = [&] { return harness->Open("127.0.0.1", worker); };
  Loop loop{open(), open(), open(), open(), std::make_unique<UdpEndpoint>(), std::make_unique<UdpEndpoint>()};
  harness->Configure(loop.entry, test::PlainConfig(loop.source->address(), loop.encrypts));
  harness->Configure(loop.exit, test::PlainConfig(loop.sink->address(), loop.decrypts));
  ConfigureSecure(harness, loop);
  return loop;
}

// A few packets in one system call, in sequence where the last ones ended.
void SendBatch(Loop* loop) {
  constexpr size_t kBatch = 16;
  std::array<Octets, kBatch> packets;
  std::array<iovec, kBatch> vectors;
  std::array<mmsghdr, kBatch> messages{};
  sockaddr_storage to{};
  const socklen_t length = loop->entry.address.ToSockaddr(&to);
  for (size_t i = 0; i < kBatch; ++i) {
    packets[i] = test::Rtp(static_cast<uint16_t>(loop->sent + i));
    vectors[i] = {packets[i].data(), packets[i].size()};
    messages[i].msg_hdr.msg_name = &to;
    messages[i].msg_hdr.msg_namelen = length;
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int sent = sendmmsg(loop->source->fd(), messages.data(), kBatch, 0);
  if (sent > 0) loop->sent += static_cast<uint64_t>(sent);
}

// Packets on their way, at most: the kernel has room for them.
constexpr uint64_t kAhead = 96;

// Sends until `packets` came back in.
void Talk(const RelayHarness& harness, std::vector<Loop*> loops, uint64_t packets) {
  const auto arrived = [&](const Loop& loop) {
    return harness.Counter(loop.decrypts, PortCounter::kRxPackets);
  };
  for (bool more = true; more;) {
    more = false;
    bool sent = false;
    for (Loop* loop : loops) {
      const uint64_t done = arrived(*loop);
      more |= done < packets;
      if (loop->sent >= packets || loop->sent - done > kAhead) continue;
      SendBatch(loop);
      sent = true;
    }
    if (!sent) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

// What the owner does meanwhile: new keys, ports that come and go, counters, events.
void Disturb(RelayHarness* harness, std::vector<Loop>* loops, uint32_t workers, unsigned round) {
  Loop& loop = (*loops)[round % loops->size()];
  // The keys before the last ones are forgotten: nothing under them may be on its way any more.
  const uint64_t arrived = harness->Counter(loop.decrypts, PortCounter::kRxPackets);
  if (arrived > loop.arrived_at_rekey + 5 * kAhead) {
    loop.arrived_at_rekey = arrived;
    loop.key = static_cast<uint8_t>(loop.key % 200 + 1);
    ConfigureSecure(harness, loop);
  }
  const auto port = harness->Open("127.0.0.1", round % workers);
  harness->Configure(port, test::PlainConfig(port.address, port));
  harness->relay().ClosePort(port.id);
  harness->WaitFor(anchor::PortEventKind::kClosed, port.id);
  harness->relay().ReleaseSlot(anchor::WorkerOf(port.id), port.slot);
  harness->TakeEvents();
  harness->events().clear();
}

}  // namespace

TEST_CASE("every packet of calls on all workers arrives through re-keys, while ports come and go") {
  for (const uint32_t workers : {1u, 4u}) {
    CAPTURE(workers);
    anchor::RelayOptions options = RelayHarness::DefaultOptions();
    options.workers = workers;
    options.rekey_overlap_milliseconds = 5000;
    RelayHarness harness(options);
    std::vector<Loop> loops;
    for (uint32_t n = 0; n < 4; ++n) loops.push_back(MakeLoop(&harness, n % workers));
    harness.Settle();

    const uint64_t each = test::PacketsToSend(16'000) / 2 / loops.size();
    std::atomic<int> talking{2};
    std::vector<std::jthread> talkers;
    for (size_t half : {0u, 2u}) {
      talkers.emplace_back([&, half] {
        Talk(harness, {&loops[half], &loops[half + 1]}, each);
        --talking;
      });
    }
    for (unsigned round = 0; talking > 0; ++round) {
      Disturb(&harness, &loops, workers, round);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    talkers.clear();

    uint64_t read = 0;
    for (const Loop& loop : loops) {
      REQUIRE(harness.Eventually(
          [&] { return harness.Counter(loop.decrypts, PortCounter::kRtpPackets) == loop.sent; }));
      for (const auto& port : {loop.entry, loop.decrypts}) {
        CHECK(harness.Counter(port, PortCounter::kRxPackets) == loop.sent);
        CHECK(harness.AllDrops(port) == 0);
        read += harness.Counter(port, PortCounter::kRxPackets);
      }
    }
    MESSAGE(read << " packets, " << workers << " workers");
  }
}
