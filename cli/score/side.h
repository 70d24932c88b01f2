/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the label files of one side, reference or prediction, by their ids. */
#ifndef CLI_SCORE_SIDE_H
#define CLI_SCORE_SIDE_H

#include <amos/amos.h>

#include <stdbool.h>

#include "open/dataset.h"

struct side_entry {
    char *id;
    char *path;         /* of a plain file; NULL if `c` has it */
    const amos_case *c; /* NULL for a plain file */
    bool used;
};

struct score_side {
    struct side_entry *entries; /* by their ids */
    size_t count, room;
    amos_dataset *dataset; /* NULL for a flat folder or a file */
};

/* Reads a folder without opening a volume. Keeps only cases of the split and modality, unless they are ..._ANY. A
 * flat folder has no splits, and a name that is not from AMOS has no modality. NULL after a failure, which is
 * reported. */
struct score_side *side_open_folder(const char *path, const struct dataset_choice *choice, amos_split split,
                                    amos_modality modality);

/* A side of one file. NULL if memory ran out, which is reported. */
struct score_side *side_of_file(const char *path);

void side_free(struct score_side *side);

/* The entry with an id; NULL if none. */
struct side_entry *side_find(struct score_side *side, const char *id);

/* The label file; NULL if a data set names one that does not exist. */
const char *side_path(const struct side_entry *entry);

amos_modality side_modality(const struct side_entry *entry);

#endif
