/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phantom/body/noise.h"

#define WARP_COARSE 3.2 /* mm of displacement on a scale of 55 mm */
#define WARP_FINE 0.9   /* mm on a scale of 17 mm */
#define WARP_MOST 6.0   /* upper bound of both displacements together */
#define OUTSIDE (-1024) /* beyond the scanner's field of view */
#define HIGHEST 3071
#define FAR_OFF 1e9

/* The arrays of one row each. */
enum row_array { ROW_X, ROW_Y, ROW_Z, ROW_WALL, ROW_MOTTLE, ROW_VALUE, ROW_FIELD, ROW_ARRAYS };

struct phantom_raster {
    const struct phantom_body *body;
    const struct phantom_grid *grid;
    size_t width;      /* voxels of a row */
    double start[3];   /* reference position of voxel (0,0,0) */
    double step[3][3]; /* and its step per voxel along each stored axis */
    double least_spacing;
    double soft, sharp; /* mm of the transition between tissues, like a voxel's; 1 / soft */
    double margin;      /* mm by which boxes exceed the painted region */
    double view_center[2], view_radius2;
    double *row[ROW_ARRAYS];
    double *white[3];  /* uncorrelated noise of three rows, each two voxels longer than a row */
    double *white2[3]; /* the same for the other channel of MRI */
    size_t *parts;     /* parts that reach the slice */
    size_t part_count;
    size_t *shapes;     /* of those parts, in order */
    size_t *shape_ends; /* end of each part's shapes */
    bool reached;       /* the last part has voxels from..to in the row; their distances are in ROW_FIELD */
    size_t from, to;
};

static double *row_alloc(size_t count)
{
    return calloc(count, sizeof(double));
}

static bool allocate_rows(struct phantom_raster *r)
{
    bool good = true;
    for (int i = 0; i < ROW_ARRAYS; i++)
        good = (r->row[i] = row_alloc(r->width)) && good;
    for (int i = 0; i < 3; i++) {
        good = (r->white[i] = row_alloc(r->width + 2)) && good;
        good = (r->white2[i] = row_alloc(r->width + 2)) && good;
    }
    r->parts = calloc(r->body->part_count, sizeof *r->parts);
    r->shape_ends = calloc(r->body->part_count, sizeof *r->shape_ends);
    r->shapes = calloc(r->body->shape_count, sizeof *r->shapes);
    return good && r->parts && r->shape_ends && r->shapes;
}

static void set_geometry(struct phantom_raster *r)
{
    const struct phantom_grid *g = r->grid;
    const double *scale = r->body->patient.scale;
    double least = FAR_OFF, most = 0, reach = 0;
    for (int axis = 0; axis < 3; axis++) {
        double length = 0;
        for (int i = 0; i < 3; i++) {
            r->step[axis][i] = g->affine[i][axis] / scale[i];
            length += g->affine[i][axis] * g->affine[i][axis];
        }
        length = sqrt(length);
        least = length < least ? length : least;
        most = length > most ? length : most;
    }
    for (int i = 0; i < 3; i++)
        r->start[i] = (g->affine[i][3] - g->origin[i]) / scale[i];
    for (int i = 0; i < 2; i++) {
        double across = 0;
        r->view_center[i] = g->affine[i][3];
        for (int axis = 0; axis < 3; axis++) {
            double whole = g->affine[i][axis] * (double)(g->shape[axis] - 1);
            r->view_center[i] += 0.5 * whole;
            across += whole < 0 ? -whole : whole;
        }
        reach = across > reach ? across : reach;
    }
    r->view_radius2 = 0.25 * (reach + least) * (reach + least);
    r->least_spacing = least;
    r->soft = 1.2 * least + 0.12 * (most - least);
    r->sharp = 1.0 / r->soft;
    r->margin = WARP_MOST + r->soft;
}

struct phantom_raster *phantom_raster_new(const struct phantom_body *body, const struct phantom_grid *grid)
{
    struct phantom_raster *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->body = body;
    r->grid = grid;
    r->width = (size_t)grid->shape[0];
    set_geometry(r);
    if (allocate_rows(r))
        return r;
    phantom_raster_free(r);
    return NULL;
}

