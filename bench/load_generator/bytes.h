#ifndef BENCH_LOAD_GENERATOR_BYTES_H_
#define BENCH_LOAD_GENERATOR_BYTES_H_

#include <cstdint>

// Network byte order, at any alignment.
namespace anchor_bench {

inline void PutU16(uint8_t* to, uint16_t value) {
  to[0] = static_cast<uint8_t>(value >> 8);
  to[1] = static_cast<uint8_t>(value);
}

inline void PutU32(uint8_t* to, uint32_t value) {
  PutU16(to, static_cast<uint16_t>(value >> 16));
  PutU16(to + 2, static_cast<uint16_t>(value));
}

inline uint16_t GetU16(const uint8_t* from) { return static_cast<uint16_t>((from[0] << 8) | from[1]); }

inline uint32_t GetU32(const uint8_t* from) {
  return (static_cast<uint32_t>(GetU16(from)) << 16) | GetU16(from + 2);
}

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_BYTES_H_
