#include "faults/fault_hooks.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstring>
#include <new>

namespace test {
namespace {

std::atomic<int> armed_hook{-1};
std::atomic<Side> armed_side{Side::kOwner};
std::atomic<pthread_t> owner;
std::atomic<int> fault_error{0};
std::atomic<int> calls_left{0};
std::atomic<int> failures_left{0};
std::atomic<int> struck{0};

// The name that a worker gives its thread.
bool OnWorker() {
  thread_local const bool worker = [] {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    return std::strncmp(name.data(), "anchor-", 7) == 0;
  }();
  return worker;
}

bool OnArmedSide() {
  return armed_side.load() == Side::kWorker ? OnWorker() : pthread_equal(pthread_self(), owner.load()) != 0;
}

bool Fails(Hook hook) {
  if (armed_hook.load() != static_cast<int>(hook) || !OnArmedSide()) return false;
  if (calls_left.fetch_sub(1) > 0 || failures_left.fetch_sub(1) <= 0) return false;
  ++struck;
  errno = fault_error.load();
  return true;
}

}  // namespace

std::string_view HookName(Hook hook) {
  static constexpr std::array<std::string_view, static_cast<size_t>(kLastHook) + 1> names = {
      "memory",        "socket",    "bind",       "connect", "getsockname", "setsockopt",
      "epoll_create1", "epoll_ctl", "epoll_wait", "eventfd", "mmap",        "sendto",
      "receive",       "read",      "write",      "ioctl",   "getsockopt"};
  return names[static_cast<size_t>(hook)];
}

Fault::Fault(Hook hook, Side side, int error, int after, int times) {
  armed_side = side;
  owner = pthread_self();
  fault_error = error;
  calls_left = after;
  failures_left = times;
  struck = 0;
  armed_hook = static_cast<int>(hook);
}

Fault::~Fault() { armed_hook = -1; }

int Fault::Struck() { return struck; }

}  // namespace test

using test::Fails;
using test::Hook;

#define PASS(result, name, hook, failed, parameters, arguments) \
  result __real_##name parameters;                              \
  result __wrap_##name parameters { return Fails(Hook::hook) ? failed : __real_##name arguments; }

extern "C" {

PASS(void*, malloc, kMemory, nullptr, (size_t size), (size))
PASS(void*, calloc, kMemory, nullptr, (size_t count, size_t size), (count, size))
PASS(void*, realloc, kMemory, nullptr, (void* old, size_t size), (old, size))
PASS(int, socket, kSocket, -1, (int domain, int type, int protocol), (domain, type, protocol))
PASS(int, bind, kBind, -1, (int fd, const sockaddr* to, socklen_t length), (fd, to, length))
PASS(int, connect, kConnect, -1, (int fd, const sockaddr* to, socklen_t length), (fd, to, length))
PASS(int, getsockname, kGetsockname, -1, (int fd, sockaddr* local, socklen_t* length), (fd, local, length))
PASS(int, setsockopt, kSetsockopt, -1, (int fd, int level, int name, const void* value, socklen_t length),
     (fd, level, name, value, length))
PASS(int, epoll_create1, kEpollCreate, -1, (int flags), (flags))
PASS(int, epoll_ctl, kEpollCtl, -1, (int epoll, int operation, int fd, epoll_event* event),
     (epoll, operation, fd, event))
PASS(int, epoll_wait, kEpollWait, -1, (int epoll, epoll_event* events, int most, int timeout),
     (epoll, events, most, timeout))
PASS(int, eventfd, kEventfd, -1, (unsigned count, int flags), (count, flags))
PASS(void*, mmap, kMmap, MAP_FAILED, (void* at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
PASS(ssize_t, sendto, kSendto, -1,
     (int fd, const void* octets, size_t size, int flags, const sockaddr* to, socklen_t length),
     (fd, octets, size, flags, to, length))
PASS(ssize_t, recvfrom, kReceive, -1,
     (int fd, void* octets, size_t size, int flags, sockaddr* from, socklen_t* length),
     (fd, octets, size, flags, from, length))
PASS(int, recvmmsg, kReceive, -1, (int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout),
     (fd, messages, count, flags, timeout))
PASS(int, getsockopt, kGetsockopt, -1, (int fd, int level, int name, void* value, socklen_t* length),
     (fd, level, name, value, length))
PASS(ssize_t, read, kRead, -1, (int fd, void* octets, size_t size), (fd, octets, size))
PASS(ssize_t, write, kWrite, -1, (int fd, const void* octets, size_t size), (fd, octets, size))

int __real_ioctl(int fd, unsigned long request, void* argument);
int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  return Fails(Hook::kIoctl) ? -1 : __real_ioctl(fd, request, argument);
}

// operator new, plain and for arrays.
void* __real__Znwm(size_t size);
void* __wrap__Znwm(size_t size) {
  if (Fails(Hook::kMemory)) throw std::bad_alloc();
  return __real__Znwm(size);
}
void* __real__Znam(size_t size);
void* __wrap__Znam(size_t size) {
  if (Fails(Hook::kMemory)) throw std::bad_alloc();
  return __real__Znam(size);
}

}  // extern "C"
