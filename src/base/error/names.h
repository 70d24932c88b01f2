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

/* Whether what a _name() gave is a name: the number is one of its values. */
bool amosi_name_is_known(const char *name);

/* Fails with AMOS_E_ARG: `name` is no `noun`; lists the `count` names that get() gives, and suggests the nearest one if only
 * a few letters differ. For tables of another shape. */
amos_status amosi_name_refuse(const char *noun, const char *name, const char *(*get)(const void *table, size_t i),
                              const void *table, size_t count, amos_error *err);

#endif
