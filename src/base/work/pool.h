/* SPDX-License-Identifier: BSD-3-Clause */
/* Reusable voxel buffers: the internal side of amos_buffer_pool. */
#ifndef AMOSI_BASE_WORK_POOL_H
#define AMOSI_BASE_WORK_POOL_H

#include <amos/pool.h>

#include <stddef.h>

/* A buffer like those of amosi_alloc_voxels(), with a reference to the pool that it returns to. */
struct amosi_buffer {
    void *data;
    size_t room;
    amos_buffer_pool *pool; /* NULL: none */
};

/* Gets at least `bytes` bytes, contents undefined; `pool` may be NULL. Returns 0 if memory runs out. */
int amosi_buffer_get(struct amosi_buffer *buffer, amos_buffer_pool *pool, size_t bytes);

/* Returns the buffer to its pool. Without a pool it is kept for the next that needs about as many bytes, or freed (see
 * <amos/pool.h>). Accepts a buffer that is all zero. */
void amosi_buffer_release(struct amosi_buffer *buffer);

/* How many bytes are kept without a pool. Any thread. */
uint64_t amosi_buffer_spare_bytes(void);

#endif
