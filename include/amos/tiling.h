/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: cuts a volume into overlapping tiles for inference, and joins the results.
 *
 * Tiles cover every voxel of the volume. Along each axis there are as few as the overlap allows, evenly spread: the
 * first one begins where the axis begins, the last one ends where it ends. If the volume is smaller than a tile, the
 * tile reaches beyond it by the same amount on both sides. Tiles are numbered with x fastest. */
#ifndef AMOS_TILING_H
#define AMOS_TILING_H

#include <amos/geometry.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The tiles of one volume, with their weights. Immutable; any thread may use it. */
typedef struct amos_tiling amos_tiling;

/* How large tiles are, and how they are weighted. Start from AMOS_TILING_OPTIONS_INIT and set the patch. */
typedef struct amos_tiling_options {
    size_t size;      /* sizeof(amos_tiling_options) */
    int64_t patch[3]; /* voxels of a tile along x, y, z; 1..2^30 each */
    double overlap;   /* least share of a tile that the next tile along an axis covers too: 0 (none) or more, below 1.
                       * AMOS_TILING_OPTIONS_INIT has 0.5 */
    double sigma;     /* standard deviation of the Gaussian weights, as a share of the tile's side, at most 100. 0: all
                       * weights are equal. AMOS_TILING_OPTIONS_INIT has 0.125 */
    int threads;      /* of amos_tiling_add(), amos_tiling_argmax() and stitchers; 0: one for each processor that this
                       * process may use, 1: the caller's alone. Results do not depend on it; small work has one */
} amos_tiling_options;

/* The defaults; the patch must be set: amos_tiling_options o = AMOS_TILING_OPTIONS_INIT; */
#define AMOS_TILING_OPTIONS_INIT \
    { \
        sizeof(amos_tiling_options), {0, 0, 0}, 0.5, 0.125, 0 \
    }

/* Makes the tiling of a volume of `shape` voxels (x, y, z), 1..2^30 along each axis. On success the caller owns *out
 * and releases it with amos_tiling_free().
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_make(const int64_t shape[3], const amos_tiling_options *options,
                                                      amos_tiling **out, amos_error *err);

/* Releases a tiling; NULL does nothing. No other thread may be using it. */
AMOS_API void amos_tiling_free(amos_tiling *tiling);

/* The number of tiles; 0 for NULL. Any thread. */
AMOS_API int64_t amos_tiling_count(const amos_tiling *tiling);

/* The box of tile `index` in the volume; it may reach beyond the volume. Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_get_box(const amos_tiling *tiling, int64_t index, amos_box *out,
                                                         amos_error *err);

/* Adds the network's output for tile `index`, `tile`: float32 (channels, D, H, W), packed, to `sum`: float32
 * (channels, Z, Y, X) of the whole volume. `sum` must be all zero before the first tile. Tiles are weighted such that
 * `sum` is their weighted mean once each tile was added once; no division is needed. `sum_count` is the number of
 * floats at `sum`. The order of tiles changes only the last digits.
 * Returns AMOS_OK or AMOS_E_ARG. Threads may add to different channels or volumes at once, but not to the same ones. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_add(const amos_tiling *tiling, int64_t index, const float *tile,
                                                     int64_t channels, float *sum, size_t sum_count, amos_error *err);

/* The label of each voxel: the channel with the largest value, the first of equal ones. NaN never wins. There may be 1
 * to 256 channels. `bytes` is the size of `labels` (Z, Y, X), at least one byte for each voxel.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_tiling_argmax(const amos_tiling *tiling, const float *sum, int64_t channels,
                                                        uint8_t *labels, size_t bytes, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
