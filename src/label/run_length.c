/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/run_length.h"

#include "nifti/kernels.h"

size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes)
{
    return amosi_kernels()->repeated(from, n * voxel_bytes, voxel_bytes) / voxel_bytes;
}
