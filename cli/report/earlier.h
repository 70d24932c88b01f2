/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: what an earlier run wrote of its cases, in the manifest and the journal. Both begin with a line about the
 * report and have one line for each case; what is no such line, such as one that a killed process did not finish, is left
 * out. */
#ifndef CLI_REPORT_EARLIER_H
#define CLI_REPORT_EARLIER_H

#include "report/record.h"

struct report_earlier {
    char *data_set; /* its name; NULL: not known */
    struct report_record *records;
    size_t count, room;
};

/* Adds what a file has; a missing file has nothing. False after a failure, which is reported. Release with
 * report_earlier_free() in either case. */
bool report_earlier_read(const char *path, struct report_earlier *out);

/* Sorts the records by id, and keeps the last of each id. */
void report_earlier_sort(struct report_earlier *earlier);

/* The record of a case, after sorting; NULL: there is none. Any thread. */
const struct report_record *report_earlier_find(const struct report_earlier *earlier, const char *id);

void report_earlier_free(struct report_earlier *earlier);

/* What both files begin with, before the object about the report. */
extern const char report_head[];

#endif
