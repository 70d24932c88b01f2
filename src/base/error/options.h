/* SPDX-License-Identifier: BSD-3-Clause */
/* Option structs begin with `size_t size`. A caller may have been compiled with a shorter or longer struct than
 * ours. */
#ifndef AMOSI_BASE_ERROR_OPTIONS_H
#define AMOSI_BASE_ERROR_OPTIONS_H

#include <amos/context.h>
#include <amos/error.h>

/* Copies a caller's struct `from` (NULL: all defaults) into ours, `to` of `bytes` bytes; what is missing becomes zero.
 * AMOS_E_ARG if its size field is impossible, or if it sets fields that this library does not know. */
amos_status amosi_options_copy(void *to, size_t bytes, const void *from, const char *name, amos_error *err);

/* The same for a struct with defaults that are not zero: what is missing is taken from `defaults`, the value of its
 * _INIT macro. */
amos_status amosi_options_take_from(void *to, size_t bytes, const void *from, const void *defaults, const char *name,
                                    amos_error *err);

/* The other way: fills a caller's struct `to`, whose size field is set, from ours, `from` of `bytes` bytes. What the
 * caller has beyond ours becomes zero; its size stays. AMOS_E_ARG if its size field is impossible; then it is not
 * changed. */
amos_status amosi_options_give(void *to, const void *from, size_t bytes, const char *name, amos_error *err);

/* The caller's limits (NULL: none) with every zero replaced by the default. */
amos_status amosi_limits_copy(amos_limits *to, const amos_limits *from, amos_error *err);

#endif
