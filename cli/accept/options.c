/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "accept/accept.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"

#define ROUND_USUAL 0.01
#define ROUND_MOST 0.02

/* ---- the types of values ---- */

static bool read_number(const char *text, double *value, const char **end)
{
    char *stop;
    *value = strtod(text, &stop);
    *end = stop;
    return stop != text && isfinite(*value);
}

/* Without a value, NULL. */
static bool parse_round(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    const char *end = "";
    double within = ROUND_USUAL;
    if (text && (!read_number(text, &within, &end) || *end || !(within > 0 && within <= ROUND_MOST)))
        return args_refuse(why, bytes, "a number above 0 and up to 0.02");
    *(double *)value = within;
    return true;
}

static bool parse_ignore(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    struct accept_ignored read = {.count = 0};
    const size_t most = sizeof read.value / sizeof read.value[0];
    char *end = NULL;
    for (const char *at = text; read.count < most; at = end + 1) {
        errno = 0;
        long long number = strtoll(at, &end, 10);
        if (end == at || errno || number == 0 || (*end && *end != ','))
            break;
        read.value[read.count++] = number;
        if (*end == '\0') {
            *(struct accept_ignored *)value = read;
            return true;
        }
    }
    return args_refuse(why, bytes, "up to 16 integers other than 0, separated by commas, such as 255 or -1,255");
}

static bool parse_tolerance(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    const char *unit;
    double number;
    if (!read_number(text, &number, &unit) || number < 0 ||
        (*unit && strcmp(unit, "mm") != 0 && strcmp(unit, "voxels") != 0))
        return args_refuse(why, bytes, "a number of mm or voxels such as 0.5mm, 1voxels or 0.02");
    bool in_mm = strcmp(unit, "mm") == 0;
    *(struct accept_tolerance *)value =
        (struct accept_tolerance){.given = true, .voxels = in_mm ? 0 : number, .mm = in_mm ? number : 0};
    return true;
}

static bool parse_frame(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end || errno || number < 0)
        return args_refuse(why, bytes, "the number of a frame, 0 for the first,");
    *(struct accept_frame *)value = (struct accept_frame){true, number};
    return true;
}

const struct args_type accept_type_round = {.parse = parse_round, .optional = true};
const struct args_type accept_type_ignore = {.parse = parse_ignore};
const struct args_type accept_type_tolerance = {.parse = parse_tolerance};
const struct args_type accept_type_frame = {.parse = parse_frame};

/* ---- for the library ---- */

int accepting_make(const struct accept_options *given, const amos_dataset *names, struct accepting *out)
{
    struct accept_table table = {.names = names};
    *out = (struct accepting){.accept = AMOS_ACCEPT_INIT, .volume = AMOS_VOLUME_OPTIONS_INIT};
    int code = given->relabel ? accept_table_read(given->relabel, &table) : CLI_OK;
    amos_accept *accept = &out->accept;
    out->table = table.rows;
    accept->flags = table.flags;
    accept->table = table.rows;
    accept->table_count = table.count;
    accept->max_label = (int)given->max_label;
    accept->round_within = given->round_within;
    accept->ignore = given->ignore.value;
    accept->ignore_count = given->ignore.count;
    if (given->tolerance.given) {
        accept->tolerance_voxels = given->tolerance.voxels;
        accept->tolerance_mm = given->tolerance.mm;
    }
    if (given->frame.given)
        accept->frame = given->frame.number;
    out->volume.flags = given->lenient ? AMOS_OPEN_LENIENT : 0;
    return code;
}

void accepting_free(struct accepting *accepting)
{
    free(accepting->table);
    accepting->table = NULL;
}

amos_accept accepting_for(const struct accepting *accepting, const amos_dataset *dataset)
{
    amos_accept accept = accepting->accept;
    if (dataset && !accept.max_label)
        accept.max_label = amos_dataset_get_info(dataset)->max_label;
    return accept;
}
