/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/surface/surface.h"

#include <string.h>

#include "base/system/alloc.h"

/* The box of the points of a box of voxels; corners extend one further. */
static void points_box(enum amosi_grid grid, const int64_t start[3], const int64_t stop[3], int64_t first[3],
                       int64_t end[3])
{
    for (int a = 0; a < 3; a++) {
        first[a] = start[a];
        end[a] = stop[a] > start[a] ? stop[a] + (grid == AMOSI_GRID_CORNERS) : start[a];
    }
}

static size_t words_across(const int64_t first[3], const int64_t end[3])
{
    return end[0] > first[0] ? (size_t)((end[0] - 1) / 64 - first[0] / 64 + 1) : 0;
}

bool amosi_surface_begin(struct amosi_surface *s, enum amosi_grid grid, const int64_t start[3], const int64_t stop[3])
{
    *s = (struct amosi_surface){.open_low = 0, .open_high = -1};
    points_box(grid, start, stop, s->start, s->stop);
    size_t words = words_across(s->start, s->stop);
    if (words == 0)
        return true;
    size_t rows;
    if (__builtin_mul_overflow((size_t)(s->stop[1] - s->start[1]), (size_t)(s->stop[2] - s->start[2]), &rows))
        return false;
    s->open_first = s->start[0] / 64;
    s->open = amosi_zalloc_array(words, sizeof *s->open);
    s->rows = amosi_zalloc_array(rows, sizeof *s->rows);
    return s->open && s->rows;
}

void amosi_surface_free(struct amosi_surface *s)
{
    amosi_free(s->open);
    amosi_free(s->kinds);
    amosi_free(s->words);
    amosi_free(s->rows);
    *s = (struct amosi_surface){.open_low = 0, .open_high = -1};
}

double amosi_surface_bound(uint64_t voxels, enum amosi_grid grid, const int64_t start[3], const int64_t stop[3])
{
    int64_t first[3], end[3];
    points_box(grid, start, stop, first, end);
    double rows = (double)(end[1] - first[1]) * (double)(end[2] - first[2]);
    double words = (double)words_across(first, end);
    double points = (double)voxels * (grid == AMOSI_GRID_CORNERS ? 8 : 1);
    double grid_points = rows * (double)(end[0] - first[0]);
    double filled_rows = points < rows ? points : rows;
    points = points < grid_points ? points : grid_points;
    return rows * sizeof(struct amosi_row) + filled_rows * words * sizeof(uint64_t) + points;
}

bool amosi_surface_grow(struct amosi_surface *s)
{
    if (!s->failed && !amosi_grow((void **)&s->kinds, &s->kind_capacity, s->points + 1, sizeof *s->kinds))
        s->failed = true;
    return !s->failed;
}

void amosi_surface_close_row(struct amosi_surface *s, int64_t y, int64_t z)
{
    size_t count = (size_t)(s->open_high - s->open_low + 1);
    uint64_t *open = s->open + (s->open_low - s->open_first);
    if (!s->failed && amosi_grow((void **)&s->words, &s->word_capacity, s->word_count + count, sizeof *s->words)) {
        struct amosi_row *row = &s->rows[(z - s->start[2]) * (s->stop[1] - s->start[1]) + (y - s->start[1])];
        *row = (struct amosi_row){s->word_count, (uint32_t)s->open_low, (uint32_t)count};
        memcpy(s->words + s->word_count, open, count * sizeof *open);
        s->word_count += count;
    } else {
        s->failed = true;
    }
    memset(open, 0, count * sizeof *open);
    s->open_low = 0;
    s->open_high = -1;
}

/* The first point at x or to its right; -1 if there is none. */
static int64_t first_from(const struct amosi_surface *s, const struct amosi_row *row, int64_t x)
{
    const uint64_t *words = s->words + row->first;
    int64_t begin = row->begin, end = begin + row->count, k = x / 64;
    uint64_t word = k >= begin && k < end ? words[k - begin] & ~(uint64_t)0 << x % 64 : 0;
    for (k = k < begin ? begin - 1 : k; word == 0 && ++k < end;)
        word = words[k - begin];
    return word ? 64 * k + __builtin_ctzll(word) : -1;
}

/* The last point at x or to its left; -1 if there is none. */
static int64_t last_to(const struct amosi_surface *s, const struct amosi_row *row, int64_t x)
{
    const uint64_t *words = s->words + row->first;
    int64_t begin = row->begin, end = begin + row->count, k = x / 64;
    uint64_t word = k >= begin && k < end ? words[k - begin] & ~(uint64_t)0 >> (63 - x % 64) : 0;
    for (k = k >= end ? end : k; word == 0 && --k >= begin;)
        word = words[k - begin];
    return word ? 64 * k + 63 - __builtin_clzll(word) : -1;
}

int64_t amosi_row_nearest(const struct amosi_surface *s, const struct amosi_row *row, int64_t x)
{
    int64_t right = first_from(s, row, x);
    if (right == x)
        return x;
    int64_t left = last_to(s, row, x);
    if (left < 0 || right < 0)
        return left < 0 ? right : left;
    return x - left <= right - x ? left : right;
}
