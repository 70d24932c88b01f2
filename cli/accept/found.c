/* SPDX-License-Identifier: BSD-3-Clause */
/* What was asked to be accepted, and what was found, as text and as JSON. */
#define _POSIX_C_SOURCE 200809L
#include "accept/accept.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kit/message.h"

static void append(char text[ACCEPT_TEXT], const char *between, const char *format, ...) CLI_PRINTF(3, 4);

/* Adds an item; what does not fit is cut off. */
static void append(char text[ACCEPT_TEXT], const char *between, const char *format, ...)
{
    va_list values;
    size_t used = strlen(text);
    snprintf(text + used, ACCEPT_TEXT - used, "%s", used ? between : "");
    used = strlen(text);
    va_start(values, format);
    vsnprintf(text + used, ACCEPT_TEXT - used, format, values);
    va_end(values);
}

/* ---- what was asked for ---- */

const char *accept_options_text(const struct accept_options *given, char text[ACCEPT_TEXT])
{
    text[0] = '\0';
    if (given->round_within > 0)
        append(text, "; ", "values of labels within %g of an integer are rounded", given->round_within);
    if (given->max_label)
        append(text, "; ", "labels to %" PRId64, given->max_label);
    for (size_t i = 0; i < given->ignore.count; i++)
        append(text, i ? ", " : "; ", "%s%" PRId64, i ? "" : "ignored: ", given->ignore.value[i]);
    if (given->relabel)
        append(text, "; ", "labels renamed by %s", given->relabel);
    if (given->relabel_prediction)
        append(text, "; ", "labels of predictions renamed by %s", given->relabel_prediction);
    if (given->tolerance.given && given->tolerance.mm > 0)
        append(text, "; ", "displacements up to %g mm", given->tolerance.mm);
    else if (given->tolerance.given)
        append(text, "; ", "displacements up to %g times the smallest spacing", given->tolerance.voxels);
    if (given->frame.given)
        append(text, "; ", "frame %" PRId64 " of files with several", given->frame.number);
    if (given->lenient)
        append(text, "; ", "negative spacings, by their absolute value");
    return text;
}

void accept_options_put(cJSON *object, const struct accept_options *given)
{
    char text[ACCEPT_TEXT];
    if (!accept_options_text(given, text)[0]) {
        json_put_null(object, "accept");
        return;
    }
    cJSON *accept = cJSON_AddObjectToObject(object, "accept");
    json_put_number(accept, "round_within", given->round_within);
    if (given->max_label)
        json_put_integer(accept, "max_label", given->max_label);
    else
        json_put_null(accept, "max_label");
    json_put_integers(accept, "ignore", given->ignore.value, given->ignore.count);
    json_put_text(accept, "relabel", given->relabel);
    json_put_text(accept, "relabel_prediction", given->relabel_prediction);
    const amos_accept usual = AMOS_ACCEPT_INIT;
    json_put_number(accept, "tolerance_voxels",
                    given->tolerance.given ? given->tolerance.voxels : usual.tolerance_voxels);
    json_put_number(accept, "tolerance_mm", given->tolerance.given ? given->tolerance.mm : usual.tolerance_mm);
    if (given->frame.given)
        json_put_integer(accept, "frame", given->frame.number);
    else
        json_put_null(accept, "frame");
    json_put_bool(accept, "lenient", given->lenient);
}

/* ---- what was found ---- */

const char *accept_found_text(const amos_accepted *found, char text[ACCEPT_TEXT])
{
    text[0] = '\0';
    if (found->rounded)
        append(text, ", ", "rounded %" PRIu64 " (by up to %.3g)", found->rounded, found->largest_rounding);
    if (found->ignored)
        append(text, ", ", "ignored %" PRIu64, found->ignored);
    if (found->relabelled)
        append(text, ", ", "relabelled %" PRIu64, found->relabelled);
    return text;
}

const char *accept_warning_text(amos_warnings bit, const amos_accepted *found, char text[ACCEPT_TEXT])
{
    const struct {
        amos_warnings bit;
        uint64_t count;
    } counts[] = {
        {AMOS_W_ROUNDED, found->rounded}, {AMOS_W_IGNORED, found->ignored}, {AMOS_W_RELABELLED, found->relabelled}};
    snprintf(text, ACCEPT_TEXT, "%s", amos_warning_text(bit));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i].bit == bit)
            append(text, "", ": %" PRIu64 " voxel%s", counts[i].count, counts[i].count == 1 ? "" : "s");
    if (bit == AMOS_W_ROUNDED)
        append(text, ", ", "by up to %.3g", found->largest_rounding);
    return text;
}

void accept_found_put(cJSON *object, const char *name, const amos_accepted *found)
{
    cJSON *accepted = cJSON_AddObjectToObject(object, name);
    json_put_unsigned(accepted, "rounded", found->rounded);
    json_put_number(accepted, "largest_rounding", found->largest_rounding);
    json_put_unsigned(accepted, "ignored", found->ignored);
    json_put_unsigned(accepted, "relabelled", found->relabelled);
}

void accept_found_add(amos_accepted *sum, const amos_accepted *found)
{
    sum->rounded += found->rounded;
    sum->ignored += found->ignored;
    sum->relabelled += found->relabelled;
    if (found->largest_rounding > sum->largest_rounding)
        sum->largest_rounding = found->largest_rounding;
}
