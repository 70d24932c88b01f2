#ifdef AMOS_HAVE_LIBDEFLATE
#include <libdeflate.h>

#include "io/inflate/inflate.h"

static void *create(void)
{
    return libdeflate_alloc_decompressor();
}

static void begin(void *state)
{
    (void)state; /* a decompressor keeps nothing between calls */
}

static enum amosi_inflate_result run(void *state, struct amosi_inflate_io *io)
{
    size_t in = 0, out = 0;
    if (libdeflate_deflate_decompress_ex(state, io->in, io->in_bytes, io->out, io->out_bytes, &in, &out) !=
        LIBDEFLATE_SUCCESS)
        return AMOSI_INFLATE_BAD;
    io->in += in;
    io->in_bytes -= in;
    io->out += out;
    io->out_bytes -= out;
    return AMOSI_INFLATE_END;
}

static void destroy(void *state)
{
    libdeflate_free_decompressor(state);
}

const struct amosi_inflate_backend amosi_inflate_libdeflate = {
    AMOS_INFLATE_LIBDEFLATE, "libdeflate", true, create, begin, NULL, run, destroy,
};
#else
typedef int amosi_libdeflate_is_off; /* C wants something in every file */
#endif
