/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts from JSON, which may be anybody's: every member is checked. */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/json/syntax.h"
#include "base/system/alloc.h"
#include "quality/fields.h"
#include "quality/quality.h"

#define MOST_VALUES 1000000

/* Where a member stands, for messages. */
struct place {
    const char *list; /* "organs"; NULL: in the case itself */
    size_t number;    /* of the item, from 1 */
};

static amos_status refuse(const struct place *at, const char *name, const char *expected, amos_error *err)
{
    if (!at->list)
        return amosi_fail(err, AMOS_E_JSON_SCHEMA, NULL, "\"%s\" of facts about a case is not %s.", name, expected);
    return amosi_fail(err, AMOS_E_JSON_SCHEMA, NULL, "\"%s\" of item %zu of \"%s\" in facts about a case is not %s.",
                      name, at->number, at->list, expected);
}

/* ---- values ---- */

static bool take_integer(const cJSON *item, const struct amosi_fact_field *f, double *value)
{
    *value = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
    return *value >= f->low && *value <= f->high && floor(*value) == *value;
}

static bool take_number(const cJSON *item, const struct amosi_fact_field *f, double *to)
{
    *to = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
    return cJSON_IsNull(item) || (isfinite(*to) && *to >= f->low && *to <= f->high);
}

static bool take_sex(const char *text, char *to)
{
    *to = text[0];
    return text[0] && strchr("MF?", text[0]) && !text[1];
}

static bool take_chars(const char *text, size_t room, char *to)
{
    const size_t length = strlen(text);
    if (length < room)
        memcpy(to, text, length + 1);
    return length < room;
}

static bool take_enum(amos_enum which, const char *text, void *to)
{
    int value;
    if (amos_enum_parse(which, text, &value, NULL) != AMOS_OK)
        return false;
    memcpy(to, &value, sizeof value);
    return true;
}

static bool take_status(const char *text, void *to)
{
    amos_status value;
    if (amos_status_parse(text, &value, NULL) != AMOS_OK)
        return false;
    memcpy(to, &value, sizeof value);
    return true;
}

/* Texts of the case exist before; those of organs do not. False with *no_memory if memory ran out. */
static bool take_text(const char *text, const char **to, bool *no_memory)
{
    char *copy = amosi_quality_text(text);
    *no_memory = !copy;
    if (copy) {
        amosi_free((void *)*to);
        *to = copy;
    }
    return copy != NULL;
}

/* A value that is a text. */
static bool take_string(const cJSON *item, const struct amosi_fact_field *f, char *to, bool *no_memory)
{
    if (!cJSON_IsString(item))
        return false;
    switch (f->kind) {
    case AMOSI_FACT_SEX:
        return take_sex(item->valuestring, to);
    case AMOSI_FACT_CHARS:
        return take_chars(item->valuestring, f->count, to);
    case AMOSI_FACT_SPLIT:
        return take_enum(AMOS_ENUM_SPLIT, item->valuestring, to);
    case AMOSI_FACT_MODALITY:
        return take_enum(AMOS_ENUM_MODALITY, item->valuestring, to);
    case AMOSI_FACT_STATUS:
        return take_status(item->valuestring, to);
    default:
        return take_text(item->valuestring, (const char **)(void *)to, no_memory);
    }
}

static bool take_value(const cJSON *item, const struct amosi_fact_field *f, char *to, bool *no_memory)
{
    double value;
    switch (f->kind) {
    case AMOSI_FACT_FLAG:
        *(int *)(void *)to = cJSON_IsTrue(item);
        return cJSON_IsBool(item);
    case AMOSI_FACT_NUMBER:
        return take_number(item, f, (double *)(void *)to);
    case AMOSI_FACT_INT:
    case AMOSI_FACT_INT64:
    case AMOSI_FACT_COUNT:
        if (!take_integer(item, f, &value))
            return false;
        if (f->kind == AMOSI_FACT_INT)
            *(int *)(void *)to = (int)value;
        else if (f->kind == AMOSI_FACT_INT64)
            *(int64_t *)(void *)to = (int64_t)value;
        else
            *(uint64_t *)(void *)to = (uint64_t)value;
        return true;
    default:
        return take_string(item, f, to, no_memory);
    }
}

static bool take_list(const cJSON *item, const struct amosi_fact_field *f, char *to)
{
    size_t count = 0;
    bool unused;
    if (!cJSON_IsArray(item))
        return false;
    for (const cJSON *value = item->child; value; value = value->next, count++)
        if (count == f->count || !take_value(value, f, to + 8 * count, &unused))
            return false;
    return count == f->count;
}

static amos_status take_fields(const cJSON *object, const struct amosi_fact_field *fields, const struct place *at,
                               void *to, amos_error *err)
{
    static const char *const expected[] = {"true or false",
                                           "an integer in its range",
                                           "an integer in its range",
                                           "an integer in its range",
                                           "a number in its range, or null",
                                           "\"M\", \"F\" or \"?\"",
                                           "a text of its length",
                                           "a text",
                                           "the name of a split",
                                           "the name of a modality",
                                           "the name of a status"};
    for (const struct amosi_fact_field *f = fields; f->name; f++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, f->name);
        const bool single = f->count == 1 || f->kind == AMOSI_FACT_CHARS;
        bool no_memory = false;
        char *field = (char *)to + f->offset;
        if (item && (single ? take_value(item, f, field, &no_memory) : take_list(item, f, field)))
            continue;
        if (no_memory)
            return amosi_fail_nomem(err, NULL);
        return refuse(at, f->name, single ? expected[f->kind] : "a list of numbers of its length", err);
    }
    return AMOS_OK;
}

/* ---- lists ---- */

