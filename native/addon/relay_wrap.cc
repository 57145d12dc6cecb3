#include "addon/relay_wrap.h"

#include <string>
#include <utility>

#include "addon/convert.h"

namespace anchor {

Napi::Function RelayWrap::Define(Napi::Env env) {
  return DefineClass(env, "NativeRelay",
                     {
                         InstanceMethod<&RelayWrap::OpenPort>("openPort"),
                         InstanceMethod<&RelayWrap::ConfigurePort>("configurePort"),
                         InstanceMethod<&RelayWrap::ClosePort>("closePort"),
                         InstanceMethod<&RelayWrap::ReleaseSlot>("releaseSlot"),
                         InstanceMethod<&RelayWrap::Hold>("hold"),
                         InstanceMethod<&RelayWrap::Release>("release"),
                         InstanceMethod<&RelayWrap::GetSlab>("slab"),
                         InstanceMethod<&RelayWrap::CloseMethod>("close"),
                     });
}

RelayWrap::RelayWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RelayWrap>(info) {
  Conversion conversion(info.Env());
  const RelayOptions options = ToRelayOptions(Field(&conversion, info[0], "options"));
  const Napi::Function on_event = Field(&conversion, info[1], "onEvent").Function();
  if (!conversion.ok()) return;
  const auto* data = info.Env().GetInstanceData<AddonData>();
  info.This().As<Napi::Object>().DefineProperty(
      Napi::PropertyDescriptor::Value(data->on_event_key.Value(), on_event, napi_default));
  if (!info.Env().IsExceptionPending()) Start(options);
}

RelayWrap::~RelayWrap() {
  Close();
  if (hooked_) napi_remove_env_cleanup_hook(Env(), &RelayWrap::OnEnvironmentExit, this);
}

void RelayWrap::Start(const RelayOptions& options) {
  const Napi::Env env = Env();
  channel_ = std::make_unique<EventChannel>(env, [this](Napi::Env current) { DeliverEvents(current); });
  auto created = Relay::Create(options, [channel = channel_.get()] { channel->Wake(); });
  if (!created) {
    const Napi::String code = FromErrno(env, created.error());
    Napi::Error error = Napi::Error::New(env, "relay: " + code.Utf8Value());
    error.Set("code", code);
    error.ThrowAsJavaScriptException();
    return;
  }
  relay_ = std::move(created.value());
  slabs_.resize(options.workers);
  // Hooks run last in, first out: ours, which joins the threads, before the one that ends the channel.
  hooked_ = napi_add_env_cleanup_hook(env, &RelayWrap::OnEnvironmentExit, this) == napi_ok;
}

void RelayWrap::Close() {
  relay_.reset();
  channel_.reset();
  slabs_.clear();
}

void RelayWrap::OnEnvironmentExit(void* wrap) {
  auto* self = static_cast<RelayWrap*>(wrap);
  self->hooked_ = false;
  self->Close();
}

Relay* RelayWrap::Open(Napi::Env env) const {
  if (relay_ == nullptr) Napi::Error::New(env, "relay is closed").ThrowAsJavaScriptException();
  return relay_.get();
}

Napi::Value RelayWrap::OpenPort(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const OpenPortOptions options = ToOpenPortOptions(Field(&conversion, info[0], "options"));
  if (!conversion.ok()) return {};
  // Only now: a getter among the options may have closed the relay.
  Relay* relay = Open(info.Env());
  if (relay == nullptr) return {};
  const auto opened = relay->OpenPort(options);
  if (opened) return FromOpenedPort(info.Env(), opened.value());
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("error", FromErrno(info.Env(), opened.error()));
  return result;
}

void RelayWrap::ConfigurePort(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Conversion conversion(env);
  const PortId id = ToPortId(Field(&conversion, info[0], "id"));
  PortConfig config = ToPortConfig(Field(&conversion, info[1], "config"));
  if (!conversion.ok()) return;
  Relay* relay = Open(env);
  if (relay == nullptr) return;
  switch (relay->ConfigurePort(id, std::move(config))) {
    case ConfigureResult::kOk:
      return;
    case ConfigureResult::kUnknownPort:
      Napi::RangeError::New(env, "id: no such port is open").ThrowAsJavaScriptException();
      return;
    case ConfigureResult::kInvalidKeys:
      Napi::TypeError::New(env, "config: no SRTP session can be made from these keys")
          .ThrowAsJavaScriptException();
      return;
    case ConfigureResult::kOtherWorker:
      Napi::RangeError::New(env, "config: cryptoFrom, rtpTo and rtcpTo must be ports of the same worker")
          .ThrowAsJavaScriptException();
      return;
    case ConfigureResult::kNoMemory:
      Napi::Error::New(env, "config: out of memory").ThrowAsJavaScriptException();
      return;
  }
}

Napi::Value RelayWrap::ClosePort(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const PortId id = ToPortId(Field(&conversion, info[0], "id"));
  Relay* relay = conversion.ok() ? Open(info.Env()) : nullptr;
  if (relay == nullptr) return {};
  return Napi::Boolean::New(info.Env(), relay->ClosePort(id));
}

void RelayWrap::ReleaseSlot(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const auto worker = Field(&conversion, info[0], "worker").Integer(0, kMaxWorkers - 1);
  const auto slot = Field(&conversion, info[1], "slot").Integer(0, kMaxPortsPerWorker - 1);
  Relay* relay = conversion.ok() ? Open(info.Env()) : nullptr;
  if (relay != nullptr) relay->ReleaseSlot(static_cast<uint32_t>(worker), static_cast<uint32_t>(slot));
}

void RelayWrap::Hold(const Napi::CallbackInfo& info) {
  if (Relay* relay = Open(info.Env())) relay->Hold();
}

void RelayWrap::Release(const Napi::CallbackInfo& info) {
  if (Relay* relay = Open(info.Env())) relay->Release();
}

Napi::Value RelayWrap::GetSlab(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const auto worker = Field(&conversion, info[0], "worker").Integer(0, kMaxWorkers - 1);
  Relay* relay = conversion.ok() ? Open(info.Env()) : nullptr;
  if (relay == nullptr) return {};
  if (worker >= slabs_.size()) {
    Napi::RangeError::New(info.Env(), "worker: no such worker").ThrowAsJavaScriptException();
    return {};
  }
  auto& kept = slabs_[worker];
  if (kept.IsEmpty()) {
    kept = Napi::Persistent(NewSlab(info.Env(), relay->Slab(static_cast<uint32_t>(worker))));
  }
  return kept.Value();
}

Napi::ArrayBuffer RelayWrap::NewSlab(Napi::Env env, std::shared_ptr<CounterSlab> slab) {
  void* data = slab->data();
  const size_t size = slab->size_bytes();
  // The ArrayBuffer may outlive relay and wrap: it holds the memory itself.
  auto* owner = new std::shared_ptr<CounterSlab>(std::move(slab));
  return Napi::ArrayBuffer::New(
      env, data, size, [](Napi::Env, void*, std::shared_ptr<CounterSlab>* held) { delete held; }, owner);
}

void RelayWrap::CloseMethod(const Napi::CallbackInfo&) { Close(); }

void RelayWrap::DeliverEvents(Napi::Env env) {
  const Napi::HandleScope scope(env);
  const Napi::Object self = Value();
  if (self.IsEmpty() || relay_ == nullptr) return;
  const auto* data = env.GetInstanceData<AddonData>();
  const auto on_event = self.Get(data->on_event_key.Value()).As<Napi::Function>();
  for (const RelayEvent& event : relay_->TakeEvents()) {
    on_event.Call({FromEvent(env, event)});
    // What a callback throws is an uncaught exception, as from any other callback of Node.
    if (env.IsExceptionPending()) napi_fatal_exception(env, env.GetAndClearPendingException().Value());
    // The callback may have closed the relay.
    if (relay_ == nullptr) return;
  }
}

}  // namespace anchor
