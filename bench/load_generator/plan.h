#ifndef BENCH_LOAD_GENERATOR_PLAN_H_
#define BENCH_LOAD_GENERATOR_PLAN_H_

#include <sys/types.h>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "socket.h"
#include "srtp.h"

namespace anchor_bench {

// A suite and its key || salt.
struct SuiteKey {
  const CryptoSuite* suite;
  std::vector<uint8_t> key_salt;
};

// A local party: where it sends from and receives at, RTP and RTCP.
struct EndpointPlan {
  SocketAddress rtp;
  SocketAddress rtcp;
};

struct StreamPlan {
  uint32_t ssrc;
  uint16_t first_sequence;
  size_t from_endpoint;
  SocketAddress target;          // the relay's port that faces the sender
  std::optional<SuiteKey> send;  // what the sender encrypts with; nothing = plain
  size_t to_endpoint;
  std::optional<SuiteKey> receive;  // what the relay encrypts with towards the receiver; nothing = plain
};

// Streams that share one pace: packet k leaves at start + k / rate, the streams taking turns. A burst above 1
// hands that many packets of a stream to the kernel at once (UDP_SEGMENT), which costs the generator less and
// arrives in clumps.
struct GroupPlan {
  std::string name;
  bool rtcp;
  double rate;        // packets a second, all streams together
  uint64_t start_ns;  // since the run began
  uint64_t stop_ns;
  size_t payload;  // octets behind the RTP header
  bool counted;    // in the totals of the window; false for packets that only make the relay learn an address
  uint64_t burst;  // 1–32
  std::vector<StreamPlan> streams;
};

// What a run does. Text on the way in, because it is written by a program and read by people who debug it:
//   anchor-load 1
//   set NAME NUMBER                      (the fields below)
//   watch PID
//   endpoint ADDRESS RTP-PORT RTCP-PORT  (numbered from 0)
//   group NAME rtp|rtcp RATE START-MS STOP-MS PAYLOAD COUNTED BURST
//   stream SSRC FIRST-SEQUENCE FROM ADDRESS PORT SUITE|- KEY-HEX|- TO SUITE|- KEY-HEX|-   (of the group
//   before)
struct Plan {
  uint64_t warmup_ms = 500;      // sent but not counted: addresses are learned, caches fill
  uint64_t duration_ms = 2000;   // the window that is measured
  uint64_t drain_ms = 300;       // how long to wait for stragglers after the last arrival
  uint64_t verify_every = 100;   // one packet in so many is authenticated, decrypted and compared; 0 = none
  uint64_t batch = 32;           // datagrams a system call, at most
  uint64_t spin_below_us = 60;   // sleep only when the next packet is due later than this
  uint64_t kernel_stamps = 0;    // 1 = arrival time from the kernel, not from the reading thread
  uint64_t preencrypt_mb = 512;  // encrypt before the run when all packets fit in this; 0 = while sending
  uint64_t threads = 1;          // 1 = one loop sends and reads; 2 = a thread each
  uint64_t sender_cpu = kNoCpu;
  uint64_t receiver_cpu = kNoCpu;
  uint64_t buffer_kb = 4096;  // socket buffers
  uint64_t progress = 0;      // 1 = a line on stderr each second
  std::vector<pid_t> watched;
  std::vector<EndpointPlan> endpoints;
  std::vector<GroupPlan> groups;

  static constexpr uint64_t kNoCpu = ~uint64_t{0};

  // Throws std::runtime_error that names the line.
  static Plan Read(std::istream& from);
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_PLAN_H_
