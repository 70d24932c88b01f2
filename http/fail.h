/* SPDX-License-Identifier: BSD-3-Clause */
/* How this library reports errors: as libamos does, whose own functions for it are not exported. */
#ifndef AMOSI_HTTP_FAIL_H
#define AMOSI_HTTP_FAIL_H

#include <amos/error.h>

#if defined(__GNUC__)
#define AMOSI_HTTP_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define AMOSI_HTTP_PRINTF(f, a)
#endif

/* Fills *err (may be NULL) and returns the status. The message is "URL: text" (url NULL: the text). */
amos_status amosi_http_fail(amos_error *err, amos_status status, int sys_errno, const char *url, const char *format,
                            ...) AMOSI_HTTP_PRINTF(5, 6);

amos_status amosi_http_nomem(amos_error *err, const char *url);

/* As in src/base/error/fail.h: an analyser sees that a failure is never AMOS_OK. */
#if (defined(__clang_analyzer__) || defined(AMOSI_ANALYZER)) && !defined(AMOSI_HTTP_FAIL_C)
#define amosi_http_fail(err, status, ...) ((void)amosi_http_fail(err, status, __VA_ARGS__), (status))
#define amosi_http_nomem(...) ((void)amosi_http_nomem(__VA_ARGS__), AMOS_E_NOMEM)
#endif

#endif
