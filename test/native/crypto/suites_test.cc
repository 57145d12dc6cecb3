#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "crypto/crypto_suite.h"
#include "support/sessions.h"

namespace {

using reference::Srtp;
using test::Octets;

Octets Hex(std::string_view text) {
  Octets octets;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    octets.push_back(static_cast<uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return octets;
}

Octets Join(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace

TEST_CASE("the reference reproduces the AES-CM key stream of RFC 3711 B.2") {
  const Octets key = Hex("2B7E151628AED2A6ABF7158809CF4F3C");
  const Octets stream =
      reference::CounterModeKeyStream(key, Hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), 0xff02 * 16);
  const auto block = [&stream](size_t number) {
    return Octets(stream.begin() + static_cast<ptrdiff_t>(number * 16),
                  stream.begin() + static_cast<ptrdiff_t>(number * 16 + 16));
  };
  CHECK(block(0) == Hex("E03EAD0935C95E80E166B16DD92B4EB4"));
  CHECK(block(1) == Hex("D23513162B02D0F72A43A2FE4A5F97AB"));
  CHECK(block(2) == Hex("41E95B3BB0A2E8DD477901E4FCA894C0"));
  CHECK(block(0xfeff) == Hex("EC8CDF7398607CB0F2D21675EA9EA1E4"));
  CHECK(block(0xff00) == Hex("362B7C3C6773516318A077D7FC5073AE"));
  CHECK(block(0xff01) == Hex("6A2CC3787889374FBEB4C81B17BA6C44"));
}

TEST_CASE("the reference derives the session keys of RFC 3711 B.3 and RFC 6188 7.3 and 7.4") {
  const Srtp aes128("AES_CM_128_HMAC_SHA1_80",
                    Join(Hex("E1F97A0D3E018BE0D64FA32C06DE4139"), Hex("0EC675AD498AFEEBB6960B3AABE6")));
  CHECK(aes128.rtp_key() == Hex("C61E7A93744F39EE10734AFE3FF7A087"));
  CHECK(aes128.rtp_salt() == Hex("30CBBC08863D8C85D49DB34A9AE1"));
  CHECK(aes128.rtp_auth_key() == Hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));

  const Srtp aes192("AES_192_CM_HMAC_SHA1_80", Join(Hex("73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1"),
                                                    Hex("c8522f3acd4ce86d5add78edbb11")));
  CHECK(aes192.rtp_key() == Hex("31874736a8f1143870c26e4857d8a5b2c4a354407faadabb"));
  CHECK(aes192.rtp_salt() == Hex("2372b82d639b6d8503a47adc0a6c"));
  CHECK(aes192.rtp_auth_key() == Hex("355b10973cd95b9eacf4061c7e1a7151e7cfbfcb"));

  const Srtp aes256("AES_256_CM_HMAC_SHA1_80",
                    Join(Hex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"),
                         Hex("3b04803de51ee7c96423ab5b78d2")));
  CHECK(aes256.rtp_key() == Hex("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"));
  CHECK(aes256.rtp_salt() == Hex("fa31791685ca444a9e07c6c64e93"));
  CHECK(aes256.rtp_auth_key() == Hex("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
}

TEST_CASE("every suite of the table passes its vectors, AES-192 included") {
  CHECK(anchor::CryptoSuites().size() == 8);
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    CHECK(anchor::CryptoSuiteUsable(suite));
    const Srtp::Suite expected = Srtp::SuiteNamed(suite.name);
    CHECK(suite.master_key_length == expected.key_length);
    CHECK(suite.master_salt_length == expected.salt_length);
    CHECK(suite.srtp_tag_length == expected.srtp_tag_length);
    CHECK(suite.srtcp_tag_length == expected.srtcp_tag_length);
  }
}

TEST_CASE("every suite encrypts and decrypts as the reference does, octet by octet, SRTP and SRTCP") {
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    const Srtp judge(suite.name, test::KeySalt(suite.name));
    test::Outbound outbound(test::Keys(suite.name));
    test::Inbound inbound(test::Keys(suite.name));
    for (uint16_t n = 0; n < 50; ++n) {
      test::RtpFields fields;
      fields.sequence_number = static_cast<uint16_t>(1000 + n);
      fields.payload_length = n * 5;
      const Octets plain = test::Rtp(fields);
      const Octets expected = judge.ProtectRtp(plain, 0);
      CHECK(outbound.Rtp(plain).packet == expected);
      CHECK(inbound.Rtp(expected).packet == plain);
    }
    for (uint32_t n = 1; n < 20; ++n) {
      const Octets plain = test::SenderReport(test::kSsrc, n);
      const test::Result sent = outbound.Rtcp(plain);
      CHECK(sent.packet == judge.ProtectRtcp(plain, n));
      CHECK(inbound.Rtcp(judge.ProtectRtcp(plain, n)).packet == plain);
    }
  }
}

TEST_CASE("header extension, CSRC list and padding stay where they are") {
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    CAPTURE(suite.name);
    const Srtp judge(suite.name, test::KeySalt(suite.name));
    test::Outbound outbound(test::Keys(suite.name));
    test::Inbound inbound(test::Keys(suite.name));
    Octets plain = test::Rtp(7);
    plain[0] = 0x80 | 0x20 | 0x10 | 2;
    const Octets more = {1, 2, 3, 4, 5, 6, 7, 8, 0xbe, 0xde, 0, 1, 9, 9, 9, 9};
    plain.insert(plain.begin() + 12, more.begin(), more.end());
    plain.back() = 4;
    const Octets expected = judge.ProtectRtp(plain, 0);
    CHECK(outbound.Rtp(plain).packet == expected);
    CHECK(inbound.Rtp(expected).packet == plain);
  }
}

