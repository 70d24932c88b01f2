/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: a result of `amos score --json`, read back. Its origin is unknown, so all of it is checked. */
#define _POSIX_C_SOURCE 200809L
#include "compare/score_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "score/report.h"

#define BYTES_MAX ((size_t)1 << 30)

/* ---- text ---- */

static bool out_of_memory(const char *path)
{
    cli_error("%s: Memory ran out while the file was read.", path);
    return false;
}

/* Reads a whole stream into memory from malloc(). */
static bool read_stream(const char *path, FILE *stream, char **text, size_t *bytes)
{
    size_t room = 0, got = 1;
    while (got > 0) {
        if (*bytes == room) {
            room = room ? 2 * room : 65536;
            char *more = room <= BYTES_MAX ? realloc(*text, room) : NULL;
            if (!more)
                return out_of_memory(path);
            *text = more;
        }
        got = fread(*text + *bytes, 1, room - *bytes, stream);
        *bytes += got;
    }
    if (ferror(stream)) {
        cli_error("%s: The file cannot be read: %s.", path, strerror(errno));
        return false;
    }
    return true;
}

static bool read_json(struct score_file *file)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = fopen(file->path, "rb");
    if (!stream) {
        cli_error("%s: The file cannot be opened: %s.", file->path, strerror(errno));
        return false;
    }
    bool good = read_stream(file->path, stream, &text, &bytes);
    fclose(stream);
    file->json = good ? cJSON_ParseWithLength(text, bytes) : NULL;
    free(text);
    if (!good || file->json)
        return good;
    if (!cli_stdout_good()) /* see json_begin() */
        return out_of_memory(file->path);
    cli_error("%s: This is not JSON; a result of `amos score --json` was expected.", file->path);
    return false;
}

/* ---- content ---- */

static bool refuse(const struct score_file *file, const char *what)
{
    cli_error("%s: %s; a result of `amos score --json` was expected.", file->path, what);
    return false;
}

/* The text of a member; NULL if it is not a text. */
static const char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool read_metrics(struct score_file *file)
{
    const cJSON *metrics = cJSON_GetObjectItemCaseSensitive(file->json, "metrics"), *metric;
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

/* A number, null, or the text "inf". */
static bool is_value(const cJSON *value)
{
    return cJSON_IsNumber(value) || cJSON_IsNull(value) ||
           (cJSON_IsString(value) && strcmp(value->valuestring, "inf") == 0);
}

static bool check_organs(const struct score_file *file, const cJSON *organs)
{
    const cJSON *organ;
    int label = 0;
    cJSON_ArrayForEach(organ, organs)
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(organ, "label");
        if (!cJSON_IsNumber(number) || number->valuedouble != ++label)
            return refuse(file, "The organs of a case are not numbered from 1");
        for (size_t m = 0; m < file->metric_count; m++)
            if (!is_value(cJSON_GetObjectItemCaseSensitive(organ, file->metrics[m])))
                return refuse(file, "An organ lacks a number");
    }
    return true;
}

static bool add_case(struct score_file *file, const cJSON *item)
{
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
    file->cases[file->count++] = (struct score_file_case){id, organs};
    return check_organs(file, organs);
}

static int compare_cases(const void *a, const void *b)
{
    return strcmp(((const struct score_file_case *)a)->id, ((const struct score_file_case *)b)->id);
}

static bool read_cases(struct score_file *file)
{
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(file->json, "cases"), *item;
    if (!cJSON_IsArray(cases))
        return refuse(file, "The list of cases is missing");
    if (!(file->cases = calloc((size_t)cJSON_GetArraySize(cases) + 1, sizeof *file->cases)))
        return out_of_memory(file->path);
    cJSON_ArrayForEach(item, cases)
    {
        if (!add_case(file, item))
            return false;
    }
    qsort(file->cases, file->count, sizeof *file->cases, compare_cases);
    for (size_t i = 1; i < file->count; i++)
        if (strcmp(file->cases[i].id, file->cases[i - 1].id) == 0)
            return refuse(file, "A case appears twice");
    return true;
}

/* Results of version 0.1.0 name no source. What it called medpy is medpy-0.4 now. */
static void read_convention(struct score_file *file)
{
    file->convention = text_of(file->json, "convention");
    file->source = text_of(file->json, "convention_source");
    if (!file->source && file->convention && strcmp(file->convention, "medpy") == 0)
        file->convention = amos_convention_name(AMOS_CONVENTION_MEDPY_0_4);
}

bool score_file_read(const char *path, struct score_file *out)
{
    *out = (struct score_file){.path = path};
    if (!read_json(out))
        return false;
    const char *format = text_of(out->json, "format");
    if (!format || strcmp(format, SCORE_FORMAT) != 0)
        return refuse(out, "The format is not " SCORE_FORMAT);
    read_convention(out);
    out->absent = text_of(out->json, "absent");
    out->missing = text_of(out->json, "missing");
    if (!out->convention || !out->absent || !out->missing)
        return refuse(out, "The rules are missing");
    return read_metrics(out) && read_cases(out);
}

void score_file_free(struct score_file *file)
{
    free(file->cases);
    free(file->metrics);
    cJSON_Delete(file->json);
    *file = (struct score_file){.path = NULL};
}

static const cJSON *organ_of(const struct score_file *file, size_t index, size_t label)
{
    return cJSON_GetArrayItem(file->cases[index].organs, (int)label - 1);
}

double score_file_value(const struct score_file *file, size_t index, size_t label, const char *metric)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(organ_of(file, index, label), metric);
    if (cJSON_IsNumber(value))
        return value->valuedouble;
    return cJSON_IsString(value) ? (double)INFINITY : (double)NAN;
}

const char *score_file_organ(const struct score_file *file, size_t label)
{
    const char *name = file->count ? text_of(organ_of(file, 0, label), "organ") : NULL;
    return name ? name : "";
}
