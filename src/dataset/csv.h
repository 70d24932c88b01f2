/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a CSV text record by record, as RFC 4180 defines it; a bare LF also ends a record. */
#ifndef AMOSI_DATASET_CSV_H
#define AMOSI_DATASET_CSV_H

#include <stddef.h>

enum amosi_csv_result { AMOSI_CSV_RECORD, AMOSI_CSV_END, AMOSI_CSV_MALFORMED, AMOSI_CSV_NOMEM };

struct amosi_csv {
    char *at;         /* the next byte to read */
    char *end;        /* of the text; holds a NUL */
    size_t next_line; /* the line of `at`, from 1 */
    size_t line;      /* where the last record began */
    char **fields;    /* of the last record, in the text, unquoted, ended by NUL */
    size_t count;
    size_t capacity;
};

/* Begins to read a text. The text is changed; it must have a NUL after its last byte and none before. A byte order mark
 * is skipped. */
void amosi_csv_begin(struct amosi_csv *csv, char *text, size_t length);

/* Reads the next record and skips empty lines. A malformed record (a misplaced or unclosed quote, too many fields) ends
 * the reading. */
enum amosi_csv_result amosi_csv_next(struct amosi_csv *csv);

/* Removes the spaces around a field, in place. */
const char *amosi_csv_trim(char *field);

void amosi_csv_free(struct amosi_csv *csv);

#endif
