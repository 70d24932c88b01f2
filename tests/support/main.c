/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "support/main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/tmp.h"

TCase *add_case(Suite *suite, const char *name, double seconds)
{
    TCase *result = tcase_create(name);
    tcase_set_timeout(result, seconds);
    suite_add_tcase(suite, result);
    return result;
}

TCase *add_thorough_case(Suite *suite, const char *name, double seconds)
{
    const char *excluded = getenv("CK_EXCLUDE_TAGS");
    TCase *result = add_case(suite, name, seconds);
    tcase_set_tags(result, "thorough");
    if (excluded && strcmp(excluded, "thorough") == 0)
        printf("Left to make check: %s\n", name);
    return result;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SMALL_STACK (256L << 10)
#else
#define SMALL_STACK (64L << 10)
#endif

void set_small_stack(pthread_attr_t *attributes)
{
    long least = sysconf(_SC_THREAD_STACK_MIN);
    ck_assert_int_eq(pthread_attr_setstacksize(attributes, (size_t)(least > SMALL_STACK ? least : SMALL_STACK)), 0);
}

int run_suite(Suite *suite)
{
    tmp_begin();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    tmp_end();
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void assert_status_at(const char *file, int line, const char *what, amos_status got, amos_status expected,
                      const amos_error *err)
{
    ck_assert_msg(got == expected, "%s:%d: %s%sgot %s, expected %s (%s)", file, line, what ? what : "",
                  what ? ": " : "", amos_status_name(got), amos_status_name(expected),
                  err && got ? err->message : "no message");
}

const char *warning_text(amos_warnings warnings)
{
    static char text[1024];
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        amos_warnings bit = (amos_warnings)1 << i;
        if (!(warnings & bit))
            continue;
        const char *name = amos_warning_name(bit);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? "|" : "", name ? name : "W_?");
    }
    return warnings ? text : "none";
}

void assert_warnings_at(const char *file, int line, const char *what, amos_warnings got, amos_warnings expected)
{
    if (got == expected)
        return;
    char got_text[1024];
    snprintf(got_text, sizeof got_text, "%s", warning_text(got));
    ck_abort_msg("%s:%d: %s%swarnings are %s, expected %s", file, line, what ? what : "", what ? ": " : "", got_text,
                 warning_text(expected));
}

void assert_sentence(const amos_error *err, amos_status status, const char *what)
{
    ck_assert_msg(err->status == status, "%s: err.status is %s, the call returned %s", what,
                  amos_status_name(err->status), amos_status_name(status));
    size_t length = strlen(err->message);
    ck_assert_msg(length > 10 && length < sizeof err->message, "%s: no message", what);
    bool begins =
        err->path[0] || strncmp(err->message, "amos_", 5) == 0 || !(err->message[0] >= 'a' && err->message[0] <= 'z');
    ck_assert_msg(begins, "%s: it begins with a small letter: %s", what, err->message);
    char last = err->message[length - 1];
    ck_assert_msg(last == '.' || last == '?', "%s: not a finished sentence: %s", what, err->message);
    for (size_t i = 0; i < length; i++)
        ck_assert_msg((unsigned char)err->message[i] >= 0x20 && err->message[i] != 0x7f,
                      "%s: control character %d in the message", what, err->message[i]);
}
