/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers are rounded to nearest whatever mode the caller is in, so that the same file gives the same values in every
 * program. A public function that computes sets the mode once for all that it does; threads that it starts inherit it.
 *
 *   int rounding = amosi_rounding_begin();
 *   status = compute(...);
 *   amosi_rounding_end(rounding);
 *
 * What computes must be a function of its own that takes and gives numbers in memory: a compiler may move arithmetic past
 * these calls, but no access to memory that others know. */
#ifndef AMOSI_BASE_MATH_ROUNDING_H
#define AMOSI_BASE_MATH_ROUNDING_H

#include <fenv.h>

static inline int amosi_rounding_begin(void)
{
    int mode = fegetround();
    if (mode != FE_TONEAREST)
        fesetround(FE_TONEAREST);
    return mode;
}

static inline void amosi_rounding_end(int mode)
{
    if (mode != FE_TONEAREST)
        fesetround(mode);
}

#endif
