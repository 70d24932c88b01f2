/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: makes the cases of a report. Threads read and pack; the command's thread writes, in the order of the cases, so
 * that the report does not depend on the number of threads. */
#ifndef CLI_REPORT_RUN_H
#define CLI_REPORT_RUN_H

#include "report/folder.h"
#include "shard/shard.h"

struct report_run {
    const struct review_set *set;
    struct report_folder *folder;
    int64_t size; /* of slices, in voxels */
    size_t worst; /* only the cases with the lowest mean Dice get files; 0: all do */
    bool force;   /* nothing of an earlier run is kept */
    struct shard *shard;
    int threads;
    struct report_record *records; /* one for each item of the set */
    bool *failed, *fresh;          /* of each item: something is wrong with it; it was not kept from an earlier run */
    char **faults;                 /* what is wrong with it; NULL: nothing */
    size_t made, bad;
    uint64_t bytes; /* of all files of cases */
    /* For the work: what the keys are made from, of all items and of each, and memory. */
    char *options;
    char **about;
    amos_buffer_pool *pool;
};

/* Makes the records of all items, and their files; of a shard those of its items, of a merge all from the parts. `run` has
 * set, folder, size, worst, force, shard and threads. What is wrong with a
 * case is reported and counted; false after a failure of the run, which is reported. Release with report_run_free() in
 * either case. */
bool report_run_make(struct report_run *run, const struct review_question *question);
void report_run_free(struct report_run *run);

#endif
