/* SPDX-License-Identifier: BSD-3-Clause */
/* Option structs begin with `size_t size`. A caller may have been compiled with a shorter or longer struct than
 * ours. */
#ifndef AMOSI_BASE_OPTIONS_H
#define AMOSI_BASE_OPTIONS_H

#include <amos/context.h>
#include <amos/error.h>

/* Copies a caller's struct `from` (NULL: all defaults) into ours, `to` of `bytes` bytes; missing fields become zero.
 * AMOS_E_ARG if the size field is impossible, or if fields are set that this library does not know. */
amos_status amosi_options_take(void *to, size_t bytes, const void *from, const char *name, amos_error *err);

/* Copies the caller's limits (NULL: none given) and replaces every zero by the default. */
amos_status amosi_limits_take(amos_limits *to, const amos_limits *from, amos_error *err);

#endif
