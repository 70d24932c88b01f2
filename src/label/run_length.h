/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels come in long runs along x. */
#ifndef AMOSI_LABEL_RUN_LENGTH_H
#define AMOSI_LABEL_RUN_LENGTH_H

#include <stddef.h>

/* How many voxels from `from` on equal the first; at most n. */
size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes);

#endif
