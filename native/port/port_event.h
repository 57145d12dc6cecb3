#ifndef NATIVE_PORT_PORT_EVENT_H_
#define NATIVE_PORT_PORT_EVENT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/port_id.h"

namespace anchor {

// Same order as RelayEvent['kind'] in src/relay/addon.ts.
enum class PortEventKind : uint8_t {
  kClosed,          // The port's socket is gone and its counters are final.
  kAddressLearned,  // Detail: `address port`.
  kAuthFailing,     // At least 32 packets in a row failed.
  kKeyLimit,        // Fewer than 2^16 packets left, or the key was stopped (detail `stopped`).
  kSocketError,     // Detail: errno name.
  kRocResync,       // Detail: `kept`, `reset`, `plus_one`, `minus_one` or `failed`.
};
inline constexpr size_t kPortEventKinds = 6;

// The name as JavaScript sees it, e.g. `address_learned`.
std::string_view PortEventName(PortEventKind kind);

// A short text without allocation, cut at its capacity: an IPv6 literal, a space and a port fit.
class EventDetail {
 public:
  EventDetail() = default;
  explicit EventDetail(std::string_view text) : size_(std::min(text.size(), text_.size())) {
    std::copy_n(text.begin(), size_, text_.begin());
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 56> text_{};
  size_t size_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_PORT_PORT_EVENT_H_
