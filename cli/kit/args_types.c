/* SPDX-License-Identifier: BSD-3-Clause */
/* The types of options: conversion of texts to values. */
#define _POSIX_C_SOURCE 200809L
#include "kit/args.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"

static bool refuse(char *why, size_t bytes, const char *format, ...) CLI_PRINTF(3, 4);

static bool refuse(char *why, size_t bytes, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(why, bytes, format, values);
    va_end(values);
    return false;
}

bool args_refuse(char *why, size_t bytes, const char *expected)
{
    return refuse(why, bytes, "%s was expected", expected);
}

bool args_refuse_choice(const char *(*choice)(size_t n), char *why, size_t bytes)
{
    size_t used = 0;
    for (size_t n = 0; choice(n) && used < bytes; n++)
        used += (size_t)snprintf(why + used, bytes - used, "%s%s",
                                 n == 0          ? ""
                                 : choice(n + 1) ? ", "
                                                 : " or ",
                                 choice(n));
    if (used < bytes)
        snprintf(why + used, bytes - used, " was expected");
    return false;
}

/* Reads a whole number without spaces at `text`; *end is where it ends. */
static bool read_integer(const char *text, int64_t *value, const char **end)
{
    char *stop;
    if (strspn(text, "+-") > 1 || !strchr("+-0123456789", text[0]) || text[0] == '\0')
        return false;
    errno = 0;
    long long number = strtoll(text, &stop, 10);
    *value = number;
    *end = stop;
    return errno == 0 && stop != text;
}

static bool parse_name(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    if (text[0] == '\0')
        return refuse(why, bytes, "a name was expected");
    *(const char **)value = text;
    return true;
}

static bool parse_integer(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    const char *end;
    int64_t number;
    if (!read_integer(text, &number, &end) || *end || number < option->min || number > option->max)
        return refuse(why, bytes, "an integer from %" PRId64 " to %" PRId64 " was expected", option->min, option->max);
    *(int64_t *)value = number;
    return true;
}

static bool parse_numbers(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    struct args_list read = {.count = 0};
    size_t min = (size_t)option->min, max = (size_t)option->max;
    char *end = NULL;
    for (const char *at = text; read.count < max; at = end + 1) {
        double number = strtod(at, &end);
        if (end == at || !isfinite(number) || (*end && *end != ','))
            break;
        read.value[read.count++] = number;
        if (*end == '\0') {
            if (read.count < min)
                break;
            *(struct args_list *)value = read;
            return true;
        }
    }
    if (min == max)
        return refuse(why, bytes, "%zu numbers separated by commas were expected", min);
    return refuse(why, bytes, "%zu to %zu numbers separated by commas were expected", min, max);
}

static bool parse_shape(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    struct args_size *out = value, read = {{0, 0, 0}};
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        char mark = i < 2 ? 'x' : '\0';
        if (!read_integer(at, &read.value[i], &at) || read.value[i] < 1 || *at != mark)
            return refuse(why, bytes, "a size in voxels such as 512x512x100 was expected");
        at++;
    }
    *out = read;
    return true;
}

static bool parse_bytes(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    static const char units[] = "kMGT";
    const char *end, *unit;
    int64_t number;
    bool good = read_integer(text, &number, &end) && number >= 0;
    if (good && *end && (unit = strchr(units, *end)) != NULL) {
        for (const char *u = units; u <= unit && good; u++)
            good = !__builtin_mul_overflow(number, 1000, &number);
        end++;
    }
    if (!good || *end)
        return refuse(why, bytes, "a size in bytes such as 500M or 50G was expected");
    *(uint64_t *)value = (uint64_t)number;
    return true;
}

static bool parse_box(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    amos_box read;
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        char mark = i < 2 ? ',' : '\0';
        bool good = read_integer(at, &read.start[i], &at) && *at++ == ':' && read_integer(at, &read.stop[i], &at);
        if (!good || *at != mark || read.start[i] < 0 || read.stop[i] <= read.start[i])
            return refuse(why, bytes,
                          "voxel indices x0:x1,y0:y1,z0:z1 were expected, each x1, y1 or z1 one after the last voxel");
        at++;
    }
    *(amos_box *)value = read;
    return true;
}

/* The axis of a letter, as a bit: L/R 1, A/P 2, S/I 4; 0 if it is none of them. */
static unsigned axis_bit(char letter)
{
    static const char letters[] = "LlRrAaPpSsIi";
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? 1u << (unsigned)(found - letters) / 4 : 0;
}

static bool parse_orientation(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    bool stored = strcmp(text, "stored") == 0;
    unsigned axes = 0;
    for (int i = 0; i < 3 && !stored && text[i]; i++)
        axes |= axis_bit(text[i]);
    if (!stored && (strlen(text) != 3 || axes != 7u))
        return refuse(why, bytes, "stored, or three axis letters such as RAS or LPS were expected");
    *(const char **)value = stored ? NULL : text;
    return true;
}

static const char *split_choice(size_t n)
{
    return n < 3 ? amos_split_name((amos_split)(AMOS_SPLIT_TRAINING + (int)n)) : NULL;
}

static bool parse_split(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    return !amos_split_parse(text, value, NULL) || args_refuse_choice(option->type->choice, why, bytes);
}

static const char *modality_choice(size_t n)
{
    static const char *const names[] = {"ct", "mri", "unknown", NULL};
    return names[n < 3 ? n : 3];
}

static bool parse_modality(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    return !amos_modality_parse(text, value, NULL) || args_refuse_choice(option->type->choice, why, bytes);
}

const struct args_type args_file = {.parse = parse_name};
const struct args_type args_folder = {.parse = parse_name};
const struct args_type args_integer = {.parse = parse_integer};
const struct args_type args_numbers = {.parse = parse_numbers};
const struct args_type args_shape = {.parse = parse_shape};
const struct args_type args_bytes = {.parse = parse_bytes};
const struct args_type args_box = {.parse = parse_box};
const struct args_type args_orientation = {.parse = parse_orientation};
const struct args_type args_split = {.parse = parse_split, .choice = split_choice};
const struct args_type args_modality = {.parse = parse_modality, .choice = modality_choice};

static bool can_be_asked_for(const amos_type_info *type)
{
    return type->numeric || type->type == AMOS_TYPE_STORED;
}

/* "stored", then the types to which voxels can be converted. */
static const char *voxel_type_choice(size_t n)
{
    const amos_type_info *type;
    for (int i = 0; (type = amos_type_get(i)) != NULL; i++)
        if (can_be_asked_for(type) && n-- == 0)
            return type->name;
    return NULL;
}

static bool parse_voxel_type(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    amos_type type;
    if (amos_type_parse(text, &type, NULL) || !can_be_asked_for(amos_type_get((int)type)))
        return args_refuse_choice(option->type->choice, why, bytes);
    *(amos_type *)value = type;
    return true;
}

const struct args_type args_voxel_type = {.parse = parse_voxel_type, .choice = voxel_type_choice};
