/* SPDX-License-Identifier: BSD-3-Clause */
/* A report that is built in memory, then printed or written to a file. An output file never has half a report, and its
 * bytes are the same as on stdout.
 *
 *   struct report report;
 *   if (report_begin(&report)) {
 *       cli_print_to(report.stream, ...);
 *       good = report_put(&report, "-");
 *   }
 *
 * A long report is passed on in parts by report_pass_on(), so that only a part is in memory at a time. Its end on stdout
 * is then missing after a failure, which the exit code says; a file is still whole or not there. */
#ifndef CLI_KIT_REPORT_H
#define CLI_KIT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct report {
    FILE *stream;
    char *text;
    size_t bytes;
    struct outfile *out; /* NULL until a part was passed on to a file */
};

/* False if memory ran out, which is reported. */
bool report_begin(struct report *report);

/* Writes what was printed so far to a path, or "-" for stdout, and forgets it. False after a failure; the report must be
 * released in either case. */
bool report_pass_on(struct report *report, const char *path);

/* Writes the rest of the report to a path, or "-" for stdout, and releases it. NULL discards it and gives false. False after a
 * failure, which is reported. */
bool report_put(struct report *report, const char *path);

/* Prints a name and a text, wrapped to lines of 80 columns. */
void report_line(FILE *out, const char *name, const char *text);

#endif
