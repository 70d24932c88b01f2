/* SPDX-License-Identifier: BSD-3-Clause */
/* The members of the facts, by which they are written as JSON and read back. A new fact is a member of its struct in
 * amos/quality.h and a row of its table here. */
#ifndef AMOSI_QUALITY_FIELDS_H
#define AMOSI_QUALITY_FIELDS_H

#include <stddef.h>

#include <amos/quality.h>

enum amosi_fact_kind {
    AMOSI_FACT_FLAG,   /* int, 0 or 1; true or false */
    AMOSI_FACT_INT,    /* int */
    AMOSI_FACT_INT64,  /* int64_t */
    AMOSI_FACT_COUNT,  /* uint64_t */
    AMOSI_FACT_NUMBER, /* double; null if it is not finite */
    AMOSI_FACT_SEX,    /* char */
    AMOSI_FACT_CHARS,  /* an array of `count` char */
    AMOSI_FACT_TEXT,   /* const char *, which the facts own */
    AMOSI_FACT_SPLIT,  /* the enums, by their names */
    AMOSI_FACT_MODALITY,
    AMOSI_FACT_STATUS
};

struct amosi_fact_field {
    const char *name; /* NULL ends a table */
    enum amosi_fact_kind kind;
    size_t offset;
    size_t count;     /* of an array, else 1 */
    double low, high; /* what is allowed in JSON; of numbers, not NaN */
};

extern const struct amosi_fact_field amosi_fact_case[], amosi_fact_organ[], amosi_fact_part[], amosi_fact_contact[];

/* Keys of the lists: of organs and contacts in the case, and of components in an organ. */
#define AMOSI_FACT_ORGANS "organs"
#define AMOSI_FACT_CONTACTS "contacts"
#define AMOSI_FACT_PARTS "part"

#endif
