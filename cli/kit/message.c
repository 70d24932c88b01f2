/* SPDX-License-Identifier: BSD-3-Clause */
/* Text for people: errors on stderr, results on stdout. What could steer a terminal, or make a text look like
 * another one, is escaped. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kit/progress.h"
#include "base/text/utf8.h"

static bool print_failed; /* stdout, or memory for a text */
static int stdout_errno;  /* of the first failure */

void cli_put(FILE *out, const char *text)
{
    char letter[AMOSI_LETTER_BYTES];
    while (*text) {
        amosi_utf8_escape(letter, &text);
        fputs(letter, out);
    }
}

/* Formats into allocated memory; NULL if memory ran out. */
static char *format_text(const char *format, va_list values)
{
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, values);
    return text;
}

static _Thread_local char **collected;

void cli_collect_errors(char **text)
{
    collected = text;
}

static void collect(const char *line)
{
    size_t before = *collected ? strlen(*collected) : 0, length = strlen(line);
    char *text = realloc(*collected, before + length + 2);
    if (!text)
        return;
    if (before)
        text[before++] = '\n';
    memcpy(text + before, line, length + 1);
    *collected = text;
}

void cli_error(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = format_text(format, values);
    va_end(values);
    if (collected) {
        collect(text ? text : "Memory ran out.");
        free(text);
        return;
    }
    flockfile(stderr); /* also guards the bar: workers report errors while the command's thread draws */
    progress_hide();
    cli_flush();
    fputs("amos: ", stderr);
    cli_put(stderr, text ? text : "Memory ran out.");
    fputc('\n', stderr);
    funlockfile(stderr);
    free(text);
}

void cli_error_of(const amos_error *err)
{
    cli_error("%s (%s)", err->message, amos_status_name(err->status));
}

/* A full buffer is written during printing. A later flush does not repeat why that failed, so errno is kept here. */
void cli_note_failure(void)
{
    if (ferror(stdout) && !stdout_errno)
        stdout_errno = errno;
}

/* ---- lines ---- */

static void put_lines(FILE *out, char *text, char line_end)
{
    for (char *line = text; line;) {
        char *end = strchr(line, line_end);
        if (end)
            *end = '\0';
        cli_put(out, line);
        if (end)
            fputc('\n', out);
        line = end ? end + 1 : NULL;
    }
}

static size_t count_letters(const char *text, char letter)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == letter;
    return count;
}

/* A copy with `line_end` for each '\n'; NULL if memory ran out. */
static char *mark_lines(const char *format, char line_end)
{
    char *marked = strdup(format);
    for (size_t i = 0; marked && marked[i]; i++)
        if (marked[i] == '\n')
            marked[i] = line_end;
    return marked;
}

/* Formats with a control character for each line's end of the format, because a '\n' would look like one in a
 * file name. It is one that the values do not have. NULL if memory ran out, or if they have all of them. */
static char *format_lines(const char *format, va_list values, char *line_end)
{
    for (*line_end = 1; *line_end < '\n'; ++*line_end) {
        va_list again;
        char *marked = mark_lines(format, *line_end);
        va_copy(again, values);
        char *text = marked ? format_text(marked, again) : NULL;
        va_end(again);
        bool good = text && count_letters(text, *line_end) == count_letters(marked, *line_end);
        free(marked);
        if (good || !text)
            return text;
        free(text);
    }
    return NULL;
}

void cli_lose_output(void)
{
    print_failed = true;
    if (!stdout_errno)
        stdout_errno = ENOMEM;
}

static void print_values(FILE *out, const char *format, va_list values)
{
    char line_end, *text = format_lines(format, values, &line_end);
    if (text)
        put_lines(out, text, line_end);
    if (out == stdout)
        cli_note_failure();
    if (!text)
        cli_lose_output();
    free(text);
}

void cli_print(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_values(stdout, format, values);
    va_end(values);
}

void cli_print_to(FILE *out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_values(out, format, values);
    va_end(values);
}

void cli_print_line(const char *text)
{
    puts(text);
    cli_note_failure();
}

void cli_print_text(const char *text)
{
    fputs(text, stdout);
    cli_note_failure();
}

bool cli_stdout_good(void)
{
    return !print_failed && !ferror(stdout);
}

void cli_flush(void)
{
    flockfile(stderr);
    if (fflush(stdout) != 0 && !print_failed) {
        print_failed = true;
        cli_note_failure();
    }
    funlockfile(stderr);
}

int cli_finish(int code)
{
    cli_flush();
    if (cli_stdout_good())
        return code;
    cli_error("The output could not be written%s%s.", stdout_errno ? ": " : "",
              stdout_errno ? strerror(stdout_errno) : "");
    return CLI_FAILED;
}
