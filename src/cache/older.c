/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries that a new one replaces: made of an older content of the same files, or in an older format. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "cache/metadata.h"

/* ---- an older content ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static amos_status keep_name(void *user, const char *name, amos_error *err)
{
    struct amosi_cache_names *names = user;
    size_t length = strlen(name);
    if (length >= sizeof *names->names || !amosi_cache_is_name(name))
        return AMOS_OK;
    if (!amosi_grow((void **)&names->names, &names->room, names->count + 1, sizeof *names->names))
        return amosi_fail_nomem(err, NULL);
    memcpy(names->names[names->count++], name, length + 1);
    return AMOS_OK;
}

amos_status amosi_cache_names_load(const struct amosi_folder *folder, struct amosi_cache_names *names, amos_error *err)
{
    *names = (struct amosi_cache_names){.names = NULL};
    amos_status status = amosi_folder_list(folder, keep_name, names, err);
    if (names->count)
        qsort(names->names, names->count, sizeof *names->names, by_text);
    return status;
}

void amosi_cache_names_free(struct amosi_cache_names *names)
{
    amosi_free(names->names);
    *names = (struct amosi_cache_names){.names = NULL};
}

/* The first name that does not come before the first `bytes` bytes of `name`. */
static size_t first_name(const struct amosi_cache_names *names, const char *name, size_t bytes)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(names->names[middle], name, bytes) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_made_from(const amos_cache *cache, const char *name, const struct amosi_cache_key *key,
                         const char *image_path)
{
    amos_cache_entry *entry;
    amos_error unused;
    if (amos_cache_entry_open_name(cache, name, &entry, &unused) != AMOS_OK)
        return false;
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    bool made = strcmp(info->case_id, key->case_id) == 0 && strcmp(info->image_path, image_path) == 0;
    amos_cache_entry_free(entry);
    return made;
}

bool amosi_cache_drop_older(const amos_cache *cache, const struct amosi_folder *folder,
                            const struct amosi_cache_names *names, const struct amosi_cache_key *key,
                            const char *image_path)
{
    /* A name is ID-CONTENT-SETTINGS.zarr.zip, with 16 and 8 digits. */
    const size_t all = strlen(key->name), tail = 1 + 8 + strlen(AMOSI_CACHE_SUFFIX), head = all - tail - 16;
    bool dropped = false;
    for (size_t i = first_name(names, key->name, head); i < names->count; i++) {
        const char *name = names->names[i];
        if (strncmp(name, key->name, head) != 0)
            break;
        if (strlen(name) == all && strcmp(name + all - tail, key->name + all - tail) == 0 &&
            strcmp(name, key->name) != 0 && is_made_from(cache, name, key, image_path))
            dropped |= unlinkat(folder->fd, name, 0) == 0;
    }
    return dropped;
}

/* ---- an older format ---- */

bool amosi_cache_has_older_format(const struct amosi_folder *folder, const struct amosi_cache_key *key)
{
    char name[AMOSI_CACHE_NAME];
    return amosi_cache_older_name(key, name) && faccessat(folder->fd, name, F_OK, 0) == 0;
}

bool amosi_cache_drop_older_format(const struct amosi_folder *folder, const struct amosi_cache_key *key)
{
    char name[AMOSI_CACHE_NAME];
    return amosi_cache_older_name(key, name) && unlinkat(folder->fd, name, 0) == 0;
}
