/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the positions of the parts of a picture. */
#ifndef CLI_VIEW_LAYOUT_H
#define CLI_VIEW_LAYOUT_H

#include "view/plan.h"

enum { VIEW_WIDTH = 1920, VIEW_WIDTH_LEAST = 400, VIEW_WIDTH_MOST = 4096 };

/* What there must be room for. */
typedef struct view_wants {
    double size_mm[3]; /* of the volume along x, y and z */
    int width;         /* of the picture in pixels */
    int header;        /* height of the header in pixels */
    int entries;       /* of the legend; 0: no legend */
    int key;           /* entries below the legend that say how a prediction is drawn; 0: no key */
    bool remark;       /* a line below the key */
} view_wants;

typedef struct view_layout {
    int width, height;
    double unit; /* how many pixels are one of a picture of VIEW_WIDTH; not below 0.75, so texts stay legible */
    double pixels_per_mm; /* the same for all planes, across and down */
    int count;            /* of the cells */
    view_rect header;
    view_rect frame[VIEW_CELLS];
    view_rect image[VIEW_CELLS];     /* the voxels, in the middle of the frame */
    view_rect legend;                /* height 0: no legend */
    int legend_columns, legend_rows; /* entries are listed column by column */
    view_rect key;                   /* below the legend, in as many columns, row by row; height 0: no key */
    int row;                         /* height of a row of legend and key */
} view_layout;

/* The unit of a picture of some width, and a length in units as pixels. */
double view_layout_unit(int width);
int view_layout_pixels(double unit, double length);

/* The space between the edge of a picture and what it shows, in units. */
enum { VIEW_MARGIN = 32 };

void view_layout_make(const view_wants *wants, const view_plan *plan, view_layout *out);

#endif
