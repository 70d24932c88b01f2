/* SPDX-License-Identifier: BSD-3-Clause */
/* What a server's answer says of itself. */
#ifndef AMOSI_HTTP_ANSWER_H
#define AMOSI_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* The state of what is at a URL: what must stay the same. */
struct amosi_http_state {
    char etag[200];    /* with its quotes; "": none */
    char modified[64]; /* Last-Modified; "": none */
    uint64_t size;
};

struct amosi_http_answer {
    struct amosi_http_state state; /* size: what Content-Range says; UINT64_MAX: nothing */
    bool has_range;                /* Content-Range gives bytes */
    uint64_t first, last;          /* those */
    char retry_after[64];          /* as it stands there; "": none */
};

void amosi_http_answer_begin(struct amosi_http_answer *answer);

/* Takes one line of the header, not ended by NUL. A new status line begins the answer again. */
void amosi_http_answer_line(struct amosi_http_answer *answer, const char *line, size_t bytes);

/* What Retry-After asks for, in ms, at most 1e9; -1: nothing. It is a number of seconds, or a date, which `getdate` reads
 * (curl_getdate()). */
int64_t amosi_http_asked_wait(const struct amosi_http_answer *answer, time_t now,
                              time_t (*getdate)(const char *text, const time_t *unused));

/* Whether an answer is about the same state: the ETags are the same, or, if one lacks it, the dates. */
bool amosi_http_same_state(const struct amosi_http_state *a, const struct amosi_http_state *b);

#endif
