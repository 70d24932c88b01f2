/* SPDX-License-Identifier: BSD-3-Clause */
#include "compare/wilcoxon.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { EXACT_COUNT = 50, EXACT_SUM = EXACT_COUNT * (EXACT_COUNT + 1) / 2 };

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

static size_t drop_zeros(double *differences, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (differences[i] != 0.0)
            differences[kept++] = differences[i];
    return kept;
}

/* Differences of one size share the mean of their ranks. Returns the sum of t^3 - t over all such groups. */
static double add_ranks(const double *sorted, size_t count, struct wilcoxon *out)
{
    double ties = 0.0;
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && fabs(sorted[next]) == fabs(sorted[first]); next++)
            continue;
        double size = (double)(next - first), rank = (double)(first + 1 + next) / 2.0;
        ties += size * size * size - size;
        for (size_t i = first; i < next; i++)
            *(sorted[i] > 0.0 ? &out->plus : &out->minus) += rank;
    }
    return ties;
}

/* The probability of a rank sum of at most `sum`. Ranks are added one after the other, each with probability 1/2. */
static double exact_tail(size_t count, size_t sum)
{
    double chance[EXACT_SUM + 1] = {1.0}, tail = 0.0;
    for (size_t rank = 1, most = 0; rank <= count; rank++) {
        most += rank;
        for (size_t s = most + 1; s-- > 0;)
            chance[s] = (chance[s] + (s >= rank ? chance[s - rank] : 0.0)) / 2.0;
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

struct wilcoxon wilcoxon_test(double *differences, size_t count)
{
    struct wilcoxon out = {.count = drop_zeros(differences, count), .p = (double)NAN, .method = WILCOXON_NONE};
    if (out.count == 0)
        return out;
    qsort(differences, out.count, sizeof *differences, compare_sizes);
    double ties = add_ranks(differences, out.count, &out), least = fmin(out.plus, out.minus);
    bool exact = ties == 0.0 && out.count <= EXACT_COUNT;
    out.method = exact ? WILCOXON_EXACT : WILCOXON_NORMAL;
    out.p = exact ? fmin(2.0 * exact_tail(out.count, (size_t)least), 1.0) : normal_tails(least, out.count, ties);
    return out;
}
