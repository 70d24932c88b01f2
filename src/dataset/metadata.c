/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/metadata.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/text/utf8.h"
#include "dataset/csv.h"
#include "dataset/record.h"
#include "dataset/case_order.h"
#include "dataset/tree/path.h"
#include "dataset/tree/presence.h"
#include "dataset/tree/listing.h"
#include "io/content.h"
#include "dataset/text.h"

enum column { ID, BIRTH, SEX, AGE, MODEL, MAKER, DATE, SITE, COLUMN_COUNT };

static const char *const column_names[COLUMN_COUNT] = {
    [ID] = "amos_id",
    [BIRTH] = "Patient's Birth Date",
    [SEX] = "Patient's Sex",
    [AGE] = "Patient's Age",
    [MODEL] = "Manufacturer's Model Name",
    [MAKER] = "Manufacturer",
    [DATE] = "Acquisition Date",
    [SITE] = "Site",
};

struct reader {
    amos_dataset *dataset;
    const char *path;
    bool given; /* the caller named the file */
    amos_error *err;
    struct amosi_csv csv;
    size_t place[COLUMN_COUNT]; /* of each column in a record; SIZE_MAX if it is missing */
    size_t columns;
    size_t unknown; /* records of cases that are not in the data set */
    size_t unknown_line;
    size_t faulty; /* records with a wrong number of fields, or of a case that already has one */
    size_t faulty_line;
};

static const char *field(const struct reader *reader, enum column column)
{
    return reader->place[column] == SIZE_MAX ? "" : amosi_csv_trim(reader->csv.fields[reader->place[column]]);
}

static int all_digits(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "0123456789") == length;
}

/* "062Y", "018M", "003W", "010D" as DICOM writes an age, or plain years; -1 for anything else. */
static int parse_age(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3)
        return -1;
    int value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (text[i] - '0');
    const char *unit = text + digits;
    if (strcmp(unit, "") == 0 || strcmp(unit, "Y") == 0)
        return value;
    if (strcmp(unit, "M") == 0)
        return value / 12;
    if (strcmp(unit, "W") == 0)
        return value * 7 / 365;
    return strcmp(unit, "D") == 0 ? value / 365 : -1;
}

static char parse_sex(const char *text)
{
    return strcmp(text, "M") == 0 || strcmp(text, "F") == 0 ? text[0] : '?';
}

static const char *keep_text(struct reader *reader, const char *text)
{
    return *text ? amosi_arena_text(&reader->dataset->text, text, strlen(text)) : "";
}

static amos_status fill_metadata(struct reader *reader, amos_metadata *metadata)
{
    const char *date = field(reader, DATE);
    metadata->age_years = parse_age(field(reader, AGE));
    metadata->sex = parse_sex(field(reader, SEX));
    metadata->model = keep_text(reader, field(reader, MODEL));
    metadata->maker = keep_text(reader, field(reader, MAKER));
    metadata->date = keep_text(reader, all_digits(date, 8) ? date : "");
    metadata->birth = keep_text(reader, field(reader, BIRTH));
    metadata->site = keep_text(reader, field(reader, SITE));
    if (!metadata->model || !metadata->maker || !metadata->date || !metadata->birth || !metadata->site)
        return amosi_fail_nomem(reader->err, reader->path);
    return AMOS_OK;
}

static void count_line(size_t *count, size_t *first_line, size_t line)
{
    if ((*count)++ == 0)
        *first_line = line;
}

static amos_status use_record(struct reader *reader)
{
    amos_dataset *dataset = reader->dataset;
    const char *id = reader->csv.count == reader->columns ? field(reader, ID) : "";
    if (!*id) {
        count_line(&reader->faulty, &reader->faulty_line, reader->csv.line);
        return AMOS_OK;
    }
    size_t count;
    size_t first = amosi_case_order_find(dataset, id, &count);
    /* A table that was only found is AMOS's, and says nothing about a case of another data set. */
    if (count == 0 || (!reader->given && dataset->cases[first].info.number < 0))
        count_line(&reader->unknown, &reader->unknown_line, reader->csv.line);
    else if (dataset->cases[first].info.metadata)
        count_line(&reader->faulty, &reader->faulty_line, reader->csv.line);
    else {
        amos_metadata metadata;
        amos_status status = fill_metadata(reader, &metadata);
        if (status)
            return status;
        for (size_t i = first; i < first + count; i++) {
            dataset->metadata[i] = metadata;
            dataset->cases[i].info.metadata = &dataset->metadata[i];
        }
    }
    return AMOS_OK;
}

static amos_status add_note(const struct reader *reader, const char *what)
{
    return amosi_dataset_note(reader->dataset, reader->err, AMOS_W_METADATA, reader->path, "", "%s", what);
}

/* The first record names the columns, in any order. */
static void find_columns(struct reader *reader)
{
    reader->columns = reader->csv.count;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        reader->place[c] = SIZE_MAX;
        for (size_t i = reader->csv.count; i-- > 0;)
            if (strcmp(amosi_csv_trim(reader->csv.fields[i]), column_names[c]) == 0)
                reader->place[c] = i;
    }
}

