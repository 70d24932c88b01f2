/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of voxels of 1, 2, 4, 8 or 16 bytes that lie a step apart, of any alignment. Steps are in bytes and may be
 * negative; the areas must not overlap. */
#ifndef AMOSI_STRIDED_H
#define AMOSI_STRIDED_H

#include <stddef.h>
#include <stdint.h>

/* n voxels, `step` apart from `from` on, side by side to `to`. */
void amosi_strided_gather(void *to, const void *from, int64_t step, size_t voxel_bytes, size_t n);

/* n voxels that lie side by side, `step` apart from `to` on. */
void amosi_strided_scatter(void *to, int64_t step, const void *from, size_t voxel_bytes, size_t n);

#endif
