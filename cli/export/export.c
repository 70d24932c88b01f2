/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: its commands. */
#include "commands.h"
#include "export/parts.h"
#include "kit/message.h"

static int no_options(const struct args *args, void *values)
{
    (void)args;
    (void)values;
    return CLI_OK;
}

static const struct command *const parts[] = {&command_export_nnunet, &command_export_monai, &command_export_csv,
                                              &command_export_labelmaps, NULL};

static const struct args_option options[] = {ARGS_END};

static const char *const examples[] = {"amos export nnunet amos22 -o \"$nnUNet_raw\" --task ct",
                                       "amos export monai amos22 -o datalist.json",
                                       "amos export csv amos22 -o cases.csv", NULL};

const struct command command_export = {
    .name = "export",
    .title = "give a data set to nnU-Net, MONAI and others",
    .operands = "[OPERAND...]",
    .summary = "Writes what other programs need to read a data set: lists of its files, folds, and links to them.",
    .details = "No volume is copied unless that is asked for.",
    .examples = examples,
    .options = options,
    .values_bytes = 1,
    .run = no_options,
    .parts = parts,
};
