/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/main.h"
#include "support/tmp.h"

#define WORDS_MAX 32
#define WORD_BYTES 1024

const char *command_path(void)
{
    static char path[4096];
    const char *given = getenv("AMOS_COMMAND");
    if (given && *given)
        return given;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    ck_assert_int_gt(length, 0);
    path[length] = '\0';
    for (int i = 0; i < 2; i++) /* BUILD/tests/test_cli -> BUILD */
        *strrchr(path, '/') = '\0';
    size_t used = strlen(path);
    ck_assert_uint_lt(used, sizeof path - 8);
    memcpy(path + used, "/amos", sizeof "/amos");
    return path;
}

const char *preload_name(void)
{
    const char *given = getenv("AMOS_PRELOAD_NAME");
    return given && *given ? given : "LD_PRELOAD";
}

/* Splits at spaces first, so that an inserted text may have spaces. Released by free_words(). */
static void split_words(const char *format, va_list texts, char **words)
{
    int count = 0;
    words[count++] = strdup("amos");
    for (const char *at = format; *at;) {
        size_t length = strcspn(at, " ");
        char *word = must_alloc(WORD_BYTES);
        size_t used = 0;
        for (size_t i = 0; i < length; i++) {
            bool text = at[i] == '%' && i + 1 < length && at[i + 1] == 's';
            used += (size_t)snprintf(word + used, WORD_BYTES - used, text ? "%s" : "%.1s",
                                     text ? va_arg(texts, const char *) : at + i);
            i += text;
            ck_assert_uint_lt(used, WORD_BYTES);
        }
        word[used] = '\0';
        ck_assert_int_lt(count, WORDS_MAX - 1);
        words[count++] = word;
        at += length;
        at += strspn(at, " ");
    }
    words[count] = NULL;
}

static void free_words(char **words)
{
    for (int i = 0; words[i]; i++)
        free(words[i]);
}

/* The child that becomes the command. Check ignores no signals, but the process that started it may have. */
static pid_t spawn(char **words, int out, int err)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execv(command_path(), words);
        dprintf(STDERR_FILENO, "%s: %s\n", command_path(), strerror(errno));
        _exit(127);
    }
    return pid;
}

/* A file without a name, to record a stream. */
static int open_nameless(void)
{
    char *path = tmp_path("stream-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    free(path);
    return fd;
}

static char *read_back(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = must_alloc((size_t)size + 1);
    ck_assert_int_eq(pread(fd, text, (size_t)size, 0), size);
    text[size] = '\0';
    close(fd);
    return text;
}

static struct outcome finish(pid_t pid, int out, int err)
{
    struct outcome outcome = {.code = -1};
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        outcome.code = WEXITSTATUS(status);
    else
        outcome.signal = WTERMSIG(status);
    outcome.out = read_back(out);
    outcome.err = read_back(err);
    ck_assert_msg(outcome.code != 127, "%s", outcome.err);
    return outcome;
}

struct outcome run_amos(const char *words, ...)
{
    char *list[WORDS_MAX];
    va_list texts;
    va_start(texts, words);
    split_words(words, texts, list);
    va_end(texts);
    int out = open_nameless(), err = open_nameless();
    struct outcome outcome = finish(spawn(list, out, err), out, err);
    free_words(list);
    return outcome;
}

struct outcome run_amos_to(int output, const char *words, ...)
{
    char *list[WORDS_MAX];
    va_list texts;
    va_start(texts, words);
    split_words(words, texts, list);
    va_end(texts);
    int out = open_nameless(), err = open_nameless();
    struct outcome outcome = finish(spawn(list, output, err), out, err);
    free_words(list);
    return outcome;
}

pid_t start_amos(const char *words, ...)
{
    char *list[WORDS_MAX];
    va_list texts;
    va_start(texts, words);
    split_words(words, texts, list);
    va_end(texts);
    int nowhere = open("/dev/null", O_WRONLY);
    ck_assert_int_ge(nowhere, 0);
    pid_t pid = spawn(list, nowhere, nowhere);
    close(nowhere);
    free_words(list);
    return pid;
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

void assert_exit(const struct outcome *outcome, int code)
{
    ck_assert_msg(outcome->code == code, "exit code %d (signal %d), expected %d; stderr: %s", outcome->code,
                  outcome->signal, code, outcome->err);
    ck_assert_msg((outcome->err[0] == '\0') == (code == 0), "exit code %d with this on stderr: \"%s\"", code,
                  outcome->err);
}

static void assert_utf8(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        int more = *at < 0x80                  ? 0
                   : *at >= 0xc2 && *at < 0xe0 ? 1
                   : *at >= 0xe0 && *at < 0xf0 ? 2
                   : *at >= 0xf0 && *at < 0xf5 ? 3
                                               : -1;
        ck_assert_msg(more >= 0, "byte %d begins no UTF-8 character", *at);
        at++;
        for (; more > 0; more--, at++)
            ck_assert_msg((*at & 0xc0) == 0x80, "an UTF-8 character ends too early");
    }
}

cJSON *parse_json(const char *text)
{
    const char *end = NULL;
    assert_utf8(text);
    cJSON *value = cJSON_ParseWithOpts(text, &end, 1);
    ck_assert_msg(value != NULL, "not JSON: %s", text);
    return value;
}

const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
    ck_assert_msg(found != NULL, "no member \"%s\"", name);
    return found;
}

const char *member_text(const cJSON *object, const char *name)
{
    const cJSON *found = member(object, name);
    ck_assert_msg(cJSON_IsString(found), "\"%s\" is no text", name);
    return found->valuestring;
}

double member_number(const cJSON *object, const char *name)
{
    const cJSON *found = member(object, name);
    ck_assert_msg(cJSON_IsNumber(found), "\"%s\" is no number", name);
    return found->valuedouble;
}
