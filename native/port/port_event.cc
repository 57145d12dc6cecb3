#include "port/port_event.h"

namespace anchor {

std::string_view PortEventName(PortEventKind kind) {
  static constexpr std::array<std::string_view, kPortEventKinds> names = {
      "closed", "address_learned", "auth_failing", "key_limit", "socket_error", "roc_resync"};
  return names[static_cast<size_t>(kind)];
}

}  // namespace anchor
