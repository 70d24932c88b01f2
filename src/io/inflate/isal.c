#ifdef AMOS_HAVE_ISAL
#include <isa-l/igzip_lib.h>

#include "base/alloc.h"
#include "io/inflate/inflate.h"

static void *create(void)
{
    return amosi_alloc(sizeof(struct inflate_state));
}

static void begin(void *state)
{
    isal_inflate_init(state);
    ((struct inflate_state *)state)->crc_flag = ISAL_DEFLATE;
}

static bool enter(void *state, const struct amosi_inflate_entry *entry)
{
    struct inflate_state *s = state;
    begin(s);
    s->read_in = entry->value;
    s->read_in_length = (int32_t)entry->bits;
    return entry->window_bytes == 0 || isal_inflate_set_dict(s, (uint8_t *)(uintptr_t)entry->window,
                                                             (uint32_t)entry->window_bytes) == ISAL_DECOMP_OK;
}

static enum amosi_inflate_result run(void *state, struct amosi_inflate_io *io)
{
    struct inflate_state *s = state;
    s->next_in = (uint8_t *)(uintptr_t)io->in;
    s->avail_in = (uint32_t)io->in_bytes;
    s->next_out = io->out;
    s->avail_out = (uint32_t)io->out_bytes;
    int code = isal_inflate(s);
    /* At damaged data it may hand back more than this call gave it. */
    size_t used = s->avail_in <= io->in_bytes ? io->in_bytes - s->avail_in : 0;
    io->unused = s->avail_in > io->in_bytes ? s->avail_in - io->in_bytes : 0;
    io->in += used;
    io->in_bytes -= used;
    io->out += io->out_bytes - s->avail_out;
    io->out_bytes = s->avail_out;
    /* ISA-L also answers "ok" when the input was cut off: only its block state tells that the end was reached. */
    if (s->block_state == ISAL_BLOCK_FINISH) {
        io->unused = (size_t)s->read_in_length / 8; /* what it has read ahead into its bit buffer */
        return AMOSI_INFLATE_END;
    }
    return code >= ISAL_DECOMP_OK ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static void destroy(void *state)
{
    amosi_free(state);
}

const struct amosi_inflate_backend amosi_inflate_isal = {
    AMOS_INFLATE_ISAL, "isal", false, create, begin, enter, run, destroy,
};
#else
typedef int amosi_isal_is_off; /* C wants something in every file */
#endif
