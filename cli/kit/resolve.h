/* SPDX-License-Identifier: BSD-3-Clause */
/* The operands FILE, DIR and CASE of all commands:
 *
 *   DIR              a data set, or a folder of volumes, or a ZIP archive of either: see `place`
 *   DIR ID [ID...]   cases of a data set: "amos_0018", "0018" or "18"
 *   DIR/ID           one case, in one operand; in a folder of volumes, ID finds the file
 *   FILE             any other operand
 *
 * An operand that names an existing file is that file, whatever precedes it. */
#ifndef CLI_KIT_RESOLVE_H
#define CLI_KIT_RESOLVE_H

#include <amos/dataset.h>

#include <stdbool.h>
#include <stddef.h>

#include "folder.h"

struct dataset_choice;

/* What is at a path. A folder that has volumes directly in it and is no data set with any file is a folder of volumes,
 * even with a dataset.json, such as nnU-Net writes beside its predictions. If it is not a data set at all, volumes one
 * level down count too. */
enum place_kind { PLACE_FILE, PLACE_DATASET, PLACE_FOLDER };

struct place {
    enum place_kind kind;
    amos_dataset *dataset; /* PLACE_DATASET: NULL if it cannot be opened, see `error` */
    struct folder folder;  /* PLACE_FOLDER */
    amos_error error;
};

/* Looks at a path; a path that does not exist is PLACE_FILE. `choice` is that of the command's options, see
 * open/dataset.h. False after a failure, which is reported. Release with place_close() in either case. */
bool place_open(struct place *place, const char *path, const struct dataset_choice *choice);
void place_close(struct place *place);

enum target_kind { TARGET_FILE, TARGET_DATASET, TARGET_FOLDER, TARGET_CASE };

struct target {
    enum target_kind kind;
    const char *path; /* as given: the file, otherwise the directory */
    const amos_dataset
        *dataset; /* NULL for a file or folder, and for a directory that is not a data set: see `error` */
    const struct folder *folder; /* TARGET_FOLDER only: its volumes, at least one */
    const struct folder *within; /* TARGET_FILE that an ID has found: its folder */
    const amos_case *c;          /* TARGET_CASE only */
    const amos_dataset *names;   /* whose table names the labels, see targets_set_names(); NULL: AMOS's */
    amos_error error;            /* TARGET_DATASET without a data set: why it cannot be opened */
};

struct targets {
    struct target *items;
    size_t count;
    struct place *places; /* the items point into these; room for one of each operand */
    size_t place_count;
    amos_dataset **around; /* see targets_set_names(); room for one of each item */
    size_t around_count;
    const struct dataset_choice *choice;
};

/* Number of cases in the target's data set; 0 if it has none. */
size_t target_case_count(const struct target *target);

/* Whether the target stands for several: a data set or a folder. */
bool target_is_set(const struct target *target);

/* Calls `take` with the path of each file that exists of the target: itself, those of a folder, image and label of a case
 * or of all cases. False ends it, and is returned. */
bool target_each_file(const struct target *target, bool (*take)(void *user, const char *path), void *user);

/* For a command that wants one FILE or CASE: reports that the target is a whole data set or folder, and gives false. */
bool target_is_single(const struct target *target, const char *command);

/* The first data set among the targets, whose names of labels are meant; NULL: there is none. */
const amos_dataset *targets_names(const struct targets *targets);

/* Resolves all words; `choice` is that of the command's options, see open/dataset.h. An ID that its data set does not
 * have, a damaged archive, or lack of memory, is reported on stderr and gives false (CLI_FAILED). A directory that cannot
 * be opened as a data set is no failure here: the target carries the error. Release with targets_free() in either case. */
bool targets_resolve(char *const *words, int count, const struct dataset_choice *choice, struct targets *out);

/* Sets the names of labels of each target: those of its own data set, or of the one whose labelsTr, ... has the file, or is
 * the folder. */
void targets_set_names(struct targets *targets);

void targets_free(struct targets *targets);

#endif
