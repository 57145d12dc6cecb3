#include "support/reference_srtp.h"

#include <algorithm>
#include <stdexcept>

#include "support/keyed_contexts.h"

namespace reference {
namespace {

constexpr size_t kAuthKeyLength = 20;
constexpr size_t kRtcpHeaderLength = 8;

void XorAt(Octets* target, size_t position, uint64_t value, size_t octets) {
  for (size_t i = 0; i < octets; ++i)
    (*target)[position + i] ^= static_cast<uint8_t>(value >> (8 * (octets - 1 - i)));
}

uint32_t U32(const Octets& packet, size_t at) {
  return (uint32_t{packet[at]} << 24) | (uint32_t{packet[at + 1]} << 16) | (uint32_t{packet[at + 2]} << 8) |
         packet[at + 3];
}

uint16_t SequenceNumber(const Octets& packet) { return static_cast<uint16_t>((packet[2] << 8) | packet[3]); }

// Octets before the payload; nullopt when they do not fit.
std::optional<size_t> RtpHeaderLength(const Octets& packet) {
  if (packet.size() < 12) return std::nullopt;
  size_t length = 12 + 4 * size_t{packet[0] & 0x0fu};
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < length + 4) return std::nullopt;
    length += 4 + 4 * size_t{static_cast<uint16_t>((packet[length + 2] << 8) | packet[length + 3])};
  }
  return length <= packet.size() ? std::optional(length) : std::nullopt;
}

void Append(Octets* to, const Octets& what) { to->insert(to->end(), what.begin(), what.end()); }

Octets U32Octets(uint32_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

// IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16).
Octets CounterFor(const Octets& salt, uint32_t ssrc, uint64_t index) {
  Octets counter = salt;
  counter.resize(16, 0);
  XorAt(&counter, 4, ssrc, 4);
  XorAt(&counter, 8, index, 6);
  return counter;
}

}  // namespace

Octets CounterModeKeyStream(const Octets& key, const Octets& counter, size_t length) {
  Octets stream(length, 0);
  KeyedContexts(key, {}, false).XorKeyStream(counter, &stream, 0, length);
  return stream;
}

Srtp::Suite Srtp::SuiteNamed(std::string_view name) {
  if (name == "AES_CM_128_HMAC_SHA1_80") return {16, 14, 10, 10, false};
  if (name == "AES_CM_128_HMAC_SHA1_32") return {16, 14, 4, 10, false};
  if (name == "AES_192_CM_HMAC_SHA1_80") return {24, 14, 10, 10, false};
  if (name == "AES_192_CM_HMAC_SHA1_32") return {24, 14, 4, 10, false};
  if (name == "AES_256_CM_HMAC_SHA1_80") return {32, 14, 10, 10, false};
  if (name == "AES_256_CM_HMAC_SHA1_32") return {32, 14, 4, 10, false};
  if (name == "AEAD_AES_128_GCM") return {16, 12, 16, 16, true};
  if (name == "AEAD_AES_256_GCM") return {32, 12, 16, 16, true};
  throw std::invalid_argument("no such suite");
}

Srtp::Srtp(std::string_view suite_name, const Octets& key_salt, const Octets& mki)
    : suite_(SuiteNamed(suite_name)), mki_(mki) {
  if (key_salt.size() != suite_.key_length + suite_.salt_length) throw std::invalid_argument("key length");
  const auto middle = key_salt.begin() + static_cast<ptrdiff_t>(suite_.key_length);
  const Octets key(key_salt.begin(), middle);
  const Octets salt(middle, key_salt.end());
  rtp_ = Derive(key, salt, 0);
  rtcp_ = Derive(key, salt, 3);
}

// RFC 3711 §4.3: labels run key, authentication key, salt.
Srtp::Keys Srtp::Derive(const Octets& master_key, const Octets& master_salt, uint8_t first_label) const {
  const auto derive = [&](uint8_t label, size_t length) {
    Octets counter = master_salt;
    counter.resize(16, 0);
    counter[7] ^= label;
    return CounterModeKeyStream(master_key, counter, length);
  };
  Keys keys{derive(first_label, suite_.key_length),
            derive(static_cast<uint8_t>(first_label + 2), suite_.salt_length),
            derive(static_cast<uint8_t>(first_label + 1), kAuthKeyLength),
            {}};
  keys.contexts = std::make_shared<KeyedContexts>(keys.key, keys.auth_key, suite_.gcm);
  return keys;
}

Octets Srtp::ProtectRtp(const Octets& packet, uint32_t rollover_counter) const {
  const size_t header = RtpHeaderLength(packet).value();
  const uint32_t ssrc = U32(packet, 8);
  Octets out = packet;
  if (suite_.gcm) {
    Octets iv(12, 0);
    XorAt(&iv, 2, ssrc, 4);
    XorAt(&iv, 6, (uint64_t{rollover_counter} << 16) | SequenceNumber(packet), 6);
    for (size_t i = 0; i < 12; ++i) iv[i] ^= rtp_.salt[i];
    const auto split = packet.begin() + static_cast<ptrdiff_t>(header);
    out.assign(packet.begin(), split);
    Append(&out, rtp_.contexts->GcmSeal(iv, {packet.begin(), split}, {split, packet.end()}));
    Append(&out, mki_);
    return out;
  }
  const uint64_t index = (uint64_t{rollover_counter} << 16) | SequenceNumber(packet);
  rtp_.contexts->XorKeyStream(CounterFor(rtp_.salt, ssrc, index), &out, header, out.size());
  Octets authenticated = out;
  Append(&authenticated, U32Octets(rollover_counter));
  Append(&out, mki_);
  Append(&out, rtp_.contexts->Hmac(authenticated, suite_.srtp_tag_length));
  return out;
}

