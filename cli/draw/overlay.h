/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: organs drawn over a picture: a faint fill and a clear outline, both anti-aliased; and where two label maps
 * differ. */
#ifndef CLI_DRAW_OVERLAY_H
#define CLI_DRAW_OVERLAY_H

#include "draw/canvas.h"

typedef struct view_overlay_style {
    const view_color *colors; /* of the labels 1..color_count; others are not drawn */
    int color_count;
    double fill;    /* opacity of the fill */
    double outline; /* width in pixels, drawn inside the organ */
} view_overlay_style;

/* Draws a plane of labels, `width` across and `height` down, into a rectangle. Returns 0, or -1 out of memory. */
int view_overlay_draw(view_canvas *canvas, view_rect rect, const uint8_t *label, int64_t width, int64_t height,
                      const view_overlay_style *style);

/* How a voxel of a prediction differs from the label. */
typedef enum view_difference {
    VIEW_AGREED = 0,
    VIEW_MISSED = 1,   /* an organ of the label, background in the prediction */
    VIEW_EXTRA = 2,    /* the reverse */
    VIEW_CONFUSED = 3, /* another organ */
    VIEW_DIFFERENCES = 4
} view_difference;

view_difference view_difference_of(uint8_t label, uint8_t prediction);

/* The colour of the stripes of a kind; not of VIEW_AGREED, which is not drawn. */
view_color view_difference_color(view_difference kind);

/* Draws a plane of differences: each kind in a colour of its own, striped downwards (missed), upwards (extra) or both
 * (confused). Returns 0, or -1 out of memory. */
int view_overlay_differences(view_canvas *canvas, view_rect rect, const uint8_t *differences, int64_t width,
                             int64_t height);

#endif
