#ifndef NATIVE_COMMON_PORT_ID_H_
#define NATIVE_COMMON_PORT_ID_H_

#include <cstddef>
#include <cstdint>

namespace anchor {

// Names one open port of one relay and is never used twice in its life: slot in bits 0–15, the slot's
// generation in bits 16–46, worker in bits 47–52. 53 bits in all, so that a JavaScript number holds it
// exactly. 0 names no port.
enum class PortId : uint64_t { kNone = 0 };

inline constexpr uint32_t kMaxWorkers = 64;
inline constexpr uint32_t kMaxPortsPerWorker = 65536;
// A slot whose generations are used up is retired.
inline constexpr uint32_t kMaxGeneration = (1u << 31) - 1;

constexpr PortId MakePortId(uint32_t worker, uint32_t slot, uint32_t generation) {
  return static_cast<PortId>((uint64_t{worker} << 47) | (uint64_t{generation} << 16) | slot);
}
constexpr uint32_t SlotOf(PortId id) { return static_cast<uint32_t>(static_cast<uint64_t>(id) & 0xffff); }
constexpr uint32_t GenerationOf(PortId id) {
  return static_cast<uint32_t>((static_cast<uint64_t>(id) >> 16) & kMaxGeneration);
}
constexpr uint32_t WorkerOf(PortId id) { return static_cast<uint32_t>(static_cast<uint64_t>(id) >> 47); }

}  // namespace anchor

#endif  // NATIVE_COMMON_PORT_ID_H_
