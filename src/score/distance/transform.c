/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/transform.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"

/* Solves one plane of equal x after the other. In a plane, the nearest point of each row of the surface is dx away.
 * This is the lowest point of a parabola over y: within a slice z, the squared distance from (x, y, z) is the lower
 * envelope of these parabolas (Felzenszwalb and Huttenlocher, Distance transforms of sampled functions). The slices are
 * then visited outwards from the point. Squares are summed in the order x, y, z, and every parabola that may be lowest
 * up to rounding is evaluated, so that the result is the smallest of all sums. */

/* Breakpoints nearer than this, in rows, may be in the wrong order. */
#define ROUNDING 1e-6

struct parabola {
    int64_t y;     /* of the row */
    double half_y; /* y / 2 */
    double level;  /* (dx * sx)^2 */
    double begin;  /* from this y on it is lower than the one before */
};

/* A row of the surface: its first and last point. */
struct extent {
    int32_t low, high;
};

struct plane {
    const struct amosi_surface *to;
    const struct amosi_steps *steps;
    struct extent *extents; /* indexed like the rows */
    double *halves;         /* [n]: 1 / (2 * n * square of the spacing) along y */
    struct parabola *envelope;
    size_t parabolas;
    double *squares;     /* [slice][y - first_y]: the envelopes of the plane */
    int64_t first_y, ny; /* the rows with points of the plane */
};

/* The y from which on `right` is lower than `left`. */
static double crossing(const struct plane *p, const struct parabola *left, const struct parabola *right)
{
    return left->half_y + right->half_y + (right->level - left->level) * p->halves[right->y - left->y];
}

/* Adds a parabola, and removes those that are nowhere lowest by more than rounding. */
static void push_parabola(struct plane *p, int64_t y, double level)
{
    struct parabola next = {y, (double)y * 0.5, level, -INFINITY};
    while (p->parabolas) {
        const struct parabola *top = &p->envelope[p->parabolas - 1];
        next.begin = crossing(p, top, &next);
        if (p->parabolas == 1 || next.begin >= top->begin - ROUNDING)
            break;
        p->parabolas--;
    }
    p->envelope[p->parabolas++] = next;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The last row of the plane up to `place`, counted from first_y; -1 if `place` is before all of them. */
static int64_t row_at(const struct plane *p, double place)
{
    double row = place - (double)p->first_y;
    return row < 0 ? -1 : row < (double)p->ny ? (int64_t)row : p->ny - 1;
}

/* Evaluates the lower envelope at every y (infinity if empty). Each parabola is evaluated slightly beyond its interval
 * to absorb rounding. */
static void evaluate_envelope(const struct plane *p, double *squares)
{
    for (int64_t i = 0; i < p->ny; i++)
        squares[i] = INFINITY;
    for (size_t n = 0; n < p->parabolas; n++) {
        const struct parabola *it = &p->envelope[n];
        int64_t first = row_at(p, it->begin - 2 * ROUNDING), offset = p->first_y - it->y;
        int64_t last = n + 1 < p->parabolas ? row_at(p, p->envelope[n + 1].begin + 2 * ROUNDING) : p->ny - 1;
        for (int64_t i = first < 0 ? 0 : first; i <= last; i++) {
            int64_t dy = i + offset;
            squares[i] = smaller(squares[i], it->level + p->steps->squares[1][dy < 0 ? -dy : dy]);
        }
    }
}

/* The distance along x from x to the nearest point of a row. */
static int64_t along_row(const struct plane *p, int64_t row, int64_t x)
{
    const struct extent *extent = &p->extents[row];
    if (x <= extent->low)
        return extent->low - x;
    if (x >= extent->high)
        return x - extent->high;
    int64_t nearest = amosi_row_nearest(p->to, &p->to->rows[row], x);
    return nearest < x ? x - nearest : nearest - x;
}

static void fill_slice(struct plane *p, int64_t x, int64_t z)
{
    const struct amosi_surface *to = p->to;
    double *squares = p->squares + (z - to->start[2]) * p->ny;
    int64_t row = (z - to->start[2]) * (to->stop[1] - to->start[1]);
    p->parabolas = 0;
    for (int64_t y = to->start[1]; y < to->stop[1]; y++, row++)
        if (to->rows[row].count)
            push_parabola(p, y, p->steps->squares[0][along_row(p, row, x)]);
    evaluate_envelope(p, squares);
}

/* The nearest square over all slices, from the point's own slice outwards. */
static double nearest_slice(const struct plane *p, const struct amosi_point *point)
{
    const double *column = p->squares + (point->at[1] - p->first_y);
    const double *steps = p->steps->squares[2];
    int64_t first = p->to->start[2], end = p->to->stop[2], z = point->at[2];
    double best = INFINITY;
    for (int64_t down = z < end ? z : end - 1; down >= first && steps[z - down] < best; down--)
        best = smaller(best, column[(down - first) * p->ny] + steps[z - down]);
    for (int64_t up = z + 1 > first ? z + 1 : first; up < end && steps[up - z] < best; up++)
        best = smaller(best, column[(up - first) * p->ny] + steps[up - z]);
    return best;
}

/* ---- all planes ---- */

/* The points sorted by x: those of plane n are order[begin[n]..begin[n + 1]). */
struct planes {
    int64_t first_x, count;
    size_t *begin, *order;
    int64_t low_y, high_y;
};

static void find_ranges(const struct amosi_point *points, size_t count, struct planes *planes)
{
    int64_t low = points[0].at[0], high = low;
    planes->low_y = planes->high_y = points[0].at[1];
    for (size_t i = 1; i < count; i++) {
        int64_t x = points[i].at[0], y = points[i].at[1];
        low = x < low ? x : low;
        high = x > high ? x : high;
        planes->low_y = y < planes->low_y ? y : planes->low_y;
        planes->high_y = y > planes->high_y ? y : planes->high_y;
    }
    planes->first_x = low;
    planes->count = high - low + 1;
}

static bool sort_planes(const struct amosi_point *points, size_t count, struct planes *planes)
{
    planes->begin = amosi_zalloc_array((size_t)planes->count + 2, sizeof *planes->begin);
    planes->order = amosi_alloc_array(count, sizeof *planes->order);
    if (!planes->begin || !planes->order)
        return false;
    size_t *at = planes->begin + 1;
    for (size_t i = 0; i < count; i++)
        at[points[i].at[0] - planes->first_x + 1]++;
    for (int64_t n = 0; n < planes->count; n++)
        at[n + 1] += at[n];
    for (size_t i = 0; i < count; i++)
        planes->order[at[points[i].at[0] - planes->first_x]++] = i;
    return true;
}

static void solve_plane(struct plane *p, struct amosi_point *points, const size_t *order, size_t count, int64_t x)
{
    int64_t low = points[order[0]].at[1], high = low;
    for (size_t i = 1; i < count; i++) {
        int64_t y = points[order[i]].at[1];
        low = y < low ? y : low;
        high = y > high ? y : high;
    }
    p->first_y = low;
    p->ny = high - low + 1;
    for (int64_t z = p->to->start[2]; z < p->to->stop[2]; z++)
        fill_slice(p, x, z);
    for (size_t i = 0; i < count; i++)
        points[order[i]].square = nearest_slice(p, &points[order[i]]);
}

uint64_t amosi_transform_cost(const struct amosi_far_word *words, size_t count, const struct amosi_surface *to)
{
    int32_t low[2] = {words->index, words->y}, high[2] = {words->index, words->y};
    for (size_t i = 1; i < count; i++) {
        const int32_t at[2] = {words[i].index, words[i].y};
        for (int a = 0; a < 2; a++) {
            low[a] = at[a] < low[a] ? at[a] : low[a];
            high[a] = at[a] > high[a] ? at[a] : high[a];
        }
    }
    uint64_t rows = (uint64_t)(to->stop[1] - to->start[1]) + (uint64_t)(high[1] - low[1] + 1);
    uint64_t planes = 64 * (uint64_t)(high[0] - low[0] + 1), points = 64 * (uint64_t)count;
    return (planes < points ? planes : points) * (uint64_t)(to->stop[2] - to->start[2]) * rows;
}

static void find_extents(const struct amosi_surface *to, struct extent *extents, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        const struct amosi_row *row = &to->rows[i];
        if (row->count) {
            int64_t begin = 64 * (int64_t)row->begin, end = begin + 64 * (int64_t)row->count;
            extents[i].low = (int32_t)(begin + __builtin_ctzll(to->words[row->first]));
            extents[i].high = (int32_t)(end - 1 - __builtin_clzll(to->words[row->first + row->count - 1]));
        }
    }
}

