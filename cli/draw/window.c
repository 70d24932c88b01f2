/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: the windows that have names. Levels and widths in HU as usual in radiology; all but that of the abdomen
 * are those of "Windowing (CT)" on radiopaedia.org. */
#include "draw/window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text/words.h"

enum { WIDEST = 1000000 };

static const view_window windows[] = {
    {VIEW_WINDOW_LEVELS, "abdomen", 40, 400},       {VIEW_WINDOW_LEVELS, "liver", 30, 150},
    {VIEW_WINDOW_LEVELS, "mediastinum", 50, 350},   {VIEW_WINDOW_LEVELS, "lung", -600, 1500},
    {VIEW_WINDOW_LEVELS, "bone", 400, 1800},        {VIEW_WINDOW_LEVELS, "spine", 50, 250},
    {VIEW_WINDOW_LEVELS, "brain", 40, 80},          {VIEW_WINDOW_LEVELS, "vessels", 300, 600},
    {VIEW_WINDOW_PERCENTILES, "percentiles", 0, 0},
};
enum { WINDOWS = sizeof windows / sizeof *windows };

const view_window view_window_abdomen = {VIEW_WINDOW_LEVELS, "abdomen", 40, 400};

static const char *window_choice(size_t n)
{
    return n < WINDOWS ? windows[n].name : NULL;
}

/* "40,400" */
static bool read_levels(const char *text, view_window *out)
{
    char *end;
    double level = strtod(text, &end);
    if (end == text || *end != ',')
        return false;
    const char *second = end + 1;
    double width = strtod(second, &end);
    if (end == second || *end || !(fabs(level) <= (double)WIDEST) || !(width > 0 && width <= (double)WIDEST))
        return false;
    *out = (view_window){VIEW_WINDOW_LEVELS, NULL, level, width};
    return true;
}

static bool refuse_window(char *why, size_t bytes)
{
    int used = snprintf(why, bytes, "LEVEL,WIDTH such as 40,400, or ");
    return args_refuse_choice(window_choice, why + used, bytes - (size_t)used);
}

const view_window *view_window_named(const char *name)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        if (amosi_words_equal(name, windows[i].name)) {
            return &windows[i];
        }
    }
    return NULL;
}

static bool parse_window(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    view_window *out = value;
    const view_window *named = view_window_named(text);
    (void)option;
    if (named != NULL) {
        *out = *named;
        return true;
    }
    return read_levels(text, out) || refuse_window(why, bytes);
}

const struct args_type view_args_window = {.parse = parse_window, .choice = window_choice};
