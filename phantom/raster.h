/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns a body into voxels, slice by slice, in whatever orientation they are to be stored. */
#ifndef PHANTOM_RASTER_H
#define PHANTOM_RASTER_H

#include "phantom/body/body.h"

struct phantom_raster;

/* NULL when memory ran out. `body` and `grid` must stay until it is freed. */
struct phantom_raster *phantom_raster_new(const struct phantom_body *body, const struct phantom_grid *grid);
void phantom_raster_free(struct phantom_raster *raster);

/* Slice k along the stored z axis: HU or MRI units, and organ numbers. Every slice is the same whatever came before.
 * One raster serves one thread. */
void phantom_raster_slice(struct phantom_raster *raster, int64_t k, int16_t *image, uint8_t *label);

#endif
