/* SPDX-License-Identifier: BSD-3-Clause */
/* Distances on a grid: the squares of whole steps along each axis, and the rows around a row, nearest first. */
#ifndef AMOSI_SCORE_DISTANCE_STEPS_H
#define AMOSI_SCORE_DISTANCE_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far along a row the search for near points looks. */
#define AMOSI_ALONG_X 64

/* A row at (dy, dz) from another: `square` is a lower bound for its points. */
struct amosi_step {
    double square;
    int32_t dy, dz;
};

struct amosi_steps {
    double *squares[3];      /* squares[a][n]: (n * spacing[a])^2 for n up to the grid's size */
    struct amosi_step *near; /* in ascending order, beginning with (0, 0) */
    size_t near_count;
    double near_end; /* nearer points are in one of these rows, fewer than AMOSI_ALONG_X points away along x */
};

/* The squared distance, always summed in the order x, y, z. */
static inline double amosi_steps_square(const struct amosi_steps *s, int64_t dx, int64_t dy, int64_t dz)
{
    return s->squares[0][dx < 0 ? -dx : dx] + s->squares[1][dy < 0 ? -dy : dy] + s->squares[2][dz < 0 ? -dz : dz];
}

/* For a grid of `shape` points along x, y, z. False: out of memory. */
bool amosi_steps_make(struct amosi_steps *s, const double spacing[3], const int64_t shape[3]);
void amosi_steps_free(struct amosi_steps *s);

#endif
