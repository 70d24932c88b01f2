/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts as JSON, on one line. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "base/text/number.h"
#include "quality/fields.h"
#include "quality/quality.h"

struct text {
    char *data;
    size_t length, room;
    bool failed; /* memory ran out */
};

static void put_bytes(struct text *t, const char *bytes, size_t count)
{
    t->failed = t->failed || !amosi_grow((void **)&t->data, &t->room, t->length + count + 1, 1);
    if (t->failed)
        return;
    memcpy(t->data + t->length, bytes, count);
    t->length += count;
    t->data[t->length] = '\0';
}

static void put(struct text *t, const char *text)
{
    put_bytes(t, text, strlen(text));
}

/* The text is UTF-8. */
static void put_quoted(struct text *t, const char *text)
{
    put(t, "\"");
    for (; *text; text++) {
        char escaped[8];
        if ((unsigned char)*text < ' ') {
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*text);
            put(t, escaped);
        } else {
            if (*text == '"' || *text == '\\')
                put(t, "\\");
            put_bytes(t, text, 1);
        }
    }
    put(t, "\"");
}

static void put_integer(struct text *t, int64_t value)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, value);
    put(t, number);
}

static void put_number(struct text *t, double value)
{
    char number[AMOSI_NUMBER_BYTES];
    put(t, isfinite(value) ? amosi_number_write_exact(number, value) : "null");
}

/* One value of a field. Enums have the size of int. */
static void put_value(struct text *t, enum amosi_fact_kind kind, const void *from)
{
    const char sex[2] = {*(const char *)from, '\0'};
    switch (kind) {
    case AMOSI_FACT_FLAG:
        put(t, *(const int *)from ? "true" : "false");
        break;
    case AMOSI_FACT_INT:
        put_integer(t, *(const int *)from);
        break;
    case AMOSI_FACT_INT64:
        put_integer(t, *(const int64_t *)from);
        break;
    case AMOSI_FACT_COUNT:
        put_integer(t, (int64_t) * (const uint64_t *)from);
        break;
    case AMOSI_FACT_NUMBER:
        put_number(t, *(const double *)from);
        break;
    case AMOSI_FACT_SEX:
        put_quoted(t, sex);
        break;
    case AMOSI_FACT_CHARS:
        put_quoted(t, from);
        break;
    case AMOSI_FACT_TEXT:
        put_quoted(t, *(const char *const *)from);
        break;
    case AMOSI_FACT_SPLIT:
        put_quoted(t, amos_split_name(*(const amos_split *)from));
        break;
    case AMOSI_FACT_MODALITY:
        put_quoted(t, amos_modality_name(*(const amos_modality *)from));
        break;
    case AMOSI_FACT_STATUS:
        put_quoted(t, amos_status_name(*(const amos_status *)from));
        break;
    }
}

/* Integers and numbers have eight bytes if there are several. */
static void put_field(struct text *t, const struct amosi_fact_field *f, const char *from)
{
    put_quoted(t, f->name);
    put(t, ":");
    if (f->count == 1 || f->kind == AMOSI_FACT_CHARS) {
        put_value(t, f->kind, from + f->offset);
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        put(t, i ? "," : "[");
        put_value(t, f->kind, from + f->offset + 8 * i);
    }
    put(t, "]");
}

/* The members of an object without its brackets. */
static void put_fields(struct text *t, const struct amosi_fact_field *fields, const void *from)
{
    for (const struct amosi_fact_field *f = fields; f->name; f++) {
        if (f != fields)
            put(t, ",");
        put_field(t, f, from);
    }
}

static void begin_item(struct text *t, size_t i)
{
    put(t, i ? ",{" : "{");
}

static void put_organs(struct text *t, const amos_quality *q)
{
    put(t, ",\"" AMOSI_FACT_ORGANS "\":[");
    for (size_t i = 0; i < q->count; i++) {
        const amos_quality_organ *organ = &q->organs[i];
        begin_item(t, i);
        put_fields(t, amosi_fact_organ, organ);
        put(t, ",\"" AMOSI_FACT_PARTS "\":[");
        for (size_t k = 0; k < organ->part_count; k++) {
            begin_item(t, k);
            put_fields(t, amosi_fact_part, &organ->part[k]);
            put(t, "}");
        }
        put(t, "]}");
    }
    put(t, "]");
}

static void put_contacts(struct text *t, const amos_quality *q)
{
    put(t, ",\"" AMOSI_FACT_CONTACTS "\":[");
    for (size_t i = 0; i < q->contact_count; i++) {
        begin_item(t, i);
        put_fields(t, amosi_fact_contact, &q->contacts[i]);
        put(t, "}");
    }
    put(t, "]");
}

amos_status amosi_quality_write(amos_quality *quality, amos_error *err)
{
    struct text t = {NULL, 0, 0, false};
    put(&t, "{");
    put_fields(&t, amosi_fact_case, &quality->facts);
    put_organs(&t, quality);
    put_contacts(&t, quality);
    put(&t, "}");
    if (t.failed) {
        amosi_free(t.data);
        return amosi_fail_nomem(err, NULL);
    }
    amosi_free(quality->json);
    quality->json = t.data;
    return AMOS_OK;
}
