/* SPDX-License-Identifier: BSD-3-Clause */
/* The caller's log function and its user pointer. */
#ifndef AMOSI_BASE_ERROR_LOG_H
#define AMOSI_BASE_ERROR_LOG_H

#include <amos/context.h>

#include "base/error/fail.h"

struct amosi_log {
    amos_log_fn fn; /* NULL: silent */
    void *user;
};

void amosi_log_say(const struct amosi_log *log, amos_log_level level, const char *format, ...) AMOSI_PRINTF(3, 4);

#endif
