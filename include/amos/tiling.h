/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a volume cut into overlapping tiles for inference, and put together again. */
#ifndef AMOS_TILING_H
#define AMOS_TILING_H

#include <amos/geometry.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any thread may use it. */
typedef struct amos_tiling amos_tiling;

typedef struct amos_tiling_options {
    size_t size;      /* sizeof(amos_tiling_options) */
    int64_t patch[3]; /* voxels of a tile along x, y, z */
    double overlap;   /* least share of a tile that its neighbour along an axis covers too, below 1; 0: 0.5, and less
                         than 0: none */
    double sigma; /* of the Gaussian weights, as a share of the tile's side; 0: 0.125; less than 0: all weights equal */
} amos_tiling_options;

/* Tiles cover every voxel of a volume of `shape` voxels: as few along each axis as the overlap allows, evenly spread, the
 * first at the start and the last at the end of the axis. Where the volume is smaller than a tile, the tile reaches
 * beyond it, half on each side. They are numbered with x fastest.
 * On success *out is the caller's, to be released by amos_tiling_free().
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_make(const int64_t shape[3], const amos_tiling_options *options,
                                                      amos_tiling **out, amos_error *err);

/* Releases it; NULL is fine. */
AMOS_API void amos_tiling_free(amos_tiling *tiling);

/* How many tiles there are; 0 for NULL. */
AMOS_API int64_t amos_tiling_count(const amos_tiling *tiling);

/* The box of tile `index` in the volume; it may reach beyond it. Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_get_box(const amos_tiling *tiling, int64_t index, amos_box *out,
                                                     amos_error *err);

/* Adds what a network said of tile `index`, float32 (channels, D, H, W) packed, to `sum`, float32 (channels, Z, Y, X) of
 * the whole volume, which must be all zero before the first tile. Tiles are weighted so that, when each has been added
 * once, `sum` is their weighted mean: nothing is left to be divided. `sum_count` is the number of floats at `sum`.
 * Threads may add to different channels or volumes at once, not to the same. The order of tiles matters only for the
 * last digits.
 * Returns AMOS_OK or AMOS_E_ARG. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_add(const amos_tiling *tiling, int64_t index, const float *tile,
                                                     int64_t channels, float *sum, size_t sum_count, amos_error *err);

/* The label of each voxel: the channel with the largest value, the first of equal ones; NaN never wins. `bytes` is the
 * size of `labels` (Z, Y, X), at least one a voxel. At most 256 channels.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_argmax(const amos_tiling *tiling, const float *sum, int64_t channels,
                                                        uint8_t *labels, size_t bytes, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
