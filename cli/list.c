/* SPDX-License-Identifier: BSD-3-Clause */
/* amos list: the cases of a data set. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/table.h"
#include "open/dataset.h"
#include "open/verdicts.h"

/* Numbers of listed cases, by kind. */
struct counts {
    size_t cases, splits[4], modalities[AMOS_MODALITY_UNKNOWN + 1], no_image, labelled, no_label;
};

static void count_case(struct counts *counts, const amos_case *c)
{
    const amos_case_info *info = amos_case_get_info(c);
    counts->cases++;
    counts->splits[info->split]++;
    counts->modalities[info->modality]++;
    counts->no_image += !info->has_image;
    counts->labelled += info->has_label != 0;
    counts->no_label += info->label_path && !info->has_label;
}

/* ---- for people ---- */

/* The size of an existing file; "-" if the data set names none. */
static void add_file(struct table *table, const amos_case *c, amos_case_file file)
{
    uint64_t bytes;
    char size[DESCRIBE_BYTES];
    if (amos_case_get_file_bytes(c, file, &bytes, NULL) == AMOS_OK)
        table_add(table, "%s", describe_bytes(bytes, size));
    else
        table_add(table, "%s", file == AMOS_CASE_IMAGE || amos_case_get_info(c)->label_path ? "missing" : "-");
}

static void add_metadata(struct table *table, const amos_metadata *about)
{
    if (about && about->age_years >= 0)
        table_add(table, "%d", about->age_years);
    else
        table_add(table, "-");
    table_add(table, "%c", about && about->sex != '?' ? about->sex : '-');
    if (about && (about->maker[0] || about->model[0]))
        table_add(table, "%s%s%s", about->maker, about->maker[0] && about->model[0] ? " " : "", about->model);
    else
        table_add(table, "-");
}

static void add_case(struct table *table, const amos_case *c, bool metadata)
{
    const amos_case_info *info = amos_case_get_info(c);
    table_add(table, "%s", info->id);
    table_add(table, "%s", amos_split_name(info->split));
    table_add(table, "%s", amos_modality_name(info->modality));
    add_file(table, c, AMOS_CASE_IMAGE);
    add_file(table, c, AMOS_CASE_LABEL);
    if (metadata)
        add_metadata(table, info->metadata);
}

static bool print_cases(const amos_dataset *dataset, const amos_case_filter *filter, struct counts *counts)
{
    static const struct table_column columns[] = {{"case", 0, false}, {"split", 2, false},  {"modality", 2, false},
                                                  {"image", 2, true}, {"label", 2, true},   {"age", 2, true},
                                                  {"sex", 2, false},  {"scanner", 2, false}};
    bool metadata = false;
    const amos_case *c = NULL;
    amos_error err;
    amos_status status;
    while ((status = amos_dataset_next(dataset, filter, &c, &err)) == AMOS_OK && c)
        metadata = metadata || amos_case_get_info(c)->metadata;
    struct table *table = table_new(columns, metadata ? 8 : 5);
    while (!status && (status = amos_dataset_next(dataset, filter, &c, &err)) == AMOS_OK && c) {
        add_case(table, c, metadata);
        count_case(counts, c);
    }
    bool printed = table_print(table);
    if (status)
        cli_error_of(&err);
    return printed && !status;
}

/* Prints a count that is not zero after *mark, which then becomes a comma. */
static void put_count(const char **mark, size_t count, const char *name)
{
    if (count == 0)
        return;
    cli_print("%s%zu %s", *mark, count, name);
    *mark = ", ";
}

/* "240 cases: 200 CT, 40 MRI; 240 training; 240 labelled, 1 image missing" */
static void print_counts(const struct counts *counts)
{
    const char *mark = ": ";
    cli_print("%zu case%s", counts->cases, counts->cases == 1 ? "" : "s");
    for (int m = AMOS_MODALITY_CT; m <= AMOS_MODALITY_UNKNOWN; m++)
        put_count(&mark, counts->modalities[m],
                  m == AMOS_MODALITY_UNKNOWN ? "of unknown modality" : amos_modality_name((amos_modality)m));
    mark = "; ";
    for (int s = AMOS_SPLIT_TRAINING; s <= AMOS_SPLIT_TEST; s++)
        put_count(&mark, counts->splits[s], amos_split_name((amos_split)s));
    mark = "; ";
    put_count(&mark, counts->labelled, "labelled");
    put_count(&mark, counts->no_image, counts->no_image == 1 ? "image missing" : "images missing");
    put_count(&mark, counts->no_label, counts->no_label == 1 ? "label missing" : "labels missing");
    cli_print("\n");
}

