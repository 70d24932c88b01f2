/* SPDX-License-Identifier: BSD-3-Clause */
#include <zlib.h>

#include "base/system/alloc.h"
#include "io/inflate/inflate.h"

static voidpf zlib_alloc(voidpf user, uInt items, uInt size)
{
    (void)user;
    return amosi_alloc_array(items, size);
}

static void zlib_free(voidpf user, voidpf memory)
{
    (void)user;
    amosi_free(memory);
}

static void *create(void)
{
    z_stream *z = amosi_zalloc(sizeof *z);
    if (!z)
        return NULL;
    z->zalloc = zlib_alloc;
    z->zfree = zlib_free;
    if (inflateInit2(z, -15) != Z_OK) {
        amosi_free(z);
        return NULL;
    }
    return z;
}

static void begin(void *state)
{
    inflateReset(state);
}

static bool enter(void *state, const struct amosi_inflate_entry *entry)
{
    begin(state);
    if (entry->bits && inflatePrime(state, (int)entry->bits, (int)entry->value) != Z_OK)
        return false;
    return inflateSetDictionary(state, entry->window, (uInt)entry->window_bytes) == Z_OK;
}

/* The parts of data_type after a call: see inflate() in zlib.h. */
enum { UNUSED_BITS = 7, IN_LAST_BLOCK = 64, BETWEEN_BLOCKS = 128 };

static enum amosi_inflate_result run_until(z_stream *z, struct amosi_inflate_io *io, int stop)
{
    z->next_in = (z_const Bytef *)(uintptr_t)io->in;
    z->avail_in = (uInt)io->in_bytes;
    z->next_out = io->out;
    z->avail_out = (uInt)io->out_bytes;
    int code;
    do /* it also stops after the last block, before it reports the end */
        code = inflate(z, stop);
    while (stop == Z_BLOCK && code == Z_OK && (z->data_type & BETWEEN_BLOCKS) && (z->data_type & IN_LAST_BLOCK));
    io->in += io->in_bytes - z->avail_in;
    io->in_bytes = z->avail_in;
    io->out += io->out_bytes - z->avail_out;
    io->out_bytes = z->avail_out;
    io->bits = (unsigned)z->data_type & UNUSED_BITS;
    if (code == Z_STREAM_END)
        return AMOSI_INFLATE_END;
    if (code == Z_MEM_ERROR) /* zlib allocates its window late */
        return AMOSI_INFLATE_NOMEM;
    if (code != Z_OK && code != Z_BUF_ERROR)
        return AMOSI_INFLATE_BAD;
    return stop == Z_BLOCK && (z->data_type & BETWEEN_BLOCKS) ? AMOSI_INFLATE_BLOCK : AMOSI_INFLATE_MORE;
}

static enum amosi_inflate_result inflate_run(void *state, struct amosi_inflate_io *io)
{
    return run_until(state, io, Z_NO_FLUSH);
}

static enum amosi_inflate_result run_block(void *state, struct amosi_inflate_io *io)
{
    return run_until(state, io, Z_BLOCK);
}

static void destroy(void *state)
{
    if (state)
        inflateEnd(state);
    amosi_free(state);
}

const struct amosi_inflate_backend amosi_inflate_zlib = {
    AMOS_INFLATE_ZLIB, "zlib", create, begin, enter, inflate_run, destroy,
};

const struct amosi_inflate_backend amosi_inflate_blocks = {
    AMOS_INFLATE_ZLIB, "zlib, block by block", create, begin, enter, run_block, destroy,
};
