/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: the file of a case, a script that hands the case to the viewer. */
#ifndef CLI_REPORT_CASE_FILE_H
#define CLI_REPORT_CASE_FILE_H

#include "report/content.h"
#include "report/folder.h"

/* Writes the file, and sets file, bytes and sha256 of its record. False after a failure, which is reported. */
bool report_case_file_write(const struct report_folder *folder, const struct review_item *item,
                            const struct report_content *content, struct report_record *record);

#endif
