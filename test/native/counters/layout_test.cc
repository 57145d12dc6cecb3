#include <doctest/doctest.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

#include "counters/counter_slab.h"

using anchor::DropReason;
using anchor::PortCounter;

namespace {

// Of the mapping that a slab lies in, octets. Not of the process: a sanitizer keeps books beside each page.
size_t ResidentBytes(const anchor::CounterSlab& slab) {
  const uintptr_t wanted = reinterpret_cast<uintptr_t>(slab.data());
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    size_t kilobytes = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &begin, &end) == 2)
      here = begin <= wanted && wanted < end;
    else if (here && std::sscanf(line.c_str(), "Rss: %zu kB", &kilobytes) == 1)
      return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

TEST_CASE("every word has a name of its own, and drop counters are named after their reasons") {
  for (const auto names :
       {anchor::PortCounterNames(), anchor::StreamCounterNames(), anchor::WorkerCounterNames()}) {
    std::set<std::string_view> seen;
    for (const std::string_view name : names) {
      CHECK_FALSE(name.empty());
      CHECK(seen.insert(name).second);
    }
  }
  CHECK(anchor::PortCounterNames().size() == anchor::kPortCounterCount);
  for (size_t i = 0; i < anchor::kDropReasonCount; ++i) {
    const std::string expected = "drop_" + std::string(DropReasonName(static_cast<DropReason>(i)));
    CHECK(anchor::PortCounterNames()[static_cast<size_t>(PortCounter::kDropFirst) + i] == expected);
  }
}

TEST_CASE("no two writers share a cache line") {
  CHECK(anchor::kSlotOffsetBytes % 64 == 0);
  CHECK(anchor::kSlotBytes % 64 == 0);
  CHECK(anchor::StreamOffsetBytes(3) % 64 == 0);
  CHECK(anchor::kSlotOffsetBytes >= anchor::kWorkerCounterCount * 8);
  CHECK(anchor::kSlotBytes >= anchor::kPortCounterCount * 8);
  CHECK(anchor::kStreamBytes >= anchor::kStreamCounterCount * 8);
  const auto slab = anchor::CounterSlab::Create(3);
  REQUIRE(slab);
  CHECK(slab->size_bytes() ==
        anchor::StreamOffsetBytes(3) + 3 * anchor::kStreamsPerPort * anchor::kStreamBytes);
  CHECK(reinterpret_cast<uintptr_t>(slab->data()) % 64 == 0);
}

TEST_CASE("blocks do not overlap: each word written is read back, and zeroing a slot leaves its neighbours") {
  const auto slab = anchor::CounterSlab::Create(3);
  REQUIRE(slab);
  const auto write = [&](uint64_t value) {
    for (uint32_t slot = 0; slot < 3; ++slot) {
      anchor::PortBlock port = slab->port(slot);
      for (size_t i = 0; i < anchor::kPortCounterCount; ++i) port.Set(static_cast<PortCounter>(i), value++);
      for (size_t stream = 0; stream < anchor::kStreamsPerPort; ++stream) {
        anchor::StreamBlock block = slab->stream(slot, stream);
        for (size_t i = 0; i < anchor::kStreamCounterCount; ++i)
          block.Set(static_cast<anchor::StreamCounter>(i), value++);
      }
    }
  };
  write(1);
  std::set<uint64_t> values;
  const size_t words = slab->size_bytes() / 8;
  for (size_t i = 0; i < words; ++i) {
    if (slab->data()[i] != 0) CHECK(values.insert(slab->data()[i]).second);
  }
  CHECK(values.size() == 3 * (anchor::kPortCounterCount + 4 * anchor::kStreamCounterCount));
  slab->ZeroSlot(1);
  CHECK(slab->port(0).Get(PortCounter::kRxPackets) != 0);
  CHECK(slab->port(1).Get(PortCounter::kRxPackets) == 0);
  CHECK(slab->stream(1, 3).Get(anchor::StreamCounter::kRoundTripMicroseconds) == 0);
  CHECK(slab->port(2).Get(PortCounter::kRxPackets) != 0);
}

TEST_CASE("a large slab costs address space, not memory") {
  const auto slab = anchor::CounterSlab::Create(65536);
  REQUIRE(slab);
  CHECK(slab->port(65535).Get(PortCounter::kRxPackets) == 0);
  // Slots are zeroed when they are given to a port, also for the first time.
  const size_t before = ResidentBytes(*slab);
  for (uint32_t slot = 0; slot < 65536; ++slot) slab->ZeroSlot(slot);
  CHECK(ResidentBytes(*slab) < before + slab->size_bytes() / 4);
}

TEST_CASE("a port that counts brings no memory for streams that nobody heard") {
  constexpr uint32_t ports = 4096;
  const auto slab = anchor::CounterSlab::Create(ports);
  REQUIRE(slab);
  const size_t before = ResidentBytes(*slab);
  for (uint32_t slot = 0; slot < ports; ++slot) slab->port(slot).Set(PortCounter::kRemotePort, slot);
  const size_t stream_bytes = ports * anchor::kStreamsPerPort * anchor::kStreamBytes;
  CHECK(ResidentBytes(*slab) < before + slab->size_bytes() - stream_bytes / 2);
}
