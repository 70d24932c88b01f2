/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the parts of one run, and which are missing. */
#ifndef CLI_MERGE_COLLECT_H
#define CLI_MERGE_COLLECT_H

#include "shard/part.h"

struct collected {
    struct shard_parts parts; /* those that are whole, by index */
    size_t of;                /* how many shards the run had; 0: no part says it */
};

/* Reads the parts, and those in folders. A part that is not whole is reported, and counts as missing. False if nothing can
 * be merged, which is reported: there is no part, or they are not all of one run by this version, or one was given
 * twice. Release with collect_free() in either case. */
bool collect_parts(char *const *paths, int count, struct collected *out);

/* The missing ones as Slurm's list, "2,5-7"; "" if there is none. From malloc(), NULL if memory ran out. */
char *collect_missing(const struct collected *collected);

void collect_free(struct collected *collected);

#endif
