/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export monai and amos export csv: the commands. */
#include "export/list.h"
#include "export/parts.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"
#include "open/verdicts.h"
#include "output.h"
#include "shard/shard.h"

struct list_values {
    struct dataset_choice dataset;
    struct verdict_choice verdicts;
    struct list_export export;
    struct fold_choice folds;
    int64_t fold_count, threads;
    struct shard_choice shard;
};

static const char *const not_of_a_shard[] = {NULL};

/* The default of `folds.path`: --split was not given. */
static const char no_folds[] = "";

static void print_outcome(const struct list_export *given, const struct list_exported *done)
{
    cli_print("%s: %zu training, %zu validation and %zu test cases", given->output, done->training, done->validation,
              done->test);
    if (done->folds)
        cli_print("; %zu fold%s", done->folds, done->folds == 1 ? "" : "s");
    if (done->skipped)
        cli_print("; %zu left out", done->skipped);
    cli_print("\n");
}

static int run_export(struct list_values *given, const char *command)
{
    struct list_export *export = &given->export;
    struct list_exported done;
    if (!dataset_spares(command, export->output, export->dataset, &given->dataset) ||
        !output_spares(command, export->output, given->verdicts.file))
        return CLI_USAGE;
    export->has_folds = given->folds.path != no_folds;
    export->folds = given->folds;
    export->fold_count = (size_t)given->fold_count;
    export->threads = (int)given->threads;
    export->progress.function = progress_show;
    progress_start("checking", PROGRESS_CASES);
    int code = list_export_write(export, &done);
    progress_stop();
    if (code == CLI_OK && !shard_is_part(export->shard) && export->output[0] != '-')
        print_outcome(export, &done);
    return code;
}

static int export_list(const struct args *args, struct list_values *given, const char *command, enum output_kind kind)
{
    if (!given->export.output)
        given->export.output = "-";
    if (!given->export.force && !output_name_fits(command, given->export.output, kind))
        return CLI_USAGE;
    struct judged_set set;
    struct shard shard = {0};
    int code = judged_set_open(command, args->operands[0], &given->dataset, &given->verdicts, &set);
    given->export.dataset = set.dataset;
    given->export.shard = &shard;
    given->export.verdicts = set.verdicts;
    given->export.only = given->verdicts.only;
    if (code == CLI_OK)
        code = shard_begin(&shard, args, &given->shard, not_of_a_shard);
    if (code == CLI_OK)
        code = run_export(given, command);
    shard_free(&shard);
    judged_set_close(&set);
    return code;
}

static int monai(const struct args *args, void *values)
{
    return export_list(args, values, "export monai", OUTPUT_JSON);
}

static int csv(const struct args *args, void *values)
{
    struct list_values *given = values;
    given->export.format = LIST_CSV;
    return export_list(args, given, "export csv", OUTPUT_CSV);
}

static const struct list_values defaults = {
    .export = {.paths = EXPORT_RELATIVE}, .folds = {FOLDS_NNUNET, no_folds}, .fold_count = FOLDS_DEFAULT};

#define OPTIONS_LIST \
    ARGS_VALUE('o', "output", "OUT", "the file (default: stdout, with absolute paths)", args_file, struct list_values, \
               export.output), \
        OPTION_PATHS("how files are named: relative to the folder of the list (default) or absolute", \
                     struct list_values, export.paths), \
        OPTION_FOLDS_BY("number the folds of labelled cases: nnunet, official, stratified, or a splits_final.json", \
                        struct list_values, folds), \
        OPTION_FOLDS(struct list_values, fold_count), OPTION_MODALITY(struct list_values, export.modality), \
        OPTIONS_VERDICTS(struct list_values, verdicts), OPTION_ON_FAULT(struct list_values, export.on_fault), \
        OPTION_REPLACE(struct list_values, export.force), OPTIONS_DATASET(struct list_values, dataset), \
        OPTION_THREADS(struct list_values), OPTIONS_SHARD(struct list_values, shard)

static const struct args_option monai_options[] = {
    ARGS_VALUE(0, "format", "FORMAT",
               "decathlon (training, validation, test; the default) or auto3dseg (training with folds, testing)",
               args_list_format, struct list_values, export.format),
    OPTIONS_LIST, ARGS_END};

static const char *const monai_examples[] = {
    "amos export monai amos22 -o amos22/datalist.json",
    "amos export monai amos22 --modality ct --format auto3dseg --split stratified -o folds.json", NULL};

const struct command command_export_monai = {
    .name = "monai",
    .title = "write a datalist of MONAI",
    .operands = "DIR",
    .summary = "Write the list of cases that MONAI's load_decathlon_datalist() and Auto3DSeg read.",
    .details =
        "Each item has image, label, id, modality, spacing, age (-1 if unknown), sex (? if unknown) and site, and "
        "with folds the number of the fold that validates with it. With folds all labelled cases are in the list "
        "\"training\"; without them the splits of the data set stand. By --split official the validation cases are "
        "in fold 0 and the training cases in fold 1. Headers are read and compared.",
    .examples = monai_examples,
    .options = monai_options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct list_values),
    .defaults = &defaults,
    .run = monai,
};

static const struct args_option csv_options[] = {OPTIONS_LIST, ARGS_END};

static const char *const csv_examples[] = {"amos export csv amos22 -o cases.csv --split stratified", NULL};

const struct command command_export_csv = {
    .name = "csv",
    .title = "write a table of the cases",
    .operands = "DIR",
    .summary = "Write one line for each case: files, split, modality, fold, size, spacing and metadata.",
    .details = "Fields that are not known are empty.",
    .examples = csv_examples,
    .options = csv_options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct list_values),
    .defaults = &defaults,
    .run = csv,
};
