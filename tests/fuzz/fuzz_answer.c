/* SPDX-License-Identifier: BSD-3-Clause */
/* The header of a server's answer: lines that end by a line feed, as libcurl hands them over. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "http/answer.h"

/* Each line in memory of its own, so that a read beyond it is seen. */
static void take_lines(struct amosi_http_answer *answer, const uint8_t *data, size_t size)
{
    amosi_http_answer_begin(answer);
    while (size) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t bytes = end ? (size_t)(end - data) + 1 : size;
        char *line = fuzz_copy(data, bytes);
        amosi_http_answer_line(answer, line, bytes);
        free(line);
        data += bytes;
        size -= bytes;
    }
}

static void take_line(struct amosi_http_answer *answer, const char *name, const char *value)
{
    char line[300];
    int bytes = snprintf(line, sizeof line, "%s: %s\r\n", name, value);
    FUZZ_REQUIRE(bytes > 0 && (size_t)bytes < sizeof line);
    amosi_http_answer_line(answer, line, (size_t)bytes);
}

/* What goes into the header of the next request must not make lines of its own. */
static void require_one_line(const char *text, size_t room)
{
    FUZZ_REQUIRE(memchr(text, '\0', room) != NULL);
    for (; *text; text++)
        FUZZ_REQUIRE((unsigned char)*text >= 0x20 && *text != 0x7f);
}

/* RFC 9110, 14.4: a range ends within the file. */
static void require_sound(const struct amosi_http_answer *a)
{
    require_one_line(a->state.etag, sizeof a->state.etag);
    require_one_line(a->state.modified, sizeof a->state.modified);
    require_one_line(a->retry_after, sizeof a->retry_after);
    FUZZ_REQUIRE(!a->has_range || (a->first <= a->last && a->last < a->state.size));
}

/* The same fields, written as the standard has them, say the same. */
static void require_same_again(const struct amosi_http_answer *a)
{
    struct amosi_http_answer again;
    char range[100] = "bytes *", size[30] = "*";
    amosi_http_answer_begin(&again);
    if (a->has_range)
        snprintf(range, sizeof range, "bytes %llu-%llu", (unsigned long long)a->first, (unsigned long long)a->last);
    if (a->state.size != UINT64_MAX)
        snprintf(size, sizeof size, "%llu", (unsigned long long)a->state.size);
    snprintf(range + strlen(range), sizeof range - strlen(range), "/%s", size);
    take_line(&again, "Content-Range", range);
    take_line(&again, "ETAG", a->state.etag);
    take_line(&again, "last-modified", a->state.modified);
    FUZZ_REQUIRE(again.has_range == a->has_range && again.state.size == a->state.size);
    FUZZ_REQUIRE(!a->has_range || (again.first == a->first && again.last == a->last));
    FUZZ_REQUIRE(strcmp(again.state.etag, a->state.etag) == 0);
    FUZZ_REQUIRE(strcmp(again.state.modified, a->state.modified) == 0);
    FUZZ_REQUIRE(amosi_http_same_state(&again.state, &a->state) && amosi_http_same_state(&a->state, &again.state));
}

static bool was_asked;

/* Stands for curl_getdate(). */
static time_t read_date(const char *text, const time_t *unused)
{
    (void)unused;
    was_asked = true;
    return strchr(text, ':') ? (time_t)253402300799 : -1; /* the last second of the year 9999 */
}

static void require_wait(const struct amosi_http_answer *a)
{
    was_asked = false;
    int64_t ms = amosi_http_asked_wait(a, 1700000000, read_date);
    FUZZ_REQUIRE(ms >= -1 && ms <= 1000000000);
    FUZZ_REQUIRE(a->retry_after[0] || ms == -1);
    FUZZ_REQUIRE(!was_asked || ms == (strchr(a->retry_after, ':') ? 1000000000 : -1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_http_answer answer;
    take_lines(&answer, data, size);
    require_sound(&answer);
    require_same_again(&answer);
    require_wait(&answer);
    return 0;
}
