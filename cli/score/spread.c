/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: mean, spread and worst of some values. */
#include <math.h>
#include <stdlib.h>

#include "score/summary.h"

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Adds in the given order, so that the last digit depends on nothing else. */
static void add_up_values(const double *values, size_t count, struct spread *out)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += isfinite(values[i]) ? values[i] : 0.0;
        out->counted += isfinite(values[i]) != 0;
        out->infinite += isinf(values[i]) != 0;
        out->undefined += isnan(values[i]) != 0;
    }
    if (out->counted == 0)
        return;
    out->mean = sum / (double)out->counted;
    for (size_t i = 0; i < count; i++)
        squares += isfinite(values[i]) ? (values[i] - out->mean) * (values[i] - out->mean) : 0.0;
    if (out->counted > 1)
        out->sd = sqrt(squares / (double)(out->counted - 1));
}

static void find_worst(const double *values, size_t count, bool less_is_better, struct spread *out)
{
    for (size_t i = 0; i < count; i++) {
        bool worse = less_is_better ? values[i] > out->worst : values[i] < out->worst;
        if (!isnan(values[i]) && (isnan(out->worst) || worse)) {
            out->worst = values[i];
            out->worst_index = i;
        }
    }
}

/* The median of all values except NaN; halfway between a number and infinity it is infinite. */
static bool find_median(const double *values, size_t count, struct spread *out)
{
    double *sorted = malloc((count + 1) * sizeof *sorted);
    size_t n = 0;
    if (!sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[n++] = values[i];
    qsort(sorted, n, sizeof *sorted, compare_values);
    if (n > 0)
        out->median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0;
    free(sorted);
    return true;
}

bool spread_of(const double *values, size_t count, bool less_is_better, struct spread *out)
{
    const double none = (double)NAN;
    *out = (struct spread){.mean = none, .sd = none, .median = none, .worst = none, .interval = {none, none}};
    add_up_values(values, count, out);
    find_worst(values, count, less_is_better, out);
    return find_median(values, count, out);
}
