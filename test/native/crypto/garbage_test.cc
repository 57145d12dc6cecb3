// What nobody who has the key ever sent, at every length.
#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "net/datagram_batch.h"
#include "support/sessions.h"

using reference::Srtp;
using test::Octets;

namespace {

// As the packet path hands it over: room for the longest datagram, whatever is in it.
class Receiver {
 public:
  explicit Receiver(std::string_view suite)
      : session_(test::Keys(suite)), memory_(anchor::kMaxDatagram + anchor::kTrailerRoom + 16) {}

  bool Takes(const Octets& octets) {
    if (const auto header = anchor::RtpHeader::Parse(octets)) {
      anchor::PacketBuffer packet = Copy(octets);
      if (session_.UnprotectRtp(&packet, *header, now_, &scratch_).passed()) return true;
    }
    if (const auto header = anchor::RtcpHeader::Parse(octets)) {
      anchor::PacketBuffer packet = Copy(octets);
      if (session_.UnprotectRtcp(&packet, *header, now_, &scratch_).passed()) return true;
    }
    return false;
  }
  size_t streams() const { return session_.stream_count(); }

 private:
  anchor::PacketBuffer Copy(const Octets& octets) {
    uint8_t* const data = memory_.data() + (16 - reinterpret_cast<uintptr_t>(memory_.data()) % 16) % 16;
    std::copy(octets.begin(), octets.end(), data);
    return {data, octets.size(), anchor::kMaxDatagram + anchor::kTrailerRoom};
  }

  anchor::InboundSrtp session_;
  std::vector<uint8_t> memory_;
  anchor::Scratch scratch_;
  const anchor::Instant now_{1'000'000'000};
};

Octets Noise(size_t length, std::mt19937* random) {
  Octets octets(length);
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>((*random)());
  return octets;
}

// Version 0, 1, 3; padding, extension, fifteen CSRCs, and all of them.
constexpr uint8_t kFirstOctets[] = {0x80, 0x00, 0x40, 0xc0, 0xa0, 0x90, 0x8f, 0xbf};

}  // namespace

TEST_CASE(
    "noise of every length from 0 to 200, and up to the longest datagram, is stopped and leaves nothing") {
  std::mt19937 random(1);
  std::vector<size_t> lengths;
  for (size_t length = 0; length <= 200; ++length) lengths.push_back(length);
  for (const size_t length : {1200u, 1500u, 9000u, 65506u, 65507u}) lengths.push_back(length);
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    Receiver receiver(suite.name);
    for (const size_t length : lengths) {
      CAPTURE(length);
      for (const uint8_t first : kFirstOctets) {
        Octets noise = Noise(length, &random);
        if (length > 0) noise[0] = first;
        REQUIRE_FALSE(receiver.Takes(noise));
      }
    }
    CHECK(receiver.streams() == 0);
  }
}

TEST_CASE("a packet of 200 octets cut at any length is stopped, and whole it passes") {
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    const Srtp judge(suite.name, test::KeySalt(suite.name));
    test::RtpFields fields;
    fields.payload_length = 188 - suite.srtp_tag_length;
    const Octets whole = judge.ProtectRtp(test::Rtp(fields), 0);
    REQUIRE(whole.size() == 200);
    Receiver receiver(suite.name);
    for (size_t length = 0; length < whole.size(); ++length)
      REQUIRE_FALSE(receiver.Takes({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)}));
    CHECK(receiver.streams() == 0);
    CHECK(receiver.Takes(whole));
  }
}

TEST_CASE("a flipped bit anywhere stops a packet with an MKI, the MKI included, although each names a key") {
  for (const std::string_view suite :
       {"AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM"}) {
    CAPTURE(suite);
    // MKIs 1 and 2: the flipped one is now and then the other's.
    const Srtp judge(suite, test::KeySalt(suite, 1), test::Mki(0, 4));
    test::Inbound inbound(test::KeysWithMki(suite, 3, 4));
    const Octets rtp = judge.ProtectRtp(test::Rtp(1), 0);
    const Octets rtcp = judge.ProtectRtcp(test::SenderReport(7), 5);
    for (size_t bit = 0; bit < rtp.size() * 8; ++bit) {
      Octets bad = rtp;
      bad[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
      REQUIRE_FALSE(inbound.Rtp(bad).passed());
    }
    for (size_t bit = 0; bit < rtcp.size() * 8; ++bit) {
      Octets bad = rtcp;
      bad[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
      REQUIRE_FALSE(inbound.Rtcp(bad).passed());
    }
    CHECK(inbound.session.stream_count() == 0);
    CHECK(inbound.Rtp(rtp).passed());
    CHECK(inbound.Rtcp(rtcp).passed());
  }
}
