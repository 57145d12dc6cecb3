// The product's own SRTP sessions (native/crypto), one sender and one receiver a suite.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/crypto_suite.h"
#include "crypto/inbound_srtp.h"
#include "crypto/outbound_srtp.h"
#include "crypto/srtp_keys.h"
#include "packet/packet_buffer.h"
#include "packet/rtp_header.h"
#include "raw_crypto.h"

namespace anchor_bench {

namespace {

constexpr uint32_t kSsrc = 0x5eed5eed;
constexpr size_t kRoom = 2048;

struct alignas(64) Packet {
  std::array<uint8_t, kRoom> octets{};
  anchor::PacketBuffer buffer{};
};

anchor::SrtpKeys Keys(const anchor::CryptoSuite& suite) {
  const std::vector<uint8_t> key_salt(suite.key_salt_length(), 0x42);
  anchor::SrtpKeys keys;
  keys.suite = &suite;
  const std::vector<uint8_t> no_mki;
  keys.keys.emplace_back(key_salt, no_mki);
  keys.revision = 1;
  return keys;
}

// A sender, a receiver, and the packets of one batch between them.
class Session {
 public:
  Session(const anchor::CryptoSuite& suite, size_t payload)
      : outbound_(Keys(suite)),
        inbound_(Keys(suite)),
        length_(anchor::kRtpFixedHeaderLength + payload),
        packets_(kCryptoBatch) {}

  // Plain packets with the next sequence numbers.
  void MakePlain() {
    next_ = 0;
    for (auto& packet : packets_) {
      packet.buffer = {packet.octets.data(), length_, kRoom};
      packet.octets[0] = 0x80;
      packet.octets[1] = 0;
      packet.octets[2] = static_cast<uint8_t>(sequence_ >> 8);
      packet.octets[3] = static_cast<uint8_t>(sequence_);
      for (unsigned i = 0; i < 4; ++i) packet.octets[8 + i] = static_cast<uint8_t>(kSsrc >> (24 - 8 * i));
      ++sequence_;
    }
  }

  void MakeProtected() {
    MakePlain();
    for (size_t i = 0; i < kCryptoBatch; ++i) Protect();
    next_ = 0;
  }

  void Protect() {
    anchor::PacketBuffer& buffer = packets_[next_++].buffer;
    Expect(outbound_.ProtectRtp(&buffer, *anchor::RtpHeader::Parse(buffer.octets()), now_));
  }

  void Unprotect() {
    anchor::PacketBuffer& buffer = packets_[next_++].buffer;
    Expect(inbound_.UnprotectRtp(&buffer, *anchor::RtpHeader::Parse(buffer.octets()), now_, &scratch_));
  }

 private:
  // A packet that is dropped costs nothing like one that passes: figures made of such would be wrong.
  static void Expect(const anchor::SrtpVerdict& verdict) {
    if (verdict.passed()) return;
    std::fputs("anchor_crypto_bench: the product dropped a packet\n", stderr);
    std::exit(1);
  }

  anchor::OutboundSrtp outbound_;
  anchor::InboundSrtp inbound_;
  anchor::Instant now_ = anchor::Instant::Now();
  anchor::Scratch scratch_;
  size_t length_;
  std::vector<Packet> packets_;
  size_t next_ = 0;
  uint16_t sequence_ = 0;
};

}  // namespace

std::vector<CryptoCase> ProductCases(size_t payload) {
  std::vector<CryptoCase> cases;
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    if (!anchor::CryptoSuiteUsable(suite)) continue;
    auto sender = std::make_shared<Session>(suite, payload);
    auto receiver = std::make_shared<Session>(suite, payload);
    const std::string name(suite.name);
    cases.push_back({"product", name, "protect", payload, [sender] { sender->MakePlain(); },
                     [sender] { sender->Protect(); }});
    cases.push_back({"product", name, "unprotect", payload, [receiver] { receiver->MakeProtected(); },
                     [receiver] { receiver->Unprotect(); }});
  }
  return cases;
}

}  // namespace anchor_bench
