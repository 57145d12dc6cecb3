#include "addon/control_socket.h"

#include <climits>
#include <string>

#include "addon/convert.h"
#include "net/source_filter.h"

namespace anchor {
namespace {

constexpr uint64_t kLargestBuffer = 1u << 30;

}  // namespace

ControlSocketOptions ToControlSocketOptions(const Field& field) {
  ControlSocketOptions options;
  options.local = ToAddress(field.Get("address"));
  options.local.port = static_cast<uint16_t>(field.Get("port").Integer(0, 65535));
  options.socket.receive_buffer_bytes =
      static_cast<uint32_t>(field.Get("receiveBufferBytes").Integer(0, kLargestBuffer));
  return options;
}

int ToDescriptor(const Field& field) { return static_cast<int>(field.Integer(0, INT_MAX)); }

std::vector<SocketAddress> ToAddresses(const Field& field) {
  const uint32_t length = field.ArrayLength(kMaxMutedSources);
  std::vector<SocketAddress> addresses;
  addresses.reserve(length);
  for (uint32_t i = 0; i < length; ++i) addresses.push_back(ToAddress(field.At(i)));
  return addresses;
}

Napi::Object FromControlSocket(Napi::Env env, Expected<UdpSocket, int> bound) {
  Napi::Object result = Napi::Object::New(env);
  if (!bound) {
    result.Set("error", FromErrno(env, bound.error()));
    return result;
  }
  result.Set("error", env.Null());
  result.Set("fd", Napi::Number::New(env, bound.value().Release()));
  return result;
}

}  // namespace anchor
