/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/voxels.h"

#include "nifti/strided.h"

#define CACHE_LINE 64

const void *amosi_voxels_part(const struct amosi_voxels *voxels, int64_t x, int64_t n, int64_t y, int64_t z,
                              void *scratch)
{
    const int64_t *strides = voxels->strides;
    const char *from = voxels->data + x * strides[0] + y * strides[1] + z * strides[2];
    const size_t bytes = amos_type_bytes(voxels->type);
    if (strides[0] == (int64_t)bytes && (uintptr_t)from % bytes == 0)
        return from;
    amosi_strided_gather(scratch, from, strides[0], bytes, (size_t)n);
    return scratch;
}

const void *amosi_voxels_row(const struct amosi_voxels *voxels, int64_t y, int64_t z, void *scratch)
{
    return amosi_voxels_part(voxels, 0, voxels->shape[0], y, z, scratch);
}

void amosi_voxels_fetch(const struct amosi_voxels *voxels, int64_t y, int64_t z)
{
    const int64_t item = (int64_t)amos_type_bytes(voxels->type);
    const char *row = voxels->data + y * voxels->strides[1] + z * voxels->strides[2];
    if (voxels->strides[0] != item)
        return;
    for (int64_t i = 0; i < voxels->shape[0] * item; i += CACHE_LINE)
        __builtin_prefetch(row + i);
}
