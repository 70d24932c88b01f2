/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/conventions.h"

/* The sources are those that the rules were last compared with, in their code. A tool that changes its rules gets a new
 * source here, and the older rules a row and a name of their own. */
static const struct amosi_convention conventions[AMOS_CONVENTION_COUNT] = {
    [AMOS_CONVENTION_DEEPMIND] = {.source = "google-deepmind/surface-distance 0.1, commit 1f805ce (2025-02-19)",
                                  .grid = AMOSI_GRID_CORNERS,
                                  .percentile = AMOSI_PERCENTILE_AREA,
                                  .absent_infinite = true},
    [AMOS_CONVENTION_MEDPY] = {.source = "MedPy 0.5.2 (2024-07-23)",
                               .grid = AMOSI_GRID_VOXELS,
                               .percentile = AMOSI_PERCENTILE_POOLED},
    [AMOS_CONVENTION_MONAI] = {.source = "MONAI 1.5.0 (2025-06-13)",
                               .grid = AMOSI_GRID_VOXELS,
                               .percentile = AMOSI_PERCENTILE_LARGER},
    [AMOS_CONVENTION_MEDPY_0_4] = {.source = "MedPy 0.4.0 (2018-11-23)",
                                   .grid = AMOSI_GRID_VOXELS,
                                   .percentile = AMOSI_PERCENTILE_POOLED,
                                   .assd_of_means = true},
};

const struct amosi_convention *amosi_convention_get(amos_convention convention)
{
    return &conventions[convention];
}

const char *amos_convention_source(amos_convention convention)
{
    return convention >= 0 && convention < AMOS_CONVENTION_COUNT ? conventions[convention].source : "?";
}
