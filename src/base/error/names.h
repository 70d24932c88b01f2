/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of an enum's values: one small table gives its _name() and its _parse().
 *
 *   static const struct amosi_name items[] = {{AMOS_SAMPLING_PATCHES, "patches", {NULL}}, ...};
 *   static const struct amosi_names draws = AMOSI_NAMES("amos_sampling_parse", "way to draw", items);
 *
 * The first value is what a failed parse gives. */
#ifndef AMOSI_NAMES_H
#define AMOSI_NAMES_H

#include <stdbool.h>

#include <amos/error.h>

struct amosi_name {
    int value;
    const char *name;       /* as it is printed */
    const char *aliases[4]; /* other spellings that are understood; NULL after the last */
};

struct amosi_names {
    const char *function; /* for the message of a call without a place for its result */
    const char *noun;     /* "split": the message says "... is no split" */
    const struct amosi_name *items;
    size_t count;
};

#define AMOSI_NAMES(function, noun, items) \
    { \
        function, noun, items, sizeof(items) / sizeof((items)[0]) \
    }

/* The name of a value; "?" if it has none. */
const char *amosi_name_of(const struct amosi_names *names, int value);

/* Whether what a _name() gave is a name: the number is one of its values. */
bool amosi_name_is_known(const char *name);

/* The value of a name or alias; case, spaces, '_', '-', '/' and '.' do not matter. `out` may be NULL, which is the caller's
 * mistake. AMOS_OK; or AMOS_E_ARG with a message that lists the names, and then *out is the first value. */
amos_status amosi_name_parse(const struct amosi_names *names, const char *name, int *out, amos_error *err);

/* Fails with AMOS_E_ARG: `name` is no `noun`; lists the `count` names that get() gives, and suggests the nearest one if only
 * a few letters differ. For tables of another shape. */
amos_status amosi_name_refuse(const char *noun, const char *name, const char *(*get)(const void *table, size_t i),
                              const void *table, size_t count, amos_error *err);

#endif
