/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/files.h"

#include <stdlib.h>
#include <string.h>

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

bool cache_files_open(struct cache_files *files, const char *folder)
{
    *files = (struct cache_files){.cache = NULL};
    amos_error err;
    amos_status status = amos_cache_open(folder, NULL, &files->cache, &err);
    if (!status)
        status = amos_cache_list(files->cache, add_file, files, &err);
    if (status)
        cli_error_of(&err);
    return !status;
}

void cache_files_close(struct cache_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].name);
    free(files->items);
    amos_cache_free(files->cache);
}
