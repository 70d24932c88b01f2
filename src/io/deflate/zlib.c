/* SPDX-License-Identifier: BSD-3-Clause */
#define ZLIB_CONST /* its input is const */
#include "io/deflate/method.h"

#include <zlib.h>

#include "base/system/alloc.h"

static voidpf allocate(voidpf user, uInt items, uInt size)
{
    (void)user;
    return amosi_alloc_array(items, size);
}

static void release(voidpf user, voidpf memory)
{
    (void)user;
    amosi_free(memory);
}

static void *create(int level)
{
    z_stream *stream = amosi_zalloc(sizeof *stream);
    if (!stream)
        return NULL;
    stream->zalloc = allocate;
    stream->zfree = release;
    if (deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK)
        return stream;
    amosi_free(stream);
    return NULL;
}

static size_t run(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room)
{
    z_stream *stream = state;
    deflateReset(stream);
    stream->next_in = in;
    stream->avail_in = (uInt)bytes;
    stream->next_out = out;
    stream->avail_out = (uInt)room;
    /* With room left, all that was to be flushed has been. */
    return deflate(stream, Z_SYNC_FLUSH) == Z_OK && stream->avail_in == 0 && stream->avail_out > 0
               ? room - stream->avail_out
               : 0;
}

static void destroy(void *state)
{
    if (state)
        deflateEnd(state);
    amosi_free(state);
}

const struct amosi_deflate_method amosi_deflate_zlib = {"zlib", 1, 9, create, run, destroy};
