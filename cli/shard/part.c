/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "shard/part.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json/syntax.h"
#include "kit/message.h"
#include "shard/engine.h"

#define VALUES_MAX ((uint64_t)1 << 28)

/* ---- names ---- */

bool part_name_read(const char *name, size_t *index, size_t *count)
{
    static const char between[] = "-of-", end[] = ".jsonl";
    const size_t first = strspn(name, "0123456789"), middle = strlen(between);
    if (strncmp(name + first, between, middle) != 0 || !shard_number_read(name, first, index))
        return false;
    const char *second = name + first + middle;
    const size_t length = strspn(second, "0123456789");
    return shard_number_read(second, length, count) && strcmp(second + length, end) == 0 && *index > 0 &&
           *index <= *count;
}

/* ---- reading ---- */

static bool read_file(const char *path, char **text, size_t *bytes, char **why)
{
    FILE *stream = fopen(path, "rb");
    size_t room = 0, got = 1;
    bool good = stream != NULL;
    *text = NULL;
    *bytes = 0;
    if (!stream)
        return shard_refuse(why, "%s: The part cannot be opened: %s.", path, strerror(errno));
    while (good && got > 0) {
        if (*bytes + 1 >= room) {
            room = room ? 2 * room : 65536;
            char *more = realloc(*text, room);
            good = more != NULL;
            *text = good ? more : *text;
        }
        got = good ? fread(*text + *bytes, 1, room - 1 - *bytes, stream) : 0;
        *bytes += got;
    }
    if (good && ferror(stream)) {
        fclose(stream);
        return shard_refuse(why, "%s: The part cannot be read: %s.", path, strerror(errno));
    }
    fclose(stream);
    if (good)
        (*text)[*bytes] = '\0';
    return good;
}

/* A line, which is JSON, as a tree; NULL if it is none, or memory ran out. */
static cJSON *parse_line(char *line, const char *path)
{
    amos_error unused;
    const size_t length = strcspn(line, "\n");
    if (amosi_json_check_own(line, length, VALUES_MAX, path, &unused) != AMOS_OK)
        return NULL;
    return cJSON_ParseWithLength(line, length);
}

static bool refuse_torn(const struct part *part, char **why)
{
    return shard_refuse(why, "%s: The part is not whole: it breaks off, or is none of amos; make it again.",
                        part->path);
}

static bool take_whole(const cJSON *object, const char *name, size_t most, size_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= (double)most))
        return false;
    *out = (size_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static const char *take_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

size_t part_held(size_t total, size_t index, size_t count)
{
    return total / count + (total % count >= index);
}

/* The first line. */
static bool read_head(struct part *part, char **why)
{
    cJSON *head = parse_line(part->text, part->path);
    const char *format = take_text(head, "format");
    if (format && strncmp(format, PART_FORMAT, strlen(PART_FORMAT) - 1) == 0 && strcmp(format, PART_FORMAT) != 0) {
        shard_refuse(why, "%s: The part has the format \"%.40s\", and this amos reads \"" PART_FORMAT "\".", part->path,
                     format);
        cJSON_Delete(head);
        return false;
    }
    part->receipts = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(head, "receipts"));
    part->shard = format ? cJSON_DetachItemFromObjectCaseSensitive(head, "shard") : NULL;
    cJSON_Delete(head);
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(part->shard, "rules"),
                *cases = cJSON_GetObjectItemCaseSensitive(part->shard, "cases");
    part->command = take_text(rules, "command");
    part->version = take_text(part->shard, "version");
    part->data_set = take_text(part->shard, "data_set");
    part->rules = rules ? cJSON_PrintUnformatted(rules) : NULL;
    part->count = (size_t)cJSON_GetArraySize(cases);
    return (part->command && part->version && part->data_set && part->rules && cJSON_IsArray(cases) &&
            take_whole(part->shard, "count", SHARD_MOST, &part->of) && part->of > 0 &&
            take_whole(part->shard, "index", part->of, &part->index) && part->index > 0 &&
            take_whole(part->shard, "total", SIZE_MAX / 2, &part->total) &&
            part->count == part_held(part->total, part->index, part->of)) ||
           refuse_torn(part, why);
}

/* The lines of the cases, and the last one. */
static bool find_lines(struct part *part, char **why)
{
    char end[64];
    part->lines = calloc(part->count + 1, sizeof *part->lines);
    if (!part->lines)
        return false;
    const char *at = strchr(part->text, '\n');
    for (size_t i = 0; at && i < part->count; i++) {
        part->lines[i] = at + 1;
        at = strchr(at + 1, '\n');
    }
    snprintf(end, sizeof end, "{\"end\":%zu}\n", part->count);
    return (at && strcmp(at + 1, end) == 0) || refuse_torn(part, why);
}

bool part_take(const char *path, char *text, size_t bytes, struct part *out, char **why)
{
    *out = (struct part){.path = strdup(path), .text = text};
    *why = NULL;
    if (!out->path)
        return false;
    if (strlen(text) != bytes)
        return refuse_torn(out, why);
    return read_head(out, why) && find_lines(out, why);
}

bool part_read(const char *path, struct part *out, char **why)
{
    char *text;
    size_t bytes;
    *out = (struct part){.path = NULL};
    *why = NULL;
    if (read_file(path, &text, &bytes, why) && text)
        return part_take(path, text, bytes, out, why);
    free(text);
    return false;
}

void part_free(struct part *part)
{
    cJSON_Delete(part->shard);
    cJSON_free(part->rules);
    free(part->lines);
    free(part->text);
    free(part->path);
    *part = (struct part){.path = NULL};
}

cJSON *part_case(const struct part *part, size_t k)
{
    char *line = k < part->count ? part->text + (part->lines[k] - part->text) : NULL;
    return line ? parse_line(line, part->path) : NULL;
}

const char *part_next_name(const struct part *part, const cJSON **at)
{
    *at = *at ? (*at)->next : cJSON_GetObjectItemCaseSensitive(part->shard, "cases")->child;
    return cJSON_GetStringValue(*at);
}
