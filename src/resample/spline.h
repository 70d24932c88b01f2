/* SPDX-License-Identifier: BSD-3-Clause */
/* The coefficients of the cubic B-spline through voxels (M. Unser, Splines: a perfect fit for signal and image
 * processing, IEEE Signal Processing Magazine 16(6), 1999, boxes 2 and 3), mirrored at the outermost voxels. */
#ifndef AMOSI_RESAMPLE_SPLINE_H
#define AMOSI_RESAMPLE_SPLINE_H

#include <amos/context.h>

#include "resample/voxels.h"

/* Computes the coefficients of all voxels: `to`, packed. `out` then describes them. AMOS_E_NOMEM. */
amos_status amosi_spline_make(const struct amosi_voxels *from, double *to, int threads, struct amosi_voxels *out,
                              amos_error *err);

#endif
