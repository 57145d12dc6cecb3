#include "relay/party_follower.h"

#include <sys/resource.h>

#include <algorithm>
#include <climits>
#include <span>
#include <utility>

#include "relay/socket_tag.h"

namespace anchor {
namespace {

// A port that is sent so many packets between two looks has a call with media on it.
constexpr uint64_t kBusyPackets = 10;
// More than that is not carried of what a party sent before it moved.
constexpr size_t kMostLeftBehind = 512;

// Half of the descriptors that the process may have: the other half is for calls to come.
int DescriptorBound() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, INT_MAX) / 2);
}

}  // namespace

PartyFollower::PartyFollower(Poller* poller, DatagramBatch* batch, Forwarder* forwarder)
    : poller_(poller), batch_(batch), forwarder_(forwarder), descriptor_bound_(DescriptorBound()) {}

size_t PartyFollower::Follow(MediaPort* port, Instant now) {
  const uint64_t sent = port->counters.Get(PortCounter::kTxRtpPackets);
  const uint64_t before = std::exchange(port->sent_before, sent);
  if (port->socket.connected())
    return port->socket.ConnectedTo(port->latch.destination()) ? 0 : Disconnect(port, now);
  if (left_ > 0 && port->latch.learned() && sent >= before + kBusyPackets) Connect(port);
  return 0;
}

void PartyFollower::Connect(MediaPort* port) {
  --left_;
  if (port->socket.Connect(port->latch.destination(), descriptor_bound_) != 0) return;
  const auto side = MediaSocket::Side::kParty;
  if (!poller_->Add(port->socket.fd(side), TagOf(port->id, side))) port->socket.Disconnect();
}

size_t PartyFollower::Disconnect(MediaPort* port, Instant now) {
  const int fd = port->socket.fd(MediaSocket::Side::kParty);
  poller_->Remove(fd);
  size_t packets = 0;
  std::span<Datagram> read;
  do {
    read = batch_->ReceiveSeveral(fd);
    for (const Datagram& datagram : read) forwarder_->Forward(port, datagram, now);
    packets += read.size();
  } while (read.size() == DatagramBatch::kCapacity && packets < kMostLeftBehind);
  port->socket.Disconnect();
  return packets;
}

}  // namespace anchor
