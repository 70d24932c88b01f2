/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/math/random.h"

void bootstrap_means(const double *values, size_t count, uint64_t key, size_t replicates, double *means)
{
    for (size_t r = 0; r < replicates; r++) {
        double sum = 0.0;
        size_t counted = 0;
        for (size_t i = 0; i < count; i++) {
            double value = values[random_index(key, (uint64_t)r * count + i, count)];
            if (isfinite(value)) {
                sum += value;
                counted++;
            }
        }
        means[r] = counted ? sum / (double)counted : (double)NAN;
    }
}

/* NaN sorts after all numbers. */
static int compare_means(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    if (isnan(x) || isnan(y))
        return (isnan(x) != 0) - (isnan(y) != 0);
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

void bootstrap_interval(double *means, size_t replicates, size_t cases, double interval[2])
{
    size_t count = cases < BOOTSTRAP_LEAST_CASES ? 0 : replicates;
    qsort(means, replicates, sizeof *means, compare_means);
    while (count > 0 && isnan(means[count - 1]))
        count--;
    interval[0] = count ? percentile(means, count, 0.025) : (double)NAN;
    interval[1] = count ? percentile(means, count, 0.975) : (double)NAN;
}
