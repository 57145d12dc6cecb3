#include "crypto/hmac_sha1.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "crypto/hmac_sha1_auth.h"

namespace {

using anchor::HmacSha1;
using anchor::HmacSha1AuthType;
using Octets = std::vector<uint8_t>;

Octets Text(std::string_view text) { return {text.begin(), text.end()}; }

Octets Counting(size_t size, uint8_t first) {
  Octets octets(size);
  for (size_t i = 0; i < size; ++i) octets[i] = static_cast<uint8_t>(first + i);
  return octets;
}

Octets Digest(HmacSha1* hmac, std::span<const uint8_t> message) {
  Octets digest(HmacSha1::kDigestLength);
  hmac->Start();
  hmac->Update(message);
  hmac->Finish(std::span<uint8_t, HmacSha1::kDigestLength>(digest));
  return digest;
}

Octets Digest(const Octets& key, std::span<const uint8_t> message) {
  HmacSha1 hmac;
  hmac.SetKey(key);
  return Digest(&hmac, message);
}

Octets OpenSslDigest(const Octets& key, std::span<const uint8_t> message) {
  Octets digest(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  REQUIRE(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
               digest.data(), &length) != nullptr);
  digest.resize(length);
  return digest;
}

struct FreeAuth {
  void operator()(srtp_auth_t* auth) const { auth->type->dealloc(auth); }
};

}  // namespace

TEST_CASE("HMAC-SHA1 gives the digests of RFC 2202 3") {
  struct {
    Octets key;
    Octets message;
    Octets digest;
  } const vectors[] = {
      {Octets(20, 0x0b), Text("Hi There"), {0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b,
                                            0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00}},
      {Text("Jefe"), Text("what do ya want for nothing?"), {0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f,
                                                            0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84,
                                                            0xdf, 0x9c, 0x25, 0x9a, 0x7c, 0x79}},
      {Octets(20, 0xaa), Octets(50, 0xdd), {0x12, 0x5d, 0x73, 0x42, 0xb9, 0xac, 0x11, 0xcd, 0x91, 0xa3,
                                            0x9a, 0xf4, 0x8a, 0xa1, 0x7b, 0x4f, 0x63, 0xf1, 0x75, 0xd3}},
      {Counting(25, 1), Octets(50, 0xcd), {0x4c, 0x90, 0x07, 0xf4, 0x02, 0x62, 0x50, 0xc6, 0xbc, 0x84,
                                           0x14, 0xf9, 0xbf, 0x50, 0xc8, 0x6c, 0x2d, 0x72, 0x35, 0xda}},
      {Octets(20, 0x0c), Text("Test With Truncation"), {0x4c, 0x1a, 0x03, 0x42, 0x4b, 0x55, 0xe0,
                                                        0x7f, 0xe7, 0xf2, 0x7b, 0xe1, 0xd5, 0x8b,
                                                        0xb9, 0x32, 0x4a, 0x9a, 0x5a, 0x04}},
      {Octets(80, 0xaa),
       Text("Test Using Larger Than Block-Size Key - Hash Key First"),
       {0xaa, 0x4a, 0xe5, 0xe1, 0x52, 0x72, 0xd0, 0x0e, 0x95, 0x70,
        0x56, 0x37, 0xce, 0x8a, 0x3b, 0x55, 0xed, 0x40, 0x21, 0x12}},
      {Octets(80, 0xaa),
       Text("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
       {0xe8, 0xe9, 0x9d, 0x0f, 0x45, 0x23, 0x7d, 0x78, 0x6d, 0x6b,
        0xba, 0xa7, 0x96, 0x5c, 0x78, 0x08, 0xbb, 0xff, 0x1a, 0x91}},
  };
  for (const auto& vector : vectors) CHECK(Digest(vector.key, vector.message) == vector.digest);
}

TEST_CASE("one key authenticates messages of 0 to 2,000 octets as OpenSSL does") {
  const Octets key = Counting(20, 3);
  const Octets message = Counting(2000, 7);
  HmacSha1 hmac;
  hmac.SetKey(key);
  for (size_t size = 0; size <= message.size(); ++size) {
    const std::span<const uint8_t> part(message.data(), size);
    REQUIRE(Digest(&hmac, part) == OpenSslDigest(key, part));
  }
}

TEST_CASE("keys around and beyond the block of 64 octets") {
  const Octets message = Counting(176, 1);
  for (const size_t size : {0, 1, 19, 63, 64, 65, 80, 127, 128, 129, 500}) {
    const Octets key = Counting(size, 9);
    CAPTURE(size);
    CHECK(Digest(key, message) == OpenSslDigest(key, message));
  }
}

TEST_CASE("a message in parts, one given up half way, and a new key leave no trace in the next") {
  const Octets key = Counting(20, 1);
  const Octets message = Counting(300, 5);
  const Octets expected = OpenSslDigest(key, message);
  HmacSha1 hmac;
  hmac.SetKey(Counting(70, 4));
  hmac.Update(message);
  hmac.SetKey(key);
  for (size_t cut = 0; cut <= message.size(); ++cut) {
    Octets digest(HmacSha1::kDigestLength);
    hmac.Update(std::span(message).last(cut));
    hmac.Start();
    hmac.Update(std::span(message).first(cut));
    hmac.Update(std::span(message).subspan(cut));
    hmac.Finish(std::span<uint8_t, HmacSha1::kDigestLength>(digest));
    REQUIRE(digest == expected);
  }
}

TEST_CASE("what is kept of the key is wiped") {
  alignas(HmacSha1) std::array<std::byte, sizeof(HmacSha1)> memory{};
  auto* hmac = new (memory.data()) HmacSha1;
  hmac->SetKey(Counting(20, 1));
  hmac->Update(Counting(30, 1));
  const auto is_zero = [](std::byte octet) { return octet == std::byte{0}; };
  CHECK_FALSE(std::all_of(memory.begin(), memory.end(), is_zero));
  std::destroy_at(hmac);
  CHECK(std::all_of(memory.begin(), memory.end(), is_zero));
}

TEST_CASE("as libsrtp calls it: tags are the digest's first octets, and longer ones are refused") {
  const srtp_auth_type_t& type = HmacSha1AuthType();
  const Octets key = Counting(20, 2);
  const Octets message = Counting(176, 3);
  const Octets expected = OpenSslDigest(key, message);
  for (const int tag_length : {0, 4, 10, 20}) {
    CAPTURE(tag_length);
    srtp_auth_t* made = nullptr;
    REQUIRE(type.alloc(&made, 20, tag_length) == srtp_err_status_ok);
    const std::unique_ptr<srtp_auth_t, FreeAuth> auth(made);
    REQUIRE(srtp_auth_init(made, key.data()) == srtp_err_status_ok);
    REQUIRE(srtp_auth_start(made) == srtp_err_status_ok);
    REQUIRE(srtp_auth_update(made, message.data(), 172) == srtp_err_status_ok);
    Octets tag(21, 0xee);
    REQUIRE(srtp_auth_compute(made, message.data() + 172, 4, tag.data()) == srtp_err_status_ok);
    const auto end = tag.begin() + tag_length;
    CHECK(std::equal(tag.begin(), end, expected.begin()));
    CHECK(std::all_of(end, tag.end(), [](uint8_t octet) { return octet == 0xee; }));
    CHECK(type.compute(made->state, message.data(), 4, 21, tag.data()) == srtp_err_status_bad_param);
  }
  srtp_auth_t* none = nullptr;
  CHECK(type.alloc(&none, 20, 21) == srtp_err_status_bad_param);
  CHECK(none == nullptr);
}
