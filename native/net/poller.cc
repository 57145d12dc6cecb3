#include "net/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace anchor {

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!valid()) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeTag;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) wake_ = ScopedFd();
}

bool Poller::Add(int fd, uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::Remove(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Poller::Wait(int timeout_milliseconds) {
  const int count =
      epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_milliseconds);
  return {events_.data(), count > 0 ? static_cast<size_t>(count) : 0};
}

bool Poller::IsWake(const epoll_event& event) { return event.data.u64 == kWakeTag; }

void Poller::TakeWake(std::span<const epoll_event> events) {
  if (std::none_of(events.begin(), events.end(), IsWake)) return;
  uint64_t rings;
  [[maybe_unused]] const ssize_t ignored = read(wake_.get(), &rings, sizeof rings);
}

void Poller::Wake() {
  const uint64_t one = 1;
  // Fails only when the counter is at its end, and then the bell rings anyway.
  [[maybe_unused]] const ssize_t ignored = write(wake_.get(), &one, sizeof one);
}

}  // namespace anchor