void phantom_raster_free(struct phantom_raster *r)
{
    if (!r)
        return;
    for (int i = 0; i < ROW_ARRAYS; i++)
        free(r->row[i]);
    for (int i = 0; i < 3; i++) {
        free(r->white[i]);
        free(r->white2[i]);
    }
    free(r->parts);
    free(r->shape_ends);
    free(r->shapes);
    free(r);
}

static void place_voxel(const struct phantom_raster *r, int64_t j, int64_t k, double at[3])
{
    for (int i = 0; i < 3; i++)
        at[i] = r->start[i] + (double)j * r->step[1][i] + (double)k * r->step[2][i];
}

/* Lists the parts and shapes that reach the slice. */
static void choose_parts(struct phantom_raster *r, int64_t k)
{
    double low[3] = {FAR_OFF, FAR_OFF, FAR_OFF}, high[3] = {-FAR_OFF, -FAR_OFF, -FAR_OFF};
    for (int corner = 0; corner < 4; corner++) {
        double at[3];
        place_voxel(r, corner & 1 ? r->grid->shape[1] - 1 : 0, k, at);
        for (int i = 0; i < 3; i++) {
            double v = at[i] + (corner & 2 ? (double)(r->width - 1) * r->step[0][i] : 0);
            low[i] = v - r->margin < low[i] ? v - r->margin : low[i];
            high[i] = v + r->margin > high[i] ? v + r->margin : high[i];
        }
    }
    size_t shapes = 0;
    r->part_count = 0;
    for (size_t p = 0; p < r->body->part_count; p++) {
        const struct phantom_part *part = &r->body->parts[p];
        bool reached = true;
        for (int i = 0; i < 3; i++)
            reached = reached && part->low[i] < high[i] && part->high[i] > low[i];
        for (size_t s = part->first; reached && s < part->first + part->count; s++) {
            const struct phantom_shape *shape = &r->body->shapes[s];
            bool near = true;
            for (int i = 0; i < 3; i++)
                near = near && shape->low[i] < high[i] && shape->high[i] > low[i];
            if (near)
                r->shapes[shapes++] = s;
        }
        if (reached) {
            r->shape_ends[r->part_count] = shapes;
            r->parts[r->part_count++] = p;
        }
    }
}

/* Narrows from..to to the voxels of a row that are inside a box; false if none are. */
static bool clip_row(const struct phantom_raster *r, const double at[3], const double low[3], const double high[3],
                     size_t *from, size_t *to)
{
    double first = (double)*from, last = (double)*to - 1;
    for (int i = 0; i < 3; i++) {
        double step = r->step[0][i], lo = low[i] - r->margin - at[i], hi = high[i] + r->margin - at[i];
        if (step < 1e-9 && step > -1e-9) {
            if (lo > 0 || hi < 0)
                return false;
            continue;
        }
        double a = (step > 0 ? lo : hi) / step, b = (step > 0 ? hi : lo) / step;
        first = a > first ? a : first;
        last = b < last ? b : last;
    }
    if (last < first)
        return false;
    *from = (size_t)first;
    *to = (size_t)last + 1;
    return true;
}

/* Fills from <= i < to of a row with noise that is exact every `pitch` mm and interpolated linearly between. */
static void fill_field(const struct phantom_raster *r, const double at[3], uint64_t key, const double cell,
                       double pitch, double amount, int count, double *const out[3], size_t from, size_t to)
{
    size_t stride = 1 + (size_t)(pitch / r->least_spacing);
    double near[3] = {0, 0, 0}, far[3] = {0, 0, 0};
    for (size_t base = from - from % stride; base < to; base += stride) {
        double p[3], q[3];
        for (int i = 0; i < 3; i++) {
            p[i] = at[i] + (double)base * r->step[0][i];
            q[i] = at[i] + (double)(base + stride) * r->step[0][i];
        }
        if (base <= from)
            phantom_field(key, cell, p, count, near);
        phantom_field(key, cell, q, count, far);
        size_t i = base < from ? from : base;
        size_t end = base + stride < to ? base + stride : to;
        for (; i < end; i++) {
            double t = (double)(i - base) / (double)stride;
            for (int n = 0; n < count; n++)
                out[n][i] += amount * (near[n] + t * (far[n] - near[n]));
        }
        memcpy(near, far, sizeof near);
    }
}

