// SHA1_* of OpenSSL 3 is deprecated in favour of EVP, which cannot copy a keyed state without allocating. A
// generator must cost less than what it measures, so the pads are digested once and the 96-octet state is
// copied per packet.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "srtp.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "bytes.h"

namespace anchor_bench {

namespace {

constexpr CryptoSuite kSuites[] = {
    {"AES_CM_128_HMAC_SHA1_80", 16, 14, 10, 10, false}, {"AES_CM_128_HMAC_SHA1_32", 16, 14, 4, 10, false},
    {"AES_256_CM_HMAC_SHA1_80", 32, 14, 10, 10, false}, {"AES_256_CM_HMAC_SHA1_32", 32, 14, 4, 10, false},
    {"AEAD_AES_128_GCM", 16, 12, 16, 16, true},         {"AEAD_AES_256_GCM", 32, 12, 16, 16, true},
};

// Labels of RFC 3711 §4.3.2: RTP encryption, authentication, salt; RTCP adds 3.
constexpr uint8_t kRtpLabel = 0;
constexpr uint8_t kRtcpLabel = 3;
constexpr size_t kHmacKeyLength = 20;
constexpr uint32_t kEncryptedFlag = 0x80000000U;

const EVP_CIPHER* CounterCipher(size_t key_length) {
  return key_length == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
}

const EVP_CIPHER* GcmCipher(size_t key_length) {
  return key_length == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

// Octets before the payload: fixed header, CSRCs, extension (RFC 3550 §5.1, §5.3.1); `length` when cut off.
size_t RtpHeaderLength(const uint8_t* packet, size_t length) {
  size_t header = 12 + 4 * static_cast<size_t>(packet[0] & 0x0f);
  if ((packet[0] & 0x10) != 0 && header + 4 <= length)
    header += 4 + 4 * static_cast<size_t>(GetU16(packet + header + 2));
  return std::min(header, length);
}

// RFC 7714 §8.1 and §9.1: 12 octets that the salt masks.
std::array<uint8_t, 12> GcmIv(const std::array<uint8_t, 14>& salt, uint32_t ssrc, uint64_t index) {
  std::array<uint8_t, 12> iv{};
  PutU32(iv.data() + 2, ssrc);
  PutU32(iv.data() + 6, static_cast<uint32_t>(index >> 16));
  PutU16(iv.data() + 10, static_cast<uint16_t>(index));
  for (size_t i = 0; i < iv.size(); ++i) iv[i] ^= salt[i];
  return iv;
}

struct Aad {
  const uint8_t* data;
  size_t length;
};

void GcmSeal(EVP_CIPHER_CTX* cipher, const uint8_t* iv, Aad first, Aad second, uint8_t* data, size_t length,
             uint8_t* tag) {
  int written = 0;
  EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, iv, 1);
  EVP_CipherUpdate(cipher, nullptr, &written, first.data, static_cast<int>(first.length));
  if (second.length > 0)
    EVP_CipherUpdate(cipher, nullptr, &written, second.data, static_cast<int>(second.length));
  EVP_CipherUpdate(cipher, data, &written, data, static_cast<int>(length));
  EVP_CipherFinal_ex(cipher, data + length, &written);
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16, tag);
}

bool GcmOpen(EVP_CIPHER_CTX* cipher, const uint8_t* iv, Aad first, Aad second, uint8_t* data, size_t length,
             uint8_t* tag) {
  int written = 0;
  EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, iv, 0);
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, 16, tag);
  EVP_CipherUpdate(cipher, nullptr, &written, first.data, static_cast<int>(first.length));
  if (second.length > 0)
    EVP_CipherUpdate(cipher, nullptr, &written, second.data, static_cast<int>(second.length));
  EVP_CipherUpdate(cipher, data, &written, data, static_cast<int>(length));
  return EVP_CipherFinal_ex(cipher, data + length, &written) == 1;
}

}  // namespace

const CryptoSuite* FindCryptoSuite(std::string_view name) {
  const auto* row =
      std::find_if(std::begin(kSuites), std::end(kSuites), [&](const auto& s) { return s.name == name; });
  return row == std::end(kSuites) ? nullptr : row;
}

