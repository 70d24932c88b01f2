/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "http/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void amosi_http_answer_begin(struct amosi_http_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->state.size = UINT64_MAX;
}

/* A number without sign; *at moves behind it. */
static bool take_number(const char **at, uint64_t *value)
{
    char *end;
    errno = 0;
    if (**at < '0' || **at > '9')
        return false;
    *value = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0;
}

/* "bytes 0-65535/1048576", where the size may be "*", and the bytes too. RFC 9110, 14.4. */
static void take_content_range(struct amosi_http_answer *answer, const char *value)
{
    uint64_t first = 0, last = 0, size;
    if (strncasecmp(value, "bytes", 5) != 0)
        return;
    value += 5;
    value += strspn(value, " ");
    bool range = take_number(&value, &first) && *value++ == '-' && take_number(&value, &last);
    if (!range && *value++ != '*')
        return;
    if (*value++ != '/')
        return;
    if (take_number(&value, &size))
        answer->state.size = size;
    answer->has_range = range && first <= last;
    answer->first = first;
    answer->last = last;
}

static void keep(char *to, size_t bytes, const char *value)
{
    size_t length = strlen(value);
    if (length < bytes) /* what is longer is as good as none */
        memcpy(to, value, length + 1);
}

static void take_field(struct amosi_http_answer *answer, const char *name, const char *value)
{
    if (strcasecmp(name, "etag") == 0)
        keep(answer->state.etag, sizeof answer->state.etag, value);
    else if (strcasecmp(name, "last-modified") == 0)
        keep(answer->state.modified, sizeof answer->state.modified, value);
    else if (strcasecmp(name, "retry-after") == 0)
        keep(answer->retry_after, sizeof answer->retry_after, value);
    else if (strcasecmp(name, "content-range") == 0)
        take_content_range(answer, value);
}

void amosi_http_answer_line(struct amosi_http_answer *answer, const char *line, size_t bytes)
{
    char text[1024];
    while (bytes && strchr("\r\n \t", line[bytes - 1]))
        bytes--;
    if (bytes >= 5 && strncasecmp(line, "HTTP/", 5) == 0)
        amosi_http_answer_begin(answer);
    if (bytes >= sizeof text)
        return;
    memcpy(text, line, bytes);
    text[bytes] = '\0';
    char *colon = strchr(text, ':');
    if (!colon)
        return;
    *colon = '\0';
    take_field(answer, text, colon + 1 + strspn(colon + 1, " \t"));
}

bool amosi_http_same_state(const struct amosi_http_state *a, const struct amosi_http_state *b)
{
    if (a->size != UINT64_MAX && b->size != UINT64_MAX && a->size != b->size)
        return false;
    if (a->etag[0] && b->etag[0])
        return strcmp(a->etag, b->etag) == 0;
    return !a->modified[0] || !b->modified[0] || strcmp(a->modified, b->modified) == 0;
}
