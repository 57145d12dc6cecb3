#include "self_test.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "histogram.h"
#include "packet.h"
#include "srtp.h"

namespace anchor_bench {

namespace {

std::vector<uint8_t> FromHex(const std::string& hex) {
  std::vector<uint8_t> octets;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets.push_back(static_cast<uint8_t>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16)));
  }
  return octets;
}

bool Check(bool condition, const char* what) {
  if (!condition) std::fprintf(stderr, "self-test failed: %s\n", what);
  return condition;
}

// RFC 3711 appendix B.3.
bool DerivesKeysAsPrinted() {
  const auto key = FromHex("E1F97A0D3E018BE0D64FA32C06DE4139");
  const auto salt = FromHex("0EC675AD498AFEEBB6960B3AABE6");
  std::vector<uint8_t> cipher(16);
  std::vector<uint8_t> session_salt(14);
  std::vector<uint8_t> authentication(94);
  DeriveKey(key, salt, 0, cipher);
  DeriveKey(key, salt, 1, authentication);
  DeriveKey(key, salt, 2, session_salt);
  const auto printed = FromHex(
      "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C1"
      "0C9A369A"
      "C2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2");
  return Check(cipher == FromHex("C61E7A93744F39EE10734AFE3FF7A087"), "RFC 3711 B.3 cipher key") &&
         Check(session_salt == FromHex("30CBBC08863D8C85D49DB34A9AE1"), "RFC 3711 B.3 salt") &&
         Check(authentication == printed, "RFC 3711 B.3 authentication key");
}

// A packet made elsewhere (libsrtp's test/srtp_driver vector for AES_CM_128_HMAC_SHA1_80, widely reprinted).
bool ProtectsAsOthersDo() {
  const auto key_salt = FromHex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
  auto packet = FromHex("800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB");
  const auto wire = FromHex("800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB");
  auto context = SrtpContext::Create(*FindCryptoSuite("AES_CM_128_HMAC_SHA1_80"), key_salt);
  const size_t length = packet.size();
  packet.resize(length + 10);
  return Check(context->ProtectRtp(packet.data(), length, 0x1234) == wire.size(),
               "length of a protected packet") &&
         Check(packet == wire, "octets of a protected packet");
}

bool RoundTrips(const char* name) {
  const CryptoSuite& suite = *FindCryptoSuite(name);
  std::vector<uint8_t> key_salt(suite.key_length + suite.salt_length, 0x5a);
  auto sender = SrtpContext::Create(suite, key_salt);
  auto receiver = SrtpContext::Create(suite, key_salt);
  std::array<uint8_t, kMaxDatagram> packet{};
  const uint64_t index = 0x12345;
  size_t length = sender->ProtectRtp(packet.data(), WriteRtp(packet.data(), 7, index, 160), index);
  const bool wrong_index =
      receiver->UnprotectRtp(std::array(packet).data(), length, index + 65536).has_value();
  const auto plain = receiver->UnprotectRtp(packet.data(), length, index);
  bool good = Check(!wrong_index, "a wrong rollover counter is noticed") &&
              Check(plain && IsRtpAsSent({packet.data(), *plain}, 7, index, 160), "RTP round trip");
  length = sender->ProtectRtcp(packet.data(), WriteRtcp(packet.data(), 7, 9), 9);
  auto damaged = packet;
  damaged[20] ^= 1;
  good = Check(!receiver->UnprotectRtcp(damaged.data(), length), "damaged RTCP is noticed") && good;
  const auto report = receiver->UnprotectRtcp(packet.data(), length);
  return Check(report && IsRtcpAsSent({packet.data(), *report}, 7, 9), "RTCP round trip") && good;
}

bool CountsQuantiles() {
  Histogram histogram;
  for (uint64_t value = 1; value <= 1000; ++value) histogram.Add(value * 1000);
  const auto median = static_cast<double>(histogram.Quantile(0.5));
  return Check(median > 499'000 && median < 520'000, "median of 1 to 1000 µs") &&
         Check(histogram.Quantile(1) == 1'000'000, "largest of 1 to 1000 µs");
}

}  // namespace

bool SelfTest() {
  bool good = DerivesKeysAsPrinted();
  good = ProtectsAsOthersDo() && good;
  for (const char* name : {"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80",
                           "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"}) {
    good = RoundTrips(name) && good;
  }
  return CountsQuantiles() && good;
}

}  // namespace anchor_bench
