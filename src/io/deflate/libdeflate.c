/* SPDX-License-Identifier: BSD-3-Clause */
/* libdeflate: smaller than zlib, and faster at the same size. It makes whole streams only: the last of its blocks is
 * marked as the last of the stream. That mark is found by decoding, which takes a small part of the time, and is
 * removed. */
#ifdef AMOS_HAVE_LIBDEFLATE
#include "io/deflate/method.h"

#include <libdeflate.h>
#include <string.h>

#include "base/system/alloc.h"
#include "io/inflate/last.h"

struct state {
    struct libdeflate_compressor *compressor;
    struct amosi_last_finder *finder;
};

static void destroy(void *state)
{
    struct state *s = state;
    if (!s)
        return;
    libdeflate_free_compressor(s->compressor);
    amosi_last_finder_free(s->finder);
    amosi_free(s);
}

static void *create(int level)
{
    struct state *s = amosi_zalloc(sizeof *s);
    if (!s)
        return NULL;
    s->compressor = libdeflate_alloc_compressor(level);
    s->finder = amosi_last_finder_new();
    if (s->compressor && s->finder)
        return s;
    destroy(s);
    return NULL;
}

/* An empty stored block that is not the last: three zero bits, zeros up to the next byte, its length, and the length
 * inverted. */
static size_t end_at_byte(unsigned char *out, uint64_t end, size_t room)
{
    static const unsigned char empty[4] = {0, 0, 0xff, 0xff};
    size_t bytes = (size_t)((end + 3 + 7) / 8);
    if (bytes + sizeof empty > room)
        return 0;
    if (bytes > (end + 7) / 8)
        out[bytes - 1] = 0;
    memcpy(out + bytes, empty, sizeof empty);
    return bytes + sizeof empty;
}

static size_t run(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room)
{
    struct state *s = state;
    size_t made = libdeflate_deflate_compress(s->compressor, in, bytes, out, room);
    struct amosi_last_block last;
    if (!made || !amosi_last_block_find(s->finder, out, made, &last))
        return 0;
    out[last.begin / 8] &= (unsigned char)~(1u << last.begin % 8);
    return end_at_byte(out, last.end, room);
}

const struct amosi_deflate_method amosi_deflate_libdeflate = {"libdeflate", 1, 12, create, run, destroy};
#else
typedef int amosi_deflate_without_libdeflate; /* a file needs a declaration */
#endif
