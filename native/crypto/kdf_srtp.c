#include "kdf_srtp.h"

#include <string.h>

enum { kSaltLength = 14, kAuthKeyLength = 20, kMaxOutput = 32 };

/* Which kind of key a label of RFC 3711 §4.3.2 (and RFC 6904 §4.3) derives, and so how long it is. */
static int OutputLength(const EVP_CIPHER* cipher, int label) {
  switch (label) {
    case 0: /* RTP encryption */
    case 3: /* RTCP encryption */
    case 6: /* RTP header extension encryption */
      return EVP_CIPHER_get_key_length(cipher);
    case 1: /* RTP authentication */
    case 4: /* RTCP authentication */
      return kAuthKeyLength;
    case 2: /* RTP salt */
    case 5: /* RTCP salt */
    case 7: /* RTP header extension salt */
      return kSaltLength;
    default:
      return -1;
  }
}

int kdf_srtp(const EVP_CIPHER* cipher, char* master_key, char* master_salt, char* index, char* rate,
             int label, char* out) {
  static const unsigned char zeros[kMaxOutput] = {0};
  (void)index;
  (void)rate;
  const int length = OutputLength(cipher, label);
  if (length < 0 || length > kMaxOutput) return -1;

  /* x = key_id XOR master_salt with key_id = label || r, r = 48 bits of zero at rate 0 (RFC 3711 §4.3.1); the
   * key stream of AES-CM then starts at x * 2^16 (RFC 3711 §4.3.3). */
  unsigned char counter[16] = {0};
  memcpy(counter, master_salt, kSaltLength);
  counter[7] ^= (unsigned char)label;

  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int written = 0;
  const int done =
      context != NULL &&
      EVP_EncryptInit_ex(context, cipher, NULL, (const unsigned char*)master_key, counter) == 1 &&
      EVP_EncryptUpdate(context, (unsigned char*)out, &written, zeros, length) == 1 && written == length;
  EVP_CIPHER_CTX_free(context);
  return done ? 0 : -1;
}
