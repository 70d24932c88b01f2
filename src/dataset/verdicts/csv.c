/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/verdicts/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "dataset/csv.h"
#include "dataset/verdicts/object.h"

enum column { CASE, VERDICT, ORGAN, TEXT, X, Y, Z, TIME, COLUMNS };

/* In the order of enum column. */
static const char *const names[COLUMNS] = {"case", "verdict", "organ", "text", "x", "y", "z", "time"};

struct table {
    const char *path;
    struct amosi_csv csv;
    size_t at[COLUMNS]; /* SIZE_MAX: there is none */
    amos_error *err;
};

static bool find_columns(struct table *t)
{
    for (int k = 0; k < COLUMNS; k++) {
        t->at[k] = SIZE_MAX;
        for (size_t i = t->csv.count; i-- > 0;)
            if (amosi_words_equal(names[k], amosi_csv_trim(t->csv.fields[i])))
                t->at[k] = i;
    }
    return t->at[CASE] != SIZE_MAX && t->at[VERDICT] != SIZE_MAX;
}

static const char *field(const struct table *t, enum column column)
{
    return t->at[column] < t->csv.count ? amosi_csv_trim(t->csv.fields[t->at[column]]) : "";
}

static bool read_integer(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    *out = value;
    return *text && !*end && !errno;
}

/* All three, or none. */
static bool take_voxel(const struct table *t, amos_verdict_entry *entry)
{
    int given = 0, good = 0;
    for (int i = 0; i < 3; i++) {
        const char *text = field(t, (enum column)(X + i));
        given += *text != '\0';
        good += read_integer(text, &entry->voxel[i]);
    }
    entry->has_voxel = good == 3;
    return good == given && (given == 0 || given == 3);
}

static amos_status take_record(struct table *t, amos_verdicts *verdicts)
{
    char shown[80];
    amos_verdict_entry entry = {
        .case_id = field(t, CASE), .organ = field(t, ORGAN), .text = field(t, TEXT), .time = field(t, TIME)};
    if (!*entry.organ)
        entry.organ = NULL;
    if (!*entry.case_id)
        return amosi_fail(t->err, AMOS_E_ARG, t->path, "line %zu names no case.", t->csv.line);
    if (!amosi_verdicts_name(field(t, VERDICT), &entry.verdict))
        return amosi_fail(t->err, AMOS_E_ARG, t->path,
                          "line %zu has the verdict \"%s\"; pass, fail, unsure or none is expected.", t->csv.line,
                          amosi_text_show(shown, sizeof shown, field(t, VERDICT)));
    if (!take_voxel(t, &entry))
        return amosi_fail(t->err, AMOS_E_ARG, t->path, "line %zu has a place that is not three integers x, y, z.",
                          t->csv.line);
    return amosi_verdicts_add(verdicts, &entry) ? AMOS_OK : amosi_fail_nomem(t->err, t->path);
}

static amos_status read_records(struct table *t, amos_verdicts *verdicts)
{
    enum amosi_csv_result result = amosi_csv_next(&t->csv);
    if (result == AMOSI_CSV_RECORD && !find_columns(t))
        return amosi_fail(
            t->err, AMOS_E_ARG, t->path,
            "the first line does not name the columns case and verdict; a file of verdicts is expected, as "
            "amos serve or the viewer of amos report saves it.");
    while (result == AMOSI_CSV_RECORD && (result = amosi_csv_next(&t->csv)) == AMOSI_CSV_RECORD) {
        amos_status status = take_record(t, verdicts);
        if (status)
            return status;
    }
    if (result == AMOSI_CSV_NOMEM)
        return amosi_fail_nomem(t->err, t->path);
    return result == AMOSI_CSV_END ? AMOS_OK
                                   : amosi_fail(t->err, AMOS_E_ARG, t->path, "line %zu is not valid CSV.", t->csv.line);
}

amos_status amosi_verdicts_read_csv(amos_verdicts *verdicts, char *text, size_t length, amos_error *err)
{
    struct table t = {.path = verdicts->info.path, .err = err};
    if (memchr(text, '\0', length) || amosi_utf8_end(text, length) != length)
        return amosi_fail(err, AMOS_E_ARG, t.path,
                          "the file is not UTF-8 text; verdicts as JSON, JSON lines or CSV are expected.");
    amosi_csv_begin(&t.csv, text, length);
    amos_status status = read_records(&t, verdicts);
    amosi_csv_free(&t.csv);
    return status;
}
