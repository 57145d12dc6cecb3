#ifndef NATIVE_ADDON_EVENT_CHANNEL_H_
#define NATIVE_ADDON_EVENT_CHANNEL_H_

#include <napi.h>

#include <functional>

namespace anchor {

// Wakes JavaScript from a worker thread. It carries no data: a wake-up says that there is something to take,
// so that one place in its queue is enough and nothing can be lost when it is full. Never keeps the process
// alive.
class EventChannel {
 public:
  // `deliver` runs on the thread of `env`, inside a callback scope, until Close.
  EventChannel(Napi::Env env, std::function<void(Napi::Env)> deliver);
  ~EventChannel();
  EventChannel(const EventChannel&) = delete;
  EventChannel& operator=(const EventChannel&) = delete;

  // From any thread, until Close. Does not block.
  void Wake();
  // On the thread of `env`, once nobody calls Wake any more. Idempotent.
  void Close();

 private:
  // Belongs to the thread-safe function, which may outlive us by a turn of the event loop.
  struct Receiver {
    std::function<void(Napi::Env)> deliver;
  };
  static void CallJs(Napi::Env env, Napi::Function callback, Receiver* receiver, void* data);
  using Function = Napi::TypedThreadSafeFunction<Receiver, void, &EventChannel::CallJs>;

  Receiver* receiver_;  // Null once closed.
  Function function_;
};

}  // namespace anchor

#endif  // NATIVE_ADDON_EVENT_CHANNEL_H_
