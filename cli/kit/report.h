/* SPDX-License-Identifier: BSD-3-Clause */
/* A report that is first built in memory as a whole, then printed or written to a file. So an output file never has
 * half a report, and its bytes are the same as on stdout.
 *
 *   struct report report;
 *   if (report_begin(&report)) {
 *       cli_print_to(report.stream, ...);
 *       good = report_put(&report, "-");
 *   }
 * */
#ifndef CLI_KIT_REPORT_H
#define CLI_KIT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct report {
    FILE *stream;
    char *text;
    size_t bytes;
};

/* False if memory ran out, which is reported. */
bool report_begin(struct report *report);

/* Writes the report to a path, or "-" for stdout, and releases it. NULL discards it and gives false. False after a
 * failure, which is reported. */
bool report_put(struct report *report, const char *path);

/* Prints a name and a text, wrapped to lines of 80 columns. */
void report_line(FILE *out, const char *name, const char *text);

#endif
