/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies voxels of 1, 2, 4, 8 or 16 bytes at a constant step, of any alignment. Steps are in bytes and may be negative.
 * Source and destination must not overlap. */
#ifndef AMOSI_STRIDED_H
#define AMOSI_STRIDED_H

#include <stddef.h>
#include <stdint.h>

/* Copies n voxels that start at `from` and are `step` apart to adjacent places at `to`. */
void amosi_strided_gather(void *to, const void *from, int64_t step, size_t voxel_bytes, size_t n);

/* Copies n adjacent voxels to places that start at `to` and are `step` apart. */
void amosi_strided_scatter(void *to, int64_t step, const void *from, size_t voxel_bytes, size_t n);

#endif
