/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/scratch.h"

#include "base/system/alloc.h"
#include "cache/chunk.h"

static void release_scratch(struct amosi_scratch *scratch)
{
    if (!scratch)
        return;
    amosi_free(scratch->chunk);
    amosi_free(scratch->packed);
    amosi_free(scratch->work);
    amosi_free(scratch);
}

struct amosi_scratch *amosi_scratch_get(struct amosi_scratch_pool *pool, size_t chunk_bytes, size_t packed_bytes)
{
    struct amosi_scratch *scratch = NULL;
    for (int i = 0; i < AMOSI_SCRATCH_SLOTS && !scratch; i++)
        if (atomic_load_explicit(&pool->slots[i], memory_order_relaxed))
            scratch = atomic_exchange(&pool->slots[i], NULL);
    if (scratch && scratch->chunk_room >= chunk_bytes && scratch->packed_room >= packed_bytes) {
        scratch->held = 0;
        return scratch;
    }
    release_scratch(scratch);
    scratch = amosi_zalloc(sizeof *scratch);
    if (!scratch)
        return NULL;
    scratch->chunk = amosi_alloc_voxels(chunk_bytes);
    scratch->packed = amosi_alloc_voxels(packed_bytes);
    scratch->work = amosi_alloc_voxels(amosi_chunk_work(chunk_bytes));
    if (!scratch->chunk || !scratch->packed || !scratch->work) {
        release_scratch(scratch);
        return NULL;
    }
    scratch->chunk_room = chunk_bytes;
    scratch->packed_room = packed_bytes;
    return scratch;
}

void amosi_scratch_give(struct amosi_scratch_pool *pool, struct amosi_scratch *scratch)
{
    for (int i = 0; i < AMOSI_SCRATCH_SLOTS && scratch; i++) {
        struct amosi_scratch *none = NULL;
        if (atomic_compare_exchange_strong(&pool->slots[i], &none, scratch))
            scratch = NULL;
    }
    release_scratch(scratch);
}

void amosi_scratch_clear(struct amosi_scratch_pool *pool)
{
    for (int i = 0; i < AMOSI_SCRATCH_SLOTS; i++)
        release_scratch(atomic_exchange(&pool->slots[i], NULL));
}
