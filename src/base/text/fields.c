/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Writes a double by its bits; -0 counts as 0. */
static int format_double(char *out, size_t bytes, const void *at)
{
    double value;
    uint64_t bits;
    memcpy(&value, at, sizeof value);
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return snprintf(out, bytes, "%016" PRIx64, bits);
}

static size_t item_bytes(enum amosi_field_kind kind)
{
    return kind == AMOSI_FIELD_BYTES ? 1 : kind == AMOSI_FIELD_INT || kind == AMOSI_FIELD_UINT32 ? 4 : 8;
}

static int format_item(char *out, size_t bytes, enum amosi_field_kind kind, const void *at)
{
    union {
        int i;
        uint32_t u32;
        int64_t i64;
        uint64_t u64;
        unsigned char byte;
    } v;
    memcpy(&v, at, item_bytes(kind));
    switch (kind) {
    case AMOSI_FIELD_INT:
        return snprintf(out, bytes, "%d", v.i);
    case AMOSI_FIELD_UINT32:
        return snprintf(out, bytes, "%" PRIu32, v.u32);
    case AMOSI_FIELD_INT64:
        return snprintf(out, bytes, "%" PRId64, v.i64);
    case AMOSI_FIELD_UINT64:
        return snprintf(out, bytes, "%" PRIu64, v.u64);
    case AMOSI_FIELD_DOUBLE:
        return format_double(out, bytes, at);
    default:
        return snprintf(out, bytes, "%02x", v.byte);
    }
}

void amosi_fields_write(const struct amosi_field *fields, const void *from, amosi_fields_fn write, void *user)
{
    for (const struct amosi_field *f = fields; f->name; f++) {
        write(user, f->name, strlen(f->name));
        for (size_t i = 0; i < f->count; i++) {
            char item[32];
            int n = format_item(item, sizeof item, f->kind, (const char *)from + f->offset + i * item_bytes(f->kind));
            if (i == 0 || f->kind != AMOSI_FIELD_BYTES)
                write(user, i == 0 ? "=" : ",", 1);
            write(user, item, (size_t)n);
        }
        write(user, ";", 1);
    }
}

void amosi_fields_to_text(void *user, const char *text, size_t bytes)
{
    struct amosi_fields_text *t = user;
    size_t left = t->room - t->length - 1, n = bytes < left ? bytes : left;
    memcpy(t->text + t->length, text, n);
    t->length += n;
    t->text[t->length] = '\0';
    t->full |= n < bytes;
}

void amosi_fields_to_hash(void *user, const char *text, size_t bytes)
{
    uint64_t *hash = user;
    for (size_t i = 0; i < bytes; i++)
        *hash = (*hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
}
