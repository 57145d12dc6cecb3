// Every allocation of the packet path fails once in turn, and then those of the owner's calls.
#include <doctest/doctest.h>

#include <cerrno>
#include <new>

#include "faults/fault_hooks.h"
#include "faults/faulty_call.h"
#include "support/sessions.h"

using test::Fault;
using test::FaultyCall;
using test::Hook;
using test::RelayHarness;
using test::Side;

namespace {

// More than there are; the loops end when nothing is left to fail.
constexpr int kMost = 2000;

}  // namespace

TEST_CASE("a worker without memory drops packets or a configuration, and is well with the next offer") {
  for (const std::string_view suite : {test::kSuite, std::string_view("AEAD_AES_256_GCM")}) {
    CAPTURE(suite);
    size_t lossy = 0;
    int after = 0;
    for (int struck = 1; struck > 0 && after < kMost; ++after) {
      CAPTURE(after);
      FaultyCall call(suite);
      size_t missing = 0;
      {
        Fault fault(Hook::kMemory, Side::kWorker, ENOMEM, after);
        call.Rekey();
        missing = call.Talk();
        call.Rekey();
        missing += call.Talk();
        struck = Fault::Struck();
      }
      // One packet, unless it was a configuration that failed: then the port is silent until the next.
      if (missing > 0) ++lossy;
      call.Rekey();
      CHECK(call.Talk() == 0);
      CHECK(call.Hang());
    }
    MESSAGE(suite, ": ", after - 1, " allocations failed, ", lossy, " of them cost packets");
    CHECK(after > 10);
    CHECK(after < kMost);
    CHECK(lossy > 10);
  }
}

TEST_CASE("a worker that has no memory for long lets nothing out in the clear, and is well afterwards") {
  for (const std::string_view suite : {test::kSuite, std::string_view("AEAD_AES_256_GCM")}) {
    CAPTURE(suite);
    FaultyCall call(suite);
    call.Rekey();
    CHECK(call.Talk() == 0);
    {
      Fault fault(Hook::kMemory, Side::kWorker, ENOMEM, 0, kMost);
      call.Talk();
      call.Rekey();
      // The secure port could not be configured.
      CHECK(call.Talk() == 8);
      CHECK(Fault::Struck() > 0);
    }
    call.Rekey();
    CHECK(call.Talk() == 0);
  }
}

TEST_CASE("packets of streams that are there ask for no memory") {
  for (const std::string_view suite : {test::kSuite, std::string_view("AEAD_AES_256_GCM")}) {
    CAPTURE(suite);
    FaultyCall call(suite);
    call.Rekey();
    CHECK(call.Talk() == 0);
    Fault fault(Hook::kMemory, Side::kWorker, ENOMEM, 0, kMost);
    CHECK(call.Talk() == 0);
    CHECK(Fault::Struck() == 0);
  }
}

TEST_CASE("a recorded packet is not taken again when its stream had to give way while memory was short") {
  const reference::Srtp theirs(test::kSuite, test::KeySalt(test::kSuite, 1));
  const auto packet = [&](uint32_t ssrc) { return theirs.ProtectRtp(test::Rtp(1, ssrc), 0); };
  int after = 0;
  for (int struck = 1; struck > 0 && after < kMost; ++after) {
    CAPTURE(after);
    test::Inbound inbound(test::Keys(test::kSuite, 1));
    for (uint32_t ssrc = 1; ssrc <= 16; ++ssrc) REQUIRE(inbound.Rtp(packet(ssrc)).passed());
    inbound.Pass(1500);
    const test::Octets newcomer = packet(17);
    try {
      Fault fault(Hook::kMemory, Side::kOwner, ENOMEM, after);
      inbound.Rtp(newcomer);
    } catch (const std::bad_alloc&) {
    }
    struck = Fault::Struck();
    for (uint32_t ssrc = 1; ssrc <= 16; ++ssrc) CHECK_FALSE(inbound.Rtp(packet(ssrc)).passed());
  }
  CHECK(after > 3);
}

TEST_CASE("a relay that finds no memory to start is not there, and leaves nothing behind") {
  { RelayHarness self_tests_have_run; }
  const size_t descriptors = test::OpenDescriptors();
  int after = 0;
  for (int struck = 1; struck > 0 && after < kMost; ++after) {
    CAPTURE(after);
    const anchor::RelayOptions options = RelayHarness::DefaultOptions();
    const anchor::EventSink sink = [] {};
    Fault fault(Hook::kMemory, Side::kOwner, ENOMEM, after);
    const auto created = anchor::Relay::Create(options, sink);
    struck = Fault::Struck();
    if (struck > 0) CHECK(created.error() == ENOMEM);
  }
  CHECK(after > 3);
  CHECK(test::OpenDescriptors() == descriptors);
}

TEST_CASE("a port that finds no memory is refused with ENOMEM, and neither socket nor slot is lost") {
  anchor::RelayOptions relay_options = RelayHarness::DefaultOptions();
  relay_options.ports_per_worker = 2;
  RelayHarness harness(relay_options);
  const size_t descriptors = test::OpenDescriptors();
  const anchor::OpenPortOptions options = test::AnyPort();
  int after = 0;
  for (bool opened = false; !opened && after < kMost; ++after) {
    Fault fault(Hook::kMemory, Side::kOwner, ENOMEM, after);
    const auto port = harness.relay().OpenPort(options);
    opened = static_cast<bool>(port);
    if (!opened) CHECK(port.error() == ENOMEM);
  }
  CHECK(after > 3);
  CHECK(test::OpenDescriptors() == descriptors + 1);
  CHECK(harness.relay().OpenPort(options));
}

TEST_CASE(
    "a port is neither configured nor closed when the command finds no memory, and both may be asked again") {
  RelayHarness harness;
  const auto port = harness.Open();
  int refused = 0;
  for (anchor::ConfigureResult result = anchor::ConfigureResult::kNoMemory;
       result == anchor::ConfigureResult::kNoMemory && refused < kMost; ++refused) {
    anchor::PortConfig config = test::PlainConfig(port.address, port);
    Fault fault(Hook::kMemory, Side::kOwner, ENOMEM, refused);
    result = harness.relay().ConfigurePort(port.id, std::move(config));
  }
  CHECK(refused > 1);
  refused = 0;
  for (bool closing = false; !closing && refused < kMost; ++refused) {
    Fault fault(Hook::kMemory, Side::kOwner, ENOMEM, refused);
    closing = harness.relay().ClosePort(port.id);
  }
  CHECK(refused > 1);
  CHECK(harness.WaitFor(anchor::PortEventKind::kClosed, port.id).has_value());
}
