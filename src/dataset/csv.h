/* SPDX-License-Identifier: BSD-3-Clause */
/* A CSV text record by record, as RFC 4180 defines it; a bare LF ends a record, too. */
#ifndef AMOSI_DATASET_CSV_H
#define AMOSI_DATASET_CSV_H

#include <stddef.h>

enum amosi_csv_result { AMOSI_CSV_RECORD, AMOSI_CSV_END, AMOSI_CSV_MALFORMED, AMOSI_CSV_NOMEM };

struct amosi_csv {
    char *at;         /* what is still to read */
    char *end;        /* of the text, where a NUL stands */
    size_t next_line; /* the line that `at` is on, from 1 */
    size_t line;      /* where the last record began */
    char **fields;    /* of the last record, in the text, without their quotes, ended by NUL */
    size_t count;
    size_t capacity;
};

/* Begins with a text that it may change, with a NUL behind it and none in it; a byte order mark is skipped. */
void amosi_csv_begin(struct amosi_csv *csv, char *text, size_t length);

/* Reads the next record; empty lines are none. A malformed one (a quote in the wrong place or never closed, too many
 * fields) ends the reading. */
enum amosi_csv_result amosi_csv_next(struct amosi_csv *csv);

void amosi_csv_free(struct amosi_csv *csv);

#endif
