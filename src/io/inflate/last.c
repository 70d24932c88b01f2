/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/last.h"

#include "base/system/alloc.h"
#include "io/inflate/own.h"

#define ROOM ((size_t)128 << 10)

struct amosi_last_finder {
    struct amosi_own *decoder;
    unsigned char out[ROOM];
};

struct amosi_last_finder *amosi_last_finder_new(void)
{
    struct amosi_last_finder *finder = amosi_alloc(sizeof *finder);
    if (!finder)
        return NULL;
    finder->decoder = amosi_inflate_own.create();
    if (finder->decoder)
        return finder;
    amosi_free(finder);
    return NULL;
}

void amosi_last_finder_free(struct amosi_last_finder *finder)
{
    if (!finder)
        return;
    amosi_inflate_own.destroy(finder->decoder);
    amosi_free(finder);
}

bool amosi_last_block_find(struct amosi_last_finder *finder, const unsigned char *stream, size_t bytes,
                           struct amosi_last_block *last)
{
    struct amosi_own *decoder = finder->decoder;
    struct amosi_inflate_io io = {stream, bytes, NULL, 0, 0, 0, 0};
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    amosi_inflate_own.begin(decoder);
    do {
        io.out = finder->out;
        io.out_bytes = ROOM;
        result = amosi_inflate_own.run(decoder, &io);
    } while (result == AMOSI_INFLATE_MORE && io.out_bytes == 0);
    *last = (struct amosi_last_block){(uint64_t)(decoder->header - stream) * 8 - decoder->header_held,
                                      (uint64_t)(io.in - stream) * 8 - decoder->held};
    return result == AMOSI_INFLATE_END && io.in_bytes + io.unused == 0;
}