std::optional<Octets> Srtp::UnprotectRtp(const Octets& packet, uint32_t rollover_counter) const {
  const std::optional<size_t> header = RtpHeaderLength(packet);
  const size_t trailer = suite_.srtp_tag_length + mki_.size();
  if (!header || packet.size() < *header + trailer) return std::nullopt;
  const uint32_t ssrc = U32(packet, 8);
  const uint64_t index = (uint64_t{rollover_counter} << 16) | SequenceNumber(packet);
  if (suite_.gcm) {
    const auto mki = packet.end() - static_cast<ptrdiff_t>(mki_.size());
    if (!std::equal(mki_.begin(), mki_.end(), mki)) return std::nullopt;
    Octets iv(12, 0);
    XorAt(&iv, 2, ssrc, 4);
    XorAt(&iv, 6, index, 6);
    for (size_t i = 0; i < 12; ++i) iv[i] ^= rtp_.salt[i];
    const auto split = packet.begin() + static_cast<ptrdiff_t>(*header);
    const std::optional<Octets> text = rtp_.contexts->GcmOpen(iv, {packet.begin(), split}, {split, mki});
    if (!text) return std::nullopt;
    Octets out(packet.begin(), split);
    Append(&out, *text);
    return out;
  }
  const auto tag = packet.end() - static_cast<ptrdiff_t>(suite_.srtp_tag_length);
  const auto mki = tag - static_cast<ptrdiff_t>(mki_.size());
  if (!std::equal(mki_.begin(), mki_.end(), mki)) return std::nullopt;
  Octets out(packet.begin(), mki);
  Octets authenticated = out;
  Append(&authenticated, U32Octets(rollover_counter));
  if (rtp_.contexts->Hmac(authenticated, suite_.srtp_tag_length) != Octets(tag, packet.end()))
    return std::nullopt;
  rtp_.contexts->XorKeyStream(CounterFor(rtp_.salt, ssrc, index), &out, *header, out.size());
  return out;
}

Octets Srtp::ProtectRtcp(const Octets& packet, uint32_t index, bool encrypt) const {
  const uint32_t ssrc = U32(packet, 4);
  const Octets trailer = U32Octets((encrypt ? 0x80000000u : 0u) | index);
  Octets out = packet;
  if (suite_.gcm) {
    Octets iv(12, 0);
    XorAt(&iv, 2, ssrc, 4);
    XorAt(&iv, 8, index, 4);
    for (size_t i = 0; i < 12; ++i) iv[i] ^= rtcp_.salt[i];
    const auto split = encrypt ? packet.begin() + kRtcpHeaderLength : packet.end();
    Octets aad(packet.begin(), split);
    Append(&aad, trailer);
    out.assign(packet.begin(), split);
    Append(&out, rtcp_.contexts->GcmSeal(iv, aad, {split, packet.end()}));
    Append(&out, trailer);
    Append(&out, mki_);
    return out;
  }
  if (encrypt)
    rtcp_.contexts->XorKeyStream(CounterFor(rtcp_.salt, ssrc, index), &out, kRtcpHeaderLength, out.size());
  Append(&out, trailer);
  const Octets tag = rtcp_.contexts->Hmac(out, suite_.srtcp_tag_length);
  Append(&out, mki_);
  Append(&out, tag);
  return out;
}

std::optional<Octets> Srtp::UnprotectRtcp(const Octets& packet, uint32_t* index) const {
  const size_t tag_length = suite_.srtcp_tag_length;
  if (packet.size() < kRtcpHeaderLength + 4 + tag_length + mki_.size()) return std::nullopt;
  const uint32_t ssrc = U32(packet, 4);
  if (suite_.gcm) {
    const size_t end = packet.size() - mki_.size();
    const uint32_t trailer = U32(packet, end - 4);
    if ((trailer & 0x80000000u) == 0) return std::nullopt;
    *index = trailer & 0x7fffffffu;
    Octets iv(12, 0);
    XorAt(&iv, 2, ssrc, 4);
    XorAt(&iv, 8, *index, 4);
    for (size_t i = 0; i < 12; ++i) iv[i] ^= rtcp_.salt[i];
    const auto split = packet.begin() + kRtcpHeaderLength;
    Octets aad(packet.begin(), split);
    Append(&aad, U32Octets(trailer));
    const auto sealed_end = packet.begin() + static_cast<ptrdiff_t>(end - 4);
    const std::optional<Octets> text = rtcp_.contexts->GcmOpen(iv, aad, {split, sealed_end});
    if (!text) return std::nullopt;
    Octets out(packet.begin(), split);
    Append(&out, *text);
    return out;
  }
  const size_t body = packet.size() - tag_length - mki_.size();
  const auto body_end = packet.begin() + static_cast<ptrdiff_t>(body);
  if (!std::equal(mki_.begin(), mki_.end(), body_end)) return std::nullopt;
  Octets out(packet.begin(), body_end);
  if (rtcp_.contexts->Hmac(out, tag_length) !=
      Octets(packet.end() - static_cast<ptrdiff_t>(tag_length), packet.end()))
    return std::nullopt;
  const uint32_t trailer = U32(out, body - 4);
  *index = trailer & 0x7fffffffu;
  out.resize(body - 4);
  if ((trailer & 0x80000000u) != 0)
    rtcp_.contexts->XorKeyStream(CounterFor(rtcp_.salt, ssrc, *index), &out, kRtcpHeaderLength, out.size());
  return out;
}

}  // namespace reference
