/* SPDX-License-Identifier: BSD-3-Clause */
/* The conventions: the rules in which published tools differ, a row for each. */
#ifndef AMOSI_SCORE_CONVENTIONS_H
#define AMOSI_SCORE_CONVENTIONS_H

#include <stdbool.h>

#include <amos/score.h>

#include "score/surface/surface.h"

/* How the distances of both directions become one percentile. */
enum amosi_percentile_rule {
    AMOSI_PERCENTILE_AREA,   /* a share of the area in each direction; the larger */
    AMOSI_PERCENTILE_POOLED, /* of the points of both directions together */
    AMOSI_PERCENTILE_LARGER  /* of the points of each direction; the larger */
};

struct amosi_convention {
    const char *source;
    enum amosi_grid grid; /* corners are weighted by area, voxels count 1 each */
    enum amosi_percentile_rule percentile;
    bool assd_of_means;   /* ASSD is the mean of the two directed means, not the mean of all distances */
    bool absent_infinite; /* without an organ in either map, Hausdorff distances are infinite, not NaN */
};

/* `convention` must be one that exists. Static storage. */
const struct amosi_convention *amosi_convention_get(amos_convention convention);

#endif
