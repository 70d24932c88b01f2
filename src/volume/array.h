/* SPDX-License-Identifier: BSD-3-Clause */
/* Voxels that the library allocated: the internal side of amos_array. */
#ifndef AMOSI_VOLUME_ARRAY_H
#define AMOSI_VOLUME_ARRAY_H

#include <stdbool.h>

#include <amos/array.h>

#include "base/work/pool.h"

struct amos_array {
    amos_layout layout;
    struct amosi_buffer buffer;
};

/* A new array of this layout, contents undefined; NULL: out of memory. `pool` may be NULL. */
amos_array *amosi_array_new(const amos_layout *layout, amos_buffer_pool *pool);

/* From type and shape, sets strides, offset and bytes for voxels without gaps, x fastest. False if the result would
 * exceed the address space. */
bool amosi_layout_pack(amos_layout *layout);

/* The strides of a caller's layout; packed if it gives none. AMOS_E_ARG if its shape, strides and offset do not fit in
 * a buffer of `bytes` bytes; `path` is for the message. The type must have a size. */
amos_status amosi_layout_strides(const amos_layout *layout, size_t bytes, const char *path, int64_t strides[4],
                                 amos_error *err);

#endif
