#ifndef NATIVE_ADDON_RELAY_WRAP_H_
#define NATIVE_ADDON_RELAY_WRAP_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "addon/event_channel.h"
#include "relay/relay.h"

namespace anchor {

// What one environment (the main thread, or a worker_threads Worker) has of its own.
struct AddonData {
  Napi::FunctionReference relay_class;
  // Key under which a relay object holds its onEvent. A property, and no native reference, so that a callback
  // that refers to its relay does not keep it from being collected.
  Napi::Reference<Napi::Symbol> on_event_key;
};

// NativeRelay of src/relay/addon.ts. `close()` is the contract; garbage collection and the end of the
// environment close too. All on the environment's thread.
class RelayWrap : public Napi::ObjectWrap<RelayWrap> {
 public:
  static Napi::Function Define(Napi::Env env);

  // (options, onEvent)
  explicit RelayWrap(const Napi::CallbackInfo& info);
  ~RelayWrap() override;

 private:
  Napi::Value OpenPort(const Napi::CallbackInfo& info);
  void ConfigurePort(const Napi::CallbackInfo& info);
  Napi::Value ClosePort(const Napi::CallbackInfo& info);
  void ReleaseSlot(const Napi::CallbackInfo& info);
  void Hold(const Napi::CallbackInfo& info);
  void Release(const Napi::CallbackInfo& info);
  Napi::Value GetSlab(const Napi::CallbackInfo& info);
  void CloseMethod(const Napi::CallbackInfo& info);

  void Start(const RelayOptions& options);
  void Close();
  // Null, and an exception is pending, once closed.
  Relay* Open(Napi::Env env) const;
  void DeliverEvents(Napi::Env env);
  Napi::ArrayBuffer NewSlab(Napi::Env env, std::shared_ptr<CounterSlab> slab);
  static void OnEnvironmentExit(void* wrap);

  // Closing order: the relay first, because its threads wake the channel; then the channel. What is left of
  // the slabs lives on in their ArrayBuffers.
  std::vector<Napi::Reference<Napi::ArrayBuffer>> slabs_;  // By worker; empty until asked for.
  std::unique_ptr<EventChannel> channel_;
  std::unique_ptr<Relay> relay_;  // Null once closed.
  bool hooked_ = false;
};

}  // namespace anchor

#endif  // NATIVE_ADDON_RELAY_WRAP_H_
