/* SPDX-License-Identifier: BSD-3-Clause */
/* The main function of a test program: one Check suite, a directory for its files, Check's summary line.
 *
 *   int main(void)
 *   {
 *       Suite *suite = suite_create("volume");
 *       TCase *opening = add_case(suite, "open", 10);
 *       tcase_add_test(opening, memory_gives_the_same);
 *       return run_suite(suite);
 *   }
 */
#ifndef TESTS_MAIN_H
#define TESTS_MAIN_H

#include <check.h>
#include <pthread.h>

#include <amos/error.h>

/* Check's own version writes a mark to a file for every passed assertion, which takes most of the time of a test of
 * every voxel. All its assertions use this one. */
#undef ck_assert_msg
#define ck_assert_msg(expr, ...) \
    ((expr) ? (void)0 : _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", __VA_ARGS__))

/* A sanitizer needs address space and memory of its own, many times that of the program. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

/* A test case of a suite, with the seconds that one of its tests may take (times CK_TIMEOUT_MULTIPLIER). */
TCase *add_case(Suite *suite, const char *name, double seconds);

/* The same for tests that take seconds of processor time: `make check` runs them, `make test` does not. */
TCase *add_thorough_case(Suite *suite, const char *name, double seconds);

/* Gives a thread 64 KiB of stack, or the minimum of the machine (128 KiB on aarch64), or what sanitizers need,
 * which pad every frame. */
void set_small_stack(pthread_attr_t *attributes);

/* Runs the suite, removes the files of the tests and returns main's exit status. */
int run_suite(Suite *suite);

/* Asserts a status by name; prints the error's message if it differs. */
#define assert_status(got, expected, err) assert_status_at(__FILE__, __LINE__, NULL, (got), (expected), (err))
#define assert_ok(got, err) assert_status_at(__FILE__, __LINE__, NULL, (got), AMOS_OK, (err))
void assert_status_at(const char *file, int line, const char *what, amos_status got, amos_status expected,
                      const amos_error *err);

/* A warning set as text, "W_EXTRA|W_ALIGN"; static storage, valid until the next call. */
const char *warning_text(amos_warnings warnings);

/* Asserts a set of warnings exactly. */
#define assert_warnings(got, expected) assert_warnings_at(__FILE__, __LINE__, NULL, (got), (expected))
void assert_warnings_at(const char *file, int line, const char *what, amos_warnings got, amos_warnings expected);

/* Asserts that a failure filled the error properly: a message that is a sentence, one line, no control characters.
 * Without a path in front it begins with a capital letter, or with the name of a function or struct. */
void assert_sentence(const amos_error *err, amos_status status, const char *what);

#endif
