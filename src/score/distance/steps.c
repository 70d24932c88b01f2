/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/steps.h"

#include <math.h>
#include <stdlib.h>

#include "base/system/alloc.h"

/* How many rows around a row are searched before a point counts as far. */
#define NEAR_ROWS 80

static bool make_squares(struct amosi_steps *s, const double spacing[3], const int64_t shape[3])
{
    for (int a = 0; a < 3; a++) {
        s->squares[a] = amosi_alloc_array((size_t)shape[a] + 1, sizeof(double));
        if (!s->squares[a])
            return false;
        for (int64_t n = 0; n <= shape[a]; n++) {
            double mm = (double)n * spacing[a];
            s->squares[a][n] = mm * mm;
        }
    }
    return true;
}

static int compare_steps(const void *a, const void *b)
{
    const struct amosi_step *s = a, *t = b;
    if (s->square != t->square)
        return s->square < t->square ? -1 : 1;
    if (s->dz != t->dz)
        return s->dz < t->dz ? -1 : 1;
    return s->dy < t->dy ? -1 : s->dy > t->dy;
}

/* Lists the rows of a box around (0, 0) that is about as wide in mm along y as along z. Keeps those that are nearer
 * than everything outside the search. */
static bool make_near(struct amosi_steps *s, const double spacing[3])
{
    double radius = sqrt(NEAR_ROWS * spacing[1] * spacing[2] / 3.14159265358979);
    int64_t ny = (int64_t)fmin(radius / spacing[1], NEAR_ROWS), nz = (int64_t)fmin(radius / spacing[2], NEAR_ROWS);
    s->near = amosi_alloc_array((size_t)((2 * ny + 1) * (2 * nz + 1)), sizeof *s->near);
    if (!s->near)
        return false;
    double beyond_x = AMOSI_ALONG_X * spacing[0];
    double beyond_y = (double)(ny + 1) * spacing[1], beyond_z = (double)(nz + 1) * spacing[2];
    s->near_end = fmin(beyond_x * beyond_x, fmin(beyond_y * beyond_y, beyond_z * beyond_z));
    for (int64_t z = -nz; z <= nz; z++)
        for (int64_t y = -ny; y <= ny; y++) {
            double mm_y = (double)y * spacing[1], mm_z = (double)z * spacing[2];
            double square = mm_y * mm_y + mm_z * mm_z;
            if (square < s->near_end)
                s->near[s->near_count++] = (struct amosi_step){square, (int32_t)y, (int32_t)z};
        }
    qsort(s->near, s->near_count, sizeof *s->near, compare_steps);
    return true;
}

bool amosi_steps_make(struct amosi_steps *s, const double spacing[3], const int64_t shape[3])
{
    *s = (struct amosi_steps){0};
    return make_squares(s, spacing, shape) && make_near(s, spacing);
}

void amosi_steps_free(struct amosi_steps *s)
{
    amosi_free(s->near);
    for (int a = 0; a < 3; a++)
        amosi_free(s->squares[a]);
}
