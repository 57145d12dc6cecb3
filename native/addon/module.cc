// The seam: the exports of src/relay/addon.ts, in the same order.

#include <napi.h>
#include <unistd.h>

#include <vector>

#include "addon/control_socket.h"
#include "addon/convert.h"
#include "addon/relay_wrap.h"
#include "net/source_filter.h"

namespace anchor {
namespace {

Napi::Value CreateRelay(const Napi::CallbackInfo& info) {
  const auto* data = info.Env().GetInstanceData<AddonData>();
  return data->relay_class.Value().New({info[0], info[1]});
}

Napi::Value SlabLayout(const Napi::CallbackInfo& info) { return FromSlabLayout(info.Env()); }

Napi::Value CryptoSuiteRows(const Napi::CallbackInfo& info) { return FromCryptoSuites(info.Env()); }

Napi::Value OpenControlSocket(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const ControlSocketOptions options = ToControlSocketOptions(Field(&conversion, info[0], "options"));
  if (!conversion.ok()) return {};
  return FromControlSocket(info.Env(), UdpSocket::Bind(options.local, options.socket));
}

Napi::Value MuteSourcesOf(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const int fd = ToDescriptor(Field(&conversion, info[0], "fd"));
  const std::vector<SocketAddress> sources = ToAddresses(Field(&conversion, info[1], "sources"));
  if (!conversion.ok()) return {};
  return Napi::Boolean::New(info.Env(), MuteSources(fd, sources) == 0);
}

Napi::Value DroppedDatagramsOf(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const int fd = ToDescriptor(Field(&conversion, info[0], "fd"));
  if (!conversion.ok()) return {};
  return Napi::Number::New(info.Env(), DroppedDatagrams(fd));
}

Napi::Value Versions(const Napi::CallbackInfo& info) { return FromVersions(info.Env()); }

// Not exit: that joins the thread pool of Node, which may wait for a disk or a resolver.
void EndProcess(const Napi::CallbackInfo& info) {
  Conversion conversion(info.Env());
  const uint64_t code = Field(&conversion, info[0], "code").Integer(0, 255);
  if (conversion.ok()) _exit(static_cast<int>(code));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData;
  env.SetInstanceData(data);
  data->relay_class = Napi::Persistent(RelayWrap::Define(env));
  data->on_event_key = Napi::Persistent(Napi::Symbol::New(env, "onEvent"));
  exports.Set("createRelay", Napi::Function::New<CreateRelay>(env, "createRelay"));
  exports.Set("slabLayout", Napi::Function::New<SlabLayout>(env, "slabLayout"));
  exports.Set("cryptoSuites", Napi::Function::New<CryptoSuiteRows>(env, "cryptoSuites"));
  exports.Set("openControlSocket", Napi::Function::New<OpenControlSocket>(env, "openControlSocket"));
  exports.Set("muteSources", Napi::Function::New<MuteSourcesOf>(env, "muteSources"));
  exports.Set("droppedDatagrams", Napi::Function::New<DroppedDatagramsOf>(env, "droppedDatagrams"));
  exports.Set("versions", Napi::Function::New<Versions>(env, "versions"));
  exports.Set("endProcess", Napi::Function::New<EndProcess>(env, "endProcess"));
  return exports;
}

}  // namespace
}  // namespace anchor

// The macro wants a name without a scope.
using anchor::Init;
NODE_API_MODULE(srtp_anchor, Init)
