#ifndef TEST_FUZZ_NATIVE_SUPPORT_NO_NETWORK_H_
#define TEST_FUZZ_NATIVE_SUPPORT_NO_NETWORK_H_

#include <vector>

#include "support/reference_srtp.h"

namespace fuzz {

struct Sent {
  int fd;
  reference::Octets packet;
};

// Everything that was given to sendto since it was last cleared. The socket calls of these executables are
// replaced by ones that stay in the process: no packet reaches a network, and no execution waits for the
// kernel.
std::vector<Sent>& Outbox();

}  // namespace fuzz

#endif  // TEST_FUZZ_NATIVE_SUPPORT_NO_NETWORK_H_
