/* SPDX-License-Identifier: BSD-3-Clause */
/* Rasterises a body, slice by slice, in any stored orientation. */
#ifndef PHANTOM_RASTER_H
#define PHANTOM_RASTER_H

#include "phantom/body/body.h"

struct phantom_raster;

/* NULL if memory ran out. `body` and `grid` must stay valid until it is freed. */
struct phantom_raster *phantom_raster_new(const struct phantom_body *body, const struct phantom_grid *grid);
void phantom_raster_free(struct phantom_raster *raster);

/* Renders slice k along the stored z axis: HU or MRI units, and organ numbers. A slice does not depend on earlier
 * calls. Use a raster from one thread at a time. */
void phantom_raster_slice(struct phantom_raster *raster, int64_t k, int16_t *image, uint8_t *label);

#endif
