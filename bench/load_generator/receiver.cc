#include "receiver.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <unordered_set>

#include "bytes.h"

namespace anchor_bench {

namespace {

uint64_t Nanoseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

// RFC 3711 §3.3.1: the packet number nearest to the highest so far whose sequence number is `sequence`.
uint64_t ExtendSequence(uint64_t highest, uint16_t sequence) {
  const auto distance =
      static_cast<int16_t>(static_cast<uint16_t>(sequence - static_cast<uint16_t>(highest)));
  return highest + static_cast<uint64_t>(static_cast<int64_t>(distance));
}

size_t StreamCount(const Traffic& traffic, bool rtcp) {
  size_t count = 0;
  for (const auto& group : traffic.groups) count += group.plan->rtcp == rtcp ? group.streams.size() : 0;
  return count;
}

}  // namespace

SsrcTable::SsrcTable(size_t streams) : mask_(std::bit_ceil(2 * streams + 2) - 1), entries_(mask_ + 1) {}

void SsrcTable::Add(const Entry& entry) {
  size_t slot = Slot(entry.ssrc);
  for (; entries_[slot].stream != nullptr; slot = (slot + 1) & mask_) {
    if (entries_[slot].ssrc == entry.ssrc) throw std::runtime_error("plan: one SSRC in two streams");
  }
  entries_[slot] = entry;
}

SsrcTable::Entry* SsrcTable::Find(uint32_t ssrc) {
  for (size_t slot = Slot(ssrc); entries_[slot].stream != nullptr; slot = (slot + 1) & mask_) {
    if (entries_[slot].ssrc == ssrc) return &entries_[slot];
  }
  return nullptr;
}

Receiver::Receiver(const Plan& plan, Traffic& traffic, const std::vector<Endpoint>& endpoints,
                   uint64_t start_ns)
    : kernel_stamps_(plan.kernel_stamps != 0),
      verify_every_(plan.verify_every),
      realtime_start_ns_(Nanoseconds(CLOCK_REALTIME) - Nanoseconds(CLOCK_MONOTONIC) + start_ns),
      traffic_(traffic),
      endpoints_(endpoints),
      rtp_(StreamCount(traffic, false)),
      rtcp_(StreamCount(traffic, true)) {
  std::unordered_set<size_t> busy;
  for (auto& group : traffic.groups) {
    for (size_t s = 0; s < group.streams.size(); ++s) {
      Stream& stream = group.streams[s];
      (group.plan->rtcp ? rtcp_ : rtp_).Add({stream.plan->ssrc, &group, &stream, s});
      stream.highest = group.plan->rtcp ? 0 : stream.plan->first_sequence;
      if (group.plan->counted && !group.plan->rtcp) busy.insert(stream.plan->to_endpoint);
    }
  }
  if (2 * endpoints.size() > kPollAllBelow) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) throw std::runtime_error("epoll_create1 failed");
  }
  for (size_t e = 0; e < endpoints.size(); ++e) {
    Watch({endpoints[e].rtp.fd(), false, busy.contains(e)});
    Watch({endpoints[e].rtcp.fd(), true, false});
  }
}

Receiver::~Receiver() {
  if (epoll_ >= 0) close(epoll_);
}

void Receiver::Watch(const Source& source) {
  sources_.push_back(source);
  if (epoll_ < 0) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = sources_.size() - 1;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, source.fd, &event);
}

size_t Receiver::Poll(uint64_t now_ns) {
  if (epoll_ >= 0) return PollAll(now_ns);
  if (++round_ % kRarely == 0) return PollAll(now_ns);
  size_t read = 0;
  for (const auto& source : sources_) {
    if (source.busy) read += Read(source, now_ns);
  }
  return read;
}

size_t Receiver::PollAll(uint64_t now_ns) {
  size_t read = 0;
  if (epoll_ < 0) {
    for (const auto& source : sources_) read += Read(source, now_ns);
    return read;
  }
  std::array<epoll_event, 128> events;
  const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < ready; ++i) read += Read(sources_[events[static_cast<size_t>(i)].data.u64], now_ns);
  return read;
}

size_t Receiver::Read(const Source& source, uint64_t now_ns) {
  for (size_t i = 0; i < kBatch; ++i) {
    vectors_[i] = {buffers_[i].data(), buffers_[i].size()};
    messages_[i] = {};
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
    if (kernel_stamps_) {
      messages_[i].msg_hdr.msg_control = controls_[i].data();
      messages_[i].msg_hdr.msg_controllen = controls_[i].size();
    }
  }
  const int count = recvmmsg(source.fd, messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (count <= 0) return 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    const uint64_t arrived_ns = ArrivalTime(messages_[i], now_ns);
    if (source.rtcp) {
      TakeRtcp(buffers_[i].data(), messages_[i].msg_len, arrived_ns);
    } else {
      TakeRtp(buffers_[i].data(), messages_[i].msg_len, arrived_ns);
    }
  }
  received_ += static_cast<uint64_t>(count);
  return static_cast<size_t>(count);
}

