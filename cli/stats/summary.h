/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: the organs of a whole data set. */
#ifndef CLI_STATS_SUMMARY_H
#define CLI_STATS_SUMMARY_H

#include "accept/place.h"
#include "stats/subject.h"

/* One organ over all cases that have it. */
struct organ_summary {
    size_t cases;
    double mean, sum_of_squares; /* Welford's: of the millilitres, from the mean */
    double min, max;
    const char *min_id, *max_id;
};

/* A whole data set. */
struct stats_summary {
    size_t labels; /* label maps with a known voxel size */
    int max_label;
    size_t accepted;     /* labels in which something was accepted, */
    amos_accepted found; /* and what */
    struct place_notes places;
    struct organ_summary organs[STATS_LABELS];
};

void stats_summary_add(struct stats_summary *summary, const struct subject *subject);

/* Standard deviation of a sample; 0 below two cases. */
double organ_summary_sd(const struct organ_summary *organ);

#endif
