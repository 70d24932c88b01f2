/* SPDX-License-Identifier: BSD-3-Clause */
/* A report that is made in memory as a whole, and then put out: printed, or written to a file. So an output file never
 * holds half a report, and its bytes are the same as those on stdout.
 *
 *   struct report report;
 *   if (report_begin(&report)) {
 *       cli_print_to(report.stream, ...);
 *       good = report_put(&report, "-");
 *   }
 */
#ifndef CLI_KIT_REPORT_H
#define CLI_KIT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct report {
    FILE *stream;
    char *text;
    size_t bytes;
};

/* False where memory ran out, reported. */
bool report_begin(struct report *report);

/* Puts it out to a path, or "-" for stdout, and releases it; NULL throws it away, and gives false. False after a failure,
 * which is reported. */
bool report_put(struct report *report, const char *path);

/* A name and what it is, over as many lines of 80 columns as it takes. */
void report_line(FILE *out, const char *name, const char *text);

#endif
