/* SPDX-License-Identifier: BSD-3-Clause */
/* Exit codes, and text for people. Only results go to stdout; all else goes to stderr. */
#ifndef CLI_KIT_MESSAGE_H
#define CLI_KIT_MESSAGE_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stdio.h>

enum cli_exit {
    CLI_OK = 0,     /* all done, nothing wrong found */
    CLI_FAILED = 1, /* something failed, or a check found something wrong */
    CLI_USAGE = 2   /* an error in the command line; nothing was done */
};

#if defined(__GNUC__)
#define CLI_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CLI_PRINTF(f, a)
#endif

/* Removes the progress bar and prints "amos: <sentence>" as a line on stderr. Only for the thread that runs the
 * command. */
void cli_error(const char *format, ...) CLI_PRINTF(1, 2);

/* Until it is called with NULL, errors of this thread are appended to *text, a line each, and not printed: for programs
 * that use parts of the command, such as the Python package. *text is NULL at first, and the caller frees it. */
void cli_collect_errors(char **text);

/* The same for an error of the library: its message and the name of its status. */
void cli_error_of(const amos_error *err);

/* Prints text from outside. The bytes of letters that amosi_utf8_unsafe() finds become \xNN, so that it cannot steer a
 * terminal. */
void cli_put(FILE *out, const char *text);

/* Prints formatted text on stdout the same way (newlines in the format itself are kept). */
void cli_print(const char *format, ...) CLI_PRINTF(1, 2);

/* The same to another stream, such as a text in memory. */
void cli_print_to(FILE *out, const char *format, ...) CLI_PRINTF(2, 3);

/* Prints a text unchanged, and a newline. */
void cli_print_line(const char *text);

/* Prints a text unchanged. */
void cli_print_text(const char *text);

/* Notes why a write to stdout failed, if one has. Only for code that writes to it by the functions of stdio. */
void cli_note_failure(void);

/* Flushes stdout. */
void cli_flush(void);

/* Notes that memory for a part of the output ran out. From then on this counts as a failed write to stdout. */
void cli_lose_output(void);

/* False once a write to stdout failed, or memory ran out during printing. Long work may then stop. */
bool cli_stdout_good(void);

/* Flushes stdout. A failure is reported and turns an exit code into CLI_FAILED. */
int cli_finish(int code);

/* Columns of a line of text for people; the last column of a terminal stays free. */
#define CLI_LINE_WIDTH 79

#endif
