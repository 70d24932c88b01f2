/* SPDX-License-Identifier: BSD-3-Clause */
#include "components/components.h"

#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "base/system/alloc.h"
#include "label/labelmap.h"
#include "nifti/geometry.h"

void amos_components_free(amos_components *components)
{
    if (!components)
        return;
    amosi_runs_free(&components->runs);
    amosi_free(components->parts.items);
    amosi_free(components->holes.items);
    amosi_free(components);
}

const amos_components_info *amos_components_get_info(const amos_components *components)
{
    return components ? &components->info : NULL;
}

const amos_component_organ *amos_components_get_organ(const amos_components *components, int label)
{
    return components && label >= 1 && label <= components->info.max_label ? &components->organs[label] : NULL;
}

/* ---- finding ---- */

static amos_status check_options(const amos_components_options *o, amos_error *err)
{
    if (o->flags & ~AMOS_COMPONENTS_HOLES)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_components_options has an unknown flag.");
    if (o->connectivity && o->connectivity != 6 && o->connectivity != 18 && o->connectivity != 26)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The connectivity is %d; it must be 6, 18 or 26.", o->connectivity);
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_components_options has %d threads; it must be at least 0.",
                          o->threads);
    return AMOS_OK;
}

/* Parts are sorted after they were numbered by their first runs: gives the runs the new numbers. */
static amos_status renumber_runs(amos_components *c, amos_error *err)
{
    uint32_t *now = amosi_alloc_array(c->parts.count, sizeof *now);
    if (!now)
        return amosi_fail_nomem(err, NULL);
    for (size_t i = 0; i < c->parts.count; i++)
        now[c->parts.items[i].found] = (uint32_t)i;
    for (size_t i = 0; i < c->runs.count; i++)
        c->runs.number[i] = now[c->runs.number[i]];
    amosi_free(now);
    return AMOS_OK;
}

static void sum_organs(amos_components *c)
{
    for (int label = 0; label < AMOSI_LABELS; label++)
        c->organs[label].label = label;
    for (size_t i = 0; i < c->parts.count; i++) {
        const struct amosi_part *part = &c->parts.items[i];
        amos_component_organ *organ = &c->organs[part->label];
        if (organ->count++ == 0) {
            organ->first = i;
            organ->largest = part->voxels;
        }
        organ->voxels += part->voxels;
    }
    for (size_t i = 0; i < c->holes.count; i++)
        c->organs[c->holes.items[i].label].holes++;
    c->info.count = c->parts.count;
    c->info.holes = c->holes.count;
}

static amos_status find_all(const amos_labelmap *map, const amos_components_options *o, amos_components *c,
                            amos_error *err)
{
    struct amosi_runs_of of = {.voxels = map->voxels,
                               .shape = {map->layout.shape[0], map->layout.shape[1], map->layout.shape[2]},
                               .threads = o->threads,
                               .connectivity = c->info.connectivity};
    amos_status status = amosi_runs_find(&of, &c->runs, err);
    if (!status)
        status = amosi_parts_make(&c->runs, of.shape, amosi_runs_number(&c->runs), &c->parts, err);
    if (status)
        return status;
    amosi_parts_sort(&c->parts);
    status = renumber_runs(c, err);
    if (!status && o->flags & AMOS_COMPONENTS_HOLES)
        status = amosi_holes_find(&of, &c->runs, &c->holes, err);
    if (!status)
        sum_organs(c);
    return status;
}

amos_status amos_components_find(const amos_labelmap *map, const amos_components_options *options,
                                 amos_components **out, amos_error *err)
{
    amos_components_options o;
    if (out)
        *out = NULL;
    if (!out || !map || !map->voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_components_find needs a label map with voxels and a place for the components.");
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_components_options", err);
    if (!status)
        status = check_options(&o, err);
    if (status)
        return status;
    amos_components *c = amosi_zalloc(sizeof *c);
    if (!c)
        return amosi_fail_nomem(err, NULL);
    c->layout = map->layout;
    c->info.connectivity = o.connectivity ? o.connectivity : 26;
    c->info.max_label = map->info.max_label;
    memcpy(c->info.shape, map->layout.shape, sizeof c->info.shape);
    status = find_all(map, &o, c, err);
    if (status)
        amos_components_free(c);
    else
        *out = c;
    return status;
}

/* ---- queries ---- */

static void describe(const amos_components *c, const struct amosi_part *part, amos_component *out)
{
    const int64_t *shape = c->info.shape;
    *out = (amos_component){.size = sizeof *out, .label = part->label, .voxels = part->voxels};
    out->touches_border = amosi_part_touches(part, shape);
    for (int i = 0; i < 3; i++) {
        out->box.start[i] = part->low[i];
        out->box.stop[i] = (int64_t)part->high[i] + 1;
        out->centroid_voxel[i] = (double)part->sum[i] / (double)part->voxels;
        out->centroid_mm[i] = NAN;
    }
    out->first[0] = part->x;
    out->first[1] = (int64_t)(part->row % (uint64_t)shape[1]);
    out->first[2] = (int64_t)(part->row / (uint64_t)shape[1]);
    if (!c->layout.has_geometry)
        return;
    amos_geometry_to_mm(&c->layout.geometry, out->centroid_voxel, out->centroid_mm);
    out->mm3 = (double)part->voxels * amosi_geometry_voxel_mm3(&c->layout.geometry);
    out->millilitres = out->mm3 / 1000.0;
}

static amos_status get_part(const amos_components *c, const struct amosi_parts *parts, uint64_t index, const char *noun,
                            amos_component *out, amos_error *err)
{
    amos_component full;
    if (!c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "Components and a place for one of them are needed.");
    if (index >= parts->count)
        return amosi_fail(err, AMOS_E_ARG, NULL, "There is no %s %llu; there are %zu, numbered from 0.", noun,
                          (unsigned long long)index, parts->count);
    int rounding = amosi_rounding_begin();
    describe(c, &parts->items[index], &full);
    amosi_rounding_end(rounding);
    return amosi_options_give(out, &full, sizeof full, "amos_component", err);
}

amos_status amos_components_get(const amos_components *components, uint64_t index, amos_component *out, amos_error *err)
{
    return get_part(components, components ? &components->parts : NULL, index, "component", out, err);
}

amos_status amos_components_get_hole(const amos_components *components, uint64_t index, amos_component *out,
                                     amos_error *err)
{
    return get_part(components, components ? &components->holes : NULL, index, "hole", out, err);
}

amos_status amos_components_write_numbers(const amos_components *components, uint32_t *out, size_t bytes,
                                          amos_error *err)
{
    if (!components || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_components_write_numbers needs components and a buffer.");
    const amos_layout *layout = &components->layout;
    const size_t width = (size_t)layout->shape[0], rows = (size_t)layout->shape[1] * (size_t)layout->shape[2];
    if (bytes / sizeof *out < layout->bytes)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The buffer has %zu bytes; 4 for each of %zu voxels are needed.",
                          bytes, layout->bytes);
    const struct amosi_runs *runs = &components->runs;
    for (size_t row = 0; row < rows; row++, out += width) {
        memset(out, 0, width * sizeof *out);
        for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++)
            for (uint32_t x = runs->items[i].start; x < runs->items[i].end; x++)
                out[x] = runs->number[i] + 1;
    }
    return AMOS_OK;
}
