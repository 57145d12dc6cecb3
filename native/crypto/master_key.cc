#include "crypto/master_key.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace anchor {

MasterKey::MasterKey(std::span<const uint8_t> key_salt, std::span<const uint8_t> mki)
    : mki_(mki.empty() ? nullptr : std::make_unique<uint8_t[]>(mki.size())),
      key_salt_length_(static_cast<uint8_t>(key_salt.size())),
      mki_length_(static_cast<uint8_t>(mki.size())) {
  assert(key_salt.size() <= key_salt_.size() && mki.size() <= kMaxMkiLength);
  std::copy(key_salt.begin(), key_salt.end(), key_salt_.begin());
  std::copy(mki.begin(), mki.end(), mki_.get());
}

MasterKey::MasterKey(MasterKey&& other) noexcept { TakeFrom(other); }

MasterKey& MasterKey::operator=(MasterKey&& other) noexcept {
  if (this != &other) TakeFrom(other);
  return *this;
}

MasterKey::~MasterKey() { Wipe(); }

void MasterKey::TakeFrom(MasterKey& other) {
  key_salt_ = other.key_salt_;
  mki_ = std::move(other.mki_);
  key_salt_length_ = other.key_salt_length_;
  mki_length_ = other.mki_length_;
  other.Wipe();
}

// OPENSSL_cleanse, because a plain memset of memory that dies is optimised away.
void MasterKey::Wipe() {
  OPENSSL_cleanse(key_salt_.data(), key_salt_.size());
  key_salt_length_ = 0;
  mki_length_ = 0;
}

}  // namespace anchor
