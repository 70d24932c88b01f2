/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/log.h"

#include <stdarg.h>
#include <stdio.h>

void amosi_log_say(const struct amosi_log *log, amos_log_level level, const char *format, ...)
{
    if (!log->fn)
        return;
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    log->fn(log->user, level, message);
}
