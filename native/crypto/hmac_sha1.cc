#include "crypto/hmac_sha1.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace anchor {
namespace {

constexpr uint8_t kInnerPad = 0x36;
constexpr uint8_t kOuterPad = 0x5c;

}  // namespace

HmacSha1::~HmacSha1() {
  OPENSSL_cleanse(inner_.data(), sizeof inner_);
  OPENSSL_cleanse(outer_.data(), sizeof outer_);
  OPENSSL_cleanse(&work_, sizeof work_);
}

void HmacSha1::SetKey(std::span<const uint8_t> key) {
  std::array<uint8_t, SHA_CBLOCK> block{};
  if (key.size() > block.size()) {
    SHA1_Init(&work_);
    SHA1_Update(&work_, key.data(), key.size());
    SHA1_Final(block.data(), &work_);
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  inner_ = DigestPad(block, kInnerPad);
  outer_ = DigestPad(block, kOuterPad);
  OPENSSL_cleanse(block.data(), block.size());
  Start();
}

void HmacSha1::Finish(std::span<uint8_t, kDigestLength> digest) {
  SHA1_Final(digest.data(), &work_);
  Resume(outer_);
  SHA1_Update(&work_, digest.data(), digest.size());
  SHA1_Final(digest.data(), &work_);
}

HmacSha1::Chaining HmacSha1::DigestPad(std::span<const uint8_t, SHA_CBLOCK> key, uint8_t pad) {
  std::array<uint8_t, SHA_CBLOCK> block;
  std::transform(key.begin(), key.end(), block.begin(),
                 [pad](uint8_t octet) { return static_cast<uint8_t>(octet ^ pad); });
  SHA1_Init(&work_);
  SHA1_Update(&work_, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
  return {work_.h0, work_.h1, work_.h2, work_.h3, work_.h4};
}

void HmacSha1::Resume(const Chaining& chaining) {
  work_.h0 = chaining[0];
  work_.h1 = chaining[1];
  work_.h2 = chaining[2];
  work_.h3 = chaining[3];
  work_.h4 = chaining[4];
  work_.Nl = SHA_CBLOCK * 8;  // Bits digested: the pad.
  work_.Nh = 0;
  work_.num = 0;
}

}  // namespace anchor
