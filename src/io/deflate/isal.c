/* SPDX-License-Identifier: BSD-3-Clause */
/* ISA-L (igzip): several times as fast as zlib at level 1, with vector code for x86-64 and aarch64. Its level 1 is the
 * fastest there is for runs; its level 3, which is its best for noise, takes ten times as long for them. */
#ifdef AMOS_HAVE_ISAL
#include "io/deflate/method.h"

#include <isa-l/igzip_lib.h>

#include "base/system/alloc.h"

/* The sizes that ISA-L calls medium: larger ones are not faster, and their blocks fit the data less well. */
static const uint32_t memory_bytes[] = {0, ISAL_DEF_LVL1_MEDIUM, ISAL_DEF_LVL2_MEDIUM, ISAL_DEF_LVL3_MEDIUM};
#define MEMORY_BYTES (ISAL_DEF_LVL3_MEDIUM > ISAL_DEF_LVL2_MEDIUM ? ISAL_DEF_LVL3_MEDIUM : ISAL_DEF_LVL2_MEDIUM)

struct isal {
    struct isal_zstream stream;
    uint32_t level;
    unsigned char memory[MEMORY_BYTES];
};

static void *create(int level)
{
    struct isal *s = amosi_alloc(sizeof *s);
    if (!s)
        return NULL;
    isal_deflate_init(&s->stream);
    s->level = (uint32_t)level;
    return s;
}

static size_t run(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room)
{
    struct isal *s = state;
    struct isal_zstream *stream = &s->stream;
    isal_deflate_reset(stream);
    stream->level = s->level;
    stream->level_buf = s->memory;
    stream->level_buf_size = memory_bytes[s->level];
    stream->flush = SYNC_FLUSH;
    stream->end_of_stream = 0;
    stream->next_in = (uint8_t *)(uintptr_t)in; /* it only reads them */
    stream->avail_in = (uint32_t)bytes;
    stream->next_out = out;
    stream->avail_out = (uint32_t)room;
    return isal_deflate(stream) == COMP_OK && stream->avail_in == 0 && stream->avail_out > 0 ? room - stream->avail_out
                                                                                             : 0;
}

const struct amosi_deflate_method amosi_deflate_isal = {"isal", 1, 3, create, run, amosi_free};
#else
typedef int amosi_deflate_without_isal; /* a file needs a declaration */
#endif
