/* SPDX-License-Identifier: BSD-3-Clause */
/* Voxels that the library allocated, seen from inside. */
#ifndef AMOSI_VOLUME_ARRAY_H
#define AMOSI_VOLUME_ARRAY_H

#include <stdbool.h>

#include <amos/array.h>

#include "base/work/pool.h"

struct amos_array {
    amos_layout layout;
    struct amosi_buffer buffer;
};

/* An array of this layout, contents undefined; NULL when memory ran out. `pool` may be NULL. */
amos_array *amosi_array_new(const amos_layout *layout, amos_buffer_pool *pool);

/* Fills in strides, offset and bytes of voxels without gaps, x fastest, from type and shape. False where that would be
 * larger than the address space. */
bool amosi_layout_pack(amos_layout *layout);

/* The strides of a caller's layout, packed where it gives none. AMOS_E_ARG where its shape, strides and offset do not fit a
 * buffer of `bytes` bytes; `path` is for the message. The type must be one that has a size. */
amos_status amosi_layout_strides(const amos_layout *layout, size_t bytes, const char *path, int64_t strides[4],
                                 amos_error *err);

#endif
