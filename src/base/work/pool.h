/* SPDX-License-Identifier: BSD-3-Clause */
/* Voxel buffers that are used again, seen from inside. */
#ifndef AMOSI_BASE_WORK_POOL_H
#define AMOSI_BASE_WORK_POOL_H

#include <amos/pool.h>

#include <stddef.h>

/* A buffer as from amosi_alloc_voxels(), with a reference to the pool that it goes back to. */
struct amosi_buffer {
    void *data;
    size_t room;
    amos_buffer_pool *pool; /* NULL: none */
};

/* At least `bytes` bytes, contents undefined; `pool` may be NULL. False when memory ran out. */
int amosi_buffer_take(struct amosi_buffer *buffer, amos_buffer_pool *pool, size_t bytes);

/* Accepts a buffer that is all zero. */
void amosi_buffer_release(struct amosi_buffer *buffer);

#endif
