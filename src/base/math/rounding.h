/* SPDX-License-Identifier: BSD-3-Clause */
/* Arithmetic rounds to nearest in every rounding mode of the caller, so that the same file gives the same values in
 * every program. A public function that computes sets the mode once; threads that it starts inherit it.
 *
 *   int rounding = amosi_rounding_begin();
 *   status = compute(...);
 *   amosi_rounding_end(rounding);
 *
 * The computation must be a separate function that reads and writes its numbers in memory: a compiler may move
 * arithmetic across these calls, but not accesses to memory that other code can see. */
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
