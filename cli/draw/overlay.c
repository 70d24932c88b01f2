/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: organs drawn over a picture.
 *
 * Labels are scaled to FINE times the picture's pixels, and the distance of every point to the border of its organ is
 * computed. Each pixel of the picture is the average of its FINE * FINE points. */
#include "draw/overlay.h"

#include <math.h>
#include <stdlib.h>

#include "draw/scale.h"

/* Distances are counted in thirds of a point: 3 to a neighbour, 4 to a diagonal one, 2 from a point to a border that
 * it touches. */
enum { FINE = 3, STEP = 3, DIAGONAL = 4, TOUCHING = 2, FAR = 250 };

typedef struct fine_map {
    int width, height;
    uint8_t *label, *distance;
} fine_map;

static int touches_other(const fine_map *m, int x, int y)
{
    const uint8_t *p = m->label + (ptrdiff_t)y * m->width + x;
    return (x > 0 && p[-1] != *p) || (x + 1 < m->width && p[1] != *p) || (y > 0 && p[-m->width] != *p) ||
           (y + 1 < m->height && p[m->width] != *p);
}

/* A distance propagates only between neighbours in the same organ. */
static void lower_distance(fine_map *m, int x, int y, int dx, int dy, int cost)
{
    int nx = x + dx, ny = y + dy;
    if (nx < 0 || ny < 0 || nx >= m->width || ny >= m->height) {
        return;
    }
    ptrdiff_t here = (ptrdiff_t)y * m->width + x, there = (ptrdiff_t)ny * m->width + nx;
    if (m->label[here] == m->label[there] && m->distance[there] + cost < m->distance[here]) {
        m->distance[here] = (uint8_t)(m->distance[there] + cost);
    }
}

/* One pass over the points; `d` is -1 for downwards (from the points above and to the left), 1 for upwards. */
static void sweep_distances(fine_map *m, int d)
{
    for (int j = 0; j < m->height; j++) {
        for (int i = 0; i < m->width; i++) {
            int x = d < 0 ? i : m->width - 1 - i, y = d < 0 ? j : m->height - 1 - j;
            if (m->label[(ptrdiff_t)y * m->width + x] != 0) {
                lower_distance(m, x, y, d, 0, STEP);
                lower_distance(m, x, y, 0, d, STEP);
                lower_distance(m, x, y, d, d, DIAGONAL);
                lower_distance(m, x, y, -d, d, DIAGONAL);
            }
        }
    }
}

static int measure(fine_map *m)
{
    m->distance = calloc((size_t)m->width, (size_t)m->height);
    if (m->distance == NULL) {
        return -1;
    }
    for (int y = 0; y < m->height; y++) {
        for (int x = 0; x < m->width; x++) {
            m->distance[(ptrdiff_t)y * m->width + x] = touches_other(m, x, y) ? TOUCHING : FAR;
        }
    }
    sweep_distances(m, -1);
    sweep_distances(m, 1);
    return 0;
}

static double opacity(const view_overlay_style *style, int distance)
{
    double inside = style->outline * FINE - (double)distance / STEP + 0.5;
    double line = inside < 0 ? 0 : inside > 1 ? 1 : inside;
    return style->fill + (1 - style->fill) * line;
}

static void draw_pixel(view_canvas *canvas, int x, int y, const fine_map *m, ptrdiff_t corner,
                       const view_overlay_style *style)
{
    double alpha = 0, r = 0, g = 0, b = 0;
    for (int i = 0; i < FINE * FINE; i++) {
        ptrdiff_t at = corner + (ptrdiff_t)(i / FINE) * m->width + i % FINE;
        int label = m->label[at];
        if (label > 0 && label <= style->color_count) {
            const view_color *c = &style->colors[label - 1];
            double a = opacity(style, m->distance[at]);
            alpha += a;
            r += a * c->r;
            g += a * c->g;
            b += a * c->b;
        }
    }
    if (alpha > 0) {
        view_color mean = {(uint8_t)(r / alpha + 0.5), (uint8_t)(g / alpha + 0.5), (uint8_t)(b / alpha + 0.5)};
        view_canvas_blend(canvas, x, y, mean, alpha / (FINE * FINE));
    }
}

int view_overlay_draw(view_canvas *canvas, view_rect rect, const uint8_t *label, int64_t width, int64_t height,
                      const view_overlay_style *style)
{
    fine_map m = {.width = rect.width * FINE, .height = rect.height * FINE};
    m.label = view_scale_label(label, width, height, m.width, m.height);
    if (m.label == NULL || measure(&m) != 0) {
        free(m.label);
        return -1;
    }
    for (int y = 0; y < rect.height; y++) {
        for (int x = 0; x < rect.width; x++) {
            ptrdiff_t corner = (ptrdiff_t)y * FINE * m.width + (ptrdiff_t)x * FINE;
            draw_pixel(canvas, rect.x + x, rect.y + y, &m, corner, style);
        }
    }
    free(m.distance);
    free(m.label);
    return 0;
}
