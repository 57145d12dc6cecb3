#include "faults/faulty_call.h"

#include <dirent.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

namespace test {
namespace {

bool IsRtcp(const Octets& packet) { return packet.size() > 1 && packet[1] >= 200 && packet[1] <= 204; }

}  // namespace

FaultyCall::FaultyCall(std::string_view suite)
    : suite_(suite), plain_port_(harness_.Open()), secure_port_(harness_.Open()) {}

void FaultyCall::Rekey() {
  seed_ = static_cast<uint8_t>(seed_ + 2);
  srtcp_index_ = 0;
  anchor::PortConfig config = PlainConfig(plain_.address(), secure_port_);
  config.learning_round = seed_;
  harness_.Configure(plain_port_, std::move(config));
  config = PlainConfig(secure_.address(), plain_port_);
  config.learning_round = seed_;
  config.inbound = Keys(suite_, seed_);
  config.outbound = Keys(suite_, static_cast<uint8_t>(seed_ + 1));
  config.traffic_class = seed_;
  harness_.Configure(secure_port_, std::move(config));
  harness_.Settle();
}

size_t FaultyCall::Talk() {
  const reference::Srtp theirs(suite_, KeySalt(suite_, seed_));
  std::vector<Octets> said;
  for (int n = 0; n < kPackets; ++n) {
    const Octets packet = Rtp(++sequence_number_);
    plain_.Send(packet, plain_port_.address);
    secure_.Send(theirs.ProtectRtp(packet, 0), secure_port_.address);
    said.push_back(packet);
  }
  const Octets report = SenderReport(kSsrc, sequence_number_);
  plain_.Send(report, plain_port_.address);
  secure_.Send(theirs.ProtectRtcp(report, ++srtcp_index_), secure_port_.address);
  said.push_back(report);
  sent_ += said.size();
  if (!harness_.Received(plain_port_, sent_) || !harness_.Received(secure_port_, sent_))
    throw std::runtime_error("packets are not read");

  size_t missing = 2 * said.size();
  for (const std::vector<Octets>& heard : {Heard(&plain_), HeardSecure()}) {
    for (const Octets& packet : heard) CHECK(std::count(said.begin(), said.end(), packet) == 1);
    missing -= heard.size();
  }
  return missing;
}

bool FaultyCall::Hang() {
  for (const RelayHarness::Port& port : {plain_port_, secure_port_}) {
    if (!harness_.relay().ClosePort(port.id)) return false;
    if (!harness_.WaitFor(anchor::PortEventKind::kClosed, port.id)) return false;
  }
  return true;
}

uint64_t FaultyCall::Drops(anchor::DropReason reason) const {
  return harness_.Drops(plain_port_, reason) + harness_.Drops(secure_port_, reason);
}

std::vector<Octets> FaultyCall::Heard(UdpEndpoint* party) {
  std::vector<Octets> packets;
  while (auto packet = party->Receive(0)) packets.push_back(*std::move(packet));
  return packets;
}

std::vector<Octets> FaultyCall::HeardSecure() {
  const reference::Srtp ours(suite_, KeySalt(suite_, static_cast<uint8_t>(seed_ + 1)));
  std::vector<Octets> opened;
  for (const Octets& packet : Heard(&secure_)) {
    uint32_t index = 0;
    const auto plain = IsRtcp(packet) ? ours.UnprotectRtcp(packet, &index) : ours.UnprotectRtp(packet, 0);
    CHECK(plain.has_value());
    if (plain) opened.push_back(*plain);
  }
  return opened;
}

size_t OpenDescriptors() {
  size_t count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

anchor::OpenPortOptions AnyPort() {
  anchor::OpenPortOptions options;
  options.address = "127.0.0.1";
  return options;
}

}  // namespace test
