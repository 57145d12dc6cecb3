// The whole receive path of a pair of ports, without a network. See support/forward_run.h.
#include "support/check.h"
#include "support/forward_run.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Choices choices(data, size);
  fuzz::ForwardRun(&choices).Play();
  return 0;
}
