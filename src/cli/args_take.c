/* Values of options: text to what a command works with. */
#define _POSIX_C_SOURCE 200809L
#include "args.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static bool refuse(char *why, size_t bytes, const char *format, ...) CLI_PRINTF(3, 4);

static bool refuse(char *why, size_t bytes, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(why, bytes, format, values);
    va_end(values);
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

bool args_take_text(const char *text, void *value, char *why, size_t bytes)
{
    if (text[0] == '\0')
        return refuse(why, bytes, "a name was expected");
    *(const char **)value = text;
    return true;
}

bool args_take_integer(const char *text, void *value, char *why, size_t bytes)
{
    struct args_integer *out = value;
    const char *end;
    int64_t number;
    if (!read_integer(text, &number, &end) || *end || number < out->min || number > out->max)
        return refuse(why, bytes, "an integer from %" PRId64 " to %" PRId64 " was expected", out->min, out->max);
    out->value = number;
    return true;
}

bool args_take_numbers(const char *text, void *value, char *why, size_t bytes)
{
    struct args_numbers *out = value, read = *out;
    char *end = NULL;
    read.count = 0;
    for (const char *at = text; read.count < out->max_count; at = end + 1) {
        double number = strtod(at, &end);
        if (end == at || !isfinite(number) || (*end && *end != ','))
            break;
        read.value[read.count++] = number;
        if (*end == '\0') {
            if (read.count < out->min_count)
                break;
            *out = read;
            return true;
        }
    }
    if (out->min_count == out->max_count && out->min_count == 1)
        return refuse(why, bytes, "a number was expected");
    if (out->min_count == out->max_count)
        return refuse(why, bytes, "%zu numbers separated by commas were expected", out->min_count);
    return refuse(why, bytes, "%zu to %zu numbers separated by commas were expected", out->min_count, out->max_count);
}

bool args_take_size(const char *text, void *value, char *why, size_t bytes)
{
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

bool args_take_bytes(const char *text, void *value, char *why, size_t bytes)
{
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

bool args_take_box(const char *text, void *value, char *why, size_t bytes)
{
    amos_box read;
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        char mark = i < 2 ? ',' : '\0';
        bool good = read_integer(at, &read.start[i], &at) && *at++ == ':' && read_integer(at, &read.stop[i], &at);
        if (!good || *at != mark || read.start[i] < 0 || read.stop[i] <= read.start[i])
            return refuse(why, bytes, "x0:x1,y0:y1,z0:z1 was expected, voxel indices from x0 up to but without x1");
        at++;
    }
    *(amos_box *)value = read;
    return true;
}

/* The axis that a letter is of, as a bit: L/R 1, A/P 2, S/I 4; 0 where it is none. */
static unsigned axis_bit(char letter)
{
    static const char letters[] = "LlRrAaPpSsIi";
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? 1u << (unsigned)(found - letters) / 4 : 0;
}

bool args_take_orientation(const char *text, void *value, char *why, size_t bytes)
{
    bool stored = strcmp(text, "stored") == 0;
    unsigned axes = 0;
    for (int i = 0; i < 3 && !stored && text[i]; i++)
        axes |= axis_bit(text[i]);
    if (!stored && (strlen(text) != 3 || axes != 7u))
        return refuse(why, bytes, "stored, or three axis letters such as RAS or LPS were expected");
    *(const char **)value = stored ? NULL : text;
    return true;
}

/* The message ends with "...; use a, b or c." */
bool args_refuse_name(const amos_error *err, char *why, size_t bytes)
{
    const char *end = strrchr(err->message, ';'), *list = end ? end + strspn(end, "; ") : err->message;
    return refuse(why, bytes, "%.*s", (int)strcspn(list, "."), list);
}

bool args_take_split(const char *text, void *value, char *why, size_t bytes)
{
    amos_error err;
    return !amos_split_parse(text, value, &err) || args_refuse_name(&err, why, bytes);
}

bool args_take_modality(const char *text, void *value, char *why, size_t bytes)
{
    amos_error err;
    return !amos_modality_parse(text, value, &err) || args_refuse_name(&err, why, bytes);
}
