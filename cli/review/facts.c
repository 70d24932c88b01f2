/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "review/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "review/grid.h"

enum { ARRAYS = 2 + REVIEW_SCORES };

static bool allocate(struct review_facts *facts)
{
    size_t count = (size_t)facts->max_label;
    double *numbers = malloc((ARRAYS * count + 1) * sizeof *numbers);
    facts->volumes = numbers;
    facts->worst = malloc((count + 1) * sizeof *facts->worst);
    if (!numbers || !facts->worst)
        return false;
    facts->predicted = numbers + count;
    for (int key = 0; key < REVIEW_SCORES; key++)
        facts->scores[key] = numbers + (size_t)(2 + key) * count;
    for (size_t i = 0; i < ARRAYS * count; i++)
        numbers[i] = (double)NAN;
    for (size_t i = 0; i < count; i++)
        facts->worst[i] = (struct review_slice){.axis = 2, .index = -1};
    return true;
}

/* ---- numbers ---- */

static bool take_volumes(const amos_labelmap *map, int max_label, double *out)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    for (int label = 1; layout && layout->has_geometry && label <= max_label; label++) {
        const amos_organ_stats *organ = amos_labelmap_get_stats(map, label);
        if (organ && organ->present)
            out[label - 1] = organ->millilitres;
    }
    return layout && layout->has_geometry;
}

static bool take_scores(const amos_score *score, struct review_facts *facts)
{
    amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
    int organs = score ? amos_score_get_info(score)->max_label : 0;
    for (int label = 1; label <= organs && label <= facts->max_label; label++)
        for (int key = 0; key < REVIEW_SCORES; key++)
            facts->scores[key][label - 1] = review_score_value(score, label, key);
    if (score && !amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, &mean, NULL) && mean.counted)
        facts->mean_dice = mean.mean;
    return score != NULL;
}

/* ---- the worst slices ---- */

/* Adds the voxels of a row that disagree to the counts of both their labels. */
static void count_row(const struct review_labels *a, const struct review_labels *b, int64_t y, int64_t z,
                      int64_t counts[256])
{
    const uint8_t *at = a->voxels + z * a->step[2] + y * a->step[1];
    const uint8_t *bt = b->voxels + z * b->step[2] + y * b->step[1];
    for (int64_t x = 0; x < a->shape[0]; x++, at += a->step[0], bt += b->step[0]) {
        if (*at != *bt) {
            counts[*at]++;
            counts[*bt]++;
        }
    }
}

static void find_worst(const struct review_case *c, struct review_facts *facts)
{
    const struct review_labels a = review_labels_of(c->reference), b = review_labels_of(c->prediction);
    int64_t most[256] = {0};
    if (!c->score || memcmp(a.shape, b.shape, sizeof a.shape) != 0)
        return;
    for (int64_t z = 0; z < a.shape[2]; z++) {
        int64_t counts[256] = {0};
        for (int64_t y = 0; y < a.shape[1]; y++)
            count_row(&a, &b, y, z, counts);
        for (int label = 1; label <= facts->max_label; label++) {
            if (counts[label] > most[label]) {
                most[label] = counts[label];
                facts->worst[label - 1].index = z;
            }
        }
    }
}

/* ---- all ---- */

static void take_accepted(const amos_labelmap *map, amos_accepted *out)
{
    const amos_labelmap_info *info = amos_labelmap_get_info(map);
    if (info)
        *out = info->accepted;
}

static void take_header(const struct review_case *c, struct review_facts *out)
{
    out->has_header = c->volume && c->canonical.shape[0] > 0;
    out->stored = c->stored;
    out->canonical = c->canonical;
    if (c->volume)
        out->type = amos_volume_get_info(c->volume)->type;
}

bool review_facts_take(const struct review_set *set, const struct review_case *c, struct review_facts *out)
{
    char text[REVIEW_FAULT];
    const char *fault = review_case_fault(c, text);
    *out = (struct review_facts){.max_label = set->max_label, .mean_dice = (double)NAN};
    if (!allocate(out) || (fault && !(out->fault = strdup(fault))))
        return false;
    out->measured = take_volumes(c->reference, out->max_label, out->volumes);
    out->foretold = take_volumes(c->prediction, out->max_label, out->predicted);
    out->scored = take_scores(c->score, out);
    find_worst(c, out);
    take_accepted(c->reference, &out->accepted[0]);
    take_accepted(c->prediction, &out->accepted[1]);
    take_header(c, out);
    return true;
}

void review_facts_free(struct review_facts *facts)
{
    free(facts->volumes);
    free(facts->worst);
    free(facts->fault);
    *facts = (struct review_facts){.max_label = 0};
}
