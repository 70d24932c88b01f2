/* SPDX-License-Identifier: BSD-3-Clause */
/* Stores computed values as voxels, rounded once. */
#ifndef AMOSI_RESAMPLE_STORE_H
#define AMOSI_RESAMPLE_STORE_H

#include <stddef.h>

#include <amos/type.h>

/* Converts n values to voxels of type `to`. Returns the number of values that `to` cannot hold: its nearest value is
 * stored, 0 for NaN. */
size_t amosi_store_values(amos_type to, void *out, const double *values, size_t n);

/* Whether a type holds a value, rounded. */
int amosi_store_fits(amos_type type, double value);

#endif
