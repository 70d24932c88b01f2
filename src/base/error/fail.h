/* SPDX-License-Identifier: BSD-3-Clause */
/* How a function reports an error: these fill the caller's amos_error and return the status.
 *
 *   return amosi_fail(err, AMOS_E_HDR_DIM, path, "dim[%d] is %d; it must be at least 1.", i, dim);
 *
 * The message becomes "PATH: text"; the text is one complete sentence that says what was found and what was expected.
 * `err` may be NULL. `path` is NULL if no file is concerned; the text then begins the message, with a capital. */
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

/* The same, with the byte offset in the file. */
amos_status amosi_fail_at(amos_error *err, amos_status status, const char *path, int64_t offset, const char *format,
                          ...) AMOSI_PRINTF(5, 6);

/* The same, with an errno. Its meaning is appended to the text: "PATH: text: No such file or directory." */
amos_status amosi_fail_errno(amos_error *err, amos_status status, const char *path, int sys_errno, const char *format,
                             ...) AMOSI_PRINTF(5, 6);

/* AMOS_E_NOMEM, with the one message that it has. */
amos_status amosi_fail_nomem(amos_error *err, const char *path);

/* Adds the case to an error that a lower layer has filled; `err` may be NULL. */
void amosi_fail_case(amos_error *err, const char *case_id);

/* The meaning of an errno in English, in every locale; thread-safe: "No such file or directory". */
const char *amosi_errno_text(int sys_errno, char *buffer, size_t bytes);

/* Analysers see one file at a time; this lets them know that a failure is never AMOS_OK. clang's analyser defines
 * __clang_analyzer__; for gcc's -fanalyzer `make lint` defines AMOSI_ANALYZER. */
#if (defined(__clang_analyzer__) || defined(AMOSI_ANALYZER)) && !defined(AMOSI_FAIL_C)
#define amosi_fail(err, status, ...) ((void)amosi_fail(err, status, __VA_ARGS__), (status))
#define amosi_fail_at(err, status, ...) ((void)amosi_fail_at(err, status, __VA_ARGS__), (status))
#define amosi_fail_errno(err, status, ...) ((void)amosi_fail_errno(err, status, __VA_ARGS__), (status))
#define amosi_fail_nomem(...) ((void)amosi_fail_nomem(__VA_ARGS__), AMOS_E_NOMEM)
#endif

#endif