/* The positions of a row's voxels in the average patient: first on a straight line, then warped. */
static void place_row(struct phantom_raster *r, const double at[3], size_t from, size_t to)
{
    uint64_t seed = r->body->patient.seed;
    double *const *xyz = &r->row[ROW_X];
    for (size_t i = from; i < to; i++) {
        for (int n = 0; n < 3; n++)
            xyz[n][i] = at[n] + (double)i * r->step[0][n];
        r->row[ROW_MOTTLE][i] = 0;
    }
    fill_field(r, at, seed ^ 0x77617270, 55, 14, WARP_COARSE, 3, xyz, from, to);
    fill_field(r, at, seed ^ 0x66696e65, 17, 6, WARP_FINE, 3, xyz, from, to);
    fill_field(r, at, seed ^ 0x6d6f7474, 4.5, 2.3, 1.0, 1, &r->row[ROW_MOTTLE], from, to);
    fill_field(r, at, seed ^ 0x6c6f6262, 11, 4.5, 0.7, 1, &r->row[ROW_MOTTLE], from, to);
}

/* 0 below -soft/2, 1 above soft/2, where sharp is 1/soft. */
static double coverage_of(double depth, double sharp)
{
    double a = 0.5 + depth * sharp;
    return a < 0 ? 0 : a > 1 ? 1 : a;
}

static struct phantom_outline outline_at(const struct phantom_body *body, double z)
{
    double step = z - PHANTOM_TORSO_LOW;
    step = step < 0 ? 0 : step > PHANTOM_TORSO_STEPS - 2 ? PHANTOM_TORSO_STEPS - 2 : step;
    const struct phantom_outline *a = &body->torso[(int)step], *b = a + 1;
    double t = step - (double)(int)step;
    return (struct phantom_outline){a->side + t * (b->side - a->side), a->front + t * (b->front - a->front),
                                    a->back + t * (b->back - a->back)};
}

/* Paints skin, fat and the muscles of the wall, and fat inside them. Also stores the depth of each voxel for later
 * parts. */
static void paint_trunk(struct phantom_raster *r, size_t from, size_t to)
{
    const struct phantom_look *looks = r->body->looks;
    double fat = r->body->patient.fat;
    for (size_t i = from; i < to; i++) {
        double x = r->row[ROW_X][i], y = r->row[ROW_Y][i] - PHANTOM_TORSO_Y, z = r->row[ROW_Z][i];
        struct phantom_outline o = outline_at(r->body, z);
        double end = y > 0 ? o.front : o.back, u = x * o.side, v = y * end;
        double u2 = u * u, v2 = v * v;
        /* A rounded square (between circle and square): u^2 + v^2 - u^2 v^2 / 2 = 1. */
        double gx = 2 * u * (1 - 0.5 * v2) * o.side, gy = 2 * v * (1 - 0.5 * u2) * end;
        double slope = sqrt(gx * gx + gy * gy);
        double depth = (1 - u2 - v2 + 0.5 * u2 * v2) / (slope > 0.006 ? slope : 0.006);
        double layer = fat * (y > 0 ? 0.75 + 0.45 * u2 : 0.8 + 0.3 * u2);
        double chest = z > 210 ? (z < 240 ? (z - 210) / 30 : 1) : 0;
        double muscle = 9.5 + 6 * chest + (u2 < 0.12 && y > 0 ? 2 : 0) + (z < 60 ? 0.05 * (60 - z) : 0);
        r->row[ROW_WALL][i] = layer + muscle - depth;
        double mottle = r->row[ROW_MOTTLE][i], value = r->row[ROW_VALUE][i];
        if (depth < -r->soft)
            continue;
        double lean = looks[PHANTOM_FAT].value + looks[PHANTOM_FAT].mottle * mottle;
        double flesh = looks[PHANTOM_MUSCLE].value + looks[PHANTOM_MUSCLE].mottle * mottle;
        value += coverage_of(depth, r->sharp) * (looks[PHANTOM_SKIN].value - value);
        value += coverage_of(depth - 2, r->sharp) * (lean - value);
        value += coverage_of(depth - layer, r->sharp) * (flesh - value);
        value += coverage_of(depth - layer - muscle, r->sharp) * (lean - value);
        r->row[ROW_VALUE][i] = value;
    }
}