TEST_CASE("MKIs of 1 to 128 octets select the key on SRTP and SRTCP of every suite") {
  for (const anchor::CryptoSuite& suite : anchor::CryptoSuites()) {
    for (const size_t length : {1u, 4u, 37u, 128u}) {
      CAPTURE(suite.name);
      CAPTURE(length);
      test::Inbound inbound(test::KeysWithMki(suite.name, 3, length));
      test::Outbound outbound(test::KeysWithMki(suite.name, 3, length));
      // The first key sends.
      const Srtp first(suite.name, test::KeySalt(suite.name, 1), test::Mki(0, length));
      CHECK(outbound.Rtp(test::Rtp(1)).packet == first.ProtectRtp(test::Rtp(1), 0));
      CHECK(outbound.Rtcp(test::Bye(1)).packet == first.ProtectRtcp(test::Bye(1), 1));
      // All receive, switching in the middle of a stream.
      for (uint16_t n = 0; n < 9; ++n) {
        const size_t number = n % 3;
        const Srtp judge(suite.name, test::KeySalt(suite.name, static_cast<uint8_t>(1 + number)),
                         test::Mki(number, length));
        CHECK(inbound.Rtp(judge.ProtectRtp(test::Rtp(n), 0)).packet == test::Rtp(n));
        CHECK(inbound.Rtcp(judge.ProtectRtcp(test::Bye(5), n)).packet == test::Bye(5));
      }
      const Srtp unknown(suite.name, test::KeySalt(suite.name), test::Mki(7, length));
      CHECK(inbound.Rtp(unknown.ProtectRtp(test::Rtp(100), 0)).verdict.drop == anchor::DropReason::kNoKey);
      CHECK(inbound.Rtcp(unknown.ProtectRtcp(test::SenderReport(5), 100)).verdict.drop ==
            anchor::DropReason::kNoKey);
    }
  }
}

