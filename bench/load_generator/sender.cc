#include "sender.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace anchor_bench {

namespace {

// Writes packet n of a stream as it goes onto the wire; returns its length.
size_t BuildPacket(const Group& group, Stream& stream, uint64_t n, uint8_t* to) {
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
  return BuildPacket(group, group.streams[0], 0, packet.data());
}

}  // namespace

Sender::Sender(const Plan& plan, Traffic& traffic, const std::vector<Endpoint>& endpoints)
    : batch_(plan.batch),
      warmup_ns_(plan.warmup_ms * 1'000'000),
      traffic_(traffic),
      endpoints_(endpoints),
      buffers_(batch_),
      vectors_(batch_),
      controls_(batch_),
      messages_(batch_) {
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
        const Group::Position at = group.At(k);
        BuildPacket(group, group.streams[at.stream], at.packet, packet.data());
        std::memcpy(arena.octets.get() + k * arena.stride, packet.data(), arena.length);
      }
    }
    arenas_.push_back(std::move(arena));
  }
}

// The kernel cuts the message into datagrams of this length.
void Sender::MarkSegments(size_t message, size_t segment_length) {
  msghdr& header = messages_[message].msg_hdr;
  const auto length = static_cast<uint16_t>(segment_length);
  header.msg_control = controls_[message].data();
  header.msg_controllen = CMSG_SPACE(sizeof(length));
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(length));
  std::memcpy(CMSG_DATA(control), &length, sizeof(length));
}

void Sender::PutBurst(size_t group_number, Batch& batch, uint64_t k, uint64_t count, uint64_t now_ns) {
  Group& group = traffic_.groups[group_number];
  const Arena* arena =
      arenas_.empty() || arenas_[group_number].length == 0 ? nullptr : &arenas_[group_number];
  const Group::Position first = group.At(k);
  Stream& stream = group.streams[first.stream];
  msghdr& header = messages_[batch.messages].msg_hdr;
  header = {};
  // sendmmsg reads the name only; the interface has no const.
  header.msg_name = const_cast<sockaddr*>(&stream.plan->target.base);
  header.msg_namelen = stream.plan->target.length;
  header.msg_iov = &vectors_[batch.packets];
  header.msg_iovlen = count;
  for (uint64_t i = 0; i < count; ++i, ++batch.packets) {
    uint8_t* octets =
        arena != nullptr ? arena->octets.get() + (k + i) * arena->stride : buffers_[batch.packets].data();
    const size_t length =
        arena != nullptr ? arena->length : BuildPacket(group, stream, first.packet + i, octets);
    vectors_[batch.packets] = {octets, length};
    stream.sent_at.Put(first.packet + i, now_ns);
  }
  if (count > 1) MarkSegments(batch.messages, header.msg_iov[0].iov_len);
  ++batch.messages;
}

// Takes packets that are due and leave from one socket.
Sender::Batch Sender::Fill(size_t group_number, uint64_t now_ns) {
  Group& group = traffic_.groups[group_number];
  const uint64_t burst = group.plan->burst;
  Batch batch;
  for (uint64_t k = group.next; k < group.total && batch.packets + burst <= batch_; k += burst) {
    const uint64_t due = group.DueAt(k);
    if (due > now_ns) break;
    const Endpoint& endpoint = endpoints_[group.streams[group.At(k).stream].plan->from_endpoint];
    const int fd = group.plan->rtcp ? endpoint.rtcp.fd() : endpoint.rtp.fd();
    if (batch.messages > 0 && fd != batch.fd) break;
    batch.fd = fd;
    PutBurst(group_number, batch, k, std::min(burst, group.total - k), now_ns);
    if (due >= warmup_ns_) lateness_.Add(now_ns - due);
  }
  return batch;
}

size_t Sender::SendBatch(size_t group_number, uint64_t now_ns) {
  Group& group = traffic_.groups[group_number];
  const Batch batch = Fill(group_number, now_ns);
  size_t done = 0;
  while (done < batch.messages) {
    const int sent =
        sendmmsg(batch.fd, messages_.data() + done, static_cast<unsigned>(batch.messages - done), 0);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (errno != EINTR) {
      ++group.send_errors;  // this one is lost; the schedule goes on
      ++done;
    }
  }
  group.next += batch.packets;
  return batch.packets;
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
