/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: the key of a case, a digest of all that its file and its row are made from. Of a gzip file its size, its first
 * and its last bytes count, which hold the CRC-32 of its content; of any other file all bytes. */
#ifndef CLI_REPORT_KEY_H
#define CLI_REPORT_KEY_H

#include "review/set.h"

#define REPORT_KEY 65

/* What is the same for all cases: version, options and rules. From malloc(); NULL if memory ran out, which is reported. */
char *report_key_options(const struct review_set *set, const struct review_question *question, int64_t size);

/* What is known of a case without reading a file: its id, split, modality and metadata. The same. */
char *report_key_case(const struct review_set *set, const struct review_item *item);

/* Reads the files. The status is AMOS_OK, or AMOS_E_IO for a file that is there and cannot be read. Any thread. */
amos_status report_key_make(const char *options, const char *about, const struct review_item *item,
                            char key[REPORT_KEY], amos_error *err);

#endif
