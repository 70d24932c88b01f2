/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache: its commands. */
#include "cache/parts.h"
#include "commands.h"
#include "kit/message.h"

static int no_options(const struct args *args, void *values)
{
    (void)args;
    (void)values;
    return CLI_OK;
}

static const struct command *const parts[] = {&command_cache_build, &command_cache_info, &command_cache_check,
                                              &command_cache_prune, NULL};

static const struct args_option options[] = {ARGS_END};

static const char *const examples[] = {"amos cache build amos22 --folder /scratch/cache",
                                       "amos cache info --folder /scratch/cache",
                                       "amos cache prune --folder /scratch/cache --max-size 50G", NULL};

const struct command command_cache = {
    .name = "cache",
    .title = "keep decoded cases for fast reading of patches",
    .operands = "[OPERAND...]",
    .summary = "Keeps decoded cases in a folder. From there, patches are read in a few milliseconds.",
    .details = "Each case is one file, a Zarr store that other tools can read too.",
    .examples = examples,
    .options = options,
    .values_bytes = 1,
    .run = no_options,
    .parts = parts,
};
