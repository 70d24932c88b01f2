/* SPDX-License-Identifier: BSD-3-Clause */
/* Label maps without small components. */
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "components/components.h"
#include "label/labelmap.h"
#include "nifti/geometry.h"

struct dropping {
    const amos_components *components;
    amos_drop_options rules;
    double voxel_mm3;
    amos_dropped dropped;
};

static bool is_dropped(const struct dropping *d, uint32_t number)
{
    const struct amosi_part *part = &d->components->parts.items[number];
    if (number == d->components->organs[part->label].first)
        return false;
    return d->rules.flags & AMOS_DROP_ALL_BUT_LARGEST || part->voxels < d->rules.min_voxels ||
           (double)part->voxels * d->voxel_mm3 < d->rules.min_mm3;
}

/* A map that is drawn: the voxels before `done` are, which lies at `at`. */
struct drawing {
    uint8_t *voxels;
    struct amosi_tally *tallies; /* of each label */
    const int64_t *shape;
    uint64_t done;
    int64_t at[3];
};

/* The voxels from `done` up to `end` are of this label. */
static void draw_to(struct drawing *to, uint64_t end, uint8_t label)
{
    const uint64_t n = end - to->done;
    if (n == 0)
        return;
    if (label)
        memset(to->voxels + to->done, label, (size_t)n);
    amosi_tally_span(&to->tallies[label], to->shape, to->at, n);
    amosi_walk(to->shape, to->at, n);
    to->done = end;
}

static void draw_kept(void *user, uint8_t *voxels, struct amosi_tally *tallies)
{
    const struct dropping *d = user;
    const struct amosi_runs *runs = &d->components->runs;
    const int64_t *shape = d->components->info.shape;
    const uint64_t rows = (uint64_t)shape[1] * (uint64_t)shape[2], width = (uint64_t)shape[0];
    struct drawing to = {.voxels = voxels, .tallies = tallies, .shape = shape};
    for (uint64_t row = 0; row < rows; row++)
        for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++) {
            const struct amosi_label_run *run = &runs->items[i];
            if (is_dropped(d, runs->number[i]))
                continue;
            draw_to(&to, row * width + run->start, 0);
            draw_to(&to, row * width + run->end, run->label);
        }
    draw_to(&to, rows * width, 0);
}

static void count_dropped(struct dropping *d)
{
    const struct amosi_parts *parts = &d->components->parts;
    int last = 0; /* parts are sorted by label */
    for (size_t i = 0; i < parts->count; i++) {
        if (!is_dropped(d, (uint32_t)i))
            continue;
        d->dropped.components++;
        d->dropped.voxels += parts->items[i].voxels;
        d->dropped.labels += parts->items[i].label != last;
        last = parts->items[i].label;
    }
}

/* Whether the components have each label's voxels, as many as the map. */
static bool has_counts(const amos_components *c, const amos_labelmap *map)
{
    for (int label = 1; label <= map->info.max_label; label++)
        if (c->organs[label].voxels != map->stats[label].voxels)
            return false;
    return true;
}

/* Whether the components are those of a map with these voxels: each run has its label, at least at both ends, and there
 * are no others. */
static bool fits(const amos_components *c, const amos_labelmap *map)
{
    const size_t rows = (size_t)c->info.shape[1] * (size_t)c->info.shape[2];
    const uint8_t *voxels = map->voxels;
    if (memcmp(c->info.shape, map->layout.shape, sizeof c->info.shape) != 0 ||
        c->info.max_label != map->info.max_label || !has_counts(c, map))
        return false;
    for (size_t row = 0; row < rows; row++, voxels += c->info.shape[0])
        for (uint32_t i = c->runs.first[row]; i < c->runs.first[row + 1]; i++) {
            const struct amosi_label_run *run = &c->runs.items[i];
            if (voxels[run->start] != run->label || voxels[run->end - 1] != run->label)
                return false;
        }
    return true;
}

static amos_status check(const struct dropping *d, const amos_labelmap *map, amos_error *err)
{
    const amos_drop_options *rules = &d->rules;
    if (rules->flags & ~AMOS_DROP_ALL_BUT_LARGEST || !(rules->min_mm3 >= 0))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_drop_options has an unknown flag, or a volume that is not a number of at least 0.");
    if (!map->voxels || !fits(d->components, map))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "The components are not those of this label map; find them in this one.");
    if (rules->min_mm3 > 0 && !map->layout.has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, NULL,
                          "The label map has no usable geometry, so that volumes are not known; give the smallest size "
                          "in voxels.");
    return AMOS_OK;
}

amos_status amos_components_drop(const amos_components *components, const amos_labelmap *map,
                                 const amos_drop_options *options, amos_labelmap **out, amos_dropped *dropped,
                                 amos_error *err)
{
    struct dropping d = {.components = components, .dropped = {.size = sizeof d.dropped}};
    if (out)
        *out = NULL;
    if (!components || !map || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_components_drop needs components, their label map and a place for the new map.");
    amos_status status = amosi_options_copy(&d.rules, sizeof d.rules, options, "amos_drop_options", err);
    if (!status)
        status = check(&d, map, err);
    if (status)
        return status;
    int rounding = amosi_rounding_begin();
    d.voxel_mm3 = map->layout.has_geometry ? amosi_geometry_voxel_mm3(&map->layout.geometry) : 0;
    count_dropped(&d);
    if (dropped)
        status = amosi_options_give(dropped, &d.dropped, sizeof d.dropped, "amos_dropped", err);
    if (!status)
        status = amosi_labelmap_draw(map, draw_kept, &d, out, err);
    amosi_rounding_end(rounding);
    return status;
}
