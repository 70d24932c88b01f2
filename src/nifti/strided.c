/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/strided.h"

#include <stdbool.h>
#include <string.h>

#include "nifti/kernels.h"

/* Inlined for each size, so that a voxel is a single move. */
static inline void copy_steps(char *to, int64_t to_step, const char *from, int64_t from_step, size_t bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        memcpy(to + (int64_t)i * to_step, from + (int64_t)i * from_step, bytes);
}

static void copy_any(char *to, int64_t to_step, const char *from, int64_t from_step, size_t bytes, size_t n)
{
    switch (bytes) {
    case 1:
        copy_steps(to, to_step, from, from_step, 1, n);
        break;
    case 2:
        copy_steps(to, to_step, from, from_step, 2, n);
        break;
    case 4:
        copy_steps(to, to_step, from, from_step, 4, n);
        break;
    case 8:
        copy_steps(to, to_step, from, from_step, 8, n);
        break;
    default:
        copy_steps(to, to_step, from, from_step, bytes, n);
    }
}

/* Reverses adjacent voxels, as from LAS to RAS along x. `to` and `from` are the lowest addresses. */
static bool reverse_row(char *to, const char *from, size_t bytes, size_t n)
{
    const struct amosi_kernels *kernels = amosi_kernels();
    if (bytes == 1)
        kernels->reverse1(to, from, n);
    else if (bytes == 2)
        kernels->reverse2(to, from, n);
    else if (bytes == 4)
        kernels->reverse4(to, from, n);
    return bytes == 1 || bytes == 2 || bytes == 4;
}

void amosi_strided_gather(void *to, const void *from, int64_t step, size_t voxel_bytes, size_t n)
{
    int64_t bytes = (int64_t)voxel_bytes, back = ((int64_t)n - 1) * bytes;
    if (n == 0)
        return;
    if (step == bytes)
        memcpy(to, from, n * voxel_bytes);
    else if (step != -bytes || !reverse_row(to, (const char *)from - back, voxel_bytes, n))
        copy_any(to, bytes, from, step, voxel_bytes, n);
}

void amosi_strided_scatter(void *to, int64_t step, const void *from, size_t voxel_bytes, size_t n)
{
    int64_t bytes = (int64_t)voxel_bytes, back = ((int64_t)n - 1) * bytes;
    if (n == 0)
        return;
    if (step == bytes)
        memcpy(to, from, n * voxel_bytes);
    else if (step != -bytes || !reverse_row((char *)to - back, from, voxel_bytes, n))
        copy_any(to, step, from, bytes, voxel_bytes, n);
}
