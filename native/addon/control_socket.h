#ifndef NATIVE_ADDON_CONTROL_SOCKET_H_
#define NATIVE_ADDON_CONTROL_SOCKET_H_

#include <napi.h>

#include <vector>

#include "addon/field.h"
#include "common/expected.h"
#include "net/udp_socket.h"

namespace anchor {

// Conversions for the sockets of the control protocol, which JavaScript reads and the kernel guards.
struct ControlSocketOptions {
  SocketAddress local;
  UdpSocketOptions socket;
};

ControlSocketOptions ToControlSocketOptions(const Field& field);
int ToDescriptor(const Field& field);
// Literals without port.
std::vector<SocketAddress> ToAddresses(const Field& field);

// Hands the descriptor over.
Napi::Object FromControlSocket(Napi::Env env, Expected<UdpSocket, int> bound);

}  // namespace anchor

#endif  // NATIVE_ADDON_CONTROL_SOCKET_H_
