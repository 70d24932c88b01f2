/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the label files of one side, reference or prediction, by their ids. */
#ifndef CLI_SCORE_SIDE_H
#define CLI_SCORE_SIDE_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/resolve.h"
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
    struct place place;
    const amos_dataset *dataset; /* of the place; NULL for a folder of volumes, an archive or a file */
};

/* The id that the first `length` bytes of a name stand for: amos_0018 for every name of that case of AMOS, else the name
 * without a trailing _0000. From malloc(); NULL if memory ran out. */
char *side_id_of(const char *name, size_t length);

/* Reads a folder or ZIP archive without opening a volume. Keeps only cases of the split and modality, unless they are ..._ANY. A
 * flat folder has no splits, and a name that is not from AMOS has no modality. NULL after a failure, which is
 * reported. */
struct score_side *side_open_folder(const char *path, const struct dataset_choice *choice, amos_split split,
                                    amos_modality modality);

/* A side of one file. NULL if memory ran out, which is reported. */
struct score_side *side_of_file(const char *path);

void side_free(struct score_side *side);

/* The entry with an id; NULL if none. */
struct side_entry *side_find(struct score_side *side, const char *id);

/* Whether it is a file to which no entry of the other side belongs. */
bool side_is_unused(const struct side_entry *entry);

/* Looks for an unfinished download or a copy of a case's file in the folder of the side. On success writes the end of a
 * sentence: "; amos_0009.nii.gz.part lies there, an unfinished download of it". */
bool side_find_near(const struct score_side *side, const char *folder, const char *id, char *text, size_t bytes);

/* The label file; NULL if a data set names one that does not exist. */
const char *side_path(const struct side_entry *entry);

amos_modality side_modality(const struct side_entry *entry);

#endif
