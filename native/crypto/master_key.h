#ifndef NATIVE_CRYPTO_MASTER_KEY_H_
#define NATIVE_CRYPTO_MASTER_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace anchor {

// 32 octets of AES-256 key and 14 of salt.
inline constexpr size_t kMaxKeySaltLength = 32 + 14;
// RFC 4568 §6.1: the MKI length is at most 128 octets.
inline constexpr size_t kMaxMkiLength = 128;

// An SRTP master key with its salt (RFC 3711 §3.2.1) and the MKI that names it on the wire. Lives in a fixed
// buffer that is wiped when the value dies or is moved from; never printed, never copied. The MKI is no
// secret, and most keys have none: it is allocated.
class MasterKey {
 public:
  // Copies. `key_salt` is at most kMaxKeySaltLength, `mki` (big-endian) at most kMaxMkiLength octets; empty =
  // no MKI.
  MasterKey(std::span<const uint8_t> key_salt, std::span<const uint8_t> mki);
  MasterKey(MasterKey&& other) noexcept;
  MasterKey& operator=(MasterKey&& other) noexcept;
  MasterKey(const MasterKey&) = delete;
  MasterKey& operator=(const MasterKey&) = delete;
  ~MasterKey();

  std::span<const uint8_t> key_salt() const { return {key_salt_.data(), key_salt_length_}; }
  std::span<const uint8_t> mki() const { return {mki_.get(), mki_length_}; }

 private:
  void TakeFrom(MasterKey& other);
  void Wipe();

  std::unique_ptr<uint8_t[]> mki_;  // Null = none.
  std::array<uint8_t, kMaxKeySaltLength> key_salt_{};
  uint8_t key_salt_length_ = 0;
  uint8_t mki_length_ = 0;
};

}  // namespace anchor

#endif  // NATIVE_CRYPTO_MASTER_KEY_H_
