/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of an enum's values. One small table serves the enum's _name() and _parse() functions.
 *
 *   static const struct amosi_name items[] = {{AMOS_SAMPLING_PATCHES, "patches", {NULL}}, ...};
 *   static const struct amosi_names draws = AMOSI_NAMES("amos_sampling_parse", "way to draw", items);
 *
 * A failed parse returns the first value. */
#ifndef AMOSI_NAMES_H
#define AMOSI_NAMES_H

#include <stdbool.h>

#include <amos/error.h>

struct amosi_name {
    int value;
    const char *name;       /* as it is printed */
    const char *aliases[4]; /* other accepted spellings; NULL after the last */
};

struct amosi_names {
    const char *function; /* for the message if the result pointer is NULL */
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

/* Whether the result of a _name() function is a real name, so that the number is one of the enum's values. */
bool amosi_name_is_known(const char *name);

/* The value of a name or alias; case, spaces, '_', '-', '/' and '.' do not matter. Returns AMOS_OK, or
 * AMOS_E_ARG with a message that lists the names; *out is then the first value. `out` NULL is also AMOS_E_ARG. */
amos_status amosi_name_parse(const struct amosi_names *names, const char *name, int *out, amos_error *err);

/* Fails with AMOS_E_ARG: `name` is not a `noun`. The message lists the `count` names that get() returns, and suggests
 * the nearest one if only a few letters differ. For tables that are not a struct amosi_names. */
amos_status amosi_name_refuse(const char *noun, const char *name, const char *(*get)(const void *table, size_t i),
                              const void *table, size_t count, amos_error *err);

#endif
