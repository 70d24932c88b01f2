/* SPDX-License-Identifier: BSD-3-Clause */
/* Room for a chunk, compressed, on its way and as voxels, kept for the next read: as many as threads were ever reading at
 * once. Taking and giving back never waits, so a forked child can go on. */
#ifndef AMOSI_CACHE_SCRATCH_H
#define AMOSI_CACHE_SCRATCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct amosi_scratch {
    size_t chunk_room, packed_room;
    unsigned char *chunk;  /* aligned for every voxel type */
    unsigned char *packed;
    unsigned char *work; /* of amosi_chunk_work() bytes for a chunk of chunk_room */
    uint64_t held_at;    /* what `packed` holds of the file: `held` bytes from there on */
    size_t held;
};

#define AMOSI_SCRATCH_SLOTS 64 /* what does not fit is released */

struct amosi_scratch_pool {
    struct amosi_scratch *_Atomic slots[AMOSI_SCRATCH_SLOTS];
};

/* Room for so many bytes of each, holding nothing; NULL: out of memory. */
struct amosi_scratch *amosi_scratch_take(struct amosi_scratch_pool *pool, size_t chunk_bytes, size_t packed_bytes);
void amosi_scratch_give(struct amosi_scratch_pool *pool, struct amosi_scratch *scratch);

/* Releases all that was given back. */
void amosi_scratch_clear(struct amosi_scratch_pool *pool);

#endif
