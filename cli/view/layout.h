/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the positions of the parts of a picture. */
#ifndef CLI_VIEW_LAYOUT_H
#define CLI_VIEW_LAYOUT_H

#include "view/plane.h"

enum { VIEW_LEGEND_COLUMNS = 5, VIEW_LEGEND_ROW = 28 };

typedef struct view_layout {
    int width, height;
    double pixels_per_mm; /* the same for all planes, across and down */
    view_rect header;
    view_rect frame[VIEW_PLANES];
    view_rect image[VIEW_PLANES]; /* the voxels, in the middle of the frame */
    view_rect legend;             /* height 0: no legend */
} view_layout;

/* size_mm: the size of the volume along x, y and z; `legend_rows` may be 0. */
void view_layout_make(const double size_mm[3], int legend_rows, view_layout *out);

#endif
