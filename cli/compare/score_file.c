/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: a result of `amos score --json`, read back. Its origin is unknown, so all of it is checked. The
 * cases are parsed one after the other, and of each only its numbers are kept. */
#define _POSIX_C_SOURCE 200809L
#include "compare/score_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json/syntax.h"
#include "base/json/unique.h"
#include "compare/nnunet_file.h"
#include "kit/message.h"
#include "read/json_file.h"
#include "score/report.h"

#define BYTES_MAX ((size_t)1 << 30)

/* ---- text ---- */

static bool out_of_memory(const char *path)
{
    cli_error("%s: Memory ran out while the file was read.", path);
    return false;
}

static bool refuse(const struct score_file *file, const char *what)
{
    cli_error("%s: %s; a result of `amos score --json`, or nnU-Net's summary.json, was expected.", file->path, what);
    return false;
}

/* ---- one object ---- */

static bool is_object(const struct score_file *file, const cJSON *object, const char *what)
{
    amos_error err;
    if (!cJSON_IsObject(object))
        return refuse(file, what);
    if (amosi_json_check_unique(object, file->path, "an object", &err) == AMOS_OK)
        return true;
    cli_error_of(&err);
    return false;
}

/* The text of a member; NULL if it is not a text. */
static const char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* A number, null, or the text "inf". */
static bool read_value(const cJSON *value, double *out)
{
    *out = cJSON_IsNumber(value) ? value->valuedouble : cJSON_IsString(value) ? (double)INFINITY : (double)NAN;
    return cJSON_IsNumber(value) || cJSON_IsNull(value) ||
           (cJSON_IsString(value) && strcmp(value->valuestring, "inf") == 0);
}

/* ---- the cases ---- */

static bool keep_names(struct score_file *file, const cJSON *organs)
{
    const cJSON *organ;
    size_t label = 0;
    file->organs = calloc(file->label_count, sizeof *file->organs);
    if (!file->organs)
        return out_of_memory(file->path);
    cJSON_ArrayForEach(organ, organs)
    {
        const char *name = text_of(organ, "organ");
        if (!(file->organs[label++] = strdup(name ? name : "")))
            return out_of_memory(file->path);
    }
    return true;
}

static bool read_organs(const struct score_file *file, const cJSON *organs, double *values)
{
    const cJSON *organ;
    int label = 0;
    cJSON_ArrayForEach(organ, organs)
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(organ, "label");
        if (!is_object(file, organ, "An organ of a case is no object"))
            return false;
        if (!cJSON_IsNumber(number) || number->valuedouble != ++label)
            return refuse(file, "The organs of a case are not numbered from 1");
        for (size_t m = 0; m < file->metric_count; m++)
            if (!read_value(cJSON_GetObjectItemCaseSensitive(organ, file->metrics[m]), values++))
                return refuse(file, "An organ lacks a number");
    }
    return true;
}

static bool add_case(struct score_file *file, const cJSON *item)
{
    if (!is_object(file, item, "A case is no object"))
        return false;
    const char *id = text_of(item, "id");
    const cJSON *organs = cJSON_GetObjectItemCaseSensitive(item, "organs");
    if (!id)
        return refuse(file, "A case has no id");
    if (cJSON_IsNull(organs))
        return true;
    size_t count = cJSON_IsArray(organs) ? (size_t)cJSON_GetArraySize(organs) : 0;
    if (count == 0 || (file->count > 0 && count != file->label_count))
        return refuse(file, "The cases do not have the same organs");
    file->label_count = count;
    if (!file->organs && !keep_names(file, organs))
        return false;
    if (!score_file_make_room(file))
        return false;
    struct score_file_case *to = &file->cases[file->count++];
    *to = (struct score_file_case){strdup(id), calloc(count * file->metric_count, sizeof *to->values)};
    if (!to->id || !to->values)
        return out_of_memory(file->path);
    return read_organs(file, organs, to->values);
}

static int compare_cases(const void *a, const void *b)
{
    return strcmp(((const struct score_file_case *)a)->id, ((const struct score_file_case *)b)->id);
}

static bool sort_cases(struct score_file *file)
{
    if (file->count)
        qsort(file->cases, file->count, sizeof *file->cases, compare_cases);
    for (size_t i = 1; i < file->count; i++)
        if (strcmp(file->cases[i].id, file->cases[i - 1].id) == 0)
            return refuse(file, "A case appears twice");
    return true;
}

