/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: the file of a case, a script that hands the case to the viewer. */
#ifndef CLI_REPORT_CASE_FILE_H
#define CLI_REPORT_CASE_FILE_H

#include "report/content.h"
#include "report/folder.h"

/* The name of the file in the folder: "cases/amos_0001.js". From malloc(); NULL, with a report, if memory ran out. */
char *report_case_file_name(const struct review_item *item);

/* Writes the file, and sets file, bytes and sha256 of its record. False after a failure, which is reported. */
bool report_case_file_write(const struct report_folder *folder, const struct review_item *item,
                            const struct report_content *content, struct report_record *record);

#endif
