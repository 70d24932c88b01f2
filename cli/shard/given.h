/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of a command that can do a part of its cases: --shard I/N, --parts DIR and --resume. A command has a member
 * of struct shard_choice in its struct, and these rows in its table:
 *
 *   static const struct args_option options[] = {OPTIONS_SHARD(struct stats_values, shard), ARGS_END};
 * */
#ifndef CLI_SHARD_GIVEN_H
#define CLI_SHARD_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/args.h"
#include "shard/engine.h"

struct shard_parts; /* of part.h */

/* All zero: the whole. */
struct shard_choice {
    struct shard_given {
        const char *text;           /* as given; NULL: the whole */
        const char *engine;         /* "auto" or the name of an engine; NULL: the numbers are given */
        struct shard_number number; /* count 0: the engine says it */
    } given;                        /* the first member: amos merge finds the choice by its option */
    const char *parts;              /* the folder of the parts */
    bool resume;
    struct shard_parts *made; /* of amos merge: results that were made by shards */
};

extern const struct args_type args_shard;

#define OPTIONS_SHARD(values, member) \
    ARGS_VALUE(0, "shard", "I/N", \
               "do the I-th, (I+N)-th, ... of the cases alone; auto or auto/N takes the numbers from Slurm, MPI, " \
               "torchrun or another engine", \
               args_shard, values, member.given), \
        ARGS_VALUE(0, "parts", "DIR", "the folder for the result of the shard, from which amos merge makes the whole", \
                   args_folder, values, member.parts), \
        ARGS_FLAG("resume", "do nothing if the result of the shard is already there and whole", values, member.resume)

#endif
