/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: how the files of a case come into the target: by name, by a link, or as a copy. */
#ifndef CLI_EXPORT_PLACE_H
#define CLI_EXPORT_PLACE_H

#include <stdbool.h>

#include "kit/args.h"

enum export_paths { EXPORT_ABSOLUTE, EXPORT_RELATIVE };

/* enum export_paths: "absolute" or "relative". */
extern const struct args_type args_paths;

/* A file as it is named from a folder, both absolute; from malloc(), NULL if memory ran out, which is reported. */
char *export_path_from(const char *folder, const char *file, enum export_paths paths);

enum export_way { EXPORT_BY_NAME, EXPORT_SYMLINK, EXPORT_HARDLINK, EXPORT_COPY };

/* Puts a file at `path`, which is free and will be in `folder`. EXPORT_BY_NAME stands for a symbolic link. A copy ends early
 * if a signal waits, see interrupt_pending(). False after a failure, which is reported. */
bool export_put(const char *file, const char *path, const char *folder, enum export_way way, enum export_paths paths);

#endif
