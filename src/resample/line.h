/* SPDX-License-Identifier: BSD-3-Clause */
/* The new voxels along one axis, and the old ones that each of them is made from. */
#ifndef AMOSI_RESAMPLE_LINE_H
#define AMOSI_RESAMPLE_LINE_H

#include <stdbool.h>

#include <amos/resample.h>

#define AMOSI_TAPS 4
/* Old voxels beyond both ends of a row that a new voxel can ask for. */
#define AMOSI_LINE_PAD 4

/* The weights of a position between old voxels: `taps` of them from index `at` on. */
struct amosi_taps {
    int64_t at;
    double weight[AMOSI_TAPS];
};

/* The number of weights: 1, 2 or 4. */
int amosi_taps_of(amos_interpolation interpolation);

/* The weights at the old index p. */
void amosi_taps_set(struct amosi_taps *taps, double p, amos_interpolation interpolation);

/* The old voxel that counts as number i, which may be beyond the ends: the outermost one, or the mirrored one. */
int64_t amosi_line_index(int64_t i, int64_t count, bool mirrored);

/* Whether the old index p lies in the volume; else, if `extends`, p is moved to the outermost voxel. */
bool amosi_line_holds(double *p, int64_t count, bool extends);

struct amosi_line {
    int64_t before, after;
    int64_t begin, end; /* the new voxels that lie in the old volume */
    int taps;           /* 1, 2 or 4 */
    bool same;          /* each new voxel is the old one of the same number */
    bool mirrored;
    int32_t *at;     /* of each new voxel: the first old one, which may be beyond the ends */
    double *weights; /* `taps` rows of `after` weights */
};

/* Makes the line of new voxels at the old indices first + i * step. AMOS_E_NOMEM; release it also then. */
amos_status amosi_line_make(struct amosi_line *line, const int64_t counts[2], double first, double step,
                            amos_interpolation interpolation, bool extends, amos_error *err);
void amosi_line_release(struct amosi_line *line);

#endif
