/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/text/utf8.h"

#define MOST_FIELDS 4096

void amosi_csv_begin(struct amosi_csv *csv, char *text, size_t length)
{
    memset(csv, 0, sizeof *csv);
    csv->at = text + (amosi_utf8_has_bom(text, length) ? 3 : 0);
    csv->end = text + length;
    csv->next_line = 1;
}

void amosi_csv_free(struct amosi_csv *csv)
{
    amosi_free(csv->fields);
}

/* At the opening quote; moves the text of the field to its start. *close gets the place where its NUL belongs. */
static bool take_quoted(struct amosi_csv *csv, char **close)
{
    char *to = csv->at;
    char *from = csv->at + 1;
    for (;; from++) {
        if (from == csv->end)
            return false;
        if (*from == '"' && from[1] != '"')
            break;
        from += *from == '"';
        csv->next_line += *from == '\n';
        *to++ = *from;
    }
    csv->at = from + 1;
    *close = to;
    return true;
}

static bool take_plain(struct amosi_csv *csv, char **close)
{
    csv->at += strcspn(csv->at, ",\r\n\"");
    *close = csv->at;
    return *csv->at != '"';
}

/* Goes over what separates fields or records. *last: the record ends here. */
static bool take_separator(struct amosi_csv *csv, bool *last)
{
    *last = *csv->at != ',';
    if (csv->at == csv->end)
        return true;
    if (*csv->at == '\r')
        csv->at++;
    if (*last && *csv->at != '\n')
        return false;
    csv->next_line += *last;
    csv->at++;
    return true;
}

static enum amosi_csv_result take_record(struct amosi_csv *csv)
{
    csv->count = 0;
    csv->line = csv->next_line;
    for (bool last = false; !last;) {
        if (csv->count == MOST_FIELDS)
            return AMOSI_CSV_MALFORMED;
        void *fields = csv->fields;
        if (!amosi_grow(&fields, &csv->capacity, csv->count + 1, sizeof *csv->fields))
            return AMOSI_CSV_NOMEM;
        csv->fields = fields;
        csv->fields[csv->count++] = csv->at;
        char *close;
        if (!(*csv->at == '"' ? take_quoted(csv, &close) : take_plain(csv, &close)))
            return AMOSI_CSV_MALFORMED;
        if (!take_separator(csv, &last))
            return AMOSI_CSV_MALFORMED;
        *close = '\0';
    }
    return AMOSI_CSV_RECORD;
}

enum amosi_csv_result amosi_csv_next(struct amosi_csv *csv)
{
    while (csv->at < csv->end) {
        enum amosi_csv_result result = take_record(csv);
        bool empty = csv->count == 1 && csv->fields[0][0] == '\0';
        if (result != AMOSI_CSV_RECORD || !empty)
            return result;
    }
    return AMOSI_CSV_END;
}
