/* SPDX-License-Identifier: BSD-3-Clause */
/* What anybody sends to amos serve: a target, a Cookie, a Host and an Origin, one a line. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "serve/request.h"

/* A copy of the next line, so that nothing beyond it may be read; from malloc(). */
static char *take_line(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, '\n', *size) : NULL;
    size_t length = end ? (size_t)(end - *data) : *size;
    char *line = malloc(length + 1);
    FUZZ_REQUIRE(line != NULL);
    if (length)
        memcpy(line, *data, length);
    line[length] = '\0';
    *data += end ? length + 1 : length;
    *size -= end ? length + 1 : length;
    return line;
}

static void read_target(const char *target)
{
    struct request request;
    request_read(target, &request);
    bool has_id = request.kind == REQUEST_CASE || request.kind == REQUEST_SLICE || request.kind == REQUEST_SCORES ||
                  request.kind == REQUEST_FINDINGS;
    FUZZ_REQUIRE((request.id[0] != '\0') == has_id);
    FUZZ_REQUIRE(strlen(request.id) < sizeof request.id && strlen(request.token) < sizeof request.token);
    FUZZ_REQUIRE(strchr(request.id, '/') == NULL);
    FUZZ_REQUIRE(request.index >= 0 && request.index < 1000000000);
    FUZZ_REQUIRE(request.layer < REQUEST_LAYERS && request.plane < REQUEST_PLANES);
    FUZZ_REQUIRE(target[0] == '/' || request.kind == REQUEST_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char value[40];
    char *target = take_line(&data, &size), *cookie = take_line(&data, &size);
    char *host = take_line(&data, &size), *origin = take_line(&data, &size);
    read_target(target);
    if (request_cookie(cookie, "amos_1", value, sizeof value))
        FUZZ_REQUIRE(value[0] && strlen(value) < sizeof value && strstr(cookie, value));
    bool ours = request_host_fits(host, "10.0.0.7");
    FUZZ_REQUIRE(!ours ||
                 strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:[]") == strlen(host));
    FUZZ_REQUIRE(!request_origin_fits(origin, host) || strlen(origin) == strlen(host) + strlen("http://"));
    free(target);
    free(cookie);
    free(host);
    free(origin);
    return 0;
}
