/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffers for a chunk: compressed, in planes, and as voxels. They are kept for the next read, as many as threads ever
 * read at once. Taking and giving back never blocks, so a forked child can continue. */
#ifndef AMOSI_CACHE_SCRATCH_H
#define AMOSI_CACHE_SCRATCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct amosi_scratch {
    size_t chunk_room, packed_room;
    unsigned char *chunk; /* aligned for every voxel type */
    unsigned char *packed;
    unsigned char *work; /* amosi_chunk_work(chunk_room) bytes */
    uint64_t held_at;    /* file offset of the `held` bytes in `packed` */
    size_t held;
};

#define AMOSI_SCRATCH_SLOTS 64 /* what exceeds it is released */

struct amosi_scratch_pool {
    struct amosi_scratch *_Atomic slots[AMOSI_SCRATCH_SLOTS];
};

/* Takes a scratch with at least these sizes, holding nothing; NULL if out of memory. */
struct amosi_scratch *amosi_scratch_get(struct amosi_scratch_pool *pool, size_t chunk_bytes, size_t packed_bytes);
void amosi_scratch_give(struct amosi_scratch_pool *pool, struct amosi_scratch *scratch);

/* Releases everything that was given back. */
void amosi_scratch_clear(struct amosi_scratch_pool *pool);

#endif
