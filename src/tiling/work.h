/* SPDX-License-Identifier: BSD-3-Clause */
/* Work on tiles by several threads. */
#ifndef AMOSI_TILING_WORK_H
#define AMOSI_TILING_WORK_H

#include <stddef.h>
#include <stdint.h>

/* Calls work(user, i) for each i below `count`, in any order, by `threads` threads (as in amos_tiling_options), or by
 * the caller's alone if the work is only `values` values and not worth the start of threads, or none can be started. */
void amosi_tile_work(size_t count, int threads, int64_t values, void (*work)(void *user, size_t index), void *user);

#endif
