/* SPDX-License-Identifier: BSD-3-Clause */
/* Organs that are absent although the field of view should hold them. */
#include <math.h>
#include <stdio.h>

#include "quality/judge/anatomy.h"
#include "quality/judge/judge.h"

/* The label of a case for an organ, whether or not it has a voxel; NULL if the data set does not know it. */
static const amos_quality_organ *label_for(const amos_quality *quality, int organ)
{
    const amos_quality_organ *found;
    for (int label = 1; (found = amos_quality_get_organ(quality, label)) != NULL; label++)
        if (found->organ == organ)
            return found;
    return NULL;
}

/* How far the field of view goes on below an organ, in mm along the axis of the body. */
static double room_below(const amos_quality_facts *facts, const amos_quality_organ *organ)
{
    for (int i = 0; i < 3; i++) {
        if (facts->orientation[i] == 'S')
            return (double)organ->low[i] * facts->spacing[i];
        if (facts->orientation[i] == 'I')
            return (double)(facts->shape[i] - 1 - organ->high[i]) * facts->spacing[i];
    }
    return 0;
}

static bool is_in_view(const amos_quality_facts *facts, const amos_quality_organ *organ, int whole)
{
    return organ && !(whole & AMOSI_NOT_CUT_ABOVE && amosi_organ_reaches(facts, organ->border, 'S')) &&
           !(whole & AMOSI_NOT_CUT_BELOW && amosi_organ_reaches(facts, organ->border, 'I'));
}

/* An organ that no case has was not drawn in this data set. A case alone says nothing about that. */
static bool is_drawn(const struct amosi_judging *j, int organ)
{
    size_t labels = 0;
    for (size_t i = 0; i < j->count; i++) {
        if (amosi_organ_of(j->cases[i], organ))
            return true;
        labels += amos_quality_get_facts(j->cases[i])->has_label != 0;
    }
    return labels == 1;
}

void amosi_judge_missing(struct amosi_judging *j, size_t index)
{
    const amos_quality *quality = j->cases[index];
    const amos_quality_facts *facts = amos_quality_get_facts(quality);
    for (const struct amosi_anatomy_expected *e = amosi_anatomy_expected; e->organ; e++) {
        const amos_quality_organ *absent = label_for(quality, e->organ), *there[2];
        char name[AMOSI_NAME_BYTES], names[2][AMOSI_NAME_BYTES];
        bool in_view = absent && !absent->voxels;
        for (int i = 0; i < 2 && in_view; i++) {
            there[i] = amosi_organ_of(quality, e->if_there[i].organ);
            in_view = is_in_view(facts, there[i], e->if_there[i].whole);
        }
        if (!in_view || (e->below_mm > 0 && room_below(facts, there[0]) < e->below_mm) || !is_drawn(j, e->organ))
            continue;
        const struct amosi_suspicion s = {
            AMOS_QUALITY_MISSING, index, absent, there[0]->part[0].at, 0, 1, NAN, "voxels"};
        amosi_organ_words(there[0], names[0]);
        amosi_organ_words(there[1], names[1]);
        if (there[0] == there[1])
            amosi_suspect(j, &s, "There is no %s, although the field of view holds the whole %s and what is below it.",
                          amosi_organ_words(absent, name), names[0]);
        else
            amosi_suspect(j, &s, "There is no %s, although the %s and the %s beside it are in the field of view.",
                          amosi_organ_words(absent, name), names[0], names[1]);
    }
}
