/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the fields of a struct as text, "name=value;" for each: for keys and fingerprints, which must change if any
 * field changes. A table lists the fields. The text includes the names; numbers are exact and independent of the
 * locale. */
#ifndef AMOSI_FIELDS_H
#define AMOSI_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum amosi_field_kind {
    AMOSI_FIELD_INT, /* also for enums */
    AMOSI_FIELD_UINT32,
    AMOSI_FIELD_INT64,
    AMOSI_FIELD_UINT64,
    AMOSI_FIELD_DOUBLE,
    AMOSI_FIELD_BYTES
};

struct amosi_field {
    const char *name; /* NULL ends a table */
    enum amosi_field_kind kind;
    size_t offset;
    size_t count; /* values in the field: more than 1 for an array */
};

#define AMOSI_FIELD(type, member, kind) \
    { \
#member, kind, offsetof(type, member), 1 \
    }
#define AMOSI_FIELD_ARRAY(type, member, kind, count) \
    { \
#member, kind, offsetof(type, member), count \
    }
#define AMOSI_FIELDS_END \
    { \
        NULL, AMOSI_FIELD_INT, 0, 0 \
    }

/* Receives the text, piece by piece. */
typedef void (*amosi_fields_fn)(void *user, const char *text, size_t bytes);

void amosi_fields_write(const struct amosi_field *fields, const void *from, amosi_fields_fn write, void *user);

/* A text buffer of fixed size. Text that does not fit is dropped, and `full` is set. Always ends with NUL. */
struct amosi_fields_text {
    char *text;
    size_t room, length; /* length starts at 0 */
    bool full;
};
void amosi_fields_to_text(void *user, const char *text, size_t bytes); /* user: struct amosi_fields_text */

/* The initial value of FNV-1a. */
#define AMOSI_FIELDS_HASH UINT64_C(14695981039346656037)
void amosi_fields_to_hash(void *user, const char *text, size_t bytes); /* user: uint64_t */

#endif
