/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the positions of the parts of a picture.
 *
 * The three planes are arranged in columns. Three arrangements are tried: three columns, the axial plane beside the other
 * two, which suits flat volumes, and one column, which suits narrow pictures. The one that shows the patient largest is
 * used. The cells of a grid are of one size. */
#include "view/layout.h"

#include <math.h>

/* In units. */
enum {
    GAP = 20,
    CELL_GAP = 8,      /* between the cells of a grid */
    LEGEND_SPACE = 22, /* between the frames and the legend */
    LEGEND_ROW = 28,
    LEGEND_ENTRY = 310, /* width, at least */
    LEGEND_MOST = 5,    /* columns */
    FRAME_WIDTH = 260,  /* least: room for the captions */
    FRAME_HEIGHT = 170,
    CELL_HEIGHT = 60 /* least */
};

/* Heights as shares of the picture's width. */
static const double planes_height = 700.0 / 1920, narrow_height = 1.25, single_height = 1, grid_height = 4;

enum { NARROW = 1200 }; /* pixels */

typedef struct arrangement {
    int columns;
    int column[VIEW_PLANES]; /* column of each plane; planes of one column are stacked */
} arrangement;

static const arrangement arrangements[] = {{3, {0, 1, 2}}, {2, {0, 1, 1}}, {1, {0, 0, 0}}};

/* The room for the frames. */
typedef struct room {
    double unit, mm[3];
    int width, height; /* inside of the margins */
} room;

double view_layout_unit(int width)
{
    return fmin(fmax((double)width / (double)VIEW_WIDTH, 0.75), 4);
}

int view_layout_pixels(double unit, double length)
{
    return (int)round(unit * length);
}

static int inner_width(const arrangement *a, const room *r)
{
    return r->width - (a->columns - 1) * view_layout_pixels(r->unit, GAP);
}

static int frame_width(const room *r, int p, double scale)
{
    return (int)fmax(round(r->mm[view_planes[p].across] * scale), view_layout_pixels(r->unit, FRAME_WIDTH));
}

static int frame_height(const room *r, int p, double scale)
{
    return (int)fmax(round(r->mm[view_planes[p].down] * scale), view_layout_pixels(r->unit, FRAME_HEIGHT));
}

/* The minimum width and height of a column at a scale. */
static void measure_column(const arrangement *a, int column, const room *r, double scale, int *width, int *height)
{
    int gap = view_layout_pixels(r->unit, GAP);
    *width = 0;
    *height = -gap;
    for (int p = 0; p < VIEW_PLANES; p++) {
        if (a->column[p] == column) {
            int w = frame_width(r, p, scale);
            *width = w > *width ? w : *width;
            *height += gap + frame_height(r, p, scale);
        }
    }
}

static void measure_all(const arrangement *a, const room *r, double scale, int *width, int *height)
{
    *width = *height = 0;
    for (int c = 0; c < a->columns; c++) {
        int w, h;
        measure_column(a, c, r, scale, &w, &h);
        *width += w;
        *height = h > *height ? h : *height;
    }
}

