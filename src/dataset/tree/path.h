/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths that dataset.json gives, made absolute and safe. */
#ifndef AMOSI_DATASET_TREE_PATH_H
#define AMOSI_DATASET_TREE_PATH_H

#include <amos/error.h>

#include "dataset/arena.h"

/* The absolute path of a file that is named relative to `root`, without "." and empty components; nothing is expanded
 * and no file is touched. An absolute name is accepted only if `allow_absolute`.
 * AMOS_OK, AMOS_E_NOMEM, or AMOS_E_PATH; *reason is then the end of a sentence that begins with the path. */
amos_status amosi_path_resolve(struct amosi_arena *arena, const char *root, const char *given, int allow_absolute,
                               char **out, const char **reason);

/* AMOS_E_PATH if following `path` leads out of `root` (a path as realpath() gives it), or if that cannot be known
 * because a symbolic link on the way leads nowhere. What does not exist at all is fine. AMOS_E_OPEN
 * where it cannot be found out for another reason, or AMOS_E_NOMEM. */
amos_status amosi_path_check_beneath(const char *root, const char *path, amos_error *err);

/* `root` and a name below it in one buffer: 0 where it does not fit. */
int amosi_path_join(char *out, size_t bytes, const char *root, const char *name);

/* How many bytes of an absolute path its folder has: 1 for "/x", 2 for "/a/x". */
size_t amosi_path_folder_length(const char *path);

#endif
