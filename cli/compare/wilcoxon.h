/* SPDX-License-Identifier: BSD-3-Clause */
/* Wilcoxon's signed-rank test for paired differences. */
#ifndef CLI_COMPARE_WILCOXON_H
#define CLI_COMPARE_WILCOXON_H

#include <stdbool.h>
#include <stddef.h>

/* The p-value is exact for at most this number of differences. */
enum { WILCOXON_EXACT_COUNT = 50 };

enum wilcoxon_method {
    WILCOXON_NONE,  /* all differences are zero: no p-value */
    WILCOXON_EXACT, /* from all 2^n choices of signs, with the ranks as they are: also if sizes are equal */
    WILCOXON_NORMAL /* more than 50: normal approximation, corrected for ties and continuity */
};

struct wilcoxon {
    size_t count;       /* differences that are not zero; zeros are left out, as by Wilcoxon (1945) */
    double plus, minus; /* sums of the ranks of positive and negative differences */
    double p;           /* two-sided; NaN without a method */
    enum wilcoxon_method method;
};

/* `differences` must be finite; they are reordered. One of at most `resolution` is zero, and sizes that are no farther
 * apart are equal; they share the mean of their ranks. False if memory ran out. */
bool wilcoxon_test(double *differences, size_t count, double resolution, struct wilcoxon *out);

/* "none", "exact", "normal" */
const char *wilcoxon_method_name(enum wilcoxon_method method);

#endif
