#include "sender.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace anchor_bench {

namespace {

// Writes packet k of the group as it goes onto the wire; returns its length.
size_t BuildPacket(Group& group, uint64_t k, uint8_t* to) {
  Stream& stream = group.streams[k % group.streams.size()];
  const uint64_t n = k / group.streams.size();
  if (group.plan->rtcp) {
    const auto index = static_cast<uint32_t>(n);
    const size_t length = WriteRtcp(to, stream.plan->ssrc, index);
    return stream.send ? stream.send->ProtectRtcp(to, length, index) : length;
  }
  const uint64_t index = stream.plan->first_sequence + n;
  const size_t length = WriteRtp(to, stream.plan->ssrc, index, group.plan->payload);
  return stream.send ? stream.send->ProtectRtp(to, length, index) : length;
}

bool Encrypts(const Group& group) {
  return std::any_of(group.streams.begin(), group.streams.end(),
                     [](const Stream& s) { return s.send.has_value(); });
}

// Streams of one group share a suite, so that their packets are of one length.
size_t WireLength(Group& group) {
  std::array<uint8_t, kMaxDatagram> packet;
  return BuildPacket(group, 0, packet.data());
}

}  // namespace

Sender::Sender(const Plan& plan, Traffic& traffic, const std::vector<Endpoint>& endpoints)
    : batch_(plan.batch),
      warmup_ns_(plan.warmup_ms * 1'000'000),
      traffic_(traffic),
      endpoints_(endpoints),
      buffers_(batch_),
      vectors_(batch_),
      messages_(batch_) {
  for (size_t i = 0; i < batch_; ++i) {
    messages_[i] = {};
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
  EncryptAhead(plan.preencrypt_mb << 20);
}

void Sender::EncryptAhead(uint64_t limit_bytes) {
  uint64_t needed = 0;
  bool any = false;
  std::vector<size_t> lengths;
  for (auto& group : traffic_.groups) {
    const bool encrypts = Encrypts(group);
    any = any || encrypts;
    lengths.push_back(encrypts ? WireLength(group) : 0);
    needed += group.total * ((lengths.back() + 15) & ~size_t{15});
  }
  if (!any || needed > limit_bytes) return;
  for (size_t g = 0; g < traffic_.groups.size(); ++g) {
    Group& group = traffic_.groups[g];
    Arena arena{nullptr, (lengths[g] + 15) & ~size_t{15}, lengths[g]};
    if (arena.length > 0) {
      // A tag may be written behind the last packet's stride; leave room for one whole datagram.
      arena.octets = std::make_unique<uint8_t[]>(group.total * arena.stride + kMaxDatagram);
      std::array<uint8_t, kMaxDatagram> packet;
      for (uint64_t k = 0; k < group.total; ++k) {
        BuildPacket(group, k, packet.data());
        std::memcpy(arena.octets.get() + k * arena.stride, packet.data(), arena.length);
      }
    }
    arenas_.push_back(std::move(arena));
  }
}

void Sender::Put(size_t slot, const SocketAddress& target, uint8_t* octets, size_t length) {
  vectors_[slot] = {octets, length};
  // sendmmsg reads the name only; the interface has no const.
  messages_[slot].msg_hdr.msg_name = const_cast<sockaddr*>(&target.base);
  messages_[slot].msg_hdr.msg_namelen = target.length;
}

// Puts packets that are due and leave from one socket into the batch.
size_t Sender::Fill(size_t group_number, uint64_t limit, uint64_t now_ns, int* fd) {
  Group& group = traffic_.groups[group_number];
  const Arena* arena =
      arenas_.empty() || arenas_[group_number].length == 0 ? nullptr : &arenas_[group_number];
  const size_t streams = group.streams.size();
  size_t filled = 0;
  size_t s = group.next % streams;
  uint64_t n = group.next / streams;
  for (uint64_t k = group.next; filled < limit && k < group.total; ++k) {
    const uint64_t due = group.DueAt(k);
    if (due > now_ns) break;
    Stream& stream = group.streams[s];
    const Endpoint& endpoint = endpoints_[stream.plan->from_endpoint];
    const int from = group.plan->rtcp ? endpoint.rtcp.fd() : endpoint.rtp.fd();
    if (filled > 0 && from != *fd) break;
    *fd = from;
    uint8_t* octets = arena != nullptr ? arena->octets.get() + k * arena->stride : buffers_[filled].data();
    const size_t length = arena != nullptr ? arena->length : BuildPacket(group, k, octets);
    Put(filled++, stream.plan->target, octets, length);
    stream.sent_at.Put(n, now_ns);
    if (due >= warmup_ns_) lateness_.Add(now_ns - due);
    if (++s == streams) {
      s = 0;
      ++n;
    }
  }
  return filled;
}

size_t Sender::SendBatch(size_t group_number, uint64_t now_ns) {
  Group& group = traffic_.groups[group_number];
  int fd = -1;
  const size_t filled = Fill(group_number, batch_, now_ns, &fd);
  size_t done = 0;
  while (done < filled) {
    const int sent = sendmmsg(fd, messages_.data() + done, static_cast<unsigned>(filled - done), 0);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (errno != EINTR) {
      ++group.send_errors;  // this packet is lost; the schedule goes on
      ++done;
    }
  }
  group.next += filled;
  return filled;
}

size_t Sender::SendDue(uint64_t now_ns) {
  size_t sent = 0;
  for (size_t g = 0; g < traffic_.groups.size(); ++g) sent += SendBatch(g, now_ns);
  sent_ += sent;
  return sent;
}

uint64_t Sender::NextDue() const {
  uint64_t next = std::numeric_limits<uint64_t>::max();
  for (const auto& group : traffic_.groups) {
    if (group.next < group.total) next = std::min(next, group.DueAt(group.next));
  }
  return next;
}

}  // namespace anchor_bench
