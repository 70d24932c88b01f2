/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: an image. */
#include "convert/steps.h"

#include <inttypes.h>

#include "base/error/fail.h"
#include "convert/loss.h"

/* Whether a file has only the four axes that are written. */
static amos_status check_frames(const struct convert_plan *plan, const struct convert_job *job,
                                const amos_volume_info *info, amos_error *err)
{
    if (plan->frame.given || info->frames == 1)
        return AMOS_OK;
    if (info->frames != info->dim[3])
        return amosi_fail(err, AMOS_E_UNSUPPORTED, job->input,
                          "it has %d dimensions and %" PRId64 " frames, whose order would be lost; choose one by "
                          "--frame N.",
                          info->ndim, info->frames);
    if (convert_resamples(plan))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, job->input,
                          "it has %" PRId64 " frames, and one at a time is resampled; choose one by --frame N.",
                          info->frames);
    return AMOS_OK;
}

static amos_status fail_rounding(const struct convert_job *job, amos_type type, amos_error *err)
{
    const struct convert_found *found = &job->found;
    if (found->saturated)
        return amosi_fail(err, AMOS_E_RANGE, job->input,
                          "%" PRIu64 " voxels have values that %s cannot hold; choose another --type, or give --lossy "
                          "to store the nearest values.",
                          found->saturated, amos_type_name(type));
    return amosi_fail(err, AMOS_E_RANGE, job->input,
                      "%" PRIu64 " voxels are not whole numbers, and %s would round them by up to %.3g; choose "
                      "another --type, or give --lossy.",
                      found->rounded, amos_type_name(type), found->largest_rounding);
}

/* Whether values change if they are read as the type: counted where they can be no whole numbers or too large. */
static amos_status check_loss(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                              const amos_read_options *read, amos_error *err)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    const bool scaled = info->slope != 1 || info->inter != 0;
    const amos_type exact = scaled ? AMOS_TYPE_FLOAT64 : info->type;
    amos_array *values;
    if (!amos_type_get((int)info->type)->numeric || loss_is_impossible(exact, read->type))
        return AMOS_OK;
    if (amos_type_get((int)read->type)->kind == AMOS_KIND_FLOAT) {
        job->found.rounded_to_float = true;
        return AMOS_OK;
    }
    if (amos_type_get((int)exact)->kind != AMOS_KIND_FLOAT && !plan->lossy)
        return AMOS_OK; /* the read refuses what does not fit */
    amos_read_options as_it_is = *read;
    as_it_is.type = plan->lossy ? AMOS_TYPE_FLOAT64 : exact;
    amos_status status = amos_volume_load(volume, &as_it_is, &values, err);
    if (status)
        return status;
    const amos_layout *layout = amos_array_layout(values);
    loss_count(layout->type, amos_array_data(values), read->type, layout->bytes / amos_type_bytes(layout->type),
               &job->found);
    amos_array_free(values);
    return plan->lossy || (!job->found.rounded && !job->found.saturated) ? AMOS_OK
                                                                         : fail_rounding(job, read->type, err);
}

/* The type as which voxels are read. Those that are resampled are rounded only then, so values are read that are exact,
 * or nearly: resampling computes in float32 or float64 anyway. */
static amos_type type_to_read(const struct convert_plan *plan, const amos_volume_info *info)
{
    const bool scaled = info->slope != 1 || info->inter != 0;
    if (!convert_resamples(plan) || plan->type == AMOS_TYPE_STORED)
        return plan->type;
    return scaled ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_STORED;
}

/* Values that overshoot the type of the file are only said: every cubic kernel does so beside an edge. A type that was
 * asked for must hold what it is given. */
static amos_status check_resampled(const struct convert_plan *plan, struct convert_job *job, amos_type type,
                                   amos_error *err)
{
    const amos_resample_report *report = &job->found.resampled;
    job->found.saturated = report->saturated;
    if (!report->saturated || plan->lossy || plan->type == AMOS_TYPE_STORED)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_RANGE, job->input,
                      "%" PRIu64 " voxels have interpolated values that %s cannot hold; choose another --type, or give "
                      "--lossy to store the nearest values.",
                      report->saturated, amos_type_name(type));
}

static amos_status resample(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                            const amos_volume *reference, amos_array **array, amos_error *err)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    const amos_layout *layout = amos_array_layout(*array);
    amos_resample_options options = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_geometry place;
    amos_array *out = NULL;
    job->found.resampled = (amos_resample_report)AMOS_RESAMPLE_REPORT_INIT;
    job->found.was_resampled = true;
    amos_status status = convert_aim(plan, reference, &options, &place, err);
    if (status)
        return status;
    options.type = plan->type;
    options.pool = plan->pool;
    if (plan->type == AMOS_TYPE_STORED) /* values are not scaled yet */
        options.outside = (plan->outside - info->inter) / info->slope;
    status =
        amos_array_resample(layout, amos_array_data(*array), layout->bytes, &options, &out, &job->found.resampled, err);
    if (!status)
        status = check_resampled(plan, job, amos_array_layout(out)->type, err);
    amos_array_free(status ? out : *array);
    if (!status)
        *array = out;
    return status;
}

amos_status convert_image(const struct convert_plan *plan, struct convert_job *job, const amos_volume *volume,
                          const amos_volume *reference, amos_error *err)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    const bool moved = convert_moves(plan, volume);
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    amos_array *array = NULL;
    read.type = type_to_read(plan, info);
    read.flags = plan->lossy ? AMOS_READ_SATURATE : 0;
    read.orientation = plan->orientation;
    read.box = plan->box;
    read.frame = plan->frame.given ? plan->frame.number : AMOS_FRAME_ALL;
    read.threads = plan->threads;
    read.pool = plan->pool;
    amos_status status = check_frames(plan, job, info, err);
    if (!status && read.type != AMOS_TYPE_STORED && !convert_resamples(plan))
        status = check_loss(plan, job, volume, &read, err);
    if (!status)
        status = amos_volume_load(volume, &read, &array, err);
    if (!status && convert_resamples(plan))
        status = resample(plan, job, volume, reference, &array, err);
    if (!status) {
        const amos_layout *layout = amos_array_layout(array);
        const amos_volume *place = reference ? reference : moved || plan->clean ? NULL : volume;
        const struct convert_voxels voxels = {layout, amos_array_data(array),        layout->bytes, volume,
                                              place,  plan->type == AMOS_TYPE_STORED};
        status = convert_write(plan, job, &voxels, err);
    }
    amos_array_free(array);
    return status;
}
