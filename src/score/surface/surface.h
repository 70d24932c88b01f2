/* SPDX-License-Identifier: BSD-3-Clause */
/* The surfaces of the organs of one label map, as rows of bits. */
#ifndef AMOSI_SCORE_SURFACE_SURFACE_H
#define AMOSI_SCORE_SURFACE_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "score/surface/area.h"

/* The points that a surface consists of. Corner (x,y,z) is between the voxels x-1..x, y-1..y, z-1..z: along each axis,
 * a grid of corners has one more point than the volume has voxels. */
enum amosi_grid { AMOSI_GRID_CORNERS, AMOSI_GRID_VOXELS };

/* The points of one organ with equal y and z: words[first..first+count) hold the points from x = 64*begin on. */
struct amosi_row {
    size_t first;
    uint32_t begin, count;
};

struct amosi_surface {
    int64_t start[3], stop[3]; /* all points are in this box of the grid; empty if there are none */
    struct amosi_row *rows;    /* [z - start[2]][y - start[1]] */
    uint64_t *words;
    size_t word_count, word_capacity;
    uint8_t *kinds; /* of each point, in the order of rows and bits */
    size_t points, kind_capacity;
    /* the row that is being filled: words open_first + n of the grid; open_low > open_high if it is empty */
    uint64_t *open;
    int64_t open_first, open_low, open_high;
    bool failed; /* memory ran out */
};

/* Makes an empty surface for an organ in a box of voxels. False: out of memory. */
bool amosi_surface_begin(struct amosi_surface *s, enum amosi_grid grid, const int64_t start[3], const int64_t stop[3]);

void amosi_surface_free(struct amosi_surface *s);

/* Adds a point to the row; points must come in the order of x. True for the first point of a row. */
static inline bool amosi_surface_put(struct amosi_surface *s, int64_t x, uint8_t kind);

/* Ends a row that has points; rows must come in the order of z and y. */
void amosi_surface_close_row(struct amosi_surface *s, int64_t y, int64_t z);

bool amosi_surface_grow(struct amosi_surface *s);

/* The largest number of bytes that a surface may need. */
double amosi_surface_bound(uint64_t voxels, enum amosi_grid grid, const int64_t start[3], const int64_t stop[3]);

static inline bool amosi_surface_put(struct amosi_surface *s, int64_t x, uint8_t kind)
{
    int64_t word = x / 64;
    bool first = s->open_low > s->open_high;
    if (s->points == s->kind_capacity && !amosi_surface_grow(s))
        return false;
    s->kinds[s->points++] = kind;
    s->open[word - s->open_first] |= (uint64_t)1 << x % 64;
    if (first)
        s->open_low = word;
    s->open_high = word;
    return first;
}

/* Word `index` of a row. */
static inline uint64_t amosi_row_word(const struct amosi_surface *s, const struct amosi_row *row, int64_t index)
{
    uint64_t at = (uint64_t)index - row->begin;
    return at < row->count ? s->words[row->first + at] : 0;
}

/* The x of the point nearest to x in a row, which must not be empty. */
int64_t amosi_row_nearest(const struct amosi_surface *s, const struct amosi_row *row, int64_t x);

/* The row of y and z; NULL outside of the box. */
static inline const struct amosi_row *amosi_surface_row(const struct amosi_surface *s, int64_t y, int64_t z)
{
    if (y < s->start[1] || y >= s->stop[1] || z < s->start[2] || z >= s->stop[2])
        return NULL;
    return &s->rows[(z - s->start[2]) * (s->stop[1] - s->start[1]) + (y - s->start[1])];
}

#endif
