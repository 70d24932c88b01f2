/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/labels.h"

#include <amos/organ.h>
#include <string.h>

#include "dataset/record.h"
#include "base/text/utf8.h"
#include "dataset/json/json.h"

struct table {
    const char *names[AMOSI_LABEL_COUNT];
    int count;
    int highest;
};

void amosi_labels_default(amos_dataset *dataset)
{
    memset(dataset->label_names, 0, sizeof dataset->label_names);
    for (int i = 0; i < AMOS_ORGAN_COUNT; i++)
        dataset->label_names[i] = amos_organ_get(i)->dataset_name;
    dataset->info.max_label = AMOS_ORGAN_COUNT - 1;
}

/* "8", "08" -> 8; -1 if the text is not a label value. */
static int parse_value(const char *text)
{
    int value = 0;
    if (!*text || strspn(text, "0123456789") != strlen(text))
        return -1;
    for (; *text; text++) {
        value = value * 10 + (*text - '0');
        if (value >= AMOSI_LABEL_COUNT)
            return -1;
    }
    return value;
}

/* Reads either form: the label value is the key of the member, or its value. *value is -1 if it is invalid. */
static void read_label(const cJSON *item, int *value, const char **name)
{
    *value = -1;
    if (cJSON_IsString(item)) {
        *value = parse_value(item->string);
        *name = item->valuestring;
    } else if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < AMOSI_LABEL_COUNT) {
        *value = (int)item->valuedouble;
        *name = item->string;
    }
}

/* Fills the table; returns what is wrong with it, or NULL. */
static const char *fill_table(const cJSON *labels, struct table *table)
{
    for (const cJSON *item = labels->child; item; item = item->next) {
        int value;
        const char *name = "";
        if (item->type != labels->child->type)
            return "mixes its two forms, value to name and name to value";
        read_label(item, &value, &name);
        if (value < 0)
            return "has a label that is not a number from 0 to 255";
        if (!*name)
            return "has a label without a name";
        if (table->names[value])
            return "has two names for one label";
        table->names[value] = name;
        table->count++;
        if (value > table->highest)
            table->highest = value;
    }
    return table->count == 0 ? "is empty" : NULL;
}

static amos_status use_table(amos_dataset *dataset, const struct table *table, amos_error *err)
{
    memset(dataset->label_names, 0, sizeof dataset->label_names);
    for (int i = 0; i <= table->highest; i++) {
        if (!table->names[i])
            continue;
        dataset->label_names[i] = amosi_arena_text(&dataset->text, table->names[i], strlen(table->names[i]));
        if (!dataset->label_names[i])
            return amosi_fail_nomem(err, dataset->info.json_path);
    }
    dataset->info.max_label = table->highest;
    if (table->count == table->highest + 1)
        return AMOS_OK;
    return amosi_dataset_note(dataset, err, AMOS_W_LABELS, dataset->info.json_path, "",
                              "the table \"labels\" has gaps in its numbers; the labels in between have no name.");
}

static amos_status check_lists(const amos_dataset *dataset, const cJSON *labels, amos_error *err)
{
    char shown[80];
    for (const cJSON *item = labels->child; item; item = item->next)
        if (cJSON_IsArray(item))
            return amosi_fail(err, AMOS_E_UNSUPPORTED, dataset->info.json_path,
                              "the label \"%s\" is a list of values (a region); each label must have one value.",
                              amosi_text_show(shown, sizeof shown, item->string));
    return AMOS_OK;
}

amos_status amosi_labels_read(amos_dataset *dataset, const cJSON *labels, amos_error *err)
{
    const char *odd = "is missing";
    struct table table = {.highest = -1};
    if (cJSON_IsObject(labels)) {
        amos_status status = amosi_json_check_unique(labels, dataset->info.json_path, "\"labels\"", err);
        if (status == AMOS_OK)
            status = check_lists(dataset, labels, err);
        if (status)
            return status;
        odd = fill_table(labels, &table);
    } else if (labels) {
        odd = "is not an object";
    }
    if (!odd)
        return use_table(dataset, &table, err);
    amosi_labels_default(dataset);
    return amosi_dataset_note(dataset, err, AMOS_W_LABELS, dataset->info.json_path, "",
                              "the table \"labels\" %s; the 15 organs of AMOS are assumed.", odd);
}
