/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a picture in memory, and functions that draw shapes into it. They never write outside the picture. */
#ifndef CLI_DRAW_CANVAS_H
#define CLI_DRAW_CANVAS_H

#include <stddef.h>
#include <stdint.h>

typedef struct view_canvas {
    int width, height;
    uint8_t *rgb; /* width * height * 3 bytes, top row first */
} view_canvas;

typedef struct view_color {
    uint8_t r, g, b;
} view_color;

typedef struct view_rect {
    int x, y, width, height;
} view_rect;

/* A straight piece of a stroke, in pixels; (0,0) is the top left corner of the top left pixel. */
typedef struct view_segment {
    double x0, y0, x1, y1;
} view_segment;

/* Fills a new canvas with one colour. Returns 0, or -1 if memory ran out; view_canvas_free() is allowed in either
 * case. */
int view_canvas_init(view_canvas *canvas, int width, int height, view_color color);
void view_canvas_free(view_canvas *canvas);

/* Mixes a colour into one pixel; alpha 0..1. */
void view_canvas_blend(view_canvas *canvas, int x, int y, view_color color, double alpha);

void view_canvas_fill(view_canvas *canvas, view_rect rect, view_color color);

/* Strokes segments with round ends, `width` pixels wide, anti-aliased. Crossing segments do not add up. */
void view_canvas_stroke(view_canvas *canvas, const view_segment *segments, size_t count, double width, view_color color,
                        double alpha);

/* Fills a rectangle with rounded corners, anti-aliased. */
void view_canvas_rounded(view_canvas *canvas, view_rect rect, double radius, view_color color, double alpha);

#endif
