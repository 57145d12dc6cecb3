#ifndef NATIVE_RELAY_PARTY_FOLLOWER_H_
#define NATIVE_RELAY_PARTY_FOLLOWER_H_

#include <cstddef>

#include "common/clock.h"
#include "net/datagram_batch.h"
#include "net/poller.h"
#include "port/forward.h"
#include "port/media_port.h"

namespace anchor {

// Gives a party that was heard from and is sent to all the time a socket to itself, and takes it back when
// the party moves. Without one, for want of descriptors, everything goes through the port's first as before.
class PartyFollower {
 public:
  // All borrowed; they outlive it.
  PartyFollower(Poller* poller, DatagramBatch* batch, Forwarder* forwarder);

  // A turn of housekeeping begins: so many sockets may be opened in it, so that packets need not wait long.
  void StartTurn() { left_ = kConnectsATurn; }
  // Once a second for each port, between rounds. Returns how many packets it carried: what the party sent
  // before it moved.
  size_t Follow(MediaPort* port, Instant now);

 private:
  static constexpr int kConnectsATurn = 128;

  void Connect(MediaPort* port);
  size_t Disconnect(MediaPort* port, Instant now);

  Poller* const poller_;
  DatagramBatch* const batch_;
  Forwarder* const forwarder_;
  const int descriptor_bound_;
  int left_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_RELAY_PARTY_FOLLOWER_H_
