/* SPDX-License-Identifier: BSD-3-Clause */
/* The operands FILE, DIR and CASE of all commands:
 *
 *   DIR              an existing directory: a whole data set
 *   DIR ID [ID...]   cases of a data set: "amos_0018", "0018" or "18"
 *   DIR/ID           one case, in one operand
 *   FILE             any other operand
 *
 * An operand that names an existing file is that file, whatever precedes it. */
#ifndef CLI_KIT_RESOLVE_H
#define CLI_KIT_RESOLVE_H

#include <amos/dataset.h>

#include <stdbool.h>
#include <stddef.h>

enum target_kind { TARGET_FILE, TARGET_DATASET, TARGET_CASE };

struct target {
    enum target_kind kind;
    const char *path;            /* as given: the file, otherwise the directory */
    const amos_dataset *dataset; /* NULL for a file, and for a directory that is not a data set: see `error` */
    const amos_case *c;          /* TARGET_CASE only */
    amos_error error;            /* TARGET_DATASET without a data set: why it cannot be opened */
};

struct targets {
    struct target *items;
    size_t count;
    amos_dataset **datasets; /* the items point into these */
    size_t dataset_count;
};

/* Number of cases in the target's data set; 0 if it has none. */
size_t target_case_count(const struct target *target);

/* The first data set among the targets, whose names of labels are meant; NULL: there is none. */
const amos_dataset *targets_names(const struct targets *targets);

/* Resolves all words. An ID that its data set does not have, or lack of memory, is reported on stderr and gives false
 * (CLI_FAILED). A directory that cannot be opened as a data set is no failure here: the target carries the error.
 * Release with targets_free() in either case. */
bool targets_resolve(char *const *words, int count, struct targets *out);

void targets_free(struct targets *targets);

#endif
