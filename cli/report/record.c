/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json/syntax.h"
#include "kit/json.h"
#include "kit/message.h"

/* The last members; no text of JSON can hold them, as a quote in a text has a backslash before it. */
static const char quality_member[] = ",\"quality\":", row_member[] = ",\"row\":";

enum { VALUES_MOST = 100000 }; /* of a line */

char *report_record_line(const struct report_record *record)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", record->id);
    json_put_text(object, "key", record->key);
    json_put_text(object, "file", record->file);
    json_put_unsigned(object, "bytes", record->bytes);
    json_put_text(object, "sha256", record->sha256);
    json_put_number(object, "mean_dice", record->mean_dice);
    char *head = json_script(object);
    size_t length = head ? strlen(head) - 1 : 0;
    size_t bytes = length + sizeof quality_member + strlen(record->quality) + sizeof row_member + strlen(record->row);
    char *line = head ? malloc(bytes) : NULL;
    if (line)
        snprintf(line, bytes, "%.*s%s%s%s%s}", (int)length, head, quality_member, record->quality, row_member,
                 record->row);
    else if (head)
        cli_error("Memory ran out.");
    free(head);
    return line;
}

/* ---- reading ---- */

static bool read_digest(const cJSON *object, const char *name, char out[REPORT_KEY])
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    size_t length = text ? strlen(text) : REPORT_KEY;
    if (length >= REPORT_KEY || strspn(text, "0123456789abcdef") != length)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

/* NULL for null; false if memory ran out. */
static bool read_text(const cJSON *object, const char *name, char **out)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool read_head(const cJSON *object, struct report_record *out)
{
    const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(object, "bytes");
    const cJSON *dice = cJSON_GetObjectItemCaseSensitive(object, "mean_dice");
    out->mean_dice = cJSON_IsNumber(dice) ? dice->valuedouble : (double)NAN;
    out->bytes = cJSON_IsNumber(bytes) && bytes->valuedouble >= 0 && bytes->valuedouble < 9e15
                     ? (uint64_t)bytes->valuedouble
                     : 0;
    return read_digest(object, "key", out->key) && read_digest(object, "sha256", out->sha256) &&
           read_text(object, "id", &out->id) && out->id && read_text(object, "file", &out->file);
}

/* The text before a member, made an object. */
static cJSON *parse_head(char *line, size_t end)
{
    char kept = line[end];
    line[end] = '}';
    cJSON *head = cJSON_ParseWithLength(line, end + 1);
    line[end] = kept;
    return head;
}

static bool take_texts(const char *quality, const char *row, const char *end, struct report_record *out)
{
    const char *facts = quality + strlen(quality_member), *begin = row + strlen(row_member);
    if (*begin != '{' || !(*facts == '{' || strncmp(facts, "null", 4) == 0))
        return false;
    out->quality = strndup(facts, (size_t)(row - facts));
    out->row = strndup(begin, (size_t)(end - begin));
    return out->quality && out->row;
}

bool report_record_read(char *line, size_t length, struct report_record *out)
{
    const char *quality = strlen(line) == length ? strstr(line, quality_member) : NULL;
    const char *row = quality ? strstr(quality, row_member) : NULL;
    *out = (struct report_record){.id = NULL};
    if (!row || line[length - 1] != '}' || amosi_json_check_own(line, length, VALUES_MOST, "", NULL))
        return false;
    cJSON *head = parse_head(line, (size_t)(quality - line));
    bool good = cJSON_IsObject(head) && read_head(head, out) && take_texts(quality, row, line + length - 1, out);
    cJSON_Delete(head);
    if (!good)
        report_record_free(out);
    return good;
}

void report_record_leave_file(struct report_record *record)
{
    free(record->file);
    record->file = NULL;
    record->bytes = 0;
    record->sha256[0] = '\0';
}

void report_record_free(struct report_record *record)
{
    free(record->id);
    free(record->file);
    free(record->quality);
    free(record->row);
    free(record->former);
    *record = (struct report_record){.id = NULL};
}