static bool begin_plane(struct plane *p, const struct planes *planes)
{
    const struct amosi_surface *to = p->to;
    size_t rows = (size_t)(to->stop[1] - to->start[1]), slices = (size_t)(to->stop[2] - to->start[2]);
    p->envelope = amosi_alloc_array(rows, sizeof *p->envelope);
    p->squares = amosi_alloc_array(slices * (size_t)(planes->high_y - planes->low_y + 1), sizeof *p->squares);
    p->extents = amosi_alloc_array(rows * slices, sizeof *p->extents);
    p->halves = amosi_alloc_array(rows, sizeof *p->halves);
    if (!p->envelope || !p->squares || !p->extents || !p->halves)
        return false;
    find_extents(to, p->extents, rows * slices);
    for (size_t n = 0; n < rows; n++)
        p->halves[n] = 1 / (2 * (double)n * p->steps->squares[1][1]);
    return true;
}

bool amosi_transform(struct amosi_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps)
{
    if (count == 0)
        return true;
    struct planes planes = {0};
    struct plane p = {.to = to, .steps = steps};
    find_ranges(points, count, &planes);
    bool done = sort_planes(points, count, &planes) && begin_plane(&p, &planes);
    for (int64_t n = 0; done && n < planes.count; n++)
        if (planes.begin[n + 1] > planes.begin[n])
            solve_plane(&p, points, planes.order + planes.begin[n], planes.begin[n + 1] - planes.begin[n],
                        planes.first_x + n);
    amosi_free(p.halves);
    amosi_free(p.extents);
    amosi_free(p.squares);
    amosi_free(p.envelope);
    amosi_free(planes.order);
    amosi_free(planes.begin);
    return done;
}
