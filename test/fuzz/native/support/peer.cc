#include "peer.h"

#include <array>

#include "packet/byte_reader.h"

namespace fuzz {
namespace {

constexpr std::array<size_t, 4> kMkiLengths = {0, 1, 4, 128};

uint32_t SsrcOf(Choices* choices) { return test::kSsrc + static_cast<uint32_t>(choices->Below(3)); }

}  // namespace

Setup Setup::From(Choices* choices) {
  Setup setup;
  const auto suites = anchor::CryptoSuites();
  setup.suite = suites[choices->Below(suites.size())].name;
  setup.mki_length = kMkiLengths[choices->Below(kMkiLengths.size())];
  setup.key_count = setup.mki_length == 0 ? 1 : 1 + choices->Below(2);
  // RFC 7714 §9.3 allows it in AEAD too; the judge does not.
  setup.unencrypted_srtcp = choices->Below(8) == 7 && !setup.suite.starts_with("AEAD");
  return setup;
}

anchor::SrtpKeys Setup::Keys(uint8_t round) const {
  anchor::SrtpKeys keys = mki_length == 0 ? test::Keys(suite, Seed(round, 0))
                                          : test::KeysWithMki(suite, key_count, mki_length, Seed(round, 0));
  keys.unencrypted_srtcp = unencrypted_srtcp;
  return keys;
}

const reference::Srtp& Peer::Reference(uint8_t round, size_t key) {
  // Key derivation is dear, and the same for every run.
  using Name = std::tuple<std::string_view, uint8_t, size_t, size_t>;
  static std::map<Name, reference::Srtp> made;
  const uint8_t seed = setup_.Seed(round, key);
  const Name name{setup_.suite, seed, key, setup_.mki_length};
  const auto found = made.find(name);
  if (found != made.end()) return found->second;
  const Octets mki = setup_.mki_length == 0 ? Octets{} : test::Mki(key, setup_.mki_length);
  return made.emplace(name, reference::Srtp(setup_.suite, test::KeySalt(setup_.suite, seed), mki))
      .first->second;
}

Octets Peer::Protect(bool rtcp, uint8_t round, size_t key, const Octets& plain, uint32_t count) {
  key %= setup_.key_count;
  const reference::Srtp& srtp = Reference(round, key);
  Octets packet =
      rtcp ? srtp.ProtectRtcp(plain, count, !setup_.unencrypted_srtcp) : srtp.ProtectRtp(plain, count);
  const uint32_t ssrc = anchor::ReadU32(&plain[rtcp ? 4 : 8]);
  const uint64_t index = rtcp ? count : (uint64_t{count} << 16) | anchor::ReadU16(&plain[2]);
  issued_.insert_or_assign(packet, Issue{rtcp, round, {plain, {setup_.Seed(round, key), ssrc, index}}});
  return packet;
}

const Authentic* Peer::Issued(bool rtcp, uint8_t round, const Octets& packet) const {
  const auto found = issued_.find(packet);
  if (found == issued_.end()) return nullptr;
  const Issue& issue = found->second;
  const bool in_force = issue.round == round || issue.round + 1 == round;
  return issue.rtcp == rtcp && in_force ? &issue.authentic : nullptr;
}

std::optional<Authentic> Peer::Judge(bool rtcp, uint8_t round, const Octets& packet, uint32_t highest_count) {
  if (const Authentic* issued = Issued(rtcp, round, packet)) return *issued;
  for (size_t key = 0; key < setup_.key_count; ++key) {
    if (auto authentic = JudgeUnder(rtcp, round, key, packet, highest_count)) return authentic;
    if (round == 0) continue;
    const auto before = static_cast<uint8_t>(round - 1);
    if (auto authentic = JudgeUnder(rtcp, before, key, packet, highest_count)) return authentic;
  }
  return std::nullopt;
}

std::optional<Authentic> Peer::JudgeUnder(bool rtcp, uint8_t round, size_t key, const Octets& packet,
                                          uint32_t highest_count) {
  const reference::Srtp& srtp = Reference(round, key);
  const uint8_t seed = setup_.Seed(round, key);
  if (rtcp) {
    uint32_t index = 0;
    auto plain = srtp.UnprotectRtcp(packet, &index);
    if (!plain) return std::nullopt;
    return Authentic{*plain, {seed, anchor::ReadU32(&packet[4]), index}};
  }
  for (uint32_t count = 0; count <= highest_count; ++count) {
    auto plain = srtp.UnprotectRtp(packet, count);
    if (!plain) continue;
    const uint64_t index = (uint64_t{count} << 16) | anchor::ReadU16(&packet[2]);
    return Authentic{*plain, {seed, anchor::ReadU32(&packet[8]), index}};
  }
  return std::nullopt;
}

Octets PlainRtp(Choices* choices) {
  test::RtpFields fields;
  fields.ssrc = SsrcOf(choices);
  fields.sequence_number = choices->U16();
  fields.timestamp = choices->U8();
  fields.payload_length = choices->Below(60);
  Octets packet = test::Rtp(fields);
  // An extension of one word and a CSRC.
  if (choices->Below(4) == 3) {
    packet[0] |= 0x11;
    const Octets more = {1, 2, 3, 4, 0xbe, 0xde, 0, 1, 9, 9, 9, 9};
    packet.insert(packet.begin() + 12, more.begin(), more.end());
  }
  return packet;
}

Octets PlainRtcp(Choices* choices) {
  const uint32_t ssrc = SsrcOf(choices);
  switch (choices->Below(3)) {
    case 0:
      return test::SenderReport(ssrc, choices->U8());
    case 1:
      return test::ReceiverReport(ssrc, SsrcOf(choices), choices->U16());
    default:
      return test::Bye(ssrc);
  }
}

Octets Damaged(Octets packet, Choices* choices) {
  switch (choices->Below(4)) {
    case 0:
      break;
    case 1:
      packet[choices->U8() % packet.size()] ^= choices->U8();
      break;
    case 2:
      packet.resize(packet.size() - choices->U8() % packet.size());
      break;
    default:
      packet.insert(packet.end(), choices->U8(), 0);
      break;
  }
  return packet;
}

}  // namespace fuzz
