/* SPDX-License-Identifier: BSD-3-Clause */
/* The time that has passed. */
#ifndef AMOSI_BASE_SYSTEM_CLOCK_H
#define AMOSI_BASE_SYSTEM_CLOCK_H

#include <stdint.h>

/* Nanoseconds of a clock that only goes forward. */
uint64_t amosi_now(void);

#endif
