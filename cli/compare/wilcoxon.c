/* SPDX-License-Identifier: BSD-3-Clause */
#include "compare/wilcoxon.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Sums of ranks are counted in halves, because the mean of two ranks may be between two integers. */
enum { EXACT_COUNT = WILCOXON_EXACT_COUNT, HALVES_MAX = EXACT_COUNT * (EXACT_COUNT + 1) };

const char *wilcoxon_method_name(enum wilcoxon_method method)
{
    static const char *const names[] = {"none", "exact", "normal"};
    return names[method];
}

static int compare_sizes(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

static size_t drop_zeros(double *differences, size_t count, double resolution)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (fabs(differences[i]) > resolution)
            differences[kept++] = differences[i];
    return kept;
}

/* Gives each difference its rank in halves; those of one size share the mean of their ranks. Returns the sum of
 * t^3 - t over all such groups. */
static double add_ranks(const double *sorted, size_t count, double resolution, size_t *halves, struct wilcoxon *out)
{
    double ties = 0.0;
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && fabs(sorted[next]) - fabs(sorted[next - 1]) <= resolution; next++)
            continue;
        double size = (double)(next - first);
        ties += size * size * size - size;
        for (size_t i = first; i < next; i++) {
            halves[i] = first + 1 + next;
            *(sorted[i] > 0.0 ? &out->plus : &out->minus) += (double)halves[i] / 2.0;
        }
    }
    return ties;
}

/* The probability of a rank sum of at most `sum` (both in halves). Ranks are added one after the other, each with
 * probability 1/2. */
static double exact_tail(const size_t *halves, size_t count, size_t sum)
{
    double chance[HALVES_MAX + 1] = {1.0}, tail = 0.0;
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += halves[i];
        for (size_t s = most + 1; s-- > 0;)
            chance[s] = (chance[s] + (s >= halves[i] ? chance[s - halves[i]] : 0.0)) / 2.0;
    }
    for (size_t s = 0; s <= sum; s++)
        tail += chance[s];
    return tail;
}

/* Moves the sum half a step towards the mean, as continuity correction. */
static double normal_tails(double least, size_t count, double ties)
{
    double n = (double)count, mean = n * (n + 1.0) / 4.0;
    double variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
    double distance = fmax(mean - least - 0.5, 0.0);
    return erfc(distance / sqrt(variance) / sqrt(2.0));
}

bool wilcoxon_test(double *differences, size_t count, double resolution, struct wilcoxon *out)
{
    *out = (struct wilcoxon){.p = (double)NAN, .method = WILCOXON_NONE};
    out->count = drop_zeros(differences, count, resolution);
    if (out->count == 0)
        return true;
    size_t *halves = calloc(out->count, sizeof *halves);
    if (!halves)
        return false;
    qsort(differences, out->count, sizeof *differences, compare_sizes);
    double ties = add_ranks(differences, out->count, resolution, halves, out), least = fmin(out->plus, out->minus);
    bool exact = out->count <= EXACT_COUNT;
    out->method = exact ? WILCOXON_EXACT : WILCOXON_NORMAL;
    out->p = exact ? fmin(2.0 * exact_tail(halves, out->count, (size_t)(2.0 * least)), 1.0)
                   : normal_tails(least, out->count, ties);
    free(halves);
    return true;
}
