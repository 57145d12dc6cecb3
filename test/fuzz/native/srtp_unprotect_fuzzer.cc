// InboundSrtp, mostly SRTP: all suites, MKIs, several keys, re-keys. See support/unprotect_run.h.
#include "support/check.h"
#include "support/unprotect_run.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Choices choices(data, size);
  fuzz::UnprotectRun(fuzz::Protocols::kSrtp, &choices).Play();
  return 0;
}