void DeriveKey(std::span<const uint8_t> master_key, std::span<const uint8_t> master_salt, uint8_t label,
               std::span<uint8_t> derived) {
  std::array<uint8_t, 16> iv{};
  std::copy(master_salt.begin(), master_salt.end(), iv.begin());
  iv[7] ^= label;
  std::fill(derived.begin(), derived.end(), uint8_t{0});
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> cipher(EVP_CIPHER_CTX_new(),
                                                                    EVP_CIPHER_CTX_free);
  if (!cipher) throw std::bad_alloc();
  int written = 0;
  EVP_EncryptInit_ex(cipher.get(), CounterCipher(master_key.size()), nullptr, master_key.data(), iv.data());
  EVP_EncryptUpdate(cipher.get(), derived.data(), &written, derived.data(), static_cast<int>(derived.size()));
}

SrtpContext::Session SrtpContext::MakeSession(const CryptoSuite& suite, std::span<const uint8_t> key_salt,
                                              uint8_t first_label) {
  const auto master_key = key_salt.first(suite.key_length);
  const auto master_salt = key_salt.subspan(suite.key_length);
  std::array<uint8_t, 32> key{};
  std::array<uint8_t, 64> pad{};
  Session session{Cipher(EVP_CIPHER_CTX_new()), {}, {}, {}};
  if (!session.cipher) throw std::bad_alloc();
  DeriveKey(master_key, master_salt, first_label, std::span(key).first(suite.key_length));
  DeriveKey(master_key, master_salt, static_cast<uint8_t>(first_label + 1),
            std::span(pad).first(kHmacKeyLength));
  DeriveKey(master_key, master_salt, static_cast<uint8_t>(first_label + 2),
            std::span(session.salt).first(suite.salt_length));
  const EVP_CIPHER* cipher = suite.aead ? GcmCipher(suite.key_length) : CounterCipher(suite.key_length);
  EVP_CipherInit_ex(session.cipher.get(), cipher, nullptr, key.data(), nullptr, 1);
  // RFC 2104: K ⊕ ipad opens the inner digest, K ⊕ opad the outer one.
  for (auto& octet : pad) octet ^= 0x36;
  SHA1_Init(&session.inner);
  SHA1_Update(&session.inner, pad.data(), pad.size());
  for (auto& octet : pad) octet ^= 0x36 ^ 0x5c;
  SHA1_Init(&session.outer);
  SHA1_Update(&session.outer, pad.data(), pad.size());
  return session;
}

std::optional<SrtpContext> SrtpContext::Create(const CryptoSuite& suite, std::span<const uint8_t> key_salt) {
  if (key_salt.size() != suite.key_length + suite.salt_length) return std::nullopt;
  SrtpContext context(suite);
  context.rtp_ = MakeSession(suite, key_salt, kRtpLabel);
  context.rtcp_ = MakeSession(suite, key_salt, kRtcpLabel);
  return context;
}

void SrtpContext::CounterMode(Session& session, uint32_t ssrc, uint64_t index, uint8_t* data, size_t length) {
  // RFC 3711 §4.1.1: IV = (k_s × 2^16) ⊕ (SSRC × 2^64) ⊕ (i × 2^16).
  std::array<uint8_t, 16> iv{};
  PutU32(iv.data() + 4, ssrc);
  PutU32(iv.data() + 8, static_cast<uint32_t>(index >> 16));
  PutU16(iv.data() + 12, static_cast<uint16_t>(index));
  for (size_t i = 0; i < session.salt.size(); ++i) iv[i] ^= session.salt[i];
  int written = 0;
  EVP_EncryptInit_ex(session.cipher.get(), nullptr, nullptr, nullptr, iv.data());
  EVP_EncryptUpdate(session.cipher.get(), data, &written, data, static_cast<int>(length));
}

std::array<uint8_t, 20> SrtpContext::Authenticate(const Session& session, const uint8_t* data, size_t length,
                                                  uint32_t trailer, bool with_trailer) {
  std::array<uint8_t, 20> digest;
  std::array<uint8_t, 4> word;
  SHA_CTX state = session.inner;
  SHA1_Update(&state, data, length);
  PutU32(word.data(), trailer);
  if (with_trailer) SHA1_Update(&state, word.data(), word.size());
  SHA1_Final(digest.data(), &state);
  state = session.outer;
  SHA1_Update(&state, digest.data(), digest.size());
  SHA1_Final(digest.data(), &state);
  return digest;
}

