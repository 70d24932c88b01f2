/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export nnunet: the command. */
#include <string.h>
#include <stdlib.h>

#include "export/nnunet.h"
#include "export/parts.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"
#include "open/verdicts.h"
#include "shard/shard.h"

struct nnunet_values {
    struct dataset_choice dataset;
    struct verdict_choice verdicts;
    struct nnunet_export export;
    int64_t id, folds, threads;
    bool copy, hardlink, symlink, json;
    struct shard_choice shard;
};

static const char *const not_of_a_shard[] = {"json", NULL};

static bool is_sensible(const struct nnunet_values *given)
{
    if (!given->export.raw)
        cli_error("export nnunet: --output is missing; give the folder of raw data sets, such as -o \"$nnUNet_raw\".");
    else if (strcmp(given->export.raw, "-") == 0)
        cli_error("export nnunet: --output cannot be \"-\", as a folder is made; name it.");
    else if (!given->export.task)
        cli_error("export nnunet: --task is missing; give ct, mri or ct+mri.");
    else if (given->copy + given->hardlink + given->symlink > 1)
        cli_error("export nnunet: Several of --copy, --hardlink and --symlink were given; use one of them.");
    else
        return true;
    return false;
}

static const char *way_text(enum export_way way)
{
    static const char *const texts[] = {"named by their paths", "linked", "hard links", "copied"};
    return texts[way];
}

static bool print_outcome(const struct nnunet_values *given, const struct nnunet_exported *done)
{
    if (given->json) {
        cJSON *object = cJSON_CreateObject();
        json_put_text(object, "folder", done->folder);
        json_put_unsigned(object, "training", done->training);
        json_put_unsigned(object, "prediction", done->prediction);
        json_put_unsigned(object, "left_out", done->skipped);
        json_put_unsigned(object, "folds", done->folds);
        return json_print(object);
    }
    cli_print("%s: %zu cases to train with, %s; %zu to predict; ", done->folder, done->training,
              way_text(given->export.way), done->prediction);
    if (done->folds)
        cli_print("%zu fold%s", done->folds, done->folds == 1 ? "" : "s");
    else
        cli_print("no folds, as %lld need as many cases", (long long)given->folds);
    if (done->skipped)
        cli_print("; %zu left out", done->skipped);
    cli_print("\n");
    if (given->export.way == EXPORT_BY_NAME)
        cli_print("note        libamos opens it with --absolute-paths, as its dataset.json names files elsewhere\n");
    return cli_stdout_good();
}

static int run_export(struct nnunet_values *given)
{
    struct nnunet_export *export = &given->export;
    struct nnunet_exported done;
    export->id = (int)given->id;
    export->fold_count = (size_t)given->folds;
    export->threads = (int)given->threads;
    export->way = given->copy       ? EXPORT_COPY
                  : given->hardlink ? EXPORT_HARDLINK
                  : given->symlink  ? EXPORT_SYMLINK
                                    : EXPORT_BY_NAME;
    export->progress.function = progress_show;
    progress_start("checking", PROGRESS_CASES);
    int code = nnunet_export_write(export, &done);
    progress_stop();
    if (code == CLI_OK && !shard_is_part(export->shard) && !print_outcome(given, &done))
        code = CLI_FAILED;
    free(done.folder);
    return code;
}

static int nnunet(const struct args *args, void *values)
{
    struct nnunet_values *given = values;
    if (!is_sensible(given))
        return CLI_USAGE;
    struct judged_set set;
    struct shard shard = {0};
    int code = judged_set_open("export nnunet", args->operands[0], &given->dataset, &given->verdicts, &set);
    given->export.dataset = set.dataset;
    given->export.shard = &shard;
    given->export.verdicts = set.verdicts;
    given->export.only = given->verdicts.only;
    if (code == CLI_OK)
        code = shard_begin(&shard, args, &given->shard, not_of_a_shard);
    if (code == CLI_OK)
        code = run_export(given);
    shard_free(&shard);
    judged_set_close(&set);
    return code;
}

static const struct nnunet_values defaults = {.folds = FOLDS_DEFAULT};

static const struct args_option options[] = {
    ARGS_VALUE('o', "output", "RAW", "the folder of raw data sets, $nnUNet_raw; made if it is missing", args_folder,
               struct nnunet_values, export.raw),
    ARGS_VALUE(0, "task", "TASK", "the cases: ct, mri or ct+mri", args_task, struct nnunet_values, export.task),
    ARGS_RANGE(0, "id", "N", "number of the data set (default: 218 for ct, 219 for ct+mri of AMOS)", args_integer,
               struct nnunet_values, id, 1, 999),
    ARGS_VALUE(0, "name", "NAME", "its name (default: AMOS2022_postChallenge_task1 or _task2)", args_file,
               struct nnunet_values, export.name),
    ARGS_FLAG("copy", "copy the files to imagesTr, labelsTr and imagesTs", struct nnunet_values, copy),
    ARGS_FLAG("hardlink", "the same with hard links", struct nnunet_values, hardlink),
    ARGS_FLAG("symlink", "the same with symbolic links", struct nnunet_values, symlink),
    OPTION_PATHS("how files are named where they are not copied: absolute (default) or relative", struct nnunet_values,
                 export.paths),
    OPTION_FOLDS_BY("the folds: nnunet (its own, the default), official, stratified, or a splits_final.json",
                    struct nnunet_values, export.folds),
    OPTION_FOLDS(struct nnunet_values, folds),
    ARGS_VALUE(0, "preprocessed", "DIR", "write splits_final.json to this folder too, $nnUNet_preprocessed",
               args_folder, struct nnunet_values, export.preprocessed),
    OPTIONS_VERDICTS(struct nnunet_values, verdicts),
    OPTION_ON_FAULT(struct nnunet_values, export.on_fault),
    ARGS_FLAG("headers-only", "check headers alone, and read no voxels", struct nnunet_values, export.headers_only),
    OPTION_REPLACE(struct nnunet_values, export.force),
    OPTIONS_DATASET(struct nnunet_values, dataset),
    OPTION_THREADS(struct nnunet_values),
    OPTION_JSON("print what was written as JSON", struct nnunet_values),
    OPTIONS_SHARD(struct nnunet_values, shard),
    ARGS_END};

static const char *const examples[] = {"amos export nnunet amos22 -o \"$nnUNet_raw\" --task ct",
                                       "amos export nnunet btcv -o raw --task ct --id 300 --name BTCV --symlink "
                                       "--modality-of 0001=ct",
                                       NULL};

const struct command command_export_nnunet = {
    .name = "nnunet",
    .title = "make a raw data set of nnU-Net 2, without copies",
    .operands = "DIR",
    .summary = "Make a raw data set of nnU-Net 2: dataset.json, the folds, and links for the images to predict.",
    .details =
        "Training and validation cases are those to train with, as in nnU-Net's own scripts for AMOS; the others go to "
        "imagesTs. Nothing is copied: dataset.json names the files of the training cases where they lie, and imagesTs "
        "holds symbolic links. Before anything is written, all that nnU-Net's check asks for is checked: each label is "
        "one "
        "of the table and on the grid of its image, spacings agree, no voxel is NaN. The name of the channel chooses "
        "the "
        "normalisation: CT for --task ct, z-score of each image otherwise. The folds are in splits_final.json; nnU-Net "
        "looks for it in the folder of preprocessed data, see --preprocessed.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct nnunet_values),
    .defaults = &defaults,
    .run = nnunet,
};
