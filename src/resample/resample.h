/* SPDX-License-Identifier: BSD-3-Clause */
/* Resampling voxels in memory: the internal side of amos_array_resample() and amos_labelmap_resample(). */
#ifndef AMOSI_RESAMPLE_RESAMPLE_H
#define AMOSI_RESAMPLE_RESAMPLE_H

#include <amos/resample.h>

#include "resample/grid.h"
#include "resample/voxels.h"

/* Resamples the voxels `from`, whose axes are those of the old grid, to `to`: packed, of type o->type, which must be
 * numeric. Sets the fields of *report that say what happened to voxels. AMOS_E_NOMEM, AMOS_E_CANCEL. */
amos_status amosi_resample_image(const struct amosi_grid *grid, const struct amosi_voxels *from,
                                 const amos_resample_options *o, void *to, amos_resample_report *report,
                                 amos_error *err);

/* The same for labels, uint8. */
amos_status amosi_resample_labels(const struct amosi_grid *grid, const uint8_t *from, const amos_resample_options *o,
                                  uint8_t *to, amos_resample_report *report, amos_error *err);

/* Sets shape and geometry of a layout of packed voxels; AMOS_E_LIMIT if they are more than an address space holds. */
amos_status amosi_resample_layout(const amos_geometry *geometry, const char *path, amos_layout *layout,
                                  amos_error *err);

#endif
