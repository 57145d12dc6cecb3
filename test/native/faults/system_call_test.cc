// Every system call of the packet path fails once in turn, then for a while; then those that open a relay and
// its ports.
#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>
#include <utility>

#include "faults/fault_hooks.h"
#include "faults/faulty_call.h"
#include "net/media_socket.h"

using anchor::DropReason;
using test::Fault;
using test::FaultyCall;
using test::Hook;
using test::RelayHarness;
using test::Side;

namespace {

struct Failure {
  Hook hook;
  int error;
};

}  // namespace

TEST_CASE("a packet that cannot be sent is the only one that is lost, and is counted tx_error") {
  for (const int error :
       {ENOBUFS, EPERM, ECONNREFUSED, ENETUNREACH, ENETDOWN, EHOSTUNREACH, EAGAIN, ENOMEM, EINTR}) {
    CAPTURE(error);
    int after = 0;
    for (int struck = 1; struck > 0; ++after) {
      CAPTURE(after);
      FaultyCall call(test::kSuite);
      call.Rekey();
      {
        Fault fault(Hook::kSendto, Side::kWorker, error, after);
        CHECK(call.Talk() == (after < 8 ? 1 : 0));
        struck = Fault::Struck();
      }
      CHECK(call.Drops(DropReason::kTxError) == static_cast<uint64_t>(struck));
      CHECK(call.Talk() == 0);
      CHECK(call.Hang());
    }
    CHECK(after == 9);
  }
}

TEST_CASE("other calls of a worker that fail, once or many times, lose nothing") {
  constexpr Failure kFailures[] = {
      {Hook::kReceive, EAGAIN},  {Hook::kReceive, EINTR},        {Hook::kReceive, ENOMEM},
      {Hook::kReceive, ENOBUFS}, {Hook::kReceive, ECONNREFUSED}, {Hook::kEpollWait, EINTR},
      {Hook::kRead, EAGAIN},     {Hook::kIoctl, ENOENT},         {Hook::kSetsockopt, ENOBUFS},
      {Hook::kEpollCtl, ENOENT}, {Hook::kGetsockopt, ENOBUFS},
  };
  for (const Failure& failure : kFailures) {
    CAPTURE(test::HookName(failure.hook));
    CAPTURE(failure.error);
    int struck = 0;
    for (const auto& [after, times] : {std::pair{0, 1}, {1, 1}, {2, 1}, {3, 1}, {0, 500}}) {
      CAPTURE(after);
      FaultyCall call(test::kSuite);
      Fault fault(failure.hook, Side::kWorker, failure.error, after, times);
      call.Rekey();
      CHECK(call.Talk() == 0);
      call.Rekey();
      CHECK(call.Talk() == 0);
      CHECK(call.Hang());
      struck += Fault::Struck();
    }
    CHECK(struck > 0);
  }
}

TEST_CASE("a bell that does not ring delays commands to the next idle turn") {
  RelayHarness harness;
  Fault fault(Hook::kWrite, Side::kOwner, EAGAIN, 0, 100);
  const auto port = harness.Open();
  harness.Configure(port, test::PlainConfig(port.address, port));
  harness.Settle();
  REQUIRE(harness.relay().ClosePort(port.id));
  CHECK(harness.WaitFor(anchor::PortEventKind::kClosed, port.id).has_value());
  CHECK(Fault::Struck() > 0);
}

