/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of a cache's folder. */
#ifndef CLI_CACHE_FILES_H
#define CLI_CACHE_FILES_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

struct cache_file {
    char *name;
    uint64_t bytes;
    int unfinished;
};

struct cache_files {
    amos_cache *cache;
    struct cache_file *items;
    size_t count, room;
    uint64_t bytes;
};

/* False if a folder that was named is not there, which is reported: its name is mistyped. NULL, the usual folder, may be
 * missing; it appears with the first cached case. */
bool cache_folder_is_there(const char *folder);

/* Opens the cache of a folder (NULL: the default folder) and lists its files. Reports a failure and returns false.
 * Close it in either case. */
bool cache_files_open(struct cache_files *files, const char *folder);
void cache_files_close(struct cache_files *files);

#endif
