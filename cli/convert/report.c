/* SPDX-License-Identifier: BSD-3-Clause */
#include "convert/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "accept/place.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"

/* ---- for people ---- */

static void print_form(const int64_t shape[4], amos_type type, const char *axes)
{
    char text[DESCRIBE_SHAPE];
    cli_print("%s", describe_shape(shape, text));
    if (shape[3] > 1)
        cli_print(" x %" PRId64, shape[3]);
    cli_print(" %s%s%s", amos_type_name(type), axes[0] ? " " : "", axes);
}

static void note(const char *format, ...) CLI_PRINTF(1, 2);

static void note(const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    cli_print("  note  %s\n", text);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_lost_labels(const struct convert_job *job)
{
    for (int i = 0; i < job->found.resampled.lost_count; i++)
        note("no voxel of %s is left", describe_label(job->names, job->found.resampled.lost[i]));
}

static void print_losses(const struct convert_job *job)
{
    const struct convert_found *found = &job->found;
    const char *type = amos_type_name(found->type);
    if (found->rounded)
        note("%" PRIu64 " voxel%s rounded to %s, by up to %.3g", found->rounded, plural(found->rounded), type,
             found->largest_rounding);
    if (found->rounded_to_float || (found->was_resampled && found->resampled.rounded))
        note("%s values are rounded to %s", found->was_resampled ? "interpolated" : "some", type);
    if (found->saturated)
        note("%" PRIu64 " voxel%s have the nearest value that %s holds", found->saturated, plural(found->saturated),
             type);
    if (found->was_resampled && found->resampled.outside)
        note("%" PRIu64 " voxel%s lie outside of the input", found->resampled.outside,
             plural(found->resampled.outside));
    print_lost_labels(job);
    if (found->extensions)
        note("%d extension%s of the header %s not copied", found->extensions, plural((uint64_t)found->extensions),
             found->extensions == 1 ? "is" : "are");
    if (found->lost_step != 0 && found->shape[3] > 1)
        note("the step between frames (%g) is not copied", found->lost_step);
    if (found->intent)
        note("the intent of the header (code %d) is not copied", found->intent);
}

void convert_print(const struct convert_job *job)
{
    const struct convert_found *found = &job->found;
    char size[DESCRIBE_BYTES], text[ACCEPT_TEXT];
    if (job->outcome == CONVERT_FAILED) {
        cli_error_of(&job->error);
        return;
    }
    if (job->outcome == CONVERT_KEPT)
        return;
    cli_print("%s: ", job->name);
    print_form(found->before, found->type_before, found->axes_before);
    cli_print(" -> ");
    print_form(found->shape, found->type, found->axes);
    cli_print(", %s\n", describe_bytes(found->bytes, size));
    if (found->specks.components)
        note("%" PRIu64 " component%s with %" PRIu64 " voxel%s dropped", found->specks.components,
             plural(found->specks.components), found->specks.voxels, plural(found->specks.voxels));
    if (accept_found_text(&found->accepted, text)[0])
        note("voxels: %s", text);
    print_losses(job);
    place_print(stdout, found->warnings, NULL);
    cli_flush();
}

/* ---- for programs ---- */

static void put_form(cJSON *object, const char *name, const int64_t shape[4], amos_type type, const char *axes)
{
    cJSON *form = cJSON_AddObjectToObject(object, name);
    json_put_integers(form, "shape", shape, 3);
    json_put_integer(form, "frames", shape[3]);
    json_put_text(form, "dtype", amos_type_name(type));
    json_put_text(form, "orientation", axes[0] ? axes : NULL);
}

static void put_losses(cJSON *object, const struct convert_job *job)
{
    const struct convert_found *found = &job->found;
    cJSON *lost = cJSON_AddArrayToObject(object, "lost_labels");
    for (int i = 0; i < found->resampled.lost_count; i++)
        json_append(lost, cJSON_CreateNumber(found->resampled.lost[i]));
    json_put_unsigned(object, "rounded", found->rounded);
    json_put_number(object, "largest_rounding", found->largest_rounding);
    json_put_bool(object, "interpolated", found->was_resampled && found->resampled.rounded);
    json_put_unsigned(object, "saturated", found->saturated);
    json_put_unsigned(object, "outside", found->was_resampled ? found->resampled.outside : 0);
    json_put_unsigned(object, "dropped_components", found->specks.components);
    json_put_unsigned(object, "dropped_voxels", found->specks.voxels);
    json_put_integer(object, "extensions_left_out", found->extensions);
    json_put_integer(object, "intent_left_out", found->intent);
    json_put_number(object, "step_left_out", found->lost_step);
}

void convert_print_json(const struct convert_job *job)
{
    static const char *const outcomes[] = {"converted", "kept", "failed"};
    const struct convert_found *found = &job->found;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "input", job->input);
    json_put_text(object, "output", job->output);
    json_put_text(object, "role", job->is_label ? "label" : "image");
    json_put_text(object, "outcome", outcomes[job->outcome]);
    json_put_text(object, "status", amos_status_name(job->error.status));
    json_put_text(object, "message", job->error.status ? job->error.message : NULL);
    if (job->outcome == CONVERT_DONE) {
        put_form(object, "before", found->before, found->type_before, found->axes_before);
        put_form(object, "after", found->shape, found->type, found->axes);
        json_put_unsigned(object, "bytes", found->bytes);
        put_losses(object, job);
        accept_found_put(object, "accepted", &found->accepted);
        json_put_warnings(object, found->warnings);
    }
    (void)json_print_line(object); /* a failure is reported there; see cli_stdout_good() */
}
