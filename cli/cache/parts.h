/* amos cache: what its four parts share. */
#ifndef CLI_CACHE_PARTS_H
#define CLI_CACHE_PARTS_H

#include "kit/cli.h"

/* Each takes the words from its own name on (argv[0] is "build") and returns an enum cli_exit. */
int cmd_cache_build(int argc, char **argv);
int cmd_cache_info(int argc, char **argv);
int cmd_cache_check(int argc, char **argv);
int cmd_cache_prune(int argc, char **argv);

/* The option that all have. */
#define CACHE_FOLDER_OPTION(place)                                                                                     \
    {0, "folder", "DIR", "the cache's folder (default: $XDG_CACHE_HOME/amos or ~/.cache/amos)", args_take_text, place}

#endif
