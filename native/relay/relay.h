#ifndef NATIVE_RELAY_RELAY_H_
#define NATIVE_RELAY_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/expected.h"
#include "common/port_id.h"
#include "counters/counter_slab.h"
#include "port/port_config.h"
#include "relay/relay_event.h"

namespace anchor {

// Mirrors src/relay/addon.ts, which says the ranges; the caller has checked them.
struct RelayOptions {
  uint32_t workers = 1;
  uint32_t ports_per_worker = 4096;
  uint32_t coalesce_microseconds = 0;
  uint32_t receive_buffer_bytes = 0;
  uint32_t send_buffer_bytes = 0;
  std::vector<uint32_t> cpus;
  uint32_t rekey_overlap_milliseconds = 2000;
  uint32_t learning_window_milliseconds = 3000;
};

struct OpenPortOptions {
  uint32_t worker = 0;
  std::string address;  // IPv4 or IPv6 literal.
  uint16_t port = 0;    // 0 = the system chooses.
  uint8_t traffic_class = 0;
};

struct OpenedPort {
  PortId id = PortId::kNone;
  uint32_t slot = 0;
  uint16_t port = 0;
};

enum class ConfigureResult : uint8_t {
  kOk,
  kUnknownPort,  // Closed, or never was.
  kInvalidKeys,  // Unusable suite, or lengths that are not the suite's.
  kOtherWorker,  // crypto_from, rtp_to or rtcp_to lies on another worker.
  kNoMemory,
};

// The engine: workers with their ports. Knows nothing of Node. All methods belong to one thread, the owner's;
// workers are reached by command queues and answer by events. State belongs to the object: any number of
// relays may live in one process.
class Relay {
 public:
  // Starts the workers. Fails with the errno of what the system refused (EAGAIN, EMFILE, ENOMEM).
  static Expected<std::unique_ptr<Relay>, int> Create(const RelayOptions& options, const EventSink& sink);
  // Closes; a backstop.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Creates and binds the socket in the caller's thread. Fails with an errno: EADDRINUSE, EADDRNOTAVAIL,
  // EMFILE, ENOMEM …, ENOSPC when the system watches no more sockets, ENOBUFS when all slots of the worker
  // are taken, EINVAL for an address that is not a literal, or a worker that is not there. Nothing is
  // forwarded before ConfigurePort.
  Expected<OpenedPort, int> OpenPort(const OpenPortOptions& options);

  // Replaces the whole configuration, between two packets.
  [[nodiscard]] ConfigureResult ConfigurePort(PortId id, PortConfig config);

  // The worker closes the socket and then raises kClosed. False, and nothing happens, for an id that is not
  // open, and when there is no memory to ask the worker with.
  bool ClosePort(PortId id);

  // Gives the counters' slot back after kClosed. Ignored for a slot that is not waiting for it.
  void ReleaseSlot(uint32_t worker, uint32_t slot);

  // The counters of a worker, live. Null when there is no such worker. Readable even after Close.
  std::shared_ptr<CounterSlab> Slab(uint32_t worker) const;

  // From here on no worker is woken for what it is asked, until Release: for requests that follow each other.
  // A worker that is awake anyway carries them out all the same, in order.
  void Hold() { held_ = true; }
  // Wakes the workers that have something to carry out.
  void Release();

  // Moves out what the workers have told since the last call, oldest first a worker.
  std::vector<RelayEvent> TakeEvents();

  // Stops the workers, joins them, closes every socket, wipes every key. Idempotent. No event is raised for
  // the ports.
  void Close();
  bool closed() const { return closed_; }

 private:
  struct Lane;
  explicit Relay(const RelayOptions& options);
  static Expected<std::unique_ptr<Relay>, int> Start(const RelayOptions& options, const EventSink& sink);
  // Null when closed or when there is no such worker.
  Lane* LaneOf(PortId id);

  const RelayOptions options_;
  std::vector<std::unique_ptr<Lane>>
      lanes_;  // One a worker; they stay until the relay dies, so that slabs can be read.
  bool held_ = false;
  bool closed_ = false;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_RELAY_H_
