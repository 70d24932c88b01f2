/* SPDX-License-Identifier: BSD-3-Clause */
/* A label map: the internal side of amos_labelmap. */
#ifndef AMOSI_LABEL_LABELMAP_H
#define AMOSI_LABEL_LABELMAP_H

#include "base/work/pool.h"
#include "label/stats.h"

struct amos_labelmap {
    amos_layout layout;
    amos_labelmap_info info;
    uint8_t *voxels;            /* NULL: statistics only */
    struct amosi_buffer buffer; /* holds the voxels; all zero: they were allocated alone, or are borrowed */
    bool borrowed;              /* the voxels are in the caller's memory */
    uint8_t *ignored; /* 1 for each voxel with an ignored value, laid out as the voxels; NULL: there are none, or no
                       * voxels are kept */
    amos_organ_stats stats[AMOSI_LABELS];
    bool has_other;      /* the file's qform has a second reading (see nifti/quaternion.h), */
    amos_geometry other; /* which is this; axes as in the layout */
};

/* The smallest box that holds all voxels with a label above 0, by the statistics; empty where there are none. */
void amosi_labelmap_box(const amos_labelmap *map, amos_box *box);

/* Forgets which voxels were ignored; the counts stay. */
void amosi_labelmap_forget_ignored(amos_labelmap *map);

/* Makes a map like `map`, background where `without` ignores; both have voxels and one shape. *left_out gets the number
 * of those voxels. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_labelmap_leave_out(const amos_labelmap *map, const amos_labelmap *without, amos_labelmap **out,
                                     uint64_t *left_out, amos_error *err);

/* Makes a map like `map`, with voxels of its own, which are 0 until `draw` sets them. `draw` also adds all of them to the
 * tallies of their labels 0..max_label. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_labelmap_draw(const amos_labelmap *map,
                                void (*draw)(void *user, uint8_t *voxels, struct amosi_tally *tallies), void *user,
                                amos_labelmap **out, amos_error *err);

/* Computes the statistics from the tallies of labels 0..max_label, and sets the warnings of voxels: AMOS_W_EMPTY, and those
 * of info.accepted. */
void amosi_labelmap_finish(amos_labelmap *map, const struct amosi_tally *tallies, const int64_t stored_shape[3],
                           const struct amosi_axes *axes);

/* Computes the statistics of a map from its voxels and its layout. AMOS_E_NOMEM. */
amos_status amosi_labelmap_recount(amos_labelmap *map, amos_error *err);

#endif
