/* SPDX-License-Identifier: BSD-3-Clause */
/* The fields of a struct as text, "name=value;" one after the other: for keys and fingerprints, which have to change if any
 * field does. A table says which fields; numbers are exact and do not depend on the locale, and names are part of it. */
#ifndef AMOSI_FIELDS_H
#define AMOSI_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum amosi_field_kind {
    AMOSI_FIELD_INT, /* and enums */
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
    size_t count; /* how many values there are in a row */
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

/* Where the text goes, piece by piece. */
typedef void (*amosi_fields_fn)(void *user, const char *text, size_t bytes);

void amosi_fields_write(const struct amosi_field *fields, const void *from, amosi_fields_fn write, void *user);

/* Text in room of a fixed size; what does not fit is left out, and `full` says so. Always ended by NUL. */
struct amosi_fields_text {
    char *text;
    size_t room, length; /* length begins at 0 */
    bool full;
};
void amosi_fields_to_text(void *user, const char *text, size_t bytes); /* user: struct amosi_fields_text */

/* FNV-1a, which begins with this. */
#define AMOSI_FIELDS_HASH UINT64_C(14695981039346656037)
void amosi_fields_to_hash(void *user, const char *text, size_t bytes); /* user: uint64_t */

#endif
