/* SPDX-License-Identifier: BSD-3-Clause */
/* How a function says what went wrong: fills the caller's amos_error and gives the status back.
 *
 *   return amosi_fail(err, AMOS_E_HDR_DIM, path, "dim[%d] is %d; it must be at least 1.", i, dim);
 *
 * The message becomes "PATH: text"; the text is one finished sentence that says what was found and what was expected.
 * `err` may be NULL; `path` may be NULL where no file is meant, and the text then begins the message, with a capital. */
#ifndef AMOSI_BASE_ERROR_FAIL_H
#define AMOSI_BASE_ERROR_FAIL_H

#include <amos/error.h>

#if defined(__GNUC__)
#define AMOSI_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define AMOSI_PRINTF(f, a)
#endif

amos_status amosi_fail(amos_error *err, amos_status status, const char *path, const char *format, ...)
    AMOSI_PRINTF(4, 5);

/* The same with the byte offset in the file. */
amos_status amosi_fail_at(amos_error *err, amos_status status, const char *path, int64_t offset, const char *format, ...)
    AMOSI_PRINTF(5, 6);

/* The same with an errno, whose meaning is put after the text: "PATH: text: No such file or directory." */
amos_status amosi_fail_errno(amos_error *err, amos_status status, const char *path, int sys_errno, const char *format, ...)
    AMOSI_PRINTF(5, 6);

/* AMOS_E_NOMEM with its one message. */
amos_status amosi_fail_nomem(amos_error *err, const char *path);

/* Notes the case in an error that a lower layer filled; `err` may be NULL. */
void amosi_fail_case(amos_error *err, const char *case_id);

/* The meaning of an errno in English, whatever the locale, thread-safe: "No such file or directory". */
const char *amosi_errno_text(int sys_errno, char *buffer, size_t bytes);

/* Tells analysers, which see one file at a time, that a failure is never AMOS_OK: clang's says that it is there, for
 * gcc's -fanalyzer `make lint` does. */
#if (defined(__clang_analyzer__) || defined(AMOSI_ANALYZER)) && !defined(AMOSI_FAIL_C)
#define amosi_fail(err, status, ...) ((void)amosi_fail(err, status, __VA_ARGS__), (status))
#define amosi_fail_at(err, status, ...) ((void)amosi_fail_at(err, status, __VA_ARGS__), (status))
#define amosi_fail_errno(err, status, ...) ((void)amosi_fail_errno(err, status, __VA_ARGS__), (status))
#define amosi_fail_nomem(...) ((void)amosi_fail_nomem(__VA_ARGS__), AMOS_E_NOMEM)
#endif

#endif