/* Computes the distances of a part over the row. A part inside the one before starts from that part's distances. */
static void measure_part(struct phantom_raster *r, const struct phantom_part *part, const size_t *shapes, size_t count,
                         const double at[3])
{
    double *field = r->row[ROW_FIELD];
    const struct phantom_points points = {r->row[ROW_X], r->row[ROW_Y], r->row[ROW_Z], r->row[ROW_WALL]};
    bool any = part->inside;
    for (size_t i = r->from; i < r->to && !part->inside; i++)
        field[i] = FAR_OFF;
    for (size_t s = 0; s < count; s++) {
        const struct phantom_shape *shape = &r->body->shapes[shapes[s]];
        size_t a = r->from, b = r->to;
        if ((!any && shape->operation != PHANTOM_JOIN) || !clip_row(r, at, shape->low, shape->high, &a, &b))
            continue;
        phantom_combine(shape, &points, a, b, field);
        any = true;
    }
    r->reached = any;
}

static void paint_part(struct phantom_raster *r, const struct phantom_part *part, uint8_t *label)
{
    const struct phantom_look *look = &r->body->looks[part->tissue];
    const double *field = r->row[ROW_FIELD], *mottle = r->row[ROW_MOTTLE];
    double *value = r->row[ROW_VALUE];
    for (size_t i = r->from; i < r->to; i++) {
        double depth = -field[i] - part->shrink;
        if (depth <= -0.5 * r->soft || (part->within >= 0 && label[i] != part->within))
            continue;
        value[i] += coverage_of(depth, r->sharp) * (look->value + look->mottle * mottle[i] - value[i]);
        if (part->label >= 0 && depth > 0)
            label[i] = (uint8_t)part->label;
    }
}

/* Paints the couch of a CT scanner: a shallow trough below the back. */
static void paint_couch(struct phantom_raster *r, const double at[3])
{
    if (r->body->patient.modality != AMOS_MODALITY_CT)
        return;
    for (size_t i = 0; i < r->width; i++) {
        double x = at[0] + (double)i * r->step[0][0], y = at[1] + (double)i * r->step[0][1];
        y += r->body->back - 108; /* from the back of an average patient */
        if (y > -100 || y < -150 || x > 215 || x < -215)
            continue;
        double radius = sqrt(x * x + (y - 1370) * (y - 1370));
        double off = radius > 1500 ? radius - 1500 : 1500 - radius;
        double *value = &r->row[ROW_VALUE][i];
        *value += coverage_of(3.0 - off, r->sharp) * (r->body->looks[PHANTOM_COUCH].value - *value);
    }
}

static void paint_row(struct phantom_raster *r, int64_t j, int64_t k, uint8_t *label)
{
    const struct phantom_body *body = r->body;
    const double low[3] = {-body->side, PHANTOM_TORSO_Y - body->back, -FAR_OFF};
    const double high[3] = {body->side, PHANTOM_TORSO_Y + body->front, FAR_OFF};
    double at[3];
    size_t from = 0, to = r->width, done = 0;
    place_voxel(r, j, k, at);
    memset(label, 0, r->width);
    for (size_t i = 0; i < r->width; i++)
        r->row[ROW_VALUE][i] = r->body->looks[PHANTOM_AIR].value;
    paint_couch(r, at);
    if (!clip_row(r, at, low, high, &from, &to))
        return;
    place_row(r, at, from, to);
    paint_trunk(r, from, to);
    for (size_t p = 0; p < r->part_count; p++) {
        const struct phantom_part *part = &r->body->parts[r->parts[p]];
        if (!part->inside) {
            r->from = from;
            r->to = to;
            r->reached = clip_row(r, at, part->low, part->high, &r->from, &r->to);
        }
        if (r->reached)
            measure_part(r, part, r->shapes + done, r->shape_ends[p] - done, at);
        if (r->reached)
            paint_part(r, part, label);
        done = r->shape_ends[p];
    }
}

