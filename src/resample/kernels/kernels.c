/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/kernels/kernels.h"

#include "base/system/cpu.h"
#include "resample/kernels/kernels_avx2.h"

const struct amosi_resampling *amosi_resampling(void)
{
#ifdef AMOSI_RESAMPLE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2))
        return &amosi_resampling_avx2;
#endif
    return &amosi_resampling_plain;
}