TEST_CASE("a port that the system refuses is refused by the same name, and neither socket nor slot is lost") {
  anchor::RelayOptions relay_options = RelayHarness::DefaultOptions();
  relay_options.ports_per_worker = 1;
  RelayHarness harness(relay_options);
  const size_t descriptors = test::OpenDescriptors();
  constexpr Failure kFailures[] = {
      {Hook::kSocket, EMFILE},       {Hook::kSocket, ENFILE},   {Hook::kSocket, ENOBUFS},
      {Hook::kSocket, ENOMEM},       {Hook::kBind, EACCES},     {Hook::kBind, ENOMEM},
      {Hook::kGetsockname, ENOBUFS}, {Hook::kEpollCtl, ENOSPC}, {Hook::kEpollCtl, ENOMEM},
  };
  for (const Failure& failure : kFailures) {
    CAPTURE(test::HookName(failure.hook));
    Fault fault(failure.hook, Side::kOwner, failure.error, 0);
    CHECK(harness.relay().OpenPort(test::AnyPort()).error() == failure.error);
    CHECK(test::OpenDescriptors() == descriptors);
  }
  // What only makes a socket better is done without.
  Fault fault(Hook::kSetsockopt, Side::kOwner, ENOBUFS, 0, 100);
  CHECK(harness.relay().OpenPort(test::AnyPort()));
  CHECK(Fault::Struck() > 0);
}

TEST_CASE("a second socket that the system refuses changes nothing, and leaves nothing behind") {
  anchor::MediaSocket socket(
      std::move(anchor::UdpSocket::Bind(anchor::SocketAddress::Parse("127.0.0.1", 0).value(), {}).value()));
  test::UdpEndpoint party;
  const size_t descriptors = test::OpenDescriptors();
  // Without the option the port cannot be had twice.
  constexpr Failure kFailures[] = {{Hook::kSocket, EMFILE},
                                   {Hook::kBind, EADDRINUSE},
                                   {Hook::kConnect, ENETUNREACH},
                                   {Hook::kSetsockopt, ENOBUFS}};
  for (const Failure& failure : kFailures) {
    CAPTURE(test::HookName(failure.hook));
    Fault fault(failure.hook, Side::kOwner, failure.error, 0, 100);
    CHECK(socket.Connect(party.address(), INT_MAX) ==
          (failure.hook == Hook::kSetsockopt ? EADDRINUSE : failure.error));
    CHECK(Fault::Struck() > 0);
    CHECK(test::OpenDescriptors() == descriptors);
    CHECK(socket.SendTo(test::Rtp(1), party.address()) == 0);
    CHECK(party.Receive() == test::Rtp(1));
  }
  CHECK(socket.Connect(party.address(), INT_MAX) == 0);
}

TEST_CASE("a worker that gets no second socket carries on with one") {
  constexpr Failure kFailures[] = {{Hook::kSocket, EMFILE}, {Hook::kEpollCtl, ENOSPC}};
  for (const Failure& failure : kFailures) {
    CAPTURE(test::HookName(failure.hook));
    FaultyCall call(test::kSuite);
    call.Rekey();
    const size_t descriptors = test::OpenDescriptors();
    Fault fault(failure.hook, Side::kWorker, failure.error, 0, 100);
    for (int n = 0; n < 200 && Fault::Struck() == 0; ++n) {
      CHECK(call.Talk() == 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    CHECK(Fault::Struck() > 0);
    CHECK(call.Talk() == 0);
    CHECK(test::OpenDescriptors() == descriptors);
  }
}

TEST_CASE("a relay that the system refuses is not there, and leaves nothing behind") {
  const size_t descriptors = test::OpenDescriptors();
  anchor::RelayOptions options = RelayHarness::DefaultOptions();
  options.workers = 3;
  constexpr Failure kFailures[] = {{Hook::kEpollCreate, EMFILE},
                                   {Hook::kEventfd, EMFILE},
                                   {Hook::kEpollCtl, ENOSPC},
                                   {Hook::kMmap, ENOMEM}};
  for (const Failure& failure : kFailures) {
    for (int worker = 0; worker < 3; ++worker) {
      CAPTURE(test::HookName(failure.hook));
      CAPTURE(worker);
      Fault fault(failure.hook, Side::kOwner, failure.error, worker);
      CHECK_FALSE(anchor::Relay::Create(options, [] {}));
      CHECK(Fault::Struck() == 1);
      CHECK(test::OpenDescriptors() == descriptors);
    }
  }
}
