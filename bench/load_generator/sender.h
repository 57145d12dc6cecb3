#ifndef BENCH_LOAD_GENERATOR_SENDER_H_
#define BENCH_LOAD_GENERATOR_SENDER_H_

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "histogram.h"
#include "packet.h"
#include "traffic.h"

namespace anchor_bench {

// A local party's two sockets.
struct Endpoint {
  UdpSocket rtp;
  UdpSocket rtcp;
};

// Sends every group's packets when they are due, whatever comes back (an open loop): what a stall has delayed
// is caught up, and how late each packet left is recorded.
class Sender {
 public:
  Sender(const Plan& plan, Traffic& traffic, const std::vector<Endpoint>& endpoints);

  // Sends what is due at `now_ns` since the start, at most a batch a group. Returns the packets sent.
  size_t SendDue(uint64_t now_ns);
  // When the next packet of any group is due; the far future when all have left.
  uint64_t NextDue() const;

  const Histogram& lateness() const { return lateness_; }
  uint64_t sent() const { return sent_; }
  bool preencrypted() const { return !arenas_.empty(); }

 private:
  // All packets of a group, encrypted before the run, `stride` octets apart.
  struct Arena {
    std::unique_ptr<uint8_t[]> octets;
    size_t stride;
    size_t length;
  };

  // What a batch holds: messages for sendmmsg, and the packets in them.
  struct Batch {
    size_t messages = 0;
    size_t packets = 0;
    int fd = -1;
  };

  void EncryptAhead(uint64_t limit_bytes);
  size_t SendBatch(size_t group_number, uint64_t now_ns);
  Batch Fill(size_t group_number, uint64_t now_ns);
  // Puts packets [k, k + count) of one stream into the batch as one message.
  void PutBurst(size_t group_number, Batch& batch, uint64_t k, uint64_t count, uint64_t now_ns);
  void MarkSegments(size_t message, size_t segment_length);

  size_t batch_;
  uint64_t warmup_ns_;
  Traffic& traffic_;
  const std::vector<Endpoint>& endpoints_;
  std::vector<Arena> arenas_;  // one a group, or none at all
  std::vector<std::array<uint8_t, kMaxDatagram>> buffers_;
  std::vector<iovec> vectors_;
  std::vector<std::array<uint8_t, 64>> controls_;
  std::vector<mmsghdr> messages_;
  Histogram lateness_;
  uint64_t sent_ = 0;
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_SENDER_H_
