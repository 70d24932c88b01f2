/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the voxels of a new grid lie in an old one. */
#ifndef AMOSI_RESAMPLE_GRID_H
#define AMOSI_RESAMPLE_GRID_H

#include <stdbool.h>

#include <amos/geometry.h>

/* Voxels along an axis. */
#define AMOSI_GRID_MOST ((int64_t)1 << 24)

/* Share of an old voxel by which a new one may be misplaced: for axes to agree, and for a voxel to be outside. */
#define AMOSI_GRID_SLACK 1e-3

struct amosi_grid {
    int64_t before[3], after[3];
    double matrix[3][4];      /* index in the old grid = matrix * (index in the new one, 1) */
    bool separable;           /* the axes agree: */
    int axis[3];              /* the old axis that runs along the new one, */
    double first[3], step[3]; /* and the old index of new voxel i: first + i * step */
};

/* The grid of another spacing around the same centre, and its geometry. `path` is for messages; NULL if there is no
 * file. As amos_geometry_resample(). */
amos_status amosi_grid_respace(const amos_geometry *old, const double spacing[3], const char *path,
                               struct amosi_grid *grid, amos_geometry *geometry, amos_error *err);

/* The grid of another geometry. AMOS_E_GEOM if an affine cannot be inverted; AMOS_E_ARG for a shape that is none;
 * AMOS_E_LIMIT. */
amos_status amosi_grid_between(const amos_geometry *old, const amos_geometry *wanted, struct amosi_grid *grid,
                               amos_error *err);

#endif
