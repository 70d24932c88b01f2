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

const char *amosi_csv_trim(char *field)
{
    field += strspn(field, " \t");
    size_t length = strlen(field);
    while (length > 0 && strchr(" \t", field[length - 1]))
        length--;
    field[length] = '\0';
    return field;
}

void amosi_csv_free(struct amosi_csv *csv)
{
    amosi_free(csv->fields);
}

/* Parses a quoted field from its opening quote, and moves its text to the start of the field. *close is where its NUL
 * belongs. */
static bool parse_quoted_field(struct amosi_csv *csv, char **close)
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

static bool parse_plain_field(struct amosi_csv *csv, char **close)
{
    csv->at += strcspn(csv->at, ",\r\n\"");
    *close = csv->at;
    return *csv->at != '"';
}

/* Skips a separator of fields or records. Sets *last if the record ends here. */
static bool skip_separator(struct amosi_csv *csv, bool *last)
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

static enum amosi_csv_result parse_record(struct amosi_csv *csv)
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
        if (!(*csv->at == '"' ? parse_quoted_field(csv, &close) : parse_plain_field(csv, &close)))
            return AMOSI_CSV_MALFORMED;
        if (!skip_separator(csv, &last))
            return AMOSI_CSV_MALFORMED;
        *close = '\0';
    }
    return AMOSI_CSV_RECORD;
}

enum amosi_csv_result amosi_csv_next(struct amosi_csv *csv)
{
    while (csv->at < csv->end) {
        enum amosi_csv_result result = parse_record(csv);
        bool empty = csv->count == 1 && csv->fields[0][0] == '\0';
        if (result != AMOSI_CSV_RECORD || !empty)
            return result;
    }
    return AMOSI_CSV_END;
}
