#ifndef NATIVE_ADDON_CONVERT_H_
#define NATIVE_ADDON_CONVERT_H_

#include <napi.h>

#include "addon/field.h"
#include "port/port_config.h"
#include "relay/relay.h"

namespace anchor {

// From JavaScript: the plain structs of the engine, field by field as in src/relay/addon.ts. Look at
// Conversion::ok() before use.
RelayOptions ToRelayOptions(const Field& options);
OpenPortOptions ToOpenPortOptions(const Field& options);
PortConfig ToPortConfig(const Field& config);
PortId ToPortId(const Field& id);
// A literal without port; the port is 0.
SocketAddress ToAddress(const Field& literal);

// To JavaScript.
Napi::Object FromOpenedPort(Napi::Env env, const OpenedPort& opened);
Napi::Object FromEvent(Napi::Env env, const RelayEvent& event);
Napi::Object FromSlabLayout(Napi::Env env);
Napi::Array FromCryptoSuites(Napi::Env env);
Napi::Object FromVersions(Napi::Env env);

// `EADDRINUSE`.
Napi::String FromErrno(Napi::Env env, int error);

}  // namespace anchor

#endif  // NATIVE_ADDON_CONVERT_H_
