/* SPDX-License-Identifier: BSD-3-Clause */
/* Connected components: the internal side of amos_components. */
#ifndef AMOSI_COMPONENTS_COMPONENTS_H
#define AMOSI_COMPONENTS_COMPONENTS_H

#include <amos/components.h>

#include "components/runs.h"
#include "label/stats.h"

/* The voxels of one component. Sums are exact, so that centroids do not depend on the order of the runs. */
struct amosi_part {
    uint64_t voxels;
    uint64_t sum[3];
    uint32_t low[3], high[3]; /* inclusive */
    uint32_t found;           /* which one it is by its first run, and where that begins: */
    uint32_t x;
    uint64_t row;
    uint8_t label;
};

/* Components, in the order of their numbers. */
struct amosi_parts {
    struct amosi_part *items;
    size_t count;
};

struct amos_components {
    amos_components_info info;
    amos_layout layout; /* of the label map */
    struct amosi_runs runs;
    struct amosi_parts parts;
    struct amosi_parts holes;
    amos_component_organ organs[AMOSI_LABELS];
};

/* Sums up the runs of each component. runs->number must be those of amosi_runs_number(). AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_parts_make(const struct amosi_runs *runs, const int64_t shape[3], uint32_t count,
                             struct amosi_parts *out, amos_error *err);

/* Whether it has voxels in the first or last plane along any axis. */
bool amosi_part_touches(const struct amosi_part *part, const int64_t shape[3]);

/* Sorts parts into the order of the header: by label, size and first voxel. */
void amosi_parts_sort(struct amosi_parts *parts);

/* Finds the holes of a label map, from the runs of its organs. The holes belong to the caller. AMOS_OK, AMOS_E_LIMIT or
 * AMOS_E_NOMEM. */
amos_status amosi_holes_find(const struct amosi_runs_of *organs, const struct amosi_runs *runs, struct amosi_parts *out,
                             amos_error *err);

#endif
