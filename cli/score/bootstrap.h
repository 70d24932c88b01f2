/* SPDX-License-Identifier: BSD-3-Clause */
/* 95 % intervals by resampling cases with replacement: percentiles of the means of many samples. Seeded, by the numbers
 * of base/math/random.h, so the same on every machine. */
#ifndef CLI_SCORE_BOOTSTRAP_H
#define CLI_SCORE_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

/* The means of `replicates` samples of `count` values (below 2^32) each; what is not finite is left out of a mean, and a
 * mean of nothing is NaN. The n-th sample draws the same indices from any values under the same key. */
void bootstrap_means(const double *values, size_t count, uint64_t key, size_t replicates, double *means);

/* Their 2.5th and 97.5th percentile, interpolated; NaN is left out, and both are NaN where nothing else is there. The
 * means are sorted. */
void bootstrap_interval(double *means, size_t replicates, double interval[2]);

#endif
