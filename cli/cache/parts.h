/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache: its commands, and what they share. */
#ifndef CLI_CACHE_PARTS_H
#define CLI_CACHE_PARTS_H

#include "kit/command.h"

extern const struct command command_cache_build;
extern const struct command command_cache_info;
extern const struct command command_cache_check;
extern const struct command command_cache_prune;

/* const char *folder. */
#define OPTION_CACHE_FOLDER(values) \
    ARGS_VALUE(0, "folder", "DIR", "the cache's folder (default: $XDG_CACHE_HOME/amos or ~/.cache/amos)", args_folder, \
               values, folder)

#endif
