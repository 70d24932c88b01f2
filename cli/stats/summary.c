/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/summary.h"

#include <math.h>

static void organ_add(struct organ_summary *organ, double millilitres, const char *id)
{
    double before = millilitres - organ->mean;
    organ->cases++;
    organ->mean += before / (double)organ->cases;
    organ->sum_of_squares += before * (millilitres - organ->mean);
    if (organ->cases == 1 || millilitres < organ->min) {
        organ->min = millilitres;
        organ->min_id = id;
    }
    if (organ->cases == 1 || millilitres > organ->max) {
        organ->max = millilitres;
        organ->max_id = id;
    }
}

static void add_accepted(struct stats_summary *summary, const struct found_map *map)
{
    char text[ACCEPT_TEXT];
    if (!map || !accept_found_text(&map->accepted, text)[0])
        return;
    summary->accepted++;
    accept_found_add(&summary->found, &map->accepted);
}

void stats_summary_add(struct stats_summary *summary, const struct subject *subject)
{
    add_accepted(summary, subject->map);
    place_notes_add(&summary->places, subject_name(subject), subject_warnings(subject));
    if (!subject->map || !subject->map->has_geometry)
        return;
    summary->labels++;
    summary->max_label = subject->map->max_label;
    for (int label = 1; label <= summary->max_label; label++) {
        const amos_organ_stats *organ = &subject->map->organs[label];
        if (organ->present)
            organ_add(&summary->organs[label], organ->millilitres, subject_name(subject));
    }
}

double organ_summary_sd(const struct organ_summary *organ)
{
    return organ->cases > 1 ? sqrt(organ->sum_of_squares / (double)(organ->cases - 1)) : 0.0;
}