static bool read_cases(struct score_file *file, const char *text, size_t bytes, size_t at)
{
    struct amosi_json_part part;
    while (amosi_json_next(text, bytes, &at, &part)) {
        cJSON *item = json_text_parse(file->path, text + part.value, part.value_end - part.value);
        bool good = item && add_case(file, item);
        cJSON_Delete(item);
        if (!good)
            return false;
    }
    return sort_cases(file);
}

/* ---- the rest ---- */

/* The text without the lists named "cases"; *cases is where the last of them begins, 0 if there is none. From malloc();
 * NULL after a failure, which is reported. */
static char *copy_head(const struct score_file *file, const char *text, size_t bytes, size_t *cases)
{
    static const char name[] = "\"cases\"";
    struct amosi_json_part part;
    size_t at = amosi_json_begin(text, bytes);
    char *head = malloc(bytes + 3), *to = head;
    *cases = 0;
    if (!head) {
        (void)out_of_memory(file->path);
        return NULL;
    }
    *to++ = '{';
    for (bool first = true; text[at] != '[' && amosi_json_next(text, bytes, &at, &part); first = false) {
        bool is_cases =
            part.key_end - part.key == sizeof name - 1 && memcmp(text + part.key, name, sizeof name - 1) == 0;
        is_cases &= text[part.value] == '[';
        size_t n = (is_cases ? part.key_end : part.value_end) - part.key;
        if (!first)
            *to++ = ',';
        memcpy(to, text + part.key, n);
        to += n;
        if (is_cases) {
            *cases = part.value;
            memcpy(to, ":[]", 3);
            to += 3;
        }
    }
    memcpy(to, "}", 2);
    return head;
}

static bool read_metrics(struct score_file *file)
{
    const cJSON *metrics = cJSON_GetObjectItemCaseSensitive(file->head, "metrics"), *metric;
    size_t count = cJSON_IsArray(metrics) ? (size_t)cJSON_GetArraySize(metrics) : 0;
    if (count == 0 || count > SCORE_METRICS)
        return refuse(file, "The list of metrics is missing or too long");
    if (!(file->metrics = calloc(count, sizeof *file->metrics)))
        return out_of_memory(file->path);
    cJSON_ArrayForEach(metric, metrics)
    {
        if (!cJSON_IsString(metric))
            return refuse(file, "A metric has no name");
        file->metrics[file->metric_count++] = metric->valuestring;
    }
    return true;
}

/* Results of version 0.1.0 name no source. What it called medpy is medpy-0.4 now. */
static void read_convention(struct score_file *file)
{
    file->convention = text_of(file->head, "convention");
    file->source = text_of(file->head, "convention_source");
    if (!file->source && file->convention && strcmp(file->convention, "medpy") == 0)
        file->convention = amos_convention_name(AMOS_CONVENTION_MEDPY_0_4);
}

static bool read_head(struct score_file *file)
{
    if (!is_object(file, file->head, "This is no object"))
        return false;
    const char *format = text_of(file->head, "format");
    if (!format || strcmp(format, SCORE_FORMAT) != 0)
        return refuse(file, "The format is not " SCORE_FORMAT);
    read_convention(file);
    file->absent = text_of(file->head, "absent");
    file->missing = text_of(file->head, "missing");
    if (!file->convention || !file->absent || !file->missing)
        return refuse(file, "The rules are missing");
    return read_metrics(file);
}

bool score_file_read(const char *path, struct score_file *out)
{
    char *text = NULL, *head = NULL;
    size_t bytes = 0, cases = 0;
    *out = (struct score_file){.path = path};
    bool good = json_text_read(path, BYTES_MAX, NNUNET_SIGN, &text, &bytes) || refuse(out, "This is not JSON");
    good = good && (head = copy_head(out, text, bytes, &cases)) != NULL &&
           (out->head = json_text_parse(path, head, strlen(head))) != NULL;
    free(head);
    if (good && nnunet_file_is(out->head)) {
        free(text);
        return nnunet_file_take(out) && sort_cases(out);
    }
    good = good && read_head(out);
    if (good && cases == 0)
        good = refuse(out, "The list of cases is missing");
    good = good && read_cases(out, text, bytes, cases);
    free(text);
    return good;
}
