/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: a label. Every voxel is checked, and no organ is lost in silence. */
#include "convert/steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "convert/loss.h"
#include "kit/describe.h"

/* Replaces a map by what was made of it. */
static amos_status take(amos_labelmap **map, amos_labelmap *made, amos_status status)
{
    if (!status) {
        amos_labelmap_free(*map);
        *map = made;
    }
    return status;
}

static amos_status drop_specks(const struct convert_plan *plan, struct convert_job *job, amos_labelmap **map,
                               amos_error *err)
{
    const amos_components_options finding = {sizeof finding, 0, plan->connectivity, plan->threads};
    amos_drop_options rules = AMOS_DROP_OPTIONS_INIT;
    amos_components *components;
    amos_labelmap *clean = NULL;
    rules.flags = plan->specks.but_largest ? AMOS_DROP_ALL_BUT_LARGEST : 0;
    rules.min_voxels = plan->specks.voxels;
    rules.min_mm3 = plan->specks.mm3;
    job->found.specks = (amos_dropped){.size = sizeof job->found.specks};
    amos_status status = amos_components_find(*map, &finding, &components, err);
    if (!status)
        status = amos_components_drop(components, *map, &rules, &clean, &job->found.specks, err);
    amos_components_free(components);
    return take(map, clean, status);
}

/* The part of a map that is in the box, which was asked for after reorienting. */
static amos_status crop(const struct convert_plan *plan, const struct convert_job *job, amos_labelmap **map,
                        amos_error *err)
{
    amos_layout layout = *amos_labelmap_layout(*map);
    const amos_accept accept = {.size = sizeof accept, .max_label = amos_labelmap_max_label(*map), .frame = 0};
    amos_labelmap *made = NULL;
    double first[3];
    for (int i = 0; i < 3; i++) {
        const int64_t start = plan->box.start[i], stop = plan->box.stop[i];
        if (stop > layout.shape[i])
            return amosi_fail(err, AMOS_E_ARG, job->input,
                              "the box ends at %" PRId64 " along %c, but there are %" PRId64 " voxels.", stop, "xyz"[i],
                              layout.shape[i]);
        first[i] = (double)start;
        layout.offset += start * layout.strides[i];
        layout.shape[i] = layout.geometry.shape[i] = stop - start;
    }
    if (layout.has_geometry) {
        double mm[3];
        amos_geometry_to_mm(&layout.geometry, first, mm);
        for (int i = 0; i < 3; i++)
            layout.geometry.affine[i][3] = mm[i];
    }
    amos_status status =
        amos_labelmap_make(&layout, amos_labelmap_voxels(*map), amos_labelmap_layout(*map)->bytes, &accept, &made, err);
    return take(map, made, status);
}

static amos_status fail_lost(const struct convert_job *job, amos_error *err)
{
    const amos_resample_report *report = &job->found.resampled;
    char names[256] = "";
    size_t used = 0;
    for (int i = 0; i < report->lost_count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 describe_label_name(job->names, report->lost[i]));
    return amosi_fail(err, AMOS_E_LABEL, job->input,
                      "%d label%s would have no voxel on the new grid: %s; choose a finer grid, or give --lossy.",
                      report->lost_count, report->lost_count == 1 ? "" : "s", names);
}

static amos_status resample(const struct convert_plan *plan, struct convert_job *job, const amos_volume *reference,
                            amos_labelmap **map, amos_error *err)
{
    amos_resample_options options = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_geometry place;
    amos_labelmap *made = NULL;
    job->found.resampled = (amos_resample_report)AMOS_RESAMPLE_REPORT_INIT;
    job->found.was_resampled = true;
    amos_status status = convert_aim(plan, reference, &options, &place, err);
    options.flags = plan->majority ? AMOS_RESAMPLE_MAJORITY : 0;
    options.outside = 0; /* background */
    if (!status)
        status = amos_labelmap_resample(*map, &options, &made, &job->found.resampled, err);
    if (!status && job->found.resampled.lost_count && !plan->lossy)
        status = fail_lost(job, err);
    if (status)
        amos_labelmap_free(made);
    return take(map, made, status);
}

static int largest_label(const amos_labelmap *map)
{
    int label = amos_labelmap_max_label(map);
    while (label > 0 && !amos_labelmap_get_stats(map, label)->present)
        label--;
    return label;
}

/* The type that was asked for, or that of the file if it holds the labels, or uint8. */
static amos_status choose_type(const struct convert_plan *plan, const struct convert_job *job,
                               const amos_volume_info *info, const amos_labelmap *map, amos_type *type, amos_error *err)
{
    const bool fits = largest_label(map) <= 127;
    *type = plan->type;
    if (*type == AMOS_TYPE_INT8 && !fits)
        return amosi_fail(err, AMOS_E_RANGE, job->input, "label %d is more than int8 can hold; choose another --type.",
                          largest_label(map));
    if (*type != AMOS_TYPE_STORED)
        return AMOS_OK;
    const bool whole = amos_type_get((int)info->type)->kind != AMOS_KIND_FLOAT && info->slope == 1 && info->inter == 0;
    *type = whole && (info->type != AMOS_TYPE_INT8 || fits) ? info->type : AMOS_TYPE_UINT8;
    return AMOS_OK;
}

/* Writes the voxels as their type. */
static amos_status write_map(const struct convert_plan *plan, struct convert_job *job,
                             const struct convert_voxels *from, const amos_labelmap *map, amos_error *err)
{
    struct convert_voxels voxels = *from;
    amos_layout layout = *amos_labelmap_layout(map);
    const uint8_t *labels = amos_labelmap_voxels(map);
    const size_t count = layout.bytes;
    void *copy = NULL;
    amos_status status = choose_type(plan, job, amos_volume_get_info(voxels.from), map, &layout.type, err);
    if (status)
        return status;
    voxels.data = labels;
    if (amos_type_bytes(layout.type) > 1) {
        voxels.data = copy = malloc(count * amos_type_bytes(layout.type));
        if (!copy)
            return amosi_fail(err, AMOS_E_NOMEM, job->input, "memory ran out.");
        loss_copy_labels(copy, layout.type, labels, count);
        layout.bytes = count * amos_type_bytes(layout.type);
        memset(layout.strides, 0, sizeof layout.strides); /* packed */
    }
    voxels.layout = &layout;
    voxels.bytes = layout.bytes;
    status = convert_write(plan, job, &voxels, err);
    free(copy);
    return status;
}

amos_status convert_label(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                          const amos_volume *reference, amos_error *err)
{
    const amos_accept accept = accepting_for(plan->accepting, job->names);
    const amos_labelmap_options options = {.size = sizeof options,
                                           .accept = &accept,
                                           .orientation = plan->orientation,
                                           .pool = plan->pool,
                                           .threads = plan->threads};
    const bool moved = convert_moves(plan, volume);
    struct convert_voxels voxels = {.from = volume, .reference = reference};
    amos_labelmap *map;
    amos_status status = amos_labelmap_load(volume, &options, &map, err);
    if (status)
        return status;
    job->found.accepted = amos_labelmap_get_info(map)->accepted;
    if (plan->specks.given)
        status = drop_specks(plan, job, &map, err);
    if (!status && plan->has_box)
        status = crop(plan, job, &map, err);
    if (!status && convert_resamples(plan))
        status = resample(plan, job, reference, &map, err);
    if (!status && !reference && !moved && !plan->clean)
        voxels.reference = volume;
    if (!status)
        status = write_map(plan, job, &voxels, map, err);
    amos_labelmap_free(map);
    return status;
}
