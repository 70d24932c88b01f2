#include <zlib.h>

#include "base/alloc.h"
#include "io/inflate.h"

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

static enum amosi_inflate_result run(void *state, struct amosi_inflate_io *io)
{
    z_stream *z = state;
    z->next_in = (z_const Bytef *)(uintptr_t)io->in;
    z->avail_in = (uInt)io->in_bytes;
    z->next_out = io->out;
    z->avail_out = (uInt)io->out_bytes;
    int code = inflate(z, Z_NO_FLUSH);
    io->in += io->in_bytes - z->avail_in;
    io->in_bytes = z->avail_in;
    io->out += io->out_bytes - z->avail_out;
    io->out_bytes = z->avail_out;
    if (code == Z_STREAM_END)
        return AMOSI_INFLATE_END;
    if (code == Z_MEM_ERROR) /* zlib allocates its window late */
        return AMOSI_INFLATE_NOMEM;
    return code == Z_OK || code == Z_BUF_ERROR ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static void destroy(void *state)
{
    if (state)
        inflateEnd(state);
    amosi_free(state);
}

const struct amosi_inflate_backend amosi_inflate_zlib = {
    AMOS_INFLATE_ZLIB, "zlib", false, create, begin, run, destroy,
};