static amos_status report_lines(struct reader *reader)
{
    amos_status status = AMOS_OK;
    if (reader->faulty)
        status = amosi_dataset_note(reader->dataset, reader->err, AMOS_W_METADATA, reader->path, "",
                                    "%zu of its lines cannot be used; the first is line %zu. Each line needs a "
                                    "distinct amos_id and %zu fields.",
                                    reader->faulty, reader->faulty_line, reader->columns);
    if (status == AMOS_OK && reader->unknown)
        status = amosi_dataset_note(reader->dataset, reader->err, AMOS_W_METADATA, reader->path, "",
                                    "%zu of its lines name cases that are not in the data set; the first "
                                    "is line %zu.",
                                    reader->unknown, reader->unknown_line);
    return status;
}

static amos_status read_records(struct reader *reader)
{
    enum amosi_csv_result result = amosi_csv_next(&reader->csv);
    find_columns(reader);
    if (result != AMOSI_CSV_NOMEM && reader->place[ID] == SIZE_MAX)
        return add_note(reader, "the first line has no column amos_id; the metadata is not used.");
    if (result == AMOSI_CSV_RECORD)
        result = amosi_csv_next(&reader->csv);
    while (result == AMOSI_CSV_RECORD) {
        amos_status status = use_record(reader);
        if (status)
            return status;
        result = amosi_csv_next(&reader->csv);
    }
    if (result == AMOSI_CSV_NOMEM)
        return amosi_fail_nomem(reader->err, reader->path);
    amos_status status = report_lines(reader);
    if (status == AMOS_OK && result == AMOSI_CSV_MALFORMED)
        status = amosi_dataset_note(reader->dataset, reader->err, AMOS_W_METADATA, reader->path, "",
                                    "line %zu is not valid CSV; it and all later lines are ignored.", reader->csv.line);
    return status;
}

static amos_status read_text(struct reader *reader, char *text, size_t length)
{
    amos_dataset *dataset = reader->dataset;
    const struct amosi_content *content = amosi_content_of((const unsigned char *)text, length);
    if (content && !content->plain)
        return amosi_dataset_note(dataset, reader->err, AMOS_W_METADATA, reader->path, "",
                                  "this is %s, not a table; %s.", content->what, content->way);
    if (memchr(text, '\0', length) || amosi_utf8_end(text, length) != length)
        return add_note(reader, "the file is not UTF-8 text; the metadata is not used.");
    dataset->metadata = amosi_alloc_array(dataset->info.count, sizeof *dataset->metadata);
    if (!dataset->metadata)
        return amosi_fail_nomem(reader->err, reader->path);
    amosi_csv_begin(&reader->csv, text, length);
    amos_status status = read_records(reader);
    amosi_csv_free(&reader->csv);
    return status;
}

/* The path of the CSV in the folder that a path lies in; NULL: out of memory. */
static char *path_beside(amos_dataset *dataset, const char *path)
{
    size_t above = amosi_path_folder_length(path);
    char *beside = amosi_arena_bytes(&dataset->text, above + sizeof "/" AMOSI_METADATA_NAME);
    if (beside) {
        memcpy(beside, path, above);
        memcpy(beside + above, "/" AMOSI_METADATA_NAME, sizeof "/" AMOSI_METADATA_NAME);
    }
    return beside;
}

/* Looks for the CSV in the tree, then next to it, and next to its archive; *out stays NULL if there is none. */
static amos_status find_default_csv(amos_dataset *dataset, const char **out, amos_error *err)
{
    const char *inside = amosi_dataset_path(dataset, AMOSI_METADATA_NAME, NULL);
    const char *beside[] = {path_beside(dataset, dataset->info.root),
                            path_beside(dataset, dataset->archive ? dataset->archive->path : dataset->info.root)};
    if (!inside || !beside[0] || !beside[1])
        return amosi_fail_nomem(err, dataset->info.root);
    if (amosi_scan_may_be_file(dataset->archive, inside)) {
        *out = inside;
        return amosi_presence_check(dataset, inside, err);
    }
    for (int i = 0; i < 2 && !*out; i++)
        if (amosi_scan_may_be_file(dataset->archive, beside[i]))
            *out = beside[i];
    return AMOS_OK;
}

static bool has_amos_case(const amos_dataset *dataset)
{
    for (size_t i = 0; i < dataset->info.count; i++)
        if (dataset->cases[i].info.number >= 0)
            return true;
    return false;
}

amos_status amosi_metadata_read(amos_dataset *dataset, const char *path, amos_error *err)
{
    struct reader reader = {.dataset = dataset, .path = path, .given = path != NULL, .err = err};
    amos_status status = path ? AMOS_OK : find_default_csv(dataset, &reader.path, err);
    if (status || !reader.path || (!path && !has_amos_case(dataset)))
        return status;
    char *text;
    size_t length;
    amos_error found;
    status = amosi_text_read(reader.path, dataset->limits.max_csv_bytes, &text, &length, path ? err : &found);
    if (status == AMOS_E_NOMEM && !path)
        return amosi_fail_nomem(err, reader.path);
    if (status && !path)
        return add_note(&reader, "the file cannot be read; the metadata is not used.");
    if (status)
        return status;
    status = read_text(&reader, text, length);
    amosi_free(text);
    return status;
}
