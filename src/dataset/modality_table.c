/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/modality_table.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "dataset/csv.h"
#include "dataset/json/json.h"
#include "dataset/record.h"
#include "dataset/text.h"

bool amosi_modality_add(struct amosi_modality_rules *rules, const char *id, amos_modality modality)
{
    void *items = rules->items;
    if (!amosi_grow(&items, &rules->capacity, rules->count + 1, sizeof *rules->items))
        return false;
    rules->items = items;
    rules->items[rules->count++] = (struct amosi_modality_rule){id, modality};
    return true;
}

struct table {
    amos_dataset *dataset;
    const char *path;
    struct amosi_modality_rules *rules;
    amos_error *err;
};

/* `place` begins the sentence of a refusal: "line 3" or "the entry". */
static amos_status add_rule(const struct table *t, const char *place, size_t number, amos_status refusal,
                            const char *id, const char *name)
{
    amos_modality modality;
    char shown[80];
    if (!*id)
        return amosi_fail(t->err, refusal, t->path,
                          "%s %zu has no id; a case's id and ct, mri or unknown are expected.", place, number);
    if (amos_modality_parse(name, &modality, NULL) || modality == AMOS_MODALITY_ANY)
        return amosi_fail(t->err, refusal, t->path, "%s %zu has the modality \"%s\"; ct, mri or unknown is expected.",
                          place, number, amosi_text_show(shown, sizeof shown, name));
    const char *kept = amosi_arena_text(&t->dataset->text, id, strlen(id));
    return kept && amosi_modality_add(t->rules, kept, modality) ? AMOS_OK : amosi_fail_nomem(t->err, t->path);
}

/* ---- CSV ---- */

struct columns {
    size_t id, modality;
};

/* Whether the first record names the columns, in any order; without names the id comes first, then the modality. */
static bool find_columns(const struct amosi_csv *csv, struct columns *columns)
{
    static const char *const ids[] = {"id", "amos_id", "case", "case_id"};
    struct columns found = {SIZE_MAX, SIZE_MAX};
    for (size_t i = csv->count; i-- > 0;) {
        const char *name = amosi_csv_trim(csv->fields[i]);
        for (size_t k = 0; k < sizeof ids / sizeof ids[0]; k++)
            if (amosi_words_equal(ids[k], name))
                found.id = i;
        if (amosi_words_equal("modality", name))
            found.modality = i;
    }
    bool named = found.id != SIZE_MAX && found.modality != SIZE_MAX;
    *columns = named ? found : (struct columns){0, 1};
    return named;
}

static amos_status read_records(const struct table *t, struct amosi_csv *csv)
{
    struct columns columns;
    enum amosi_csv_result result = amosi_csv_next(csv);
    if (result == AMOSI_CSV_RECORD && find_columns(csv, &columns))
        result = amosi_csv_next(csv);
    for (; result == AMOSI_CSV_RECORD; result = amosi_csv_next(csv)) {
        const char *id = columns.id < csv->count ? amosi_csv_trim(csv->fields[columns.id]) : "";
        const char *name = columns.modality < csv->count ? amosi_csv_trim(csv->fields[columns.modality]) : "";
        amos_status status = add_rule(t, "line", csv->line, AMOS_E_ARG, id, name);
        if (status)
            return status;
    }
    if (result == AMOSI_CSV_NOMEM)
        return amosi_fail_nomem(t->err, t->path);
    return result == AMOSI_CSV_END ? AMOS_OK
                                   : amosi_fail(t->err, AMOS_E_ARG, t->path, "line %zu is not valid CSV.", csv->line);
}

static amos_status read_csv(const struct table *t, char *text, size_t length)
{
    struct amosi_csv csv;
    if (memchr(text, '\0', length) || amosi_utf8_end(text, length) != length)
        return amosi_fail(t->err, AMOS_E_ARG, t->path,
                          "the file is not UTF-8 text; a CSV with the columns id and modality "
                          "is expected, or JSON.");
    amosi_csv_begin(&csv, text, length);
    amos_status status = read_records(t, &csv);
    amosi_csv_free(&csv);
    return status;
}

/* ---- JSON ---- */

static const char *text_of(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : "";
}

static amos_status read_json(const struct table *t)
{
    cJSON *root;
    amos_status status = amosi_json_load(t->path, &t->dataset->limits, &root, t->err);
    if (status)
        return status;
    bool object = cJSON_IsObject(root);
    if (object)
        status = amosi_json_check_unique(root, t->path, "the file", t->err);
    size_t number = 0;
    for (const cJSON *item = root->child; item && !status; item = item->next) {
        const char *id = object ? item->string : text_of(cJSON_GetObjectItemCaseSensitive(item, "id"));
        const cJSON *name = object ? item : cJSON_GetObjectItemCaseSensitive(item, "modality");
        status = add_rule(t, "entry", ++number, AMOS_E_JSON_SCHEMA, id, text_of(name));
    }
    cJSON_Delete(root);
    return status;
}

amos_status amosi_modality_read_table(amos_dataset *dataset, const char *path, struct amosi_modality_rules *rules,
                                      amos_error *err)
{
    const struct table t = {dataset, path, rules, err};
    char *text;
    size_t length;
    amos_status status = amosi_text_read(path, dataset->limits.max_csv_bytes, &text, &length, err);
    if (status)
        return status;
    size_t start = amosi_utf8_has_bom(text, length) ? 3 : 0;
    start += strspn(text + start, " \t\r\n");
    bool json = text[start] == '{' || text[start] == '[';
    status = json ? AMOS_OK : read_csv(&t, text, length);
    amosi_free(text);
    return json ? read_json(&t) : status;
}
