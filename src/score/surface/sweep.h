/* SPDX-License-Identifier: BSD-3-Clause */
/* One pass over a label map that finds the surfaces of many organs. */
#ifndef AMOSI_SCORE_SURFACE_SWEEP_H
#define AMOSI_SCORE_SURFACE_SWEEP_H

#include "score/surface/surface.h"

struct amosi_sweep {
    const uint8_t *voxels;           /* x fastest */
    int64_t shape[3];
    int64_t start[3], stop[3];       /* all that is not 0 lies in this box */
    enum amosi_grid grid;
    const uint8_t *kinds;            /* of the 256 codes; for voxels not used: every point has kind 1 */
    struct amosi_surface *surfaces[256]; /* of each label, begun; NULL: not wanted */
};

/* Fills the surfaces. False: no memory. */
bool amosi_sweep_run(const struct amosi_sweep *sweep);

/* How many voxels of a box have the same label in both maps: counts[label] grows by them. */
void amosi_count_equal(const uint8_t *a, const uint8_t *b, const int64_t shape[3], const int64_t start[3],
                       const int64_t stop[3], uint64_t counts[256]);

#endif
