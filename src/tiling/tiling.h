/* SPDX-License-Identifier: BSD-3-Clause */
/* A tiling as an internal struct. Tiles form a grid, so each axis has its own starts and weights. */
#ifndef AMOSI_TILING_TILING_H
#define AMOSI_TILING_TILING_H

#include <amos/tiling.h>

/* Tiles along one axis. */
struct amosi_tile_line {
    int64_t side; /* of the volume */
    int64_t patch;
    int64_t count; /* of tiles */
};

/* `overlap` as in amos_tiling_options: 0 or more, below 1. */
struct amosi_tile_line amosi_tile_line_make(int64_t side, int64_t patch, double overlap);
int64_t amosi_tile_start(const struct amosi_tile_line *line, int64_t tile);

struct amosi_tile_axis {
    struct amosi_tile_line line;
    float *weights; /* `patch` for each tile; the weights of all tiles at a voxel add up to 1 */
};

struct amos_tiling {
    struct amosi_tile_axis axis[3];
    int threads; /* as in the options */
};

/* The part of a tile that is within the volume, along one axis. */
struct amosi_tile_span {
    int64_t start, low, high; /* tile voxels low..high-1; voxel 0 of the tile is volume voxel `start` */
    const float *weights;     /* of all voxels of the tile */
};

struct amosi_tile_span amosi_tile_span_make(const struct amosi_tile_axis *axis, int64_t tile);

/* Computes the position of a tile along each axis. AMOS_E_ARG. */
amos_status amosi_tiling_find(const amos_tiling *tiling, int64_t index, int64_t at[3], amos_error *err);

/* Voxels of the volume times channels; -1 on overflow. */
int64_t amosi_tiling_count_values(const amos_tiling *tiling, int64_t channels);

#endif
