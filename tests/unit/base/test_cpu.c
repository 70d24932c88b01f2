/* SPDX-License-Identifier: BSD-3-Clause */
/* The choice of vector code, and that all of it can be switched off. */
#define _POSIX_C_SOURCE 200809L
#include "base/system/cpu.h"

#include <stdlib.h>

#include "loader/fill/tone.h"
#include "nifti/kernels.h"
#include "score/surface/active.h"
#include "support/main.h"

static bool all_plain(void)
{
    return amosi_kernels() == &amosi_kernels_plain && amosi_active() == &amosi_active_plain &&
           amosi_tone() == &amosi_tone_plain;
}

START_TEST(a_limit_switches_every_choice)
{
    bool plain = all_plain();
    amosi_cpu_limit(0);
    ck_assert(all_plain());
    ck_assert(!amosi_cpu_has(AMOSI_CPU_AVX2) && !amosi_cpu_has(AMOSI_CPU_F16C) && !amosi_cpu_has(AMOSI_CPU_BMI2));
    amosi_cpu_limit(AMOSI_CPU_ALL);
    ck_assert(all_plain() == plain);
}
END_TEST

START_TEST(all_features_asked_for_are_needed)
{
    amosi_cpu_limit(AMOSI_CPU_ALL);
    bool both = amosi_cpu_has(AMOSI_CPU_AVX2 | AMOSI_CPU_F16C);
    ck_assert(both == (amosi_cpu_has(AMOSI_CPU_AVX2) && amosi_cpu_has(AMOSI_CPU_F16C)));
    amosi_cpu_limit(AMOSI_CPU_ALL & ~(unsigned)AMOSI_CPU_F16C);
    ck_assert(!amosi_cpu_has(AMOSI_CPU_AVX2 | AMOSI_CPU_F16C));
    ck_assert(amosi_tone() == &amosi_tone_plain);
    ck_assert(amosi_cpu_has(0));
}
END_TEST

static const struct without_row {
    const char *list;
    unsigned off;
} lists[] = {
    {"avx2", AMOSI_CPU_AVX2},
    {"avx2,bmi2", AMOSI_CPU_AVX2 | AMOSI_CPU_BMI2},
    {"f16c", AMOSI_CPU_F16C},
    {"all", AMOSI_CPU_ALL},
    {"avx512,,bmi2,", AMOSI_CPU_BMI2},
    {"", 0},
    {"avx", 0},
};

START_TEST(the_environment_switches_features_off)
{
    static const unsigned features[] = {AMOSI_CPU_AVX2, AMOSI_CPU_F16C, AMOSI_CPU_BMI2};
    bool before[3];
    amosi_cpu_limit(AMOSI_CPU_ALL);
    for (int i = 0; i < 3; i++)
        before[i] = amosi_cpu_has(features[i]);
    ck_assert_int_eq(setenv("AMOS_CPU_WITHOUT", lists[_i].list, 1), 0);
    amosi_cpu_limit(AMOSI_CPU_ALL); /* reads it again */
    for (int i = 0; i < 3; i++)
        ck_assert(amosi_cpu_has(features[i]) == (before[i] && !(lists[_i].off & features[i])));
}
END_TEST

int main(void)
{
    unsetenv("AMOS_CPU_WITHOUT");
    Suite *suite = suite_create("cpu");
    TCase *choice = add_case(suite, "choice", 10);
    tcase_add_test(choice, a_limit_switches_every_choice);
    tcase_add_test(choice, all_features_asked_for_are_needed);
    tcase_add_loop_test(choice, the_environment_switches_features_off, 0, (int)(sizeof lists / sizeof lists[0]));
    return run_suite(suite);
}
