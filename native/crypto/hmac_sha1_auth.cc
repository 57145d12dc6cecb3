#include "crypto/hmac_sha1_auth.h"

#include <algorithm>
#include <new>

#include "crypto/hmac_sha1.h"

namespace anchor {
namespace {

struct HmacSha1Auth {
  srtp_auth_t auth{};
  HmacSha1 hmac;
};

HmacSha1& HmacOf(void* state) { return static_cast<HmacSha1Auth*>(state)->hmac; }

// libsrtp counts octets in an int.
std::span<const uint8_t> Span(const uint8_t* octets, int size) {
  return {octets, size > 0 ? static_cast<size_t>(size) : 0};
}

srtp_err_status_t Allocate(srtp_auth_t** auth, int key_length, int tag_length) {
  if (tag_length < 0 || tag_length > static_cast<int>(HmacSha1::kDigestLength))
    return srtp_err_status_bad_param;
  auto* made = new (std::nothrow) HmacSha1Auth;
  if (made == nullptr) return srtp_err_status_alloc_fail;
  made->auth = {&HmacSha1AuthType(), made, tag_length, key_length, 0};
  *auth = &made->auth;
  return srtp_err_status_ok;
}

srtp_err_status_t Free(srtp_auth_t* auth) {
  delete static_cast<HmacSha1Auth*>(auth->state);
  return srtp_err_status_ok;
}

srtp_err_status_t SetKey(void* state, const uint8_t* key, int length) {
  HmacOf(state).SetKey(Span(key, length));
  return srtp_err_status_ok;
}

srtp_err_status_t Start(void* state) {
  HmacOf(state).Start();
  return srtp_err_status_ok;
}

srtp_err_status_t Update(void* state, const uint8_t* part, int size) {
  HmacOf(state).Update(Span(part, size));
  return srtp_err_status_ok;
}

srtp_err_status_t Finish(void* state, const uint8_t* part, int size, int tag_length, uint8_t* tag) {
  if (tag_length < 0 || tag_length > static_cast<int>(HmacSha1::kDigestLength))
    return srtp_err_status_bad_param;
  std::array<uint8_t, HmacSha1::kDigestLength> digest;
  HmacOf(state).Update(Span(part, size));
  HmacOf(state).Finish(digest);
  std::copy_n(digest.begin(), tag_length, tag);
  return srtp_err_status_ok;
}

}  // namespace

const srtp_auth_type_t& HmacSha1AuthType() {
  static const srtp_auth_type_t type = {
      Allocate,      Free, SetKey, Finish, Update, Start, "HMAC-SHA1 from digested pads", srtp_hmac.test_data,
      SRTP_HMAC_SHA1};
  return type;
}

}  // namespace anchor
