/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the three planes in display orientation, and their voxels in the order of the screen. */
#ifndef CLI_VIEW_PLANE_H
#define CLI_VIEW_PLANE_H

#include "view/scene.h"

enum { VIEW_AXIAL = 0, VIEW_CORONAL = 1, VIEW_SAGITTAL = 2, VIEW_PLANES = 3 };

/* Voxels are in RAS order, so along the screen (left to right, top to bottom) every voxel axis runs backwards. */
typedef struct view_plane {
    const char *name;                        /* "AXIAL" */
    const char *word;                        /* "axial" */
    int through;                             /* the voxel axis that the plane cuts */
    int across, down;                        /* the voxel axes along the screen */
    const char *left, *right, *top, *bottom; /* what the edges show */
} view_plane;

extern const view_plane view_planes[VIEW_PLANES];

/* The voxels of the scene's box in slice `at` of a plane, top left first: `width` across and `height` down, from
 * malloc(); NULL if memory ran out. NaN is shown black. `voxels` is the label or the prediction of the scene. */
float *view_plane_grey(const view_scene *scene, const view_plane *plane, int64_t at, int64_t *width, int64_t *height);
uint8_t *view_plane_label(const view_scene *scene, const uint8_t *voxels, const view_plane *plane, int64_t at,
                          int64_t *width, int64_t *height);

#endif
