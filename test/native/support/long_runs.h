#ifndef TEST_NATIVE_SUPPORT_LONG_RUNS_H_
#define TEST_NATIVE_SUPPORT_LONG_RUNS_H_

#include <cstdint>
#include <cstdlib>

namespace test {

// How many packets a test sends that can go on for long: ANCHOR_TEST_PACKETS, which `npm run sanitize` sets,
// or `otherwise`.
inline uint64_t PacketsToSend(uint64_t otherwise) {
  const char* told = std::getenv("ANCHOR_TEST_PACKETS");
  return told == nullptr ? otherwise : std::strtoull(told, nullptr, 10);
}

}  // namespace test

#endif  // TEST_NATIVE_SUPPORT_LONG_RUNS_H_
