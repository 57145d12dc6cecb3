#ifndef TEST_NATIVE_SUPPORT_PACKETS_H_
#define TEST_NATIVE_SUPPORT_PACKETS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/srtp_keys.h"
#include "support/reference_srtp.h"

namespace test {

using reference::Octets;

inline constexpr uint32_t kSsrc = 0xcafebabe;

struct RtpFields {
  uint16_t sequence_number = 0;
  uint32_t ssrc = kSsrc;
  uint32_t timestamp = 0;
  uint8_t payload_type = 0;
  bool marker = false;
  size_t payload_length = 160;
};
// The payload is a function of sequence number and time stamp, so that mix-ups show.
Octets Rtp(const RtpFields& fields);
Octets Rtp(uint16_t sequence_number, uint32_t ssrc = kSsrc);

// A sender report without blocks, with this NTP time.
Octets SenderReport(uint32_t ssrc, uint32_t ntp_seconds = 0x1234, uint32_t ntp_fraction = 0x56780000);
// A receiver report with one block.
Octets ReceiverReport(uint32_t ssrc, uint32_t about, uint32_t last_sender_report = 0, uint32_t delay = 0,
                      uint8_t fraction_lost = 0, uint32_t jitter = 0);
// The shortest RTCP packet with an SSRC.
Octets Bye(uint32_t ssrc);

// Key and salt for a suite, different for each `seed`.
Octets KeySalt(std::string_view suite, uint8_t seed = 1);
// One key without MKI; revision = seed.
anchor::SrtpKeys Keys(std::string_view suite, uint8_t seed = 1);
// Several keys; MKI n is `mki_length` octets, big-endian n + 1.
anchor::SrtpKeys KeysWithMki(std::string_view suite, size_t count, size_t mki_length, uint8_t seed = 1);
Octets Mki(size_t number, size_t length);

inline constexpr std::string_view kSuite = "AES_CM_128_HMAC_SHA1_80";

}  // namespace test

#endif  // TEST_NATIVE_SUPPORT_PACKETS_H_
