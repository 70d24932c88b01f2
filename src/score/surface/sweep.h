/* SPDX-License-Identifier: BSD-3-Clause */
/* One pass over a label map that finds the surfaces of many organs. */
#ifndef AMOSI_SCORE_SURFACE_SWEEP_H
#define AMOSI_SCORE_SURFACE_SWEEP_H

#include "score/surface/surface.h"

struct amosi_sweep {
    const uint8_t *voxels; /* x fastest */
    int64_t shape[3];
    int64_t start[3], stop[3]; /* all voxels that are not 0 are in this box */
    enum amosi_grid grid;
    const uint8_t *kinds;                /* of the 256 codes; not used for voxels: every point has kind 1 */
    struct amosi_surface *surfaces[256]; /* one per label, already begun; NULL: not wanted */
};

/* Fills the surfaces. False: out of memory. */
bool amosi_sweep_run(const struct amosi_sweep *sweep);

/* Adds to counts[label] the number of voxels in a box that have this label in both maps. */
void amosi_count_equal(const uint8_t *a, const uint8_t *b, const int64_t shape[3], const int64_t start[3],
                       const int64_t stop[3], uint64_t counts[256]);

#endif
