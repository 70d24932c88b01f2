/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of base/platform.c. */
#define _GNU_SOURCE
#include "base/system/platform.h"

#include <errno.h>
#include <sched.h>

#include "support/main.h"

/* The tests of a suite run in processes of their own, so the smaller mask does no harm. */
START_TEST(processors_are_those_of_the_affinity_mask)
{
    cpu_set_t all, one;
    ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
    errno = EDOM;
    ck_assert_int_eq(amosi_processors(), CPU_COUNT(&all));
    ck_assert_int_eq(errno, EDOM);
    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_int_eq(amosi_processors(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof all, &all), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platform");
    TCase *processors = add_case(suite, "processors", 10);
    tcase_add_test(processors, processors_are_those_of_the_affinity_mask);
    return run_suite(suite);
}
