/* SPDX-License-Identifier: BSD-3-Clause */
#define AMOSI_HTTP_FAIL_C
#include "http/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Other bytes than printable ASCII do not belong into a URL; a server's words may hold any. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

amos_status amosi_http_fail(amos_error *err, amos_status status, int sys_errno, const char *url, const char *format,
                            ...)
{
    va_list args;
    if (!err)
        return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    err->sys_errno = sys_errno;
    err->offset = -1;
    snprintf(err->path, sizeof err->path, "%s", url ? url : "");
    size_t at = url ? (size_t)snprintf(err->message, sizeof err->message, "%.500s: ", url) : 0;
    va_start(args, format);
    vsnprintf(err->message + at, sizeof err->message - at, format, args);
    va_end(args);
    make_printable(err->path);
    make_printable(err->message);
    return status;
}

amos_status amosi_http_nomem(amos_error *err, const char *url)
{
    return amosi_http_fail(err, AMOS_E_NOMEM, ENOMEM, url, "not enough memory.");
}
