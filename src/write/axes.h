/* SPDX-License-Identifier: BSD-3-Clause */
/* How voxels have to be turned to be stored as a reference is. */
#ifndef AMOSI_WRITE_AXES_H
#define AMOSI_WRITE_AXES_H

#include <amos/writer.h>

#include "nifti/geometry.h"

/* The change of axes with which the voxels have to be stored; none without a reference. */
amos_status amosi_write_axes(const char *path, const amos_layout *layout, const amos_write_options *o,
                             struct amosi_axes *axes, amos_error *err);

#endif
