/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the built command like a user: arguments in, exit code and two streams out. */
#ifndef TESTS_COMMAND_H
#define TESTS_COMMAND_H

#include <cjson/cJSON.h>
#include <sys/types.h>

/* The outcome of a run. Texts end with NUL; from malloc(), released by outcome_free(). */
struct outcome {
    int code;   /* exit code; -1 after a signal */
    int signal; /* that ended it; 0 */
    char *out, *err;
};

/* $AMOS_COMMAND, else the `amos` of the build folder that this test program is in. */
const char *command_path(void);

/* The environment variable that preloads a library into the command: LD_PRELOAD, or the one named by
 * $AMOS_PRELOAD_NAME if the command is started by a program that must not get the library, such as an emulator. */
const char *preload_name(void);

/* Runs `amos` with the arguments, which are separated by spaces; each %s is replaced by the next text, as one
 * argument (or part of one). */
struct outcome run_amos(const char *words, ...);

/* The same with stdout sent to an open descriptor instead of being recorded. */
struct outcome run_amos_to(int output, const char *words, ...);

/* Starts it in the background and discards its streams. */
pid_t start_amos(const char *words, ...);

void outcome_free(struct outcome *outcome);

/* Asserts the exit code, and that stderr is empty exactly if it is 0. */
void assert_exit(const struct outcome *outcome, int code);

/* The whole of stdout as one JSON value; ends the test if it is not JSON, or not valid UTF-8. */
cJSON *parse_json(const char *text);

/* A member of a JSON object; ends the test if there is none. */
const cJSON *member(const cJSON *object, const char *name);
const char *member_text(const cJSON *object, const char *name);
double member_number(const cJSON *object, const char *name);

#endif
