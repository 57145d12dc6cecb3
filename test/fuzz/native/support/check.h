#ifndef TEST_FUZZ_NATIVE_SUPPORT_CHECK_H_
#define TEST_FUZZ_NATIVE_SUPPORT_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// Ends the process when an invariant does not hold: a fuzzer takes that for a crash and keeps the input.
#define FUZZ_CHECK(condition)                                                             \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

// What libFuzzer calls with each input, and replay_main.cc with each committed one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#endif  // TEST_FUZZ_NATIVE_SUPPORT_CHECK_H_
