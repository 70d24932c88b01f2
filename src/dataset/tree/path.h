/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns the paths in dataset.json into absolute ones, and checks that they are safe. */
#ifndef AMOSI_DATASET_TREE_PATH_H
#define AMOSI_DATASET_TREE_PATH_H

#include <amos/error.h>

#include "dataset/arena.h"

/* The absolute path of a file named relative to `root`, without "." and empty components; nothing is expanded and no
 * file is touched. An absolute name, and one that begins with "../", is accepted only with `allow_absolute`.
 * AMOS_OK, AMOS_E_NOMEM, or AMOS_E_PATH; then *reason is the end of a sentence that begins with the path. */
amos_status amosi_path_resolve(struct amosi_arena *arena, const char *root, const char *given, int allow_absolute,
                               char **out, const char **reason);

/* AMOS_E_PATH if `path` leads out of `root` (a path as realpath() returns it), or if that is unknown because a symbolic
 * link on the way is broken. A path that does not exist at all is fine. AMOS_E_OPEN if the path cannot be resolved for
 * another reason, or AMOS_E_NOMEM. */
amos_status amosi_path_check_beneath(const char *root, const char *path, amos_error *err);

/* Writes `root` and a name below it into a buffer; returns 0 if they do not fit. */
int amosi_path_join(char *out, size_t bytes, const char *root, const char *name);

/* The length of the folder in an absolute path: 1 for "/x", 2 for "/a/x". */
size_t amosi_path_folder_length(const char *path);

#endif
