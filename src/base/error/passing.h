/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors that may pass: a file server that restarts, a network that was away. */
#ifndef AMOSI_BASE_ERROR_PASSING_H
#define AMOSI_BASE_ERROR_PASSING_H

#include <stdbool.h>

#include <amos/error.h>

/* How often work that failed with such an error is done again, with its files opened anew. Once: opens and reads have
 * tried three times themselves by then (amosi_file_try_again()), and tries of both multiply. */
#define AMOSI_PASSING_TRIES 1u

/* Whether the same call may succeed a moment later. */
bool amosi_passing(const amos_error *err);

/* Waits before the next try: 100 ms. */
void amosi_passing_wait(void);

#endif
