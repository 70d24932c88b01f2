/* SPDX-License-Identifier: BSD-3-Clause */
/* What this processor, and its system, can run beyond the plain instruction set: every choice of vector code asks here.
 *
 * The environment variable AMOS_CPU_WITHOUT, a list such as "avx2,bmi2" or "all", switches features off, so that the code
 * for other processors can be run and measured on this one; results are the same. It is read once. */
#ifndef AMOSI_CPU_H
#define AMOSI_CPU_H

#include <stdbool.h>

/* A set of flags. */
enum {
    AMOSI_CPU_AVX2 = 1,
    AMOSI_CPU_F16C = 2, /* float16 from and to float32 */
    AMOSI_CPU_BMI2 = 4, /* both sets of bit manipulation, and SSSE3 */
    AMOSI_CPU_PCLMUL = 8,
    AMOSI_CPU_VPCLMUL = 16 /* on registers of AVX-512 */
};
#define AMOSI_CPU_ALL 31u

/* Whether it has all of these features. Any thread; nearly free after the first call. */
bool amosi_cpu_has(unsigned features);

/* For tests: has these features at most, from now on. AMOSI_CPU_ALL: what there is. */
void amosi_cpu_limit(unsigned features);

#endif
