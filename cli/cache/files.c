/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "cache/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/message.h"

static amos_status add_file(void *user, const amos_cache_item *item)
{
    struct cache_files *files = user;
    if (files->count == files->room) {
        size_t room = files->room ? 2 * files->room : 64;
        struct cache_file *items = realloc(files->items, room * sizeof *items);
        if (!items)
            return AMOS_E_NOMEM;
        files->items = items;
        files->room = room;
    }
    char *name = malloc(strlen(item->name) + 1);
    if (!name)
        return AMOS_E_NOMEM;
    strcpy(name, item->name);
    struct cache_file *to = &files->items[files->count++];
    to->name = name;
    to->bytes = item->bytes;
    to->unfinished = item->unfinished;
    files->bytes += item->bytes;
    return AMOS_OK;
}

bool cache_folder_is_there(const char *folder)
{
    if (!folder || access(folder, F_OK) == 0)
        return true;
    cli_error("%s: The folder of the cache cannot be opened: %s.", folder, strerror(errno));
    return false;
}

/* A folder without cached cases may be the data set instead of its cache. */
static bool is_no_dataset(const char *folder)
{
    amos_dataset *dataset = NULL;
    if (amos_dataset_open(folder, NULL, &dataset, NULL))
        return true;
    amos_dataset_free(dataset);
    cli_error(
        "%s: This is a data set, not a folder of cached cases; give the folder that \"amos cache build --folder\" "
        "used, or leave --folder out.",
        folder);
    return false;
}

bool cache_files_open(struct cache_files *files, const char *folder)
{
    *files = (struct cache_files){.cache = NULL};
    if (!cache_folder_is_there(folder))
        return false;
    amos_error err;
    amos_status status = amos_cache_open(folder, NULL, &files->cache, &err);
    if (!status)
        status = amos_cache_list(files->cache, add_file, files, &err);
    if (status)
        cli_error_of(&err);
    return !status && (files->count || !folder || is_no_dataset(folder));
}

void cache_files_close(struct cache_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].name);
    free(files->items);
    amos_cache_free(files->cache);
}
