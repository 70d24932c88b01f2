/* SPDX-License-Identifier: BSD-3-Clause */
/* The programs that start a command many times and number the processes by variables of the environment: Slurm, MPI,
 * torchrun and others. Nothing is looked at unless --shard asks for it. */
#ifndef CLI_SHARD_ENGINE_H
#define CLI_SHARD_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/message.h"

/* A process among several, counted from 1. */
struct shard_number {
    size_t index, count;
};

/* More shards than this are refused: nothing has as many processes. */
#define SHARD_MOST 1000000

/* *why = the sentence, from malloc(), or NULL if memory ran out. Returns false, for checks that end in a refusal. */
bool shard_refuse(char **why, const char *format, ...) CLI_PRINTF(2, 3);

/* Reads a number of digits alone, up to SHARD_MOST. */
bool shard_number_read(const char *text, size_t length, size_t *out);

/* The name of the n-th engine, in the order in which auto tries them; NULL after the last. */
const char *shard_engine_name(size_t n);

/* What the engines say of this process. `engine` is one of their names, or "auto" for whichever says something; `count`
 * is the number of processes if the user gave it, else 0. False with a sentence, from malloc(), in *why (NULL if memory
 * ran out): no engine says anything, one says what cannot be, two say different things, or a number is missing. */
bool shard_engine_ask(const char *engine, size_t count, struct shard_number *out, char **why);

#endif
