/* SPDX-License-Identifier: BSD-3-Clause */
/* A request for a range of bytes: as many transfers as it takes, with redirects, waits and further attempts. */
#ifndef AMOSI_HTTP_REQUEST_H
#define AMOSI_HTTP_REQUEST_H

#include <amos/http.h>

#include "http/answer.h"
#include "http/curl.h"

/* Takes the next bytes, in order; false: no more are wanted. */
typedef bool (*amosi_http_sink)(void *user, const char *bytes, size_t n);

struct amosi_http_request {
    const struct amosi_curl *curl;
    CURL *easy;
    const amos_http_options *options; /* all set */
    const char *url;                  /* as the caller gave it */
    char *place;                      /* where redirects have led to; NULL: nowhere else; owned by the caller */
    uint64_t first, count;            /* the bytes that are wanted; fewer if the file ends before */
    struct amosi_http_state state;    /* of the file; if `known`, the answers must be about it, else they fill it */
    bool known;
    bool whole;          /* all of the file is wanted, so that an answer without a range will do */
    uint64_t per_second; /* bytes at most; 0: no limit */
    amosi_http_sink sink;
    void *user;
};

/* AMOS_E_CANCEL (by the sink), AMOS_E_OPEN, AMOS_E_UNSUPPORTED, AMOS_E_CHANGED, AMOS_E_IO, AMOS_E_NOMEM. */
amos_status amosi_http_request(struct amosi_http_request *request, amos_error *err);

#endif
