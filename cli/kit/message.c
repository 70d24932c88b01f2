/* SPDX-License-Identifier: BSD-3-Clause */
/* Text for people: errors on stderr, results on stdout. Control characters, which could steer a terminal, are
 * escaped. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kit/progress.h"

static bool print_failed; /* stdout, or memory for a text */
static int stdout_errno;  /* of the first failure */

/* Length of a control character at `text`, 0 if there is none: those of ASCII, and those of Latin-1 in UTF-8 (C2
 * 80..9F). */
static size_t control_bytes(const unsigned char *text)
{
    if (text[0] < 0x20 || text[0] == 0x7f)
        return 1;
    return text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f ? 2 : 0;
}

void cli_put(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t controls = control_bytes(at);
        if (!controls)
            fputc(*at++, out);
        for (; controls > 0; controls--)
            fprintf(out, "\\x%02x", *at++);
    }
}

/* Formats into allocated memory; NULL if memory ran out. */ static char *format_text(const char *format,
                                                                                      va_list values)
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

void cli_error(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = format_text(format, values);
    va_end(values);
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
static void note_failure(void)
{
    if (ferror(stdout) && !stdout_errno)
        stdout_errno = errno;
}

/* Stands for a line's end in the format. A '\n' could not be distinguished from one in a file name. */
#define LINE_END '\x01'

static void put_lines(FILE *out, char *text)
{
    for (char *line = text; line;) {
        char *end = strchr(line, LINE_END);
        if (end)
            *end = '\0';
        cli_put(out, line);
        if (end)
            fputc('\n', out);
        line = end ? end + 1 : NULL;
    }
}

/* A copy with LINE_END for each '\n'; NULL if memory ran out. */
static char *mark_lines(const char *format)
{
    char *marked = strdup(format);
    for (size_t i = 0; marked && marked[i]; i++)
        if (marked[i] == '\n')
            marked[i] = LINE_END;
    return marked;
}

void cli_lose_output(void)
{
    print_failed = true;
    if (!stdout_errno)
        stdout_errno = ENOMEM;
}

static void print_values(FILE *out, const char *format, va_list values)
{
    char *marked = mark_lines(format), *text = marked ? format_text(marked, values) : NULL;
    if (text)
        put_lines(out, text);
    if (out == stdout)
        note_failure();
    if (!text)
        cli_lose_output();
    free(text);
    free(marked);
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
    note_failure();
}

void cli_print_text(const char *text)
{
    fputs(text, stdout);
    note_failure();
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
        note_failure();
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
