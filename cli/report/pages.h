/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: the start page with its files, and the manifest. */
#ifndef CLI_REPORT_PAGES_H
#define CLI_REPORT_PAGES_H

#include "report/run.h"

/* The line about a report with which its journal and its manifest begin. From malloc(); NULL, with a report, if memory ran
 * out. */
char *report_head_line(const struct review_set *set, const struct review_question *question, int64_t size,
                       size_t worst);

/* Write all of them, the manifest last. False after a failure, which is reported. */
bool report_pages_write(const struct report_run *run, const char *head);

#endif
