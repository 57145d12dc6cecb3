#include "support/packets.h"

#include <stdexcept>

namespace test {
namespace {

void Put16(Octets* to, uint32_t value) {
  to->push_back(static_cast<uint8_t>(value >> 8));
  to->push_back(static_cast<uint8_t>(value));
}
void Put32(Octets* to, uint32_t value) {
  Put16(to, value >> 16);
  Put16(to, value & 0xffff);
}

}  // namespace

Octets Rtp(const RtpFields& fields) {
  Octets packet = {0x80, static_cast<uint8_t>(fields.payload_type | (fields.marker ? 0x80 : 0))};
  Put16(&packet, fields.sequence_number);
  Put32(&packet, fields.timestamp);
  Put32(&packet, fields.ssrc);
  for (size_t i = 0; i < fields.payload_length; ++i)
    packet.push_back(static_cast<uint8_t>(fields.sequence_number * 7 + fields.timestamp * 3 + i));
  return packet;
}

Octets Rtp(uint16_t sequence_number, uint32_t ssrc) {
  RtpFields fields;
  fields.sequence_number = sequence_number;
  fields.ssrc = ssrc;
  fields.timestamp = uint32_t{sequence_number} * 160;
  return Rtp(fields);
}

Octets SenderReport(uint32_t ssrc, uint32_t ntp_seconds, uint32_t ntp_fraction) {
  Octets packet = {0x80, 200};
  Put16(&packet, 6);
  for (const uint32_t word : {ssrc, ntp_seconds, ntp_fraction, 1600u, 10u, 1600u}) Put32(&packet, word);
  return packet;
}

Octets ReceiverReport(uint32_t ssrc, uint32_t about, uint32_t last_sender_report, uint32_t delay,
                      uint8_t fraction_lost, uint32_t jitter) {
  Octets packet = {0x81, 201};
  Put16(&packet, 7);
  for (const uint32_t word :
       {ssrc, about, uint32_t{fraction_lost} << 24, 1000u, jitter, last_sender_report, delay})
    Put32(&packet, word);
  return packet;
}

Octets Bye(uint32_t ssrc) {
  Octets packet = {0x81, 203};
  Put16(&packet, 1);
  Put32(&packet, ssrc);
  return packet;
}

Octets KeySalt(std::string_view suite, uint8_t seed) {
  const reference::Srtp::Suite row = reference::Srtp::SuiteNamed(suite);
  Octets key_salt;
  for (size_t i = 0; i < row.key_length + row.salt_length; ++i)
    key_salt.push_back(static_cast<uint8_t>(seed * 31 + i * 17 + 5));
  return key_salt;
}

Octets Mki(size_t number, size_t length) {
  Octets mki(length, 0);
  mki.back() = static_cast<uint8_t>(number + 1);
  return mki;
}

anchor::SrtpKeys Keys(std::string_view suite, uint8_t seed) {
  anchor::SrtpKeys keys;
  keys.suite = anchor::FindCryptoSuite(suite);
  keys.revision = seed;
  keys.keys.emplace_back(KeySalt(suite, seed), Octets{});
  if (!anchor::ValidSrtpKeys(keys)) throw std::invalid_argument("keys");
  return keys;
}

anchor::SrtpKeys KeysWithMki(std::string_view suite, size_t count, size_t mki_length, uint8_t seed) {
  anchor::SrtpKeys keys;
  keys.suite = anchor::FindCryptoSuite(suite);
  keys.revision = seed;
  for (size_t i = 0; i < count; ++i)
    keys.keys.emplace_back(KeySalt(suite, static_cast<uint8_t>(seed + i)), Mki(i, mki_length));
  if (!anchor::ValidSrtpKeys(keys)) throw std::invalid_argument("keys");
  return keys;
}

}  // namespace test