/* Fills the unsmoothed noise of row j, with one more voxel on both sides. */
static void fill_white(const struct phantom_raster *r, int64_t j, int64_t k, uint64_t channel, double *out)
{
    uint64_t key = random_bits(r->body->patient.seed ^ channel, (uint64_t)k);
    uint64_t first = (uint64_t)(j + 1) * (r->width + 2);
    for (size_t i = 0; i < r->width + 2; i++)
        out[i] = phantom_gauss(key, first + i);
}

/* Correlates the noise of neighbours, like a reconstruction does; the standard deviation stays 1. */
static double smooth_noise(double *const rows[3], int64_t j, size_t i)
{
    const double *above = rows[j % 3], *here = rows[(j + 1) % 3], *below = rows[(j + 2) % 3];
    return (here[i + 1] + 0.4 * (here[i] + here[i + 2] + above[i + 1] + below[i + 1])) / 1.2806248474865698;
}

static int16_t to_integer(double value, double low, double high)
{
    value = value < low ? low : value > high ? high : value;
    return (int16_t)((int)(value + 4096.5) - 4096);
}

static void finish_ct(const struct phantom_raster *r, int64_t j, int64_t k, int16_t *image)
{
    const double(*m)[4] = r->grid->affine;
    double sigma = r->body->patient.noise;
    double x = m[0][1] * (double)j + m[0][2] * (double)k + m[0][3] - r->view_center[0];
    double y = m[1][1] * (double)j + m[1][2] * (double)k + m[1][3] - r->view_center[1];
    for (size_t i = 0; i < r->width; i++) {
        double dx = x + m[0][0] * (double)i, dy = y + m[1][0] * (double)i;
        double value = r->row[ROW_VALUE][i] + sigma * smooth_noise(r->white, j, i);
        image[i] = to_integer(dx * dx + dy * dy > r->view_radius2 ? OUTSIDE : value, OUTSIDE, HIGHEST);
    }
}

/* The image is brighter near the surface coils, more so on one side. The noise is Rician, that of a magnitude. */
static void finish_mri(const struct phantom_raster *r, int64_t j, int64_t k, int16_t *image)
{
    double at[3], sigma = r->body->patient.noise;
    place_voxel(r, j, k, at);
    for (size_t i = 0; i < r->width; i++) {
        double x = (at[0] + (double)i * r->step[0][0]) / 160, y = (at[1] + (double)i * r->step[0][1]) / 110;
        double z = (at[2] + (double)i * r->step[0][2] - 200) / 120;
        double gain = 0.80 + 0.20 * (x * x + y * y) + 0.12 * x + 0.10 * y - 0.10 * z * z;
        double real = r->row[ROW_VALUE][i] * (gain > 0.2 ? gain : 0.2) + sigma * smooth_noise(r->white, j, i);
        double other = sigma * smooth_noise(r->white2, j, i);
        image[i] = to_integer(sqrt(real * real + other * other), 0, HIGHEST);
    }
}

void phantom_raster_slice(struct phantom_raster *r, int64_t k, int16_t *image, uint8_t *label)
{
    bool mri = r->body->patient.modality == AMOS_MODALITY_MRI;
    choose_parts(r, k);
    for (int64_t j = -1; j <= r->grid->shape[1]; j++) {
        fill_white(r, j, k, 0x6e6f697365u, r->white[(j + 1) % 3]);
        if (mri)
            fill_white(r, j, k, 0x70686173u, r->white2[(j + 1) % 3]);
        int64_t row = j - 1;
        if (row < 0)
            continue;
        paint_row(r, row, k, label + (size_t)row * r->width);
        if (mri)
            finish_mri(r, row, k, image + (size_t)row * r->width);
        else
            finish_ct(r, row, k, image + (size_t)row * r->width);
    }
}
