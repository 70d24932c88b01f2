/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz/kit/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void fuzz_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: %s does not hold.\n", file, line, condition);
    abort();
}

uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    (*size)--;
    return *(*data)++;
}

void *fuzz_copy(const uint8_t *data, size_t size)
{
    void *copy = malloc(size ? size : 1);
    FUZZ_REQUIRE(copy != NULL);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

static size_t pack_member(const uint8_t *data, size_t size, int level, uint8_t *out, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    FUZZ_REQUIRE(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (z_const Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)room;
    FUZZ_REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

uint8_t *fuzz_gzip(const uint8_t *data, size_t size, int members, int level, size_t *file_size)
{
    size_t part = size / (size_t)members, room = size + size / 8 + (size_t)members * 64, used = 0;
    uint8_t *out = malloc(room);
    FUZZ_REQUIRE(out != NULL);
    for (int i = 0; i < members; i++) {
        size_t from = (size_t)i * part, n = i == members - 1 ? size - from : part;
        used += pack_member(data + from, n, level, out + used, room - used);
    }
    /* Exactly as long as the file, so that a sanitizer detects any read beyond it. */
    uint8_t *file = fuzz_copy(out, used);
    free(out);
    *file_size = used;
    return file;
}
