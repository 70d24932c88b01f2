/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: computes the differences. */
#include "compare/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/bootstrap.h"

/* Both lists are sorted by id. */
static void find_common(const struct score_file *a, const struct score_file *b, struct comparison *out)
{
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        int order = strcmp(a->cases[i].id, b->cases[j].id);
        if (order == 0) {
            out->common[out->count][0] = i++;
            out->common[out->count++][1] = j++;
        } else {
            i += order < 0;
            j += order > 0;
        }
    }
}

/* A value that is undefined or infinite in one result becomes NaN in both, so that the same organs are compared. */
static void read_pair(const struct comparison *comparison, size_t n, size_t label, size_t metric, double pair[2])
{
    for (int side = 0; side < 2; side++)
        pair[side] = score_file_value(comparison->files[side], comparison->common[n][side], label, metric);
    if (!isfinite(pair[0]) || !isfinite(pair[1]))
        pair[0] = pair[1] = (double)NAN;
}

/* The mean over the organs with a value in both results. */
static void read_mean(const struct comparison *comparison, size_t n, size_t metric, double pair[2])
{
    double organ[2], sum[2] = {0, 0}, counted = 0;
    for (size_t label = 1; label <= comparison->files[0]->label_count; label++) {
        read_pair(comparison, n, label, metric, organ);
        bool good = !isnan(organ[0]);
        sum[0] += good ? organ[0] : 0.0;
        sum[1] += good ? organ[1] : 0.0;
        counted += good;
    }
    pair[0] = counted > 0 ? sum[0] / counted : (double)NAN;
    pair[1] = counted > 0 ? sum[1] / counted : (double)NAN;
}

/* Numbers that differ by less than this part of them are equal: it is what rounding leaves of equal values. */
static const double resolution = 1e-12;

/* Reads B - A of all cases, NaN where a value is missing. Returns the largest value. */
static double read_differences(const struct comparison *comparison, size_t label, size_t metric, double *differences,
                               struct compared *out)
{
    double sum[2] = {0, 0}, total = 0, largest = 0, pair[2];
    for (size_t n = 0; n < comparison->count; n++) {
        if (label == 0)
            read_mean(comparison, n, metric, pair);
        else
            read_pair(comparison, n, label, metric, pair);
        differences[n] = pair[1] - pair[0];
        if (isnan(differences[n]))
            continue;
        out->counted++;
        sum[0] += pair[0];
        sum[1] += pair[1];
        total += differences[n];
        largest = fmax(largest, fmax(fabs(pair[0]), fabs(pair[1])));
    }
    double count = out->counted ? (double)out->counted : (double)NAN;
    out->left_out = comparison->count - out->counted;
    out->mean[0] = sum[0] / count;
    out->mean[1] = sum[1] / count;
    out->difference = total / count;
    return largest;
}

/* `differences` and `means` are scratch space: one value per case, and one per bootstrap sample. False if memory ran
 * out. */
static bool compare_organ(const struct comparison *comparison, size_t label, size_t metric, double *differences,
                          double *means, struct compared *out)
{
    double largest = read_differences(comparison, label, metric, differences, out);
    size_t kept = 0;
    bootstrap_means(differences, comparison->count, COMPARE_SEED, COMPARE_REPLICATES, means);
    bootstrap_interval(means, COMPARE_REPLICATES, out->counted, out->interval);
    for (size_t n = 0; n < comparison->count; n++)
        if (!isnan(differences[n]))
            differences[kept++] = differences[n];
    return wilcoxon_test(differences, kept, resolution * largest, &out->test);
}

bool comparison_make(const struct score_file *a, const struct score_file *b, struct comparison *out)
{
    *out = (struct comparison){.files = {a, b}};
    size_t metrics = a->metric_count;
    out->common = calloc(a->count + 1, sizeof *out->common);
    out->organs = calloc((a->label_count + 1) * metrics, sizeof *out->organs);
    double *differences = calloc(a->count + 1, sizeof *differences);
    double *means = calloc(COMPARE_REPLICATES, sizeof *means);
    bool good = out->common && out->organs && differences && means;
    if (good)
        find_common(a, b, out);
    for (size_t i = 0; good && out->count > 0 && i < (a->label_count + 1) * metrics; i++)
        good = compare_organ(out, i / metrics, i % metrics, differences, means, &out->organs[i]);
    free(means);
    free(differences);
    return good;
}

void comparison_free(struct comparison *comparison)
{
    free(comparison->organs);
    free(comparison->common);
    comparison->organs = NULL;
    comparison->common = NULL;
}
