/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the types of its options. */
#include "view/request.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/words.h"

enum { FARTHEST = 1000000000 };

static const char *plane_choice(size_t n)
{
    static const char *const names[] = {"axial", "coronal", "sagittal", "all"};
    return n < sizeof names / sizeof *names ? names[n] : NULL;
}

static bool parse_plane(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    for (size_t n = 0; plane_choice(n); n++) {
        if (amosi_words_equal(text, plane_choice(n))) {
            *(view_plane_choice *)value = (view_plane_choice)(VIEW_CHOICE_AXIAL + (int)n);
            return true;
        }
    }
    return args_refuse_choice(option->type->choice, why, bytes);
}

/* "41" or "-12.5mm"; *end is where it ends. */
static bool read_position(const char *text, view_position *out, const char **end)
{
    char *stop;
    if (*text == '\0' || !strchr("+-.0123456789", *text))
        return false;
    double value = strtod(text, &stop);
    bool mm = strncmp(stop, "mm", 2) == 0;
    if (stop == text || !(fabs(value) <= (double)FARTHEST) || (!mm && (value != floor(value) || value < 0)))
        return false;
    *out = (view_position){true, mm, value};
    *end = stop + (mm ? 2 : 0);
    return true;
}

/* "x=10,z=41" */
static bool read_positions(const char *text, view_positions *out)
{
    static const char names[] = "xyz";
    for (const char *at = text;; at++) {
        const char *axis = *at ? strchr(names, *at) : NULL;
        if (!axis || at[1] != '=' || out->axis[axis - names].given ||
            !read_position(at + 2, &out->axis[axis - names], &at))
            return false;
        if (*at != ',')
            return *at == '\0';
    }
}

static bool parse_positions(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    view_positions read = {.plain = {false, false, 0}};
    const char *end;
    (void)option;
    if (!(read_position(text, &read.plain, &end) && *end == '\0')) {
        read.plain.given = false;
        if (!read_positions(text, &read))
            return args_refuse(why, bytes,
                               "a voxel index from 0, a place in mm such as -12.5mm, or a list such as x=10,z=41");
    }
    *(view_positions *)value = read;
    return true;
}

static bool parse_montage(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    long read[2];
    char *end, *second;
    (void)option;
    bool digits = text[0] >= '0' && text[0] <= '9';
    read[0] = strtol(text, &end, 10);
    digits = digits && *end == 'x' && end[1] >= '0' && end[1] <= '9';
    read[1] = digits ? strtol(end + 1, &second, 10) : 0;
    if (!digits || *second || read[0] < 1 || read[1] < 1 || read[0] > VIEW_MONTAGE_MOST || read[1] > VIEW_MONTAGE_MOST)
        return args_refuse(why, bytes, "a size such as 4x3, with 1 to 20 columns and rows,");
    *(view_montage *)value = (view_montage){(int)read[0], (int)read[1]};
    return true;
}

static bool parse_share(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    char *end;
    double share = strtod(text, &end);
    (void)option;
    if (end == text || *end || !(share >= 0 && share <= 1))
        return args_refuse(why, bytes, "a number from 0 to 1");
    *(double *)value = share;
    return true;
}

const struct args_type view_args_plane = {.parse = parse_plane, .choice = plane_choice};
const struct args_type view_args_positions = {.parse = parse_positions};
const struct args_type view_args_montage = {.parse = parse_montage};
const struct args_type view_args_share = {.parse = parse_share};

const char *view_request_fault(const view_request *request)
{
    const view_positions *at = &request->at;
    bool positioned = at->plain.given || at->axis[0].given || at->axis[1].given || at->axis[2].given;
    if (request->montage.columns && positioned)
        return "A montage has slices of its own, so --slice and --montage exclude each other; leave one of them out.";
    if (request->montage.columns && request->plane == VIEW_CHOICE_ALL)
        return "A montage shows slices of one plane; give --plane axial, coronal or sagittal.";
    if (request->look.outline && request->look.opacity >= 0)
        return "--outline draws no fill, so --opacity and --outline exclude each other; leave one of them out.";
    return NULL;
}
