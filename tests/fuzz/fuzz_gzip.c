/* SPDX-License-Identifier: BSD-3-Clause */
/* A gzip file through zlib and our own decoder, with several window sizes: both must give the same bytes and errors. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/error/options.h"
#include "fuzz/kit/fuzz.h"
#include "io/gzip/stream.h"

#define WANTED (64 * 1024)
#define EXTRA 1024

struct outcome {
    amos_status status;
    amos_warnings warnings;
    size_t bytes;
    uint8_t data[WANTED + EXTRA];
};

static void decode(const struct amosi_source *source, amos_inflate inflate, size_t window, int strict,
                   struct outcome *out)
{
    struct amosi_stream stream;
    struct amosi_stream_settings settings = {.inflate = inflate, .strict = strict, .input_bytes = window};
    amos_limits limits = {
        .size = sizeof limits, .max_extra = EXTRA, .max_members = 50, .max_gzip_header = 1000, .max_idle_input = 4096};
    amos_error err;
    out->bytes = 0;
    out->warnings = 0;
    FUZZ_REQUIRE(amosi_limits_copy(&settings.limits, &limits, &err) == AMOS_OK);
    out->status = amosi_stream_open(&stream, source, true, &settings, &err);
    if (out->status == AMOS_OK) {
        amosi_stream_expect(&stream, WANTED);
        size_t got = 1;
        while (out->status == AMOS_OK && got && out->bytes < sizeof out->data) {
            size_t room = sizeof out->data - out->bytes;
            out->status = amosi_stream_read(&stream, out->data + out->bytes, room < 5000 ? room : 5000, &got, &err);
            out->bytes += got;
        }
        out->warnings = stream.warnings;
        amosi_stream_close(&stream);
    }
    FUZZ_REQUIRE(out->status == AMOS_OK || err.status == out->status);
}

static void compare(const struct outcome *a, const struct outcome *b)
{
    FUZZ_REQUIRE(a->status == b->status);
    FUZZ_REQUIRE(a->warnings == b->warnings);
    /* After an error the decoders may differ in how far they got. */
    size_t common = a->bytes < b->bytes ? a->bytes : b->bytes;
    FUZZ_REQUIRE(a->status != AMOS_OK || a->bytes == b->bytes);
    FUZZ_REQUIRE(memcmp(a->data, b->data, common) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct outcome first, next;
    static const size_t windows[] = {AMOSI_INPUT_BYTES, 1, 7};
    int strict = fuzz_byte(&data, &size) & 1;
    struct amosi_source source;
    amos_error err;
    void *copy = fuzz_copy(data, size);
    FUZZ_REQUIRE(amosi_source_open_memory(&source, copy, size, &err) == AMOS_OK);
    decode(&source, AMOS_INFLATE_ZLIB, AMOSI_INPUT_BYTES, strict, &first);
    for (int inflate = AMOS_INFLATE_ZLIB; inflate <= AMOS_INFLATE_OWN; inflate++)
        for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
            decode(&source, (amos_inflate)inflate, windows[w], strict, &next);
            compare(&first, &next);
        }
    amosi_source_close(&source);
    free(copy);
    return 0;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* The content of the members that zlib accepts. */
static size_t unpack(const uint8_t *data, size_t size, uint8_t *plain, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    FUZZ_REQUIRE(inflateInit2(&z, 15 + 16) == Z_OK);
    z.next_in = (z_const Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = plain;
    z.avail_out = (uInt)room;
    while (inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in && inflateReset(&z) == Z_OK)
        continue;
    inflateEnd(&z);
    return room - z.avail_out;
}

/* Half of the time the content is mutated and recompressed, so that the frame stays valid. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint8_t plain[1 << 16];
    if (seed % 2 || size < 2)
        return LLVMFuzzerMutate(data, size, max_size);
    size_t n = unpack(data + 1, size - 1, plain, sizeof plain);
    n = LLVMFuzzerMutate(plain, n, sizeof plain);
    size_t made;
    uint8_t *packed = fuzz_gzip(plain, n, 1 + (int)(seed / 20 % 3), (int)(seed / 2 % 10), &made);
    if (made < max_size) {
        memcpy(data + 1, packed, made);
        size = made + 1;
    }
    free(packed);
    return size;
}
#endif
