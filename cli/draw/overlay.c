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

/* ---- painting ---- */

/* Width of the stripes of disagreements, in points along x. */
enum { STRIPE = 2 * FINE - 1 };

/* The colours differ for people who see few colours (Okabe and Ito 2008), and the stripes without any. */
static const struct difference_look {
    view_color color;
    int falling, rising; /* the distance of its stripes in points along x, 0: none. Wide where they cross, so that the
                          * organ's colour is seen between them */
} looks[VIEW_DIFFERENCES] = {
    [VIEW_MISSED] = {{230, 95, 0}, 9 * FINE, 0},
    [VIEW_EXTRA] = {{86, 180, 233}, 0, 9 * FINE},
    [VIEW_CONFUSED] = {{240, 228, 66}, 20 * FINE, 20 * FINE},
};

static int is_striped(int label, int x, int y)
{
    const struct difference_look *look = &looks[label];
    /* x - y is made positive, and stripes cover as many whole pixels in both directions */
    return (look->falling && (x - y + FINE - 1 + look->falling * 65536) % look->falling < STRIPE) ||
           (look->rising && (x + y) % look->rising < STRIPE);
}

/* `x` and `y` are in points, from the corner of the plane. */
static double opacity(const view_overlay_style *style, int striped, int label, int distance, int x, int y)
{
    double inside = style->outline * (double)FINE - (double)distance / (double)STEP + 0.5;
    double line = inside < 0 ? 0 : inside > 1 ? 1 : inside;
    double fill = striped && is_striped(label, x, y) ? 1 : style->fill;
    return fill + (1 - fill) * line;
}

static void draw_pixel(view_canvas *canvas, view_rect rect, int x, int y, const fine_map *m,
                       const view_overlay_style *style, int striped)
{
    double alpha = 0, r = 0, g = 0, b = 0;
    for (int i = 0; i < FINE * FINE; i++) {
        int fine_x = x * FINE + i % FINE, fine_y = y * FINE + i / FINE;
        ptrdiff_t at = (ptrdiff_t)fine_y * m->width + fine_x;
        int label = m->label[at];
        if (label > 0 && label <= style->color_count) {
            const view_color *c = &style->colors[label - 1];
            double a = opacity(style, striped, label, m->distance[at], fine_x, fine_y);
            alpha += a;
            r += a * c->r;
            g += a * c->g;
            b += a * c->b;
        }
    }
    if (alpha > 0) {
        view_color mean = {(uint8_t)(r / alpha + 0.5), (uint8_t)(g / alpha + 0.5), (uint8_t)(b / alpha + 0.5)};
        view_canvas_blend(canvas, rect.x + x, rect.y + y, mean, alpha / (FINE * FINE));
    }
}

static int draw_map(view_canvas *canvas, view_rect rect, const uint8_t *label, int64_t width, int64_t height,
                    const view_overlay_style *style, int striped)
{
    fine_map m = {.width = rect.width * FINE, .height = rect.height * FINE};
    m.label = view_scale_label(label, width, height, m.width, m.height);
    if (m.label == NULL || measure(&m) != 0) {
        free(m.label);
        return -1;
    }
    for (int y = 0; y < rect.height; y++) {
        for (int x = 0; x < rect.width; x++) {
            draw_pixel(canvas, rect, x, y, &m, style, striped);
        }
    }
    free(m.distance);
    free(m.label);
    return 0;
}

int view_overlay_draw(view_canvas *canvas, view_rect rect, const uint8_t *label, int64_t width, int64_t height,
                      const view_overlay_style *style)
{
    return draw_map(canvas, rect, label, width, height, style, 0);
}

/* ---- disagreements ---- */

view_difference view_difference_of(uint8_t label, uint8_t prediction)
{
    return label == prediction ? VIEW_AGREED : prediction == 0 ? VIEW_MISSED : label == 0 ? VIEW_EXTRA : VIEW_CONFUSED;
}

view_color view_difference_color(view_difference kind)
{
    return looks[kind].color;
}

int view_overlay_differences(view_canvas *canvas, view_rect rect, const uint8_t *differences, int64_t width,
                             int64_t height)
{
    view_color colors[VIEW_DIFFERENCES - 1];
    for (int i = 1; i < VIEW_DIFFERENCES; i++) {
        colors[i - 1] = looks[i].color;
    }
    const view_overlay_style style = {colors, VIEW_DIFFERENCES - 1, 0, 0.8};
    return draw_map(canvas, rect, differences, width, height, &style, 1);
}
