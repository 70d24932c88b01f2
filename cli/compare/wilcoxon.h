/* SPDX-License-Identifier: BSD-3-Clause */
/* Wilcoxon's signed-rank test for paired differences. */
#ifndef CLI_COMPARE_WILCOXON_H
#define CLI_COMPARE_WILCOXON_H

#include <stddef.h>

enum wilcoxon_method {
    WILCOXON_NONE,  /* all differences are zero: no p-value */
    WILCOXON_EXACT, /* from all 2^n choices of signs: at most 50 differences, all of distinct sizes */
    WILCOXON_NORMAL /* normal approximation, corrected for ties and continuity */
};

struct wilcoxon {
    size_t count;       /* differences that are not zero; zeros are left out */
    double plus, minus; /* sums of the ranks of positive and negative differences */
    double p;           /* two-sided; NaN without a method */
    enum wilcoxon_method method;
};

/* `differences` must be finite; they are reordered. */
struct wilcoxon wilcoxon_test(double *differences, size_t count);

/* "none", "exact", "normal" */
const char *wilcoxon_method_name(enum wilcoxon_method method);

#endif
