/* SPDX-License-Identifier: BSD-3-Clause */
/* The area of the surface that passes between eight neighbouring voxels. */
#ifndef AMOSI_SCORE_SURFACE_AREA_H
#define AMOSI_SCORE_SURFACE_AREA_H

#include <stdint.h>

/* A code has bit x + 2*y + 4*z for the voxel at that corner of the 2 x 2 x 2 block. There are 26 shapes with a surface,
 * and fewer areas if spacings are equal. Each area has one number, its kind. */
#define AMOSI_AREA_KINDS 32

struct amosi_areas {
    uint8_t kind[256];             /* of each code; 0: no surface */
    double mm2[AMOSI_AREA_KINDS];  /* of each kind; [0] is 0 */
    double rest[AMOSI_AREA_KINDS]; /* what rounding took from it: mm2 + rest is the area to about 31 digits */
    int kinds;
};

void amosi_areas_make(const double spacing[3], struct amosi_areas *areas);

#endif
