/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about the components of one organ. */
#include <inttypes.h>
#include <math.h>

#include "quality/judge/judge.h"

struct looking {
    struct amosi_judging *j;
    size_t index;
    const amos_quality_facts *facts;
    const amos_quality_organ *organ;
    double voxel_mm3;
    char name[AMOSI_NAME_BYTES];
};

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* Components that are not listed are smaller than those that are. */
static void judge_specks(const struct looking *l)
{
    const amos_quality_organ *organ = l->organ;
    uint64_t specks = organ->parts - organ->part_count;
    const amos_quality_part *largest = NULL;
    char limit[AMOSI_SHORT_BYTES], size[AMOSI_SHORT_BYTES];
    for (size_t i = organ->part_count; i-- > 1;)
        if ((double)organ->part[i].voxels * l->voxel_mm3 < l->j->limits.speck_mm3) {
            largest = &organ->part[i];
            specks++;
        }
    if (!specks)
        return;
    const struct amosi_suspicion s = {AMOS_QUALITY_SPECKS, l->index, organ, largest ? largest->at : NULL,
                                      (double)specks,      NAN,      0,     "components"};
    const amos_quality_part *shown = largest ? largest : &organ->part[organ->part_count - 1];
    amosi_suspect(l->j, &s,
                  "The %s has %" PRIu64 " component%s smaller than %s mm3 beside its largest one; the largest of them "
                  "has %s mm3.",
                  l->name, specks, plural(specks), amosi_short_number(l->j->limits.speck_mm3, limit),
                  amosi_short_number((double)shown->voxels * l->voxel_mm3, size));
}

/* Both may be joined beyond the end of the scan. */
static bool may_be_joined(const struct looking *l, const amos_quality_part *part)
{
    const int both = part->border & l->organ->part[0].border;
    return amosi_organ_reaches(l->facts, both, 'S') || amosi_organ_reaches(l->facts, both, 'I');
}

static void judge_parts(const struct looking *l)
{
    const amos_quality_organ *organ = l->organ;
    for (size_t i = 1; i < organ->part_count; i++) {
        const double mm3 = (double)organ->part[i].voxels * l->voxel_mm3;
        char size[AMOSI_SHORT_BYTES], all[AMOSI_SHORT_BYTES];
        if (mm3 < l->j->limits.speck_mm3 || may_be_joined(l, &organ->part[i]) ||
            (organ->organ == AMOS_ORGAN_SPLEEN && mm3 <= l->j->limits.accessory_mm3))
            continue;
        const struct amosi_suspicion s = {AMOS_QUALITY_PART,      l->index, organ, organ->part[i].at, mm3, NAN,
                                          l->j->limits.speck_mm3, "mm3"};
        amosi_suspect(l->j, &s, "A part of the %s with %s mm3 is not connected with the rest, which has %s mm3.",
                      l->name, amosi_short_number(mm3, size), amosi_short_number(organ->mm3 - mm3, all));
    }
}

static void judge_holes(const struct looking *l)
{
    const amos_quality_organ *organ = l->organ;
    const double mm3 = (double)organ->hole_voxels * l->voxel_mm3;
    const struct amosi_suspicion s = {AMOS_QUALITY_HOLE,     l->index, organ, organ->hole_at, mm3, NAN,
                                      l->j->limits.hole_mm3, "mm3"};
    char size[AMOSI_SHORT_BYTES], largest[AMOSI_SHORT_BYTES];
    if (organ->holes == 0 || mm3 < l->j->limits.hole_mm3)
        return;
    if (organ->holes == 1)
        amosi_suspect(l->j, &s, "The %s has a hole of %s mm3.", l->name, amosi_short_number(mm3, size));
    else
        amosi_suspect(l->j, &s, "The %s has %" PRIu64 " holes of %s mm3 together; the largest has %s mm3.", l->name,
                      organ->holes, amosi_short_number(mm3, size),
                      amosi_short_number((double)organ->hole_largest * l->voxel_mm3, largest));
}

/* Scans end at head and feet, where organs are cut off; beside the body there is room. */
static void judge_border(const struct looking *l)
{
    static const struct {
        char direction;
        const char *name;
    } sides[] = {{'L', "left"}, {'R', "right"}, {'A', "front"}, {'P', "back"}};
    const struct amosi_suspicion s = {AMOS_QUALITY_BORDER, l->index, l->organ, NULL, 1, NAN, 0, "borders"};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        if (amosi_organ_reaches(l->facts, l->organ->border, sides[i].direction))
            amosi_suspect(l->j, &s, "The %s reaches the %s border of the volume, where no organ is expected.", l->name,
                          sides[i].name);
}

static void judge_empty(struct amosi_judging *j, size_t index)
{
    const struct amosi_suspicion s = {AMOS_QUALITY_EMPTY, index, NULL, NULL, 0, 1, NAN, "organs"};
    amosi_suspect(j, &s, "The label has no organ at all.");
}

void amosi_judge_components(struct amosi_judging *j, size_t index)
{
    struct looking l = {.j = j, .index = index, .facts = amos_quality_get_facts(j->cases[index])};
    bool empty = true;
    l.voxel_mm3 = amosi_voxel_mm3(l.facts);
    for (int label = 1; (l.organ = amos_quality_get_organ(j->cases[index], label)) != NULL; label++) {
        if (!l.organ->voxels)
            continue;
        empty = false;
        amosi_organ_words(l.organ, l.name);
        judge_specks(&l);
        judge_parts(&l);
        judge_holes(&l);
        judge_border(&l);
    }
    if (empty)
        judge_empty(j, index);
}
