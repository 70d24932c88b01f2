/* SPDX-License-Identifier: BSD-3-Clause */
/* Plain structs as JSON and back, exactly: what a shard has found about a case, for amos merge. A table says which
 * members are kept:
 *
 *   static const struct fact facts[] = {FACT(struct range, min, FACT_NUMBER), FACT(struct range, count, FACT_COUNT),
 *                                       FACT_END};
 * */
#ifndef CLI_SHARD_FACTS_H
#define CLI_SHARD_FACTS_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum fact_type {
    FACT_NUMBER,  /* double; NaN and infinities are texts */
    FACT_COUNT,   /* uint64_t below 2^53 */
    FACT_INTEGER, /* int64_t */
    FACT_INT,     /* int, or an enum of its size */
    FACT_BOOL,
    FACT_BITS, /* amos_warnings */
    FACT_TEXT  /* an array of char with a NUL; what does not fit is cut */
};

struct fact {
    const char *name; /* NULL ends the table */
    enum fact_type type;
    size_t offset, bytes; /* of the member: an array, if it has the bytes of several */
};

#define FACT(structure, member, type) \
    { \
#member, type, offsetof(structure, member), sizeof(((structure *)0)->member) \
    }
#define FACT_END \
    { \
        NULL, FACT_NUMBER, 0, 0 \
    }

/* Adds the members to an object. */
void facts_put(cJSON *object, const struct fact *facts, const void *values);

/* Reads them. False if one is missing, or is of another type. */
bool facts_take(const cJSON *object, const struct fact *facts, void *values);

/* A member that is an object of its own: `name`: {...}. For NULL it is left out. */
void facts_put_in(cJSON *object, const char *name, const struct fact *facts, const void *values);
bool facts_take_from(const cJSON *object, const char *name, const struct fact *facts, void *values);

/* One number, exactly. */
cJSON *fact_number(double value);
bool fact_number_read(const cJSON *json, double *value);

/* Of an amos_error: status and message, which are what reports show. */
extern const struct fact facts_of_error[];
extern const struct fact facts_of_accepted[];

#endif
