/* SPDX-License-Identifier: BSD-3-Clause */
/* Old rows, and their weighted sums, for interpolation axis by axis. */
#ifndef AMOSI_RESAMPLE_MIX_H
#define AMOSI_RESAMPLE_MIX_H

#include "resample/kernels/kernels.h"
#include "resample/line.h"
#include "resample/voxels.h"

/* Old voxels and the kernels that take them. */
struct amosi_mix {
    const struct amosi_voxels *from;
    const struct amosi_resampling *kernels;
    void (*sum)(double *to, const void *const *rows, const double *weights, int taps, size_t n);
    bool direct;                 /* `sum` takes old rows as they are stored */
    double *stored[AMOSI_TAPS];  /* old rows as they are stored, if they have to be copied, */
    double *numbers[AMOSI_TAPS]; /* and as numbers */
};

/* Places in the working memory of a thread begin at multiples of 64 bytes. */
size_t amosi_mix_lined_up(int64_t doubles);
double *amosi_mix_take(double **memory, size_t doubles);

/* The doubles that begin() takes of `memory`. */
size_t amosi_mix_doubles(const struct amosi_voxels *from);
void amosi_mix_begin(struct amosi_mix *mix, const struct amosi_voxels *from, double **memory);

/* Voxels x..x + n - 1 of the old row (y, z) as `sum` takes them. Up to AMOSI_TAPS rows stay, in slots of their own. */
const void *amosi_mix_old(struct amosi_mix *mix, int64_t x, int64_t n, int64_t y, int64_t z, int slot);

/* The weights of new voxel i that are not 0, and the old voxels that they belong to. Returns their number. */
int amosi_mix_taps(const struct amosi_line *line, int64_t i, int64_t at[AMOSI_TAPS], double weights[AMOSI_TAPS]);

/* Makes a row of new voxels (begin..end-1 of it) from the row of old ones, which has room for AMOSI_LINE_PAD on both
 * sides. */
void amosi_mix_along(const struct amosi_mix *mix, const struct amosi_line *x, double *old, double *row);

#endif
