#ifndef TEST_NATIVE_FAULTS_FAULTY_CALL_H_
#define TEST_NATIVE_FAULTS_FAULTY_CALL_H_

#include <string_view>
#include <vector>

#include "support/relay_harness.h"

namespace test {

// A plain party and a secure one who talk while something fails. Whatever comes out of the relay must be what
// the other one said, under the right keys: a packet may be missing, never wrong, never in the clear.
class FaultyCall {
 public:
  explicit FaultyCall(std::string_view suite);

  // An offer and answer with new keys.
  void Rekey();
  // Each party sends some RTP and a report. Returns how many of the packets did not come out.
  size_t Talk();
  // Both ports; true when the relay let them go.
  bool Hang();

  RelayHarness& harness() { return harness_; }
  // Dropped for this reason on both ports.
  uint64_t Drops(anchor::DropReason reason) const;

 private:
  static constexpr uint16_t kPackets = 3;

  std::vector<Octets> Heard(UdpEndpoint* party);
  std::vector<Octets> HeardSecure();

  const std::string_view suite_;
  RelayHarness harness_;
  UdpEndpoint plain_;
  UdpEndpoint secure_;
  RelayHarness::Port plain_port_;
  RelayHarness::Port secure_port_;
  uint8_t seed_ = 0;  // Of the keys that the relay takes; it gives those of the next one.
  uint16_t sequence_number_ = 0;
  uint32_t srtcp_index_ = 0;
  uint64_t sent_ = 0;  // By each party.
};

// Open descriptors of this process.
size_t OpenDescriptors();

// A port on loopback that the system chooses.
anchor::OpenPortOptions AnyPort();

}  // namespace test

#endif  // TEST_NATIVE_FAULTS_FAULTY_CALL_H_
