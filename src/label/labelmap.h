/* SPDX-License-Identifier: BSD-3-Clause */
/* A label map: the internal side of amos_labelmap. */
#ifndef AMOSI_LABEL_LABELMAP_H
#define AMOSI_LABEL_LABELMAP_H

#include "base/work/pool.h"
#include "label/stats.h"

struct amos_labelmap {
    amos_layout layout;
    int max_label;
    uint8_t *voxels; /* NULL: statistics only */
    struct amosi_buffer buffer; /* holds the voxels; all zero: they are from amosi_zalloc_voxels() */
    bool borrowed;              /* the voxels are in the caller's memory */
    amos_organ_stats stats[AMOSI_LABELS];
    bool has_other;      /* the file's qform has a second reading (see nifti/quaternion.h), */
    amos_geometry other; /* which is this; axes as in the layout */
};

/* The smallest box that holds all voxels with a label above 0, by the statistics; empty where there are none. */
void amosi_labelmap_box(const amos_labelmap *map, amos_box *box);

/* Computes the statistics from the tallies of labels 0..max_label, and sets AMOS_W_EMPTY. */
void amosi_labelmap_finish(amos_labelmap *map, const struct amosi_tally *tallies, const int64_t stored_shape[3],
                           const struct amosi_axes *axes);

#endif
