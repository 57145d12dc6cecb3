#include "counters/port_counters.h"

namespace anchor {

#define ANCHOR_NAME(enumerator, name) name,

std::span<const std::string_view> PortCounterNames() {
  static constexpr std::array<std::string_view, kPortCounterCount> names = {
      ANCHOR_PORT_COUNTERS(ANCHOR_NAME)  //
      "drop_auth",
      "drop_replay",
      "drop_not_rtp",
      "drop_short",
      "drop_unknown_source",
      "drop_not_learned",
      "drop_no_key",
      "drop_no_peer",
      "drop_direction",
      "drop_blocked",
      "drop_ssrc_limit",
      "drop_tx_error",
      "drop_plain_on_srtp",
      "drop_key_limit",
      "drop_crypto_error"};
  return names;
}

std::span<const std::string_view> StreamCounterNames() {
  static constexpr std::array<std::string_view, kStreamCounterCount> names = {
      ANCHOR_STREAM_COUNTERS(ANCHOR_NAME)};
  return names;
}

std::span<const std::string_view> WorkerCounterNames() {
  static constexpr std::array<std::string_view, kWorkerCounterCount> names = {
      ANCHOR_WORKER_COUNTERS(ANCHOR_NAME)};
  return names;
}

#undef ANCHOR_NAME

}  // namespace anchor