size_t SrtpContext::ProtectRtp(uint8_t* packet, size_t length, uint64_t index) {
  const size_t header = RtpHeaderLength(packet, length);
  const uint32_t ssrc = GetU32(packet + 8);
  if (suite_->aead) {
    const auto iv = GcmIv(rtp_.salt, ssrc, index);
    GcmSeal(rtp_.cipher.get(), iv.data(), {packet, header}, {}, packet + header, length - header,
            packet + length);
    return length + suite_->srtp_tag_length;
  }
  CounterMode(rtp_, ssrc, index, packet + header, length - header);
  const auto digest = Authenticate(rtp_, packet, length, static_cast<uint32_t>(index >> 16), true);
  std::memcpy(packet + length, digest.data(), suite_->srtp_tag_length);
  return length + suite_->srtp_tag_length;
}

std::optional<size_t> SrtpContext::UnprotectRtp(uint8_t* packet, size_t length, uint64_t index) {
  if (length < 12 + suite_->srtp_tag_length) return std::nullopt;
  const size_t plain = length - suite_->srtp_tag_length;
  const size_t header = RtpHeaderLength(packet, plain);
  const uint32_t ssrc = GetU32(packet + 8);
  if (suite_->aead) {
    const auto iv = GcmIv(rtp_.salt, ssrc, index);
    const bool good = GcmOpen(rtp_.cipher.get(), iv.data(), {packet, header}, {}, packet + header,
                              plain - header, packet + plain);
    return good ? std::optional(plain) : std::nullopt;
  }
  const auto digest = Authenticate(rtp_, packet, plain, static_cast<uint32_t>(index >> 16), true);
  if (CRYPTO_memcmp(digest.data(), packet + plain, suite_->srtp_tag_length) != 0) return std::nullopt;
  CounterMode(rtp_, ssrc, index, packet + header, plain - header);
  return plain;
}

size_t SrtpContext::ProtectRtcp(uint8_t* packet, size_t length, uint32_t index) {
  const uint32_t ssrc = GetU32(packet + 4);
  if (suite_->aead) {
    // RFC 7714 §9.2: the ESRTCP word is authenticated, and stands behind the tag.
    uint8_t word[4];
    PutU32(word, kEncryptedFlag | index);
    const auto iv = GcmIv(rtcp_.salt, ssrc, index);
    GcmSeal(rtcp_.cipher.get(), iv.data(), {packet, 8}, {word, 4}, packet + 8, length - 8, packet + length);
    std::memcpy(packet + length + 16, word, 4);
    return length + 16 + 4;
  }
  CounterMode(rtcp_, ssrc, index, packet + 8, length - 8);
  PutU32(packet + length, kEncryptedFlag | index);
  const auto digest = Authenticate(rtcp_, packet, length + 4, 0, false);
  std::memcpy(packet + length + 4, digest.data(), suite_->srtcp_tag_length);
  return length + 4 + suite_->srtcp_tag_length;
}

std::optional<size_t> SrtpContext::UnprotectRtcp(uint8_t* packet, size_t length) {
  if (length < 8 + 4 + suite_->srtcp_tag_length) return std::nullopt;
  const size_t plain = length - 4 - suite_->srtcp_tag_length;
  const uint32_t ssrc = GetU32(packet + 4);
  if (suite_->aead) {
    uint8_t* word = packet + plain + 16;
    const auto iv = GcmIv(rtcp_.salt, ssrc, GetU32(word) & ~kEncryptedFlag);
    const bool good =
        GcmOpen(rtcp_.cipher.get(), iv.data(), {packet, 8}, {word, 4}, packet + 8, plain - 8, packet + plain);
    return good ? std::optional(plain) : std::nullopt;
  }
  const uint32_t word = GetU32(packet + plain);
  const auto digest = Authenticate(rtcp_, packet, plain + 4, 0, false);
  if (CRYPTO_memcmp(digest.data(), packet + plain + 4, suite_->srtcp_tag_length) != 0) return std::nullopt;
  if ((word & kEncryptedFlag) != 0) CounterMode(rtcp_, ssrc, word & ~kEncryptedFlag, packet + 8, plain - 8);
  return plain;
}

}  // namespace anchor_bench
