/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of limits. docs/quality.md has the reasons of the defaults. */
#include <math.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "quality/judge/judge.h"

static const amos_quality_limits defaults = AMOS_QUALITY_LIMITS_INIT;

#define ROW(field, unit, meaning, value, low, high) \
    { \
#field, unit, meaning, value, low, high, offsetof(amos_quality_limits, field) \
    }
static const amos_quality_limit_info limits[] = {
    ROW(speck_mm3, "mm3", "a component beside the largest one of an organ that is smaller is a speck", 100, 0,
        INFINITY),
    ROW(accessory_mm3, "mm3", "a second component of the spleen up to this volume is an accessory spleen", 5000, 0,
        INFINITY),
    ROW(hole_mm3, "mm3", "holes of an organ that have this volume together are reported", 30, 0, INFINITY),
    ROW(contact_mm2, "mm2", "organs that do not touch in a body are reported from this area of contact on", 25, 0,
        INFINITY),
    ROW(side_mm, "mm", "a right organ lies at least so far on the right of its left one", 10, -INFINITY, INFINITY),
    ROW(order_mm, "mm", "an organ may lie so far beyond the one that it should precede", 10, -INFINITY, INFINITY),
    ROW(shift_gain, "", "a shift is reported if it makes edges so many times as strong", 1.05, 0, INFINITY),
    ROW(shift_mm, "mm", "and if it is at least so long", 2, 0, INFINITY),
    ROW(constant_slices, "slices", "so many constant slices are allowed", 0, 0, INFINITY),
    ROW(repeated_slices, "slices", "so many slices that equal the one before are allowed", 0, 0, INFINITY),
    ROW(air_hu, "HU", "a CT has values below this", -500, -INFINITY, INFINITY),
    ROW(volume_z, "", "robust z from which on the volume of an organ is reported", 5, 0, INFINITY),
    ROW(intensity_z, "", "robust z from which on the intensity of an organ or an image is reported", 5, 0, INFINITY),
    ROW(spacing_z, "", "robust z from which on the spacing is reported", 5, 0, INFINITY),
    ROW(size_z, "", "robust z from which on the size in mm is reported", 5, 0, INFINITY),
    ROW(group_cases, "cases", "a distribution is known from so many cases on", 10, 0, INFINITY),
};
#define COUNT (sizeof limits / sizeof limits[0])

const amos_quality_limit_info *amos_quality_limit_get(size_t index)
{
    return index < COUNT ? &limits[index] : NULL;
}

amos_status amosi_quality_limits(amos_quality_limits *to, const amos_quality_limits *from, amos_error *err)
{
    amos_status status = amosi_options_take_from(to, sizeof *to, from, &defaults, "amos_quality_limits", err);
    for (size_t i = 0; i < COUNT && !status; i++) {
        const double value = *(const double *)(const void *)((const char *)to + limits[i].offset);
        if (!(value >= limits[i].low && value <= limits[i].high))
            status = amosi_fail(err, AMOS_E_ARG, NULL, "The limit %s is %g; it must be a number of at least %g.",
                                limits[i].name, value, limits[i].low);
    }
    return status;
}
