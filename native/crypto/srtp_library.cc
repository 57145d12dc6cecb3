#include "crypto/srtp_library.h"

#include <srtp.h>

#include "crypto/aes_gcm_cipher.h"
#include "crypto/aes_icm_cipher.h"
#include "crypto/hmac_sha1_auth.h"

namespace anchor {
namespace {

// The default handler prints. What it would tell (key limits, SSRC collisions) is counted here by other
// means.
void IgnoreEvent(srtp_event_data_t*) {}

bool Replace(const srtp_cipher_type_t& type) {
  return srtp_replace_cipher_type(&type, type.id) == srtp_err_status_ok;
}

// Ours for those of libsrtp that cost more than they must (docs/decisions/srtp-cost.md). libsrtp runs the
// test cases of its own on each before it takes it.
bool ReplaceCryptoTypes() {
  for (const srtp_cipher_type_t& type : AesIcmCipherTypes()) {
    if (!Replace(type)) return false;
  }
  for (const srtp_cipher_type_t& type : AesGcmCipherTypes()) {
    if (!Replace(type)) return false;
  }
  const srtp_auth_type_t& hmac = HmacSha1AuthType();
  return srtp_replace_auth_type(&hmac, hmac.id) == srtp_err_status_ok;
}

bool Initialise() {
  return srtp_init() == srtp_err_status_ok && ReplaceCryptoTypes() &&
         srtp_install_event_handler(IgnoreEvent) == srtp_err_status_ok;
}

}  // namespace

bool EnsureSrtpLibrary() {
  static const bool ready = Initialise();
  return ready;
}

}  // namespace anchor
