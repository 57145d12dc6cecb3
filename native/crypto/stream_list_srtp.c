/*
 * The list of streams of a libsrtp session, in the place that SRTP_NO_STREAM_LIST leaves for one. libsrtp's own crashes when
 * there is no memory for it: srtp_create then takes down a session without a list by walking that list. This one may be
 * absent. An absent list is empty.
 */
#include "crypto/stream_list_srtp.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <stream_list_priv.h>

struct srtp_stream_list_ctx_t_ {
  srtp_stream_t first; /* The newest; linked by `next` and `prev`, both ends null. */
};

srtp_err_status_t srtp_stream_list_alloc(srtp_stream_list_t *list) {
  *list = calloc(1, sizeof **list);
  return *list == NULL ? srtp_err_status_alloc_fail : srtp_err_status_ok;
}

srtp_err_status_t srtp_stream_list_dealloc(srtp_stream_list_t list) {
  if (list != NULL && list->first != NULL) return srtp_err_status_fail;
  free(list);
  return srtp_err_status_ok;
}

srtp_err_status_t srtp_stream_list_insert(srtp_stream_list_t list, srtp_stream_t stream) {
  stream->prev = NULL;
  stream->next = list->first;
  if (stream->next != NULL) stream->next->prev = stream;
  list->first = stream;
  return srtp_err_status_ok;
}

srtp_stream_t srtp_stream_list_get(srtp_stream_list_t list, uint32_t ssrc) {
  srtp_stream_t stream = list->first;
  while (stream != NULL && stream->ssrc != ssrc) stream = stream->next;
  return stream;
}

void srtp_stream_list_remove(srtp_stream_list_t list, srtp_stream_t stream) {
  if (stream->next != NULL) stream->next->prev = stream->prev;
  if (stream->prev != NULL)
    stream->prev->next = stream->next;
  else
    list->first = stream->next;
}

/* The callback may remove the stream that it is given. */
void srtp_stream_list_for_each(srtp_stream_list_t list, int (*callback)(srtp_stream_t, void *), void *data) {
  srtp_stream_t next;
  for (srtp_stream_t stream = list == NULL ? NULL : list->first; stream != NULL; stream = next) {
    next = stream->next;
    if (callback(stream, data)) return;
  }
}

int anchor_srtp_resume_srtcp(srtp_t session, uint32_t ssrc, uint32_t index) {
  const srtp_stream_t stream = srtp_stream_list_get(session->stream_list, htonl(ssrc));
  if (stream == NULL) return 0;
  stream->rtcp_rdb.window_start = index;
  return 1;
}