TEST_CASE("session parameters of RFC 4568 are honoured when they were agreed") {
  const Srtp judge(test::kSuite, test::KeySalt(test::kSuite));
  SUBCASE("UNENCRYPTED_SRTCP: authenticated, in the clear, E = 0; an encrypted one is refused") {
    anchor::SrtpKeys keys = test::Keys(test::kSuite);
    keys.unencrypted_srtcp = true;
    test::Inbound inbound(std::move(keys));
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::Bye(5), 1, false)).packet == test::Bye(5));
    CHECK(inbound.Rtcp(judge.ProtectRtcp(test::SenderReport(5), 2, true)).verdict.drop ==
          anchor::DropReason::kAuth);
    anchor::SrtpKeys out = test::Keys(test::kSuite);
    out.unencrypted_srtcp = true;
    test::Outbound outbound(std::move(out));
    CHECK(outbound.Rtcp(test::Bye(5)).packet == judge.ProtectRtcp(test::Bye(5), 1, false));
  }
  SUBCASE("UNENCRYPTED_SRTP: payload in the clear, tag behind") {
    anchor::SrtpKeys keys = test::Keys(test::kSuite);
    keys.unencrypted_srtp = true;
    test::Outbound outbound(std::move(keys));
    const Octets sent = outbound.Rtp(test::Rtp(3)).packet;
    REQUIRE(sent.size() == test::Rtp(3).size() + 10);
    const Octets plain = test::Rtp(3);
    CHECK(std::equal(plain.begin(), plain.end(), sent.begin()));
    anchor::SrtpKeys in = test::Keys(test::kSuite);
    in.unencrypted_srtp = true;
    test::Inbound inbound(std::move(in));
    CHECK(inbound.Rtp(sent).packet == plain);
  }
  SUBCASE("UNAUTHENTICATED_SRTP: encrypted, no tag") {
    anchor::SrtpKeys keys = test::Keys(test::kSuite);
    keys.unauthenticated_srtp = true;
    test::Outbound outbound(std::move(keys));
    Octets expected = judge.ProtectRtp(test::Rtp(3), 0);
    expected.resize(expected.size() - 10);
    CHECK(outbound.Rtp(test::Rtp(3)).packet == expected);
  }
  SUBCASE("AEAD knows none of them") {
    anchor::SrtpKeys keys = test::Keys("AEAD_AES_128_GCM");
    keys.unencrypted_srtp = true;
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
}

TEST_CASE("keys that cannot make a session are told before") {
  anchor::SrtpKeys keys = test::Keys(test::kSuite);
  CHECK(anchor::ValidSrtpKeys(keys));
  SUBCASE("another length") {
    keys.keys.front() = anchor::MasterKey(Octets(29, 1), {});
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
  SUBCASE("none") {
    keys.keys.clear();
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
  SUBCASE("two without MKI") {
    keys.keys.emplace_back(test::KeySalt(test::kSuite, 2), Octets{});
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
  SUBCASE("a window that RFC 3711 would allow and we do not") {
    keys.replay_window = 64;
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
  SUBCASE("a lifetime beyond RFC 3711 9.2") {
    keys.srtcp_lifetime = anchor::kMaxSrtcpLifetime + 1;
    CHECK_FALSE(anchor::ValidSrtpKeys(keys));
  }
}

TEST_CASE("a master key is gone from memory when it was moved or died") {
  const Octets key_salt(30, 0xa5);
  alignas(anchor::MasterKey) unsigned char memory[sizeof(anchor::MasterKey)];
  auto* key = new (memory) anchor::MasterKey(key_salt, {});
  const auto contains = [&memory](uint8_t octet) {
    return std::count(std::begin(memory), std::end(memory), octet) >= 30;
  };
  CHECK(contains(0xa5));
  anchor::MasterKey moved(std::move(*key));
  CHECK_FALSE(contains(0xa5));
  CHECK(moved.key_salt().size() == 30);
  *key = std::move(moved);
  CHECK(contains(0xa5));
  key->~MasterKey();
  CHECK_FALSE(contains(0xa5));
}
