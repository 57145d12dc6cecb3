#ifndef NATIVE_NET_POLLER_H_
#define NATIVE_NET_POLLER_H_

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/scoped_fd.h"

namespace anchor {

// One epoll instance with an eventfd that other threads ring. Level-triggered: a socket that was not emptied
// shows up in the next round again, so that no busy socket can starve the others.
class Poller {
 public:
  // Check valid() afterwards; errno says why not.
  Poller();
  bool valid() const { return epoll_.valid() && wake_.valid(); }

  // `tag` comes back with the descriptor's events; it must not be 0. False with errno set. Any thread.
  bool Add(int fd, uint64_t tag);
  void Remove(int fd);

  // Waits; returns the events. An interrupted wait returns none.
  std::span<const epoll_event> Wait(int timeout_milliseconds);
  static bool IsWake(const epoll_event& event);
  // Silences the bell if it is among the events.
  void TakeWake(std::span<const epoll_event> events);
  // Rings the bell. Any thread.
  void Wake();

 private:
  static constexpr size_t kMaxEvents = 256;
  static constexpr uint64_t kWakeTag = 0;

  ScopedFd epoll_;
  ScopedFd wake_;
  std::array<epoll_event, kMaxEvents> events_;
};

}  // namespace anchor

#endif  // NATIVE_NET_POLLER_H_
