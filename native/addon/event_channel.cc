#include "addon/event_channel.h"

#include <utility>

namespace anchor {

EventChannel::EventChannel(Napi::Env env, std::function<void(Napi::Env)> deliver)
    : receiver_(new Receiver{std::move(deliver)}) {
  constexpr size_t queue_size = 1;
  constexpr size_t threads = 1;
  function_ = Function::New(env, "srtp_anchor events", queue_size, threads, receiver_,
                            [](Napi::Env, void*, Receiver* receiver) { delete receiver; });
  function_.Unref(env);
}

EventChannel::~EventChannel() { Close(); }

void EventChannel::Wake() {
  // napi_queue_full: a wake-up is on its way already, and takes what we came for.
  static_cast<void>(function_.NonBlockingCall());
}

void EventChannel::Close() {
  if (receiver_ == nullptr) return;
  std::exchange(receiver_, nullptr)->deliver = nullptr;
  function_.Abort();
}

void EventChannel::CallJs(Napi::Env env, Napi::Function, Receiver* receiver, void*) {
  // No environment: the queue is emptied because it ends.
  if (env == nullptr || !receiver->deliver) return;
  // A copy: the callback may close the channel, which takes the original away.
  const auto deliver = receiver->deliver;
  deliver(env);
}

}  // namespace anchor
