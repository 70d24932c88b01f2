/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export labelmaps: the command. */
#include <string.h>
#include <inttypes.h>

#include "masks/labelmaps.h"
#include "export/parts.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"
#include "open/verdicts.h"

struct labelmaps_values {
    struct dataset_choice dataset;
    struct labelmaps_export export;
    struct verdict_choice verdicts;
    int64_t threads;
    bool copy, hardlink;
};

static void print_outcome(const struct labelmaps_export *given, const struct labelmaps_exported *done)
{
    cli_print("%s: %zu cases, %zu organs", given->output, done->cases, done->organs);
    if (done->skipped)
        cli_print("; %zu left out", done->skipped);
    cli_print("\n");
    if (done->overlaps)
        cli_print("note        %" PRIu64
                  " voxels are in the masks of several organs; they have the first in the table\n",
                  done->overlaps);
}

static int merge_masks(struct labelmaps_values *given, const amos_dataset *dataset, const amos_verdicts *verdicts)
{
    struct labelmaps_export *export = &given->export;
    struct labelmaps_exported done;
    export->dataset = dataset;
    export->verdicts = verdicts;
    export->only = given->verdicts.only;
    export->way = given->copy ? EXPORT_COPY : given->hardlink ? EXPORT_HARDLINK : EXPORT_SYMLINK;
    export->threads = (int)given->threads;
    export->progress.function = progress_show;
    progress_start("merging", PROGRESS_CASES);
    int code = labelmaps_export_write(export, &done);
    progress_stop();
    if (code == CLI_OK)
        print_outcome(export, &done);
    return code;
}

static int labelmaps(const struct args *args, void *values)
{
    struct labelmaps_values *given = values;
    const struct labelmaps_export *export = &given->export;
    bool piped = export->output && strcmp(export->output, "-") == 0;
    if (!export->output || piped || (given->copy && given->hardlink)) {
        cli_error(piped            ? "export labelmaps: --output cannot be \"-\", as a folder is made; name it."
                  : export->output ? "export labelmaps: --copy and --hardlink were both given; use one of them."
                                   : "export labelmaps: --output is missing; give the folder of the new data set.");
        return CLI_USAGE;
    }
    given->dataset.quiet = true; /* that labels are masks is what this command is for */
    struct judged_set set;
    int code = judged_set_open("export labelmaps", args->operands[0], &given->dataset, &given->verdicts, &set);
    if (code == CLI_OK)
        code = merge_masks(given, set.dataset, set.verdicts);
    judged_set_close(&set);
    return code;
}

static const struct args_option options[] = {
    OPTION_OUTPUT("the folder of the new data set", struct labelmaps_values, export.output),
    ARGS_FLAG("copy", "copy the images", struct labelmaps_values, copy),
    ARGS_FLAG("hardlink", "make hard links to the images (default: symbolic links)", struct labelmaps_values, hardlink),
    OPTION_PATHS("of symbolic links: absolute (default) or relative", struct labelmaps_values, export.paths),
    OPTIONS_VERDICTS(struct labelmaps_values, verdicts),
    OPTION_ON_FAULT(struct labelmaps_values, export.on_fault),
    OPTION_REPLACE(struct labelmaps_values, export.force),
    OPTIONS_DATASET(struct labelmaps_values, dataset),
    OPTION_THREADS(struct labelmaps_values),
    ARGS_END};

static const char *const examples[] = {"amos export labelmaps Totalsegmentator_dataset -o totalseg", NULL};

const struct command command_export_labelmaps = {
    .name = "labelmaps",
    .title = "merge masks of organs into label maps",
    .operands = "DIR",
    .summary = "Make a data set with one label map of each case, of one with a file for each organ.",
    .details =
        "DIR has a folder for each case, as TotalSegmentator's: s0001/ct.nii.gz (or mri.nii.gz) and "
        "s0001/segmentations/liver.nii.gz and so on. The labels are numbered by the names of the organs in the order "
        "of the alphabet, up to 255; the new dataset.json names them. Images are linked. A mask must lie on the grid "
        "of its image and have 0 and 1 alone.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct labelmaps_values),
    .run = labelmaps,
};
