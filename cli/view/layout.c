/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the positions of the parts of a picture.
 *
 * The planes are arranged in columns. Two arrangements are tried: three columns, or the axial plane beside the other
 * two. The one that shows the patient larger is used. The second one suits flat volumes. */
#include "view/layout.h"

#include <math.h>

enum {
    WIDTH = 1920,
    MARGIN = 32,
    GAP = 20,
    HEADER = 76,
    LEGEND_SPACE = 22, /* between the frames and the legend */
    FRAME_WIDTH = 260, /* minimum: room for the captions */
    FRAME_HEIGHT = 170,
    PLANES_HEIGHT = 700 /* most */
};

typedef struct arrangement {
    int columns;
    int column[VIEW_PLANES]; /* column of each plane; planes of one column are stacked */
} arrangement;

static const arrangement arrangements[] = {{3, {0, 1, 2}}, {2, {0, 1, 1}}};

static int inner_width(const arrangement *a)
{
    return WIDTH - 2 * MARGIN - (a->columns - 1) * GAP;
}

static int frame_width(const double size_mm[3], int p, double scale)
{
    return (int)fmax(round(size_mm[view_planes[p].across] * scale), FRAME_WIDTH);
}

static int frame_height(const double size_mm[3], int p, double scale)
{
    return (int)fmax(round(size_mm[view_planes[p].down] * scale), FRAME_HEIGHT);
}

/* The minimum width and height of a column at a scale. */
static void measure_column(const arrangement *a, int column, const double size_mm[3], double scale, int *width,
                           int *height)
{
    *width = 0;
    *height = -GAP;
    for (int p = 0; p < VIEW_PLANES; p++) {
        if (a->column[p] == column) {
            int w = frame_width(size_mm, p, scale);
            *width = w > *width ? w : *width;
            *height += GAP + frame_height(size_mm, p, scale);
        }
    }
}

static void measure_all(const arrangement *a, const double size_mm[3], double scale, int *width, int *height)
{
    *width = *height = 0;
    for (int c = 0; c < a->columns; c++) {
        int w, h;
        measure_column(a, c, size_mm, scale, &w, &h);
        *width += w;
        *height = h > *height ? h : *height;
    }
}

/* The largest scale at which everything fits, by bisection: sizes only grow with the scale. */
static double fit_scale(const arrangement *a, const double size_mm[3])
{
    double low = 0, high = WIDTH / fmax(size_mm[0], fmax(size_mm[1], size_mm[2]));
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        int width, height;
        measure_all(a, size_mm, middle, &width, &height);
        if (width <= inner_width(a) && height <= PLANES_HEIGHT) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static int at_least_one(double pixels)
{
    return (int)fmax(round(pixels), 1);
}

static view_rect centred(view_rect frame, int width, int height)
{
    return (view_rect){frame.x + (frame.width - width) / 2, frame.y + (frame.height - height) / 2, width, height};
}

/* Fills a column of a given width and height from the top; spare height is distributed. */
static void place_column(view_layout *out, const arrangement *a, int column, const double size_mm[3], view_rect room)
{
    int needed_width, needed, left = 0, y = room.y;
    measure_column(a, column, size_mm, out->pixels_per_mm, &needed_width, &needed);
    for (int p = 0; p < VIEW_PLANES; p++) {
        left += a->column[p] == column;
    }
    int spare = room.height - needed;
    for (int p = 0; p < VIEW_PLANES; p++) {
        if (a->column[p] == column) {
            int extra = spare / left--;
            int height = frame_height(size_mm, p, out->pixels_per_mm) + extra;
            out->frame[p] = (view_rect){room.x, y, room.width, height};
            out->image[p] = centred(out->frame[p], at_least_one(size_mm[view_planes[p].across] * out->pixels_per_mm),
                                    at_least_one(size_mm[view_planes[p].down] * out->pixels_per_mm));
            spare -= extra;
            y += height + GAP;
        }
    }
}

static void place_columns(view_layout *out, const arrangement *a, const double size_mm[3], int height)
{
    int used, tallest, x = MARGIN;
    measure_all(a, size_mm, out->pixels_per_mm, &used, &tallest);
    int spare = inner_width(a) - used;
    for (int c = 0; c < a->columns; c++) {
        int width, needed, extra = spare / (a->columns - c);
        measure_column(a, c, size_mm, out->pixels_per_mm, &width, &needed);
        place_column(out, a, c, size_mm, (view_rect){x, HEADER, width + extra, height});
        spare -= extra;
        x += width + extra + GAP;
    }
}

void view_layout_make(const double size_mm[3], int legend_rows, view_layout *out)
{
    double mm[3]; /* a header may claim a size too large for a picture */
    for (int axis = 0; axis < 3; axis++) {
        mm[axis] = fmin(fmax(size_mm[axis], 1e-6), 1e9);
    }
    const arrangement *best = &arrangements[0];
    for (size_t i = 1; i < sizeof arrangements / sizeof arrangements[0]; i++) {
        if (fit_scale(&arrangements[i], mm) > fit_scale(best, mm)) {
            best = &arrangements[i];
        }
    }
    int used, height;
    out->pixels_per_mm = fit_scale(best, mm);
    measure_all(best, mm, out->pixels_per_mm, &used, &height);
    place_columns(out, best, mm, height);
    int bottom = HEADER + height, legend = legend_rows * VIEW_LEGEND_ROW;
    out->width = WIDTH;
    out->header = (view_rect){MARGIN, 0, WIDTH - 2 * MARGIN, HEADER};
    out->legend = (view_rect){MARGIN, bottom + LEGEND_SPACE, WIDTH - 2 * MARGIN, legend};
    out->height = bottom + (legend > 0 ? LEGEND_SPACE + legend : 0) + MARGIN - GAP / 2;
}
