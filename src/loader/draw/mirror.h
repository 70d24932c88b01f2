/* SPDX-License-Identifier: BSD-3-Clause */
/* Flips that mirror the patient's left and right, and the labels that they exchange. */
#ifndef AMOSI_LOADER_DRAW_MIRROR_H
#define AMOSI_LOADER_DRAW_MIRROR_H

#include "loader/cases.h"

/* Fills s->exchange and s->has_pairs from amos_augment.pairs, or from the names in the label table of the data set.
 * AMOS_E_ARG if the caller's pairs are not valid. */
amos_status amosi_mirror_set(struct amosi_loader_settings *s, const amos_dataset *dataset, amos_error *err);

/* The axis of a volume that runs along the patient's left-right axis: 0..2; -1 if the orientation is not known. */
int amosi_mirror_axis(const amos_geometry *geometry);

/* AMOS_E_ARG if the options do not allow that samples of this case are mirrored, and they would be. */
amos_status amosi_mirror_check(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                               amos_error *err);

/* Whether these flips mirror a sample of a case whose left-right axis is `axis`. */
bool amosi_mirror_is(const struct amosi_loader_settings *s, int axis, uint32_t flips);

/* Exchanges the labels of each pair in a sample of `voxels` voxels, of the loader's label type. */
void amosi_mirror_labels(const struct amosi_loader_settings *s, void *label, size_t voxels);

#endif