/* The largest scale at which everything fits, by bisection: sizes only grow with the scale. */
static double fit_scale(const arrangement *a, const room *r)
{
    double low = 0, high = r->width / fmax(r->mm[0], fmax(r->mm[1], r->mm[2]));
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        int width, height;
        measure_all(a, r, middle, &width, &height);
        if (width <= inner_width(a, r) && height <= r->height) {
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

/* The voxels of a plane in the middle of a frame. */
static view_rect centred(view_rect frame, const room *r, int plane, double scale)
{
    int width = at_least_one(r->mm[view_planes[plane].across] * scale);
    int height = at_least_one(r->mm[view_planes[plane].down] * scale);
    return (view_rect){frame.x + (frame.width - width) / 2, frame.y + (frame.height - height) / 2, width, height};
}

/* Fills a column of a given width and height from the top; spare height is distributed. */
static void place_column(view_layout *out, const arrangement *a, int column, const room *r, view_rect space)
{
    int needed_width, needed, left = 0, y = space.y;
    measure_column(a, column, r, out->pixels_per_mm, &needed_width, &needed);
    for (int p = 0; p < VIEW_PLANES; p++) {
        left += a->column[p] == column;
    }
    int spare = space.height - needed;
    for (int p = 0; p < VIEW_PLANES; p++) {
        if (a->column[p] == column) {
            int extra = spare / left--;
            int height = frame_height(r, p, out->pixels_per_mm) + extra;
            out->frame[p] = (view_rect){space.x, y, space.width, height};
            out->image[p] = centred(out->frame[p], r, p, out->pixels_per_mm);
            spare -= extra;
            y += height + view_layout_pixels(r->unit, GAP);
        }
    }
}

static void place_columns(view_layout *out, const arrangement *a, const room *r, int height)
{
    int used, tallest, x = out->header.x;
    measure_all(a, r, out->pixels_per_mm, &used, &tallest);
    int spare = inner_width(a, r) - used;
    for (int c = 0; c < a->columns; c++) {
        int width, needed, extra = spare / (a->columns - c);
        measure_column(a, c, r, out->pixels_per_mm, &width, &needed);
        place_column(out, a, c, r, (view_rect){x, out->header.height, width + extra, height});
        spare -= extra;
        x += width + extra + view_layout_pixels(r->unit, GAP);
    }
}

/* Returns the height. */
static int place_planes(view_layout *out, room *r, int width)
{
    const arrangement *best = &arrangements[0];
    int used, height;
    r->height = (int)round(width * (width < NARROW ? narrow_height : planes_height));
    for (size_t i = 1; i < sizeof arrangements / sizeof arrangements[0]; i++) {
        if (fit_scale(&arrangements[i], r) > fit_scale(best, r)) {
            best = &arrangements[i];
        }
    }
    out->pixels_per_mm = fit_scale(best, r);
    measure_all(best, r, out->pixels_per_mm, &used, &height);
    place_columns(out, best, r, height);
    return height;
}

/* All cells show the same plane. Returns the height. */
static int place_grid(view_layout *out, const room *r, const view_plan *plan, int width)
{
    int columns = plan->columns, rows = (plan->count + columns - 1) / columns, p = plan->cells[0].plane;
    int gap = view_layout_pixels(r->unit, CELL_GAP), least = view_layout_pixels(r->unit, CELL_HEIGHT);
    int most = (int)(width * (plan->count == 1 ? single_height : grid_height) - (rows - 1) * gap) / rows;
    int across = (r->width - (columns - 1) * gap) / columns;
    most = most > least ? most : least;
    double down = r->mm[view_planes[p].down];
    out->pixels_per_mm = fmin(across / r->mm[view_planes[p].across], most / down);
    int high = (int)fmax(round(down * out->pixels_per_mm), least);
    for (int i = 0; i < plan->count; i++) {
        out->frame[i] = (view_rect){out->header.x + i % columns * (across + gap),
                                    out->header.height + i / columns * (high + gap), across, high};
        out->image[i] = centred(out->frame[i], r, p, out->pixels_per_mm);
    }
    return rows * (high + gap) - gap;
}

static void place_legend(view_layout *out, const view_wants *wants, int y)
{
    int width = out->header.width, columns = width / view_layout_pixels(out->unit, LEGEND_ENTRY);
    columns = columns < 1 ? 1 : columns > LEGEND_MOST ? LEGEND_MOST : columns;
    int key_rows = wants->key > 0 ? (wants->key + columns - 1) / columns + wants->remark : 0;
    out->row = view_layout_pixels(out->unit, LEGEND_ROW);
    out->legend_columns = columns;
    out->legend_rows = (wants->entries + columns - 1) / columns;
    out->legend = (view_rect){out->header.x, y, width, out->legend_rows * out->row};
    out->key = (view_rect){out->header.x, y + out->legend.height, width, key_rows * out->row};
}

void view_layout_make(const view_wants *wants, const view_plan *plan, view_layout *out)
{
    double unit = view_layout_unit(wants->width);
    int margin = view_layout_pixels(unit, VIEW_MARGIN), inside = wants->width - 2 * margin;
    room r = {.unit = unit, .width = inside};
    for (int axis = 0; axis < 3; axis++) { /* a header may claim a size too large for a picture */
        r.mm[axis] = fmin(fmax(wants->size_mm[axis], 1e-6), 1e9);
    }
    out->unit = unit;
    out->count = plan->count;
    out->width = wants->width;
    out->header = (view_rect){margin, 0, inside, wants->header};
    int height = plan->columns > 0 ? place_grid(out, &r, plan, wants->width) : place_planes(out, &r, wants->width);
    int bottom = wants->header + height, space = view_layout_pixels(unit, LEGEND_SPACE);
    place_legend(out, wants, bottom + space);
    int below = out->legend.height + out->key.height;
    out->height = bottom + (below > 0 ? space + below : 0) + margin - view_layout_pixels(unit, GAP) / 2;
}