/* The number of items of a list of objects, at most `most`. */
static amos_status count_items(const cJSON *object, const char *name, const struct place *at, size_t most,
                               size_t *count, amos_error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, name);
    *count = 0;
    for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item && *count <= most; item = item->next)
        *count += cJSON_IsObject(item) ? 1 : most + 1;
    return cJSON_IsArray(list) && *count <= most ? AMOS_OK : refuse(at, name, "a list of objects of its length", err);
}

static amos_status take_parts(const cJSON *object, const struct place *at, amos_quality_organ *organ, amos_error *err)
{
    struct place place = {AMOSI_FACT_PARTS, 0};
    size_t count;
    amos_status status = count_items(object, AMOSI_FACT_PARTS, at, AMOS_QUALITY_PARTS, &count, err);
    if (status)
        return status;
    amos_quality_part *parts = amosi_zalloc_array(count, sizeof *parts);
    organ->part = parts;
    if (!parts)
        return amosi_fail_nomem(err, NULL);
    organ->part_count = count;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, AMOSI_FACT_PARTS)->child;
    for (; item && !status; item = item->next, place.number++)
        status = take_fields(item, amosi_fact_part, &(struct place){place.list, place.number + 1}, &parts[place.number],
                             err);
    if (!status && (organ->parts < count || (organ->voxels > 0) != (count > 0)))
        status = refuse(at, AMOSI_FACT_PARTS, "as long as the number of components allows", err);
    return status;
}

static amos_status take_organs(const cJSON *root, amos_quality *q, amos_error *err)
{
    size_t count, i = 0;
    amos_status status = count_items(root, AMOSI_FACT_ORGANS, &(struct place){NULL, 0}, 255, &count, err);
    if (status)
        return status;
    q->organs = amosi_zalloc_array(count, sizeof *q->organs);
    if (!q->organs)
        return amosi_fail_nomem(err, NULL);
    q->count = count;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, AMOSI_FACT_ORGANS)->child;
    for (; item && !status; item = item->next, i++) {
        const struct place at = {AMOSI_FACT_ORGANS, i + 1};
        status = take_fields(item, amosi_fact_organ, &at, &q->organs[i], err);
        if (!status && q->organs[i].label != (int)i + 1)
            status = refuse(&at, "label", "its number in the list", err);
        if (!status)
            status = take_parts(item, &at, &q->organs[i], err);
    }
    return status;
}

static amos_status take_contacts(const cJSON *root, amos_quality *q, amos_error *err)
{
    size_t count, i = 0;
    amos_status status = count_items(root, AMOSI_FACT_CONTACTS, &(struct place){NULL, 0}, 255 * 127, &count, err);
    if (status)
        return status;
    q->contacts = amosi_zalloc_array(count, sizeof *q->contacts);
    if (!q->contacts)
        return amosi_fail_nomem(err, NULL);
    q->contact_count = count;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, AMOSI_FACT_CONTACTS)->child;
    for (; item && !status; item = item->next, i++) {
        const struct place at = {AMOSI_FACT_CONTACTS, i + 1};
        status = take_fields(item, amosi_fact_contact, &at, &q->contacts[i], err);
        const amos_quality_contact *c = &q->contacts[i];
        if (!status && (c->label >= c->other || (size_t)c->other > q->count))
            status = refuse(&at, "other", "a label of the case that is larger than \"label\"", err);
    }
    return status;
}

/* ---- the text ---- */

static amos_status check_case(const amos_quality_facts *f, amos_error *err)
{
    const struct place at = {NULL, 0};
    const size_t letters = strlen(f->orientation);
    if (letters && (letters != 3 || strspn(f->orientation, "LRAPSI") != 3))
        return refuse(&at, "orientation", "three letters such as LAS", err);
    if (f->modality == AMOS_MODALITY_ANY)
        return refuse(&at, "modality", "CT, MRI or unknown", err);
    for (int i = 0; i < 12; i++)
        if (!isfinite(f->affine[i]) || !isfinite(f->spacing[i % 3]))
            return refuse(&at, "affine", "a list of finite numbers, as is \"spacing\"", err);
    return AMOS_OK;
}

static amos_status take_case(const cJSON *root, amos_quality *q, amos_error *err)
{
    amos_status status = take_fields(root, amosi_fact_case, &(struct place){NULL, 0}, &q->facts, err);
    if (!status)
        status = check_case(&q->facts, err);
    if (!status)
        status = take_organs(root, q, err);
    if (!status)
        status = take_contacts(root, q, err);
    return status ? status : amosi_quality_write(q, err);
}

/* `text` is a copy with a NUL at its end. */
static amos_status parse(char *text, size_t bytes, amos_quality *q, amos_error *err)
{
    amos_status status = amosi_json_check_own(text, bytes, MOST_VALUES, NULL, err);
    if (status)
        return status;
    cJSON *root = cJSON_ParseWithLength(text, bytes + 1);
    if (!root)
        return amosi_fail_nomem(err, NULL);
    status = cJSON_IsObject(root)
                 ? take_case(root, q, err)
                 : amosi_fail(err, AMOS_E_JSON_SCHEMA, NULL, "Facts about a case are not a JSON object.");
    cJSON_Delete(root);
    return status;
}

amos_status amos_quality_parse(const char *text, size_t bytes, amos_quality **out, amos_error *err)
{
    amos_quality *quality = NULL;
    if (out)
        *out = NULL;
    if (!text || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_parse needs a text and a place for the facts.");
    char *copy = amosi_strndup(text, bytes);
    if (!copy)
        return amosi_fail_nomem(err, NULL);
    amos_status status = amosi_quality_begin("", &quality, err);
    if (!status)
        status = parse(copy, bytes, quality, err);
    amosi_free(copy);
    if (status)
        amos_quality_free(quality);
    else
        *out = quality;
    return status;
}
