/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: two results of the same cases, organ by organ. */
#ifndef CLI_COMPARE_COMPARISON_H
#define CLI_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compare/score_file.h"
#include "compare/wilcoxon.h"

enum { COMPARE_REPLICATES = 2000, COMPARE_SEED = 1 };

/* One metric of one organ over the cases in which both results have a finite value. */
struct compared {
    size_t counted, left_out; /* pairs of cases */
    double mean[2];           /* of A and B */
    double difference;        /* mean of B - A */
    double interval[2];       /* 95 % interval of the difference, by bootstrap over the cases */
    struct wilcoxon test;
};

struct comparison {
    const struct score_file *files[2]; /* A and B */
    size_t (*common)[2];               /* indices of the cases in A and B */
    size_t count;
    struct compared *organs; /* [label * metric_count + metric]; label 0 is the mean of a case's organs */
};

/* False if memory ran out. Release with comparison_free() in either case. */
bool comparison_make(const struct score_file *a, const struct score_file *b, struct comparison *out);
void comparison_free(struct comparison *comparison);

bool comparison_table(FILE *out, const struct comparison *comparison);
bool comparison_json(FILE *out, const struct comparison *comparison);

#endif
