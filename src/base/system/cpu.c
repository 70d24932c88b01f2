/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif

#define DETECTED 0x80000000u /* the other bits are valid */

static _Atomic unsigned known;

#if defined(__x86_64__) && defined(__GNUC__)
/* __builtin_cpu_supports() also checks that the system saves the registers. Not every compiler knows f16c there. */
static unsigned ask_processor(void)
{
    unsigned a, b, c, d, features = 0;
    if (__builtin_cpu_supports("avx2"))
        features |= AMOSI_CPU_AVX2;
    if ((features & AMOSI_CPU_AVX2) && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C))
        features |= AMOSI_CPU_F16C;
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("ssse3"))
        features |= AMOSI_CPU_BMI2;
    if (__builtin_cpu_supports("pclmul"))
        features |= AMOSI_CPU_PCLMUL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq"))
        features |= AMOSI_CPU_VPCLMUL;
    return features;
}
#else
static unsigned ask_processor(void)
{
    return 0;
}
#endif

/* Unknown names are ignored: a later version may have more of them. */
static unsigned switched_off(void)
{
    static const struct {
        const char *name;
        unsigned features;
    } names[] = {{"avx2", AMOSI_CPU_AVX2},     {"f16c", AMOSI_CPU_F16C},       {"bmi2", AMOSI_CPU_BMI2},
                 {"pclmul", AMOSI_CPU_PCLMUL}, {"vpclmul", AMOSI_CPU_VPCLMUL}, {"all", AMOSI_CPU_ALL}};
    const char *list = getenv("AMOS_CPU_WITHOUT");
    unsigned off = 0;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (strlen(names[i].name) == length && memcmp(list, names[i].name, length) == 0)
                off |= names[i].features;
        list += length + (list[length] == ',');
    }
    return off;
}

static unsigned detect(void)
{
    return DETECTED | (ask_processor() & ~switched_off());
}

bool amosi_cpu_has(unsigned features)
{
    unsigned now = atomic_load_explicit(&known, memory_order_relaxed);
    if (!now) {
        now = detect();
        atomic_store_explicit(&known, now, memory_order_relaxed);
    }
    return (now & features) == features;
}

void amosi_cpu_limit(unsigned features)
{
    atomic_store_explicit(&known, detect() & (DETECTED | features), memory_order_relaxed);
}
