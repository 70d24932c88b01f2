/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors that may pass: a file server that restarts, a network that was away. */
#ifndef AMOSI_BASE_ERROR_PASSING_H
#define AMOSI_BASE_ERROR_PASSING_H

#include <stdbool.h>

#include <amos/error.h>

/* How often a read that failed with such an error is tried again. */
#define AMOSI_PASSING_TRIES 3u

/* Whether the same call may succeed a moment later. */
bool amosi_passing(const amos_error *err);

/* Waits before the next try, 0..AMOSI_PASSING_TRIES - 1: 1, 10, 100 ms. */
void amosi_passing_wait(unsigned tries);

#endif
