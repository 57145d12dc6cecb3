#include "crypto/srtp_library.h"

#include <srtp.h>

namespace anchor {
namespace {

// The default handler prints. What it would tell (key limits, SSRC collisions) is counted here by other
// means.
void IgnoreEvent(srtp_event_data_t*) {}

bool Initialise() {
  return srtp_init() == srtp_err_status_ok && srtp_install_event_handler(IgnoreEvent) == srtp_err_status_ok;
}

}  // namespace

bool EnsureSrtpLibrary() {
  static const bool ready = Initialise();
  return ready;
}

}  // namespace anchor