/* "remarks: W_UNLISTED; see: amos check amos22". That command also says why files are missing. */
static void print_warnings(amos_warnings warnings, bool missing, const char *path)
{
    if (!warnings && !missing)
        return;
    const char *mark = "remarks: ";
    if (!warnings)
        cli_print("files are missing");
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        const char *name = amos_warning_name(warnings & ((amos_warnings)1 << i));
        if (!name)
            continue;
        cli_print("%s%s", mark, name);
        mark = ", ";
    }
    cli_print("; see: amos check %s\n", path);
}

/* ---- for programs ---- */

static void put_metadata(cJSON *object, const amos_metadata *about)
{
    if (!about) {
        json_put_null(object, "metadata");
        return;
    }
    const char sex[] = {about->sex, '\0'};
    cJSON *metadata = cJSON_AddObjectToObject(object, "metadata");
    if (about->age_years >= 0)
        json_put_integer(metadata, "age_years", about->age_years);
    else
        json_put_null(metadata, "age_years");
    json_put_text(metadata, "sex", sex);
    json_put_text(metadata, "maker", about->maker);
    json_put_text(metadata, "model", about->model);
    json_put_text(metadata, "date", about->date);
    json_put_text(metadata, "birth", about->birth);
    json_put_text(metadata, "site", about->site);
}

static cJSON *case_to_json(const amos_case_info *info)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", info->id);
    json_put_integer(object, "number", info->number);
    json_put_text(object, "split", amos_split_name(info->split));
    json_put_text(object, "modality", amos_modality_name(info->modality));
    json_put_integer(object, "channels", info->channels);
    json_put_text(object, "image", info->image_path);
    json_put_bool(object, "has_image", info->has_image);
    json_put_text(object, "label", info->label_path);
    json_put_bool(object, "has_label", info->has_label);
    put_metadata(object, info->metadata);
    return object;
}

static bool print_json(const amos_dataset *dataset, const amos_case_filter *filter)
{
    cJSON *array = cJSON_CreateArray();
    const amos_case *c = NULL;
    amos_error err;
    amos_status status;
    while ((status = amos_dataset_next(dataset, filter, &c, &err)) == AMOS_OK && c)
        json_append(array, case_to_json(amos_case_get_info(c)));
    bool printed = json_print(array);
    if (status)
        cli_error_of(&err);
    return printed && !status;
}

/* ---- the command ---- */

struct list_values {
    struct dataset_choice dataset;
    struct verdict_choice verdicts;
    amos_case_filter filter;
    bool json, labelled;
};

static bool print(const struct list_values *given, const amos_dataset *dataset, const char *path)
{
    struct counts counts = {0};
    if (given->json)
        return print_json(dataset, &given->filter);
    bool good = print_cases(dataset, &given->filter, &counts);
    print_counts(&counts);
    print_warnings(amos_dataset_get_info(dataset)->warnings, counts.no_image || counts.no_label, path);
    return good;
}

static int list(const struct args *args, void *values)
{
    struct list_values *given = values;
    struct judged_set set;
    int code = judged_set_open("list", args->operands[0], &given->dataset, &given->verdicts, &set);
    given->filter.has_label = given->labelled;
    given->filter.verdicts = set.verdicts;
    given->filter.only = given->verdicts.only;
    if (code == CLI_OK && !print(given, set.dataset, args->operands[0]))
        code = CLI_FAILED;
    judged_set_close(&set);
    return code;
}

static const struct list_values defaults = {.filter = {.size = sizeof defaults.filter}};

static const struct args_option options[] = {
    OPTION_SPLIT(struct list_values, filter.split),
    OPTION_MODALITY(struct list_values, filter.modality),
    ARGS_FLAG("labelled", "only cases whose label file exists", struct list_values, labelled),
    OPTIONS_VERDICTS(struct list_values, verdicts),
    OPTIONS_DATASET(struct list_values, dataset),
    OPTION_JSON("print a JSON array of objects, with paths and all metadata", struct list_values),
    ARGS_END};

static const char *const examples[] = {"amos list amos22", "amos list amos22 --split validation --modality mri --json",
                                       "amos list amos22 --verdicts amos22.verdicts.jsonl --only fail", NULL};

const struct command command_list = {
    .name = "list",
    .title = "show the cases of a data set",
    .operands = "DIR",
    .summary = "Show the cases of a data set, with the sizes of their files. No volume is opened.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct list_values),
    .defaults = &defaults,
    .run = list,
};
