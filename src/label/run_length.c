/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/run_length.h"

#include "nifti/kernels.h"

size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes)
{
#if defined(__SSE2__) /* a short run without a choice of kernels */
    const unsigned char *voxels = from;
    const uint32_t others = voxel_bytes == 1 && n >= 32 ? ~amosi_equal_bytes(voxels, *voxels).bits : 0;
    if (others)
        return (size_t)__builtin_ctz(others);
#endif
    return amosi_kernels()->repeated(from, n * voxel_bytes, voxel_bytes) / voxel_bytes;
}

struct amosi_equal amosi_equal_bytes_plain(const unsigned char *from, unsigned char value)
{
    struct amosi_equal found = {0, 0, 0};
    for (unsigned i = 0; i < 32; i++) {
        const unsigned equal = from[i] == value;
        found.bits |= (uint32_t)equal << i;
        found.count += equal;
        found.places += i * equal;
    }
    return found;
}
