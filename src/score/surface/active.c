/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/surface/active.h"

#include "base/system/cpu.h"
#include "score/surface/active_avx2.h"

const struct amosi_active_kernels *amosi_active(void)
{
#ifdef AMOSI_HAVE_ACTIVE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2))
        return &amosi_active_avx2;
#endif
    return &amosi_active_plain;
}
