#ifndef TEST_NATIVE_FAULTS_FAULT_HOOKS_H_
#define TEST_NATIVE_FAULTS_FAULT_HOOKS_H_

#include <cstdint>
#include <string_view>

namespace test {

// What the linker turns over to us (--wrap, see CMakeLists.txt): the calls of the engine, of libsrtp and of
// OpenSSL, not those of the C++ library.
enum class Hook : uint8_t {
  kMemory,
  kSocket,
  kBind,
  kConnect,
  kGetsockname,
  kSetsockopt,
  kEpollCreate,
  kEpollCtl,
  kEpollWait,
  kEventfd,
  kMmap,
  kSendto,
  kReceive,  // recvfrom and recvmmsg.
  kRead,
  kWrite,
  kIoctl,
  kGetsockopt,
};
inline constexpr Hook kLastHook = Hook::kGetsockopt;
std::string_view HookName(Hook hook);

enum class Side : uint8_t { kOwner, kWorker };

// Fails calls while it lives: those of one kind, made by workers or by the thread that made it, `times` in a
// row from the one with the index `after` on. One at a time.
class Fault {
 public:
  Fault(Hook hook, Side side, int error, int after, int times = 1);
  ~Fault();
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;

  // Calls that failed so far.
  static int Struck();
};

}  // namespace test

#endif  // TEST_NATIVE_FAULTS_FAULT_HOOKS_H_