uint64_t Receiver::ArrivalTime(const mmsghdr& message, uint64_t now_ns) const {
  if (!kernel_stamps_) return now_ns;
  const cmsghdr* control = CMSG_FIRSTHDR(&message.msg_hdr);
  if (control == nullptr || control->cmsg_type != SCM_TIMESTAMPNS) return now_ns;
  timespec time{};
  std::memcpy(&time, CMSG_DATA(control), sizeof(time));
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec) -
         realtime_start_ns_;
}

bool Receiver::Take(SsrcTable::Entry& entry, uint64_t n, size_t length, uint64_t arrived_ns) {
  Group& group = *entry.group;
  Stream& stream = *entry.stream;
  if (n >= group.Share(entry.number, group.total)) {
    ++group.unplanned;
    return false;
  }
  uint64_t& word = stream.seen[n / 64];
  const uint64_t bit = uint64_t{1} << (n % 64);
  if ((word & bit) != 0) {
    ++group.duplicates;
    return false;
  }
  word |= bit;
  if (group.plan->counted) {
    traffic_.counted_received.store(traffic_.counted_received.load(std::memory_order_relaxed) + 1,
                                    std::memory_order_relaxed);
    traffic_.counted_bytes.store(traffic_.counted_bytes.load(std::memory_order_relaxed) + length,
                                 std::memory_order_relaxed);
  }
  // Quiet sockets are read late, so that only the kernel's stamp says when RTCP arrived.
  if (n >= stream.window_first && (kernel_stamps_ || !group.plan->rtcp)) {
    if (const auto latency = stream.sent_at.Since(n, arrived_ns)) group.latency.Add(*latency);
  }
  return true;
}

void Receiver::TakeRtp(uint8_t* octets, size_t length, uint64_t arrived_ns) {
  SsrcTable::Entry* entry = length < kRtpHeaderLength ? nullptr : rtp_.Find(GetU32(octets + 8));
  if (entry == nullptr) {
    ++unknown_;
    return;
  }
  Group& group = *entry->group;
  Stream& stream = *entry->stream;
  const uint64_t index = ExtendSequence(stream.highest, GetU16(octets + 2));
  const uint64_t n = index - stream.plan->first_sequence;
  if (!Take(*entry, n, length, arrived_ns)) return;
  if (index < stream.highest) {
    ++group.reordered;
  } else {
    stream.highest = index;
  }
  const size_t tag = stream.receive ? stream.receive->suite().srtp_tag_length : 0;
  if (length != kRtpHeaderLength + group.plan->payload + tag) ++group.wrong_length;
  if (verify_every_ != 0 && (n + entry->number) % verify_every_ == 0) VerifyRtp(*entry, n, octets, length);
}

void Receiver::VerifyRtp(SsrcTable::Entry& entry, uint64_t n, uint8_t* octets, size_t length) {
  Group& group = *entry.group;
  Stream& stream = *entry.stream;
  const uint64_t index = stream.plan->first_sequence + n;
  ++group.verified;
  if (stream.receive) {
    const auto plain = stream.receive->UnprotectRtp(octets, length, index);
    if (!plain) {
      ++group.failed_authentication;
      return;
    }
    length = *plain;
  }
  if (!IsRtpAsSent({octets, length}, stream.plan->ssrc, index, group.plan->payload)) ++group.altered;
}

void Receiver::TakeRtcp(uint8_t* octets, size_t length, uint64_t arrived_ns) {
  SsrcTable::Entry* entry = length < kRtcpLength ? nullptr : rtcp_.Find(GetU32(octets + 4));
  if (entry == nullptr) {
    ++unknown_;
    return;
  }
  Group& group = *entry->group;
  Stream& stream = *entry->stream;
  size_t plain = length;
  // RTCP is rare, so all of it is checked; what fails cannot be told apart and is counted as nothing else.
  ++group.verified;
  if (stream.receive) {
    const auto opened = stream.receive->UnprotectRtcp(octets, length);
    if (!opened) {
      ++group.failed_authentication;
      return;
    }
    plain = *opened;
  }
  const uint32_t index = RtcpIndex(octets);
  if (!IsRtcpAsSent({octets, plain}, stream.plan->ssrc, index)) ++group.altered;
  Take(*entry, index, length, arrived_ns);
}

uint64_t Receiver::Drops() const {
  uint64_t drops = 0;
  for (const auto& endpoint : endpoints_) drops += endpoint.rtp.Drops() + endpoint.rtcp.Drops();
  return drops;
}

}  // namespace anchor_bench
