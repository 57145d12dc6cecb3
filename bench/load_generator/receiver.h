#ifndef BENCH_LOAD_GENERATOR_RECEIVER_H_
#define BENCH_LOAD_GENERATOR_RECEIVER_H_

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "packet.h"
#include "sender.h"
#include "traffic.h"

namespace anchor_bench {

// SSRC → stream, by open addressing.
class SsrcTable {
 public:
  struct Entry {
    uint32_t ssrc;
    Group* group;
    Stream* stream;
    size_t number;
  };

  explicit SsrcTable(size_t streams);
  void Add(const Entry& entry);
  Entry* Find(uint32_t ssrc);

 private:
  size_t Slot(uint32_t ssrc) const { return (ssrc * 0x9e3779b1U) & mask_; }

  size_t mask_;
  std::vector<Entry> entries_;
};

// Reads what arrives: counts every packet by sequence number, takes its latency, checks a sample with SRTP.
class Receiver {
 public:
  Receiver(const Plan& plan, Traffic& traffic, const std::vector<Endpoint>& endpoints, uint64_t start_ns);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Reads what is there without waiting; `now_ns` is since the start. Returns the datagrams read.
  size_t Poll(uint64_t now_ns);
  // Also looks at the sockets that are polled rarely.
  size_t PollAll(uint64_t now_ns);

  uint64_t received() const { return received_; }
  uint64_t unknown() const { return unknown_; }
  uint64_t Drops() const;

 private:
  struct Source {
    int fd;
    bool rtcp;
    bool busy;  // counted RTP arrives here: look each time
  };

  void Watch(const Source& source);
  size_t Read(const Source& source, uint64_t now_ns);
  uint64_t ArrivalTime(const mmsghdr& message, uint64_t now_ns) const;
  void TakeRtp(uint8_t* octets, size_t length, uint64_t arrived_ns);
  void TakeRtcp(uint8_t* octets, size_t length, uint64_t arrived_ns);
  // False when packet n has been seen or was never planned.
  bool Take(SsrcTable::Entry& entry, uint64_t n, size_t length, uint64_t arrived_ns);
  void VerifyRtp(SsrcTable::Entry& entry, uint64_t n, uint8_t* octets, size_t length);

  static constexpr size_t kBatch = 64;
  static constexpr size_t kPollAllBelow = 16;  // sockets; beyond that epoll says which are ready
  static constexpr unsigned kRarely = 64;      // rounds between two looks at a quiet socket

  bool kernel_stamps_;
  uint64_t verify_every_;
  uint64_t realtime_start_ns_;  // the run's start on the clock that the kernel stamps with
  Traffic& traffic_;
  const std::vector<Endpoint>& endpoints_;
  SsrcTable rtp_;
  SsrcTable rtcp_;
  std::vector<Source> sources_;
  int epoll_ = -1;
  unsigned round_ = 0;
  std::array<std::array<uint8_t, kMaxDatagram>, kBatch> buffers_;
  std::array<std::array<uint8_t, 64>, kBatch> controls_;
  std::array<iovec, kBatch> vectors_;
  std::array<mmsghdr, kBatch> messages_;
  uint64_t received_ = 0;
  uint64_t unknown_ = 0;  // no stream has this SSRC, or too short to tell
};

}  // namespace anchor_bench

#endif  // BENCH_LOAD_GENERATOR_RECEIVER_H_
