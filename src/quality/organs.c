/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts of each organ, from the statistics of the label map and its components. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "label/labelmap.h"
#include "quality/quality.h"

/* ---- names ---- */

/* What the data set calls a label; NULL if it does not know it. */
static const char *given_name(const char *const *names, size_t count, int label)
{
    const amos_organ_info *organ = names ? NULL : amos_organ_get(label);
    return names ? (size_t)label < count ? names[label] : NULL : organ ? organ->name : NULL;
}

static amos_status name_organ(amos_quality_organ *organ, const char *given, amos_error *err)
{
    amos_organ meant = AMOS_ORGAN_BACKGROUND;
    char number[24];
    snprintf(number, sizeof number, "label %d", organ->label);
    if (given && amos_organ_parse(given, &meant, NULL) != AMOS_OK)
        meant = AMOS_ORGAN_BACKGROUND;
    organ->organ = (int)meant;
    organ->name = amosi_quality_text(meant ? amos_organ_get((int)meant)->name : given && given[0] ? given : number);
    return organ->name ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* ---- components ---- */

static int border_of(const int64_t low[3], const int64_t high[3], const int64_t shape[3])
{
    int border = 0;
    for (int i = 0; i < 3; i++)
        border |= (low[i] == 0) << 2 * i | (high[i] == shape[i] - 1) << (2 * i + 1);
    return border;
}

static void describe_part(const struct amosi_part *from, const int64_t shape[3], amos_quality_part *to)
{
    int64_t low[3], high[3];
    to->voxels = from->voxels;
    for (int i = 0; i < 3; i++) {
        low[i] = from->low[i];
        high[i] = from->high[i];
        to->centroid_voxel[i] = (double)from->sum[i] / (double)from->voxels;
    }
    to->border = border_of(low, high, shape);
}

static amos_status list_parts(const amos_components *c, amos_quality_organ *organ, amos_error *err)
{
    const amos_component_organ *all = &c->organs[organ->label];
    organ->parts = all->count;
    organ->part_count = all->count < AMOS_QUALITY_PARTS ? (size_t)all->count : AMOS_QUALITY_PARTS;
    amos_quality_part *parts = amosi_zalloc_array(organ->part_count, sizeof *parts);
    organ->part = parts;
    if (!parts)
        return amosi_fail_nomem(err, NULL);
    for (size_t i = 0; i < organ->part_count; i++)
        describe_part(&c->parts.items[all->first + i], c->info.shape, &parts[i]);
    return AMOS_OK;
}

/* The number of a run's component among those of its organ. */
static uint64_t nth_of(const amos_components *c, uint32_t run)
{
    return c->runs.number[run] - c->organs[c->runs.items[run].label].first;
}

/* A voxel in each listed component: the middle of its longest run, the first of equal ones. */
static void take_run(const struct amosi_quality_subject *s, uint32_t i, int64_t y, int64_t z, uint32_t *longest)
{
    const struct amosi_label_run *run = &s->components->runs.items[i];
    const amos_quality_organ *organ = &s->out->organs[run->label - 1];
    const uint64_t nth = nth_of(s->components, i);
    const uint32_t length = run->end - run->start;
    if (nth >= organ->part_count || length <= longest[(size_t)(run->label - 1) * AMOS_QUALITY_PARTS + nth])
        return;
    amos_quality_part *part = (amos_quality_part *)&organ->part[nth];
    longest[(size_t)(run->label - 1) * AMOS_QUALITY_PARTS + nth] = length;
    part->at[0] = run->start + length / 2;
    part->at[1] = y;
    part->at[2] = z;
}

static amos_status find_places(const struct amosi_quality_subject *s, amos_error *err)
{
    const struct amosi_runs *runs = &s->components->runs;
    const int64_t *shape = s->components->info.shape;
    uint32_t *longest = amosi_zalloc_array(s->out->count * AMOS_QUALITY_PARTS, sizeof *longest);
    if (!longest)
        return amosi_fail_nomem(err, NULL);
    for (int64_t z = 0, row = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++, row++)
            for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++)
                take_run(s, i, y, z, longest);
    amosi_free(longest);
    return AMOS_OK;
}

/* Holes are sorted by label, the largest first. */
static void add_holes(const struct amosi_quality_subject *s)
{
    const struct amosi_parts *holes = &s->components->holes;
    const uint64_t height = (uint64_t)s->components->info.shape[1];
    for (size_t i = 0; i < holes->count; i++) {
        const struct amosi_part *hole = &holes->items[i];
        amos_quality_organ *organ = &s->out->organs[hole->label - 1];
        organ->hole_voxels += hole->voxels;
        if (organ->holes++)
            continue;
        organ->hole_largest = hole->voxels;
        organ->hole_at[0] = hole->x;
        organ->hole_at[1] = (int64_t)(hole->row % height);
        organ->hole_at[2] = (int64_t)(hole->row / height);
    }
}

/* ---- all organs ---- */

static void describe_organ(const struct amosi_quality_subject *s, amos_quality_organ *organ)
{
    const amos_organ_stats *stats = &s->map->stats[organ->label];
    const double *spacing = s->spacing;
    organ->voxels = stats->voxels;
    organ->mm3 = s->map->layout.has_geometry
                     ? (double)stats->voxels * amosi_geometry_voxel_mm3(&s->map->layout.geometry)
                     : (double)stats->voxels * spacing[0] * spacing[1] * spacing[2];
    organ->mean = organ->sd = NAN;
    for (int i = 0; i < 3; i++) {
        organ->centroid_voxel[i] = organ->voxels ? stats->centroid_voxel[i] : (double)NAN;
        organ->low[i] = stats->box.start[i];
        organ->high[i] = organ->voxels ? stats->box.stop[i] - 1 : 0;
    }
    if (organ->voxels)
        organ->border = border_of(organ->low, organ->high, s->map->layout.shape);
}

amos_status amosi_quality_organs(const struct amosi_quality_subject *s, const char *const *names, size_t name_count,
                                 amos_error *err)
{
    const int count = s->map->info.max_label;
    amos_status status = AMOS_OK;
    s->out->organs = amosi_zalloc_array((size_t)count, sizeof *s->out->organs);
    if (!s->out->organs)
        return amosi_fail_nomem(err, NULL);
    s->out->count = (size_t)count;
    for (int label = 1; label <= count && !status; label++) {
        amos_quality_organ *organ = &s->out->organs[label - 1];
        organ->label = label;
        describe_organ(s, organ);
        status = name_organ(organ, given_name(names, name_count, label), err);
        if (!status)
            status = list_parts(s->components, organ, err);
    }
    if (!status)
        status = find_places(s, err);
    if (!status)
        add_holes(s);
    return status;
}
