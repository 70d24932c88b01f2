/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a picture in memory, and functions that draw shapes into it. */
#include "draw/canvas.h"

#include <math.h>
#include <stdlib.h>

int view_canvas_init(view_canvas *canvas, int width, int height, view_color color)
{
    canvas->width = width;
    canvas->height = height;
    canvas->rgb = calloc((size_t)width * (size_t)height, 3);
    if (canvas->rgb == NULL) {
        return -1;
    }
    view_canvas_fill(canvas, (view_rect){0, 0, width, height}, color);
    return 0;
}

void view_canvas_free(view_canvas *canvas)
{
    free(canvas->rgb);
    canvas->rgb = NULL;
}

static uint8_t mix(uint8_t below, uint8_t above, double alpha)
{
    return (uint8_t)(below + (above - below) * alpha + 0.5);
}

void view_canvas_blend(view_canvas *canvas, int x, int y, view_color color, double alpha)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height || alpha <= 0) {
        return;
    }
    uint8_t *p = canvas->rgb + ((size_t)y * (size_t)canvas->width + (size_t)x) * 3;
    double a = alpha < 1 ? alpha : 1;
    p[0] = mix(p[0], color.r, a);
    p[1] = mix(p[1], color.g, a);
    p[2] = mix(p[2], color.b, a);
}

void view_canvas_fill(view_canvas *canvas, view_rect rect, view_color color)
{
    for (int y = 0; y < rect.height; y++) {
        for (int x = 0; x < rect.width; x++) {
            view_canvas_blend(canvas, rect.x + x, rect.y + y, color, 1);
        }
    }
}

static double segment_distance(const view_segment *s, double x, double y)
{
    double dx = s->x1 - s->x0, dy = s->y1 - s->y0;
    double length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((x - s->x0) * dx + (y - s->y0) * dy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double right = x - s->x0 - t * dx, down = y - s->y0 - t * dy;
    return sqrt(right * right +
                down * down); /* hypot() is ten times slower and only helps beyond any picture's numbers */
}

static double nearest(const view_segment *segments, size_t count, double x, double y)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < count; i++) {
        double d = segment_distance(&segments[i], x, y);
        best = d < best ? d : best;
    }
    return best;
}

/* The pixels that a stroke can touch, cut to the canvas. */
static view_rect stroke_bounds(const view_canvas *canvas, const view_segment *s, size_t count, double reach)
{
    double left = canvas->width, right = 0, top = canvas->height, bottom = 0;
    for (size_t i = 0; i < count; i++) {
        left = fmin(left, fmin(s[i].x0, s[i].x1));
        right = fmax(right, fmax(s[i].x0, s[i].x1));
        top = fmin(top, fmin(s[i].y0, s[i].y1));
        bottom = fmax(bottom, fmax(s[i].y0, s[i].y1));
    }
    int x0 = (int)fmax(0, floor(left - reach)), x1 = (int)fmin(canvas->width, ceil(right + reach));
    int y0 = (int)fmax(0, floor(top - reach)), y1 = (int)fmin(canvas->height, ceil(bottom + reach));
    return (view_rect){x0, y0, x1 - x0, y1 - y0};
}

void view_canvas_stroke(view_canvas *canvas, const view_segment *segments, size_t count, double width, view_color color,
                        double alpha)
{
    double half = width / 2;
    view_rect r = stroke_bounds(canvas, segments, count, half + 1);
    for (int y = r.y; y < r.y + r.height; y++) {
        for (int x = r.x; x < r.x + r.width; x++) {
            double cover = half + 0.5 - nearest(segments, count, x + 0.5, y + 0.5);
            view_canvas_blend(canvas, x, y, color, alpha * fmin(cover, 1));
        }
    }
}

void view_canvas_rounded(view_canvas *canvas, view_rect rect, double radius, view_color color, double alpha)
{
    double cx = rect.x + rect.width / 2.0, cy = rect.y + rect.height / 2.0;
    double ix = rect.width / 2.0 - radius, iy = rect.height / 2.0 - radius;
    for (int y = rect.y; y < rect.y + rect.height; y++) {
        for (int x = rect.x; x < rect.x + rect.width; x++) {
            double dx = fmax(fabs(x + 0.5 - cx) - ix, 0), dy = fmax(fabs(y + 0.5 - cy) - iy, 0);
            view_canvas_blend(canvas, x, y, color, alpha * fmin(radius + 0.5 - sqrt(dx * dx + dy * dy), 1));
        }
    }
}
