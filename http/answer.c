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

static bool take_sign(const char **at, char sign)
{
    bool there = **at == sign;
    *at += there;
    return there;
}

/* "bytes 0-65535/1048576", where the size may be "*", and the bytes too. What is not written so, or whose bytes do not
 * lie in the file, says nothing. RFC 9110, 14.4. */
static void take_content_range(struct amosi_http_answer *answer, const char *value)
{
    uint64_t first = 0, last = 0, size = UINT64_MAX;
    if (strncasecmp(value, "bytes", 5) != 0)
        return;
    value += 5;
    value += strspn(value, " ");
    bool range = !take_sign(&value, '*');
    if (range && (!take_number(&value, &first) || !take_sign(&value, '-') || !take_number(&value, &last)))
        return;
    if (!take_sign(&value, '/') || (!take_sign(&value, '*') && !take_number(&value, &size)) || *value)
        return;
    if (range && (first > last || last >= size))
        return;
    answer->state.size = size;
    answer->has_range = range;
    answer->first = first;
    answer->last = last;
}

/* What is longer, or has control characters, is as good as none: the next request repeats it in a line of its own. */
static void keep(char *to, size_t bytes, const char *value)
{
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
            return;
    if (length < bytes)
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
    if (bytes >= sizeof text || memchr(line, '\0', bytes))
        return;
    memcpy(text, line, bytes);
    text[bytes] = '\0';
    char *colon = strchr(text, ':');
    if (!colon)
        return;
    *colon = '\0';
    take_field(answer, text, colon + 1 + strspn(colon + 1, " \t"));
}

int64_t amosi_http_asked_wait(const struct amosi_http_answer *answer, time_t now,
                              time_t (*getdate)(const char *text, const time_t *unused))
{
    const char *text = answer->retry_after;
    char *end;
    if (!*text)
        return -1;
    long long seconds = strtoll(text, &end, 10);
    if (*end != '\0') {
        time_t then = getdate(text, NULL);
        if (then < 0)
            return -1;
        seconds = (long long)then - (long long)now;
    }
    return seconds < 0 ? 0 : seconds > 1000000 ? 1000000000 : seconds * 1000;
}

bool amosi_http_same_state(const struct amosi_http_state *a, const struct amosi_http_state *b)
{
    if (a->size != UINT64_MAX && b->size != UINT64_MAX && a->size != b->size)
        return false;
    if (a->etag[0] && b->etag[0])
        return strcmp(a->etag, b->etag) == 0;
    return !a->modified[0] || !b->modified[0] || strcmp(a->modified, b->modified) == 0;
}
