/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/tone.h"

#include <math.h>

#include "base/system/cpu.h"
#include "base/math/exact.h"
#include "loader/fill/tone_avx2.h"

/* ---- powers ---- */

void amosi_gamma_make(struct amosi_gamma *gamma, double exponent)
{
    gamma->table[0] = 0.0f;
    for (int i = 1; i <= AMOSI_GAMMA_PIECES; i++)
        gamma->table[i] = (float)amosi_exp2(exponent * amosi_log2((double)i / AMOSI_GAMMA_PIECES));
}

void amosi_gamma_row(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high)
{
    float range = high - low;
    if (range > 0.0f && isfinite(range))
        amosi_tone()->gamma(gamma, row, n, low, high);
}

/* ---- choosing ---- */

const struct amosi_tone_kernels *amosi_tone(void)
{
#ifdef AMOSI_HAVE_TONE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2 | AMOSI_CPU_F16C))
        return &amosi_tone_avx2;
#endif
    return &amosi_tone_plain;
}
