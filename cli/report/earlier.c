/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/earlier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/json/syntax.h"
#include "kit/message.h"
#include "review/json.h"

const char report_head[] = "{\"report\":";

enum { HEAD_VALUES = 10000 };

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

/* ---- lines ---- */

/* "{"report":{...}": takes the name of the data set. */
static void read_head(char *object, size_t length, struct report_earlier *out)
{
    cJSON *head =
        amosi_json_check_own(object, length, HEAD_VALUES, "", NULL) ? NULL : cJSON_ParseWithLength(object, length);
    const char *format = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(head, "format"));
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(head, "data_set"));
    if (format && name && strcmp(format, REPORT_FORMAT) == 0) {
        free(out->data_set);
        out->data_set = strdup(name);
    }
    cJSON_Delete(head);
}

static bool add_record(struct report_earlier *out, struct report_record *record)
{
    if (out->count == out->room) {
        size_t room = out->room ? 2 * out->room : 64;
        struct report_record *more = realloc(out->records, room * sizeof *more);
        if (!more) {
            report_record_free(record);
            return out_of_memory();
        }
        out->records = more;
        out->room = room;
    }
    out->records[out->count++] = *record;
    return true;
}

static bool take_line(char *line, size_t length, struct report_earlier *out)
{
    struct report_record record;
    while (length > 0 && strchr("\n,", line[length - 1]))
        line[--length] = '\0';
    size_t head = strlen(report_head);
    if (length > head && strncmp(line, report_head, head) == 0)
        read_head(line + head, length - head, out);
    else if (length > 0 && report_record_read(line, length, &record))
        return add_record(out, &record);
    return true;
}

bool report_earlier_read(const char *path, struct report_earlier *out)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = file || errno == ENOENT;
    while (good && file && (errno = 0, length = getline(&line, &room, file)) > 0)
        good = take_line(line, (size_t)length, out);
    if (!good || (file && (ferror(file) || errno == ENOMEM))) {
        if (!file || ferror(file) || errno == ENOMEM)
            cli_error("%s: The file cannot be read: %s.", path, strerror(errno));
        good = false;
    }
    free(line);
    if (file)
        fclose(file);
    return good;
}

/* ---- records ---- */

/* The later ones of an id first. */
static int by_id(const void *a, const void *b)
{
    const struct report_record *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order != 0 ? order : (x->place < y->place) - (x->place > y->place);
}

/* Drops a record for a later one of its case. */
static void drop(struct report_record *record, struct report_record *later)
{
    if (!later->file && !later->former) {
        later->former = record->file;
        record->file = NULL;
    }
    report_record_free(record);
}

void report_earlier_sort(struct report_earlier *earlier)
{
    size_t kept = 0;
    for (size_t i = 0; i < earlier->count; i++)
        earlier->records[i].place = i;
    if (earlier->count)
        qsort(earlier->records, earlier->count, sizeof *earlier->records, by_id);
    for (size_t i = 0; i < earlier->count; i++) {
        if (kept > 0 && strcmp(earlier->records[kept - 1].id, earlier->records[i].id) == 0)
            drop(&earlier->records[i], &earlier->records[kept - 1]);
        else
            earlier->records[kept++] = earlier->records[i];
    }
    earlier->count = kept;
}

static int compare_id(const void *id, const void *record)
{
    return strcmp(id, ((const struct report_record *)record)->id);
}

const struct report_record *report_earlier_find(const struct report_earlier *earlier, const char *id)
{
    return earlier->count ? bsearch(id, earlier->records, earlier->count, sizeof *earlier->records, compare_id) : NULL;
}

void report_earlier_free(struct report_earlier *earlier)
{
    for (size_t i = 0; i < earlier->count; i++)
        report_record_free(&earlier->records[i]);
    free(earlier->records);
    free(earlier->data_set);
    *earlier = (struct report_earlier){.records = NULL};
}
