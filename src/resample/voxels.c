/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/voxels.h"

#include "nifti/strided.h"

const void *amosi_voxels_row(const struct amosi_voxels *voxels, int64_t y, int64_t z, void *scratch)
{
    const char *from = voxels->data + y * voxels->strides[1] + z * voxels->strides[2];
    const size_t bytes = amos_type_bytes(voxels->type);
    if (voxels->strides[0] == (int64_t)bytes && (uintptr_t)from % bytes == 0)
        return from;
    amosi_strided_gather(scratch, from, voxels->strides[0], bytes, (size_t)voxels->shape[0]);
    return scratch;
}
