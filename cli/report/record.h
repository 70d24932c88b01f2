/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: what is kept of a case that is done, one line of JSON. While a report is being made the lines are appended to
 * its journal; the manifest of a whole report has them all. */
#ifndef CLI_REPORT_RECORD_H
#define CLI_REPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/key.h"

#define REPORT_FORMAT "amos-report-1"

struct report_record {
    char *id;             /* NULL: there is no record */
    char key[REPORT_KEY]; /* "": something was wrong, so the case is not kept */
    char *file;           /* "cases/amos_0001.js"; NULL: none */
    uint64_t bytes;       /* of the file */
    char sha256[REPORT_KEY];
    double mean_dice; /* NaN: none */
    char *quality;    /* JSON: the facts from which findings are made; "null": none */
    char *row;        /* JSON: the case's row in the set, without its file and its findings */
    char *former;     /* a file that a line before this one had of the case, and this one has not; NULL: none */
    size_t place;     /* among the lines of earlier runs */
};

/* The line, without a newline, from malloc(); NULL, with a report, if memory ran out. */
char *report_record_line(const struct report_record *record);

/* Reads a line, which may be any bytes and is changed: false if it is no record, or memory ran out. */
bool report_record_read(char *line, size_t length, struct report_record *out);

/* Makes it that of a case without a file. */
void report_record_leave_file(struct report_record *record);

void report_record_free(struct report_record *record);

#endif
