/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/cache.h"

struct file {
    char name[AMOSI_FOLDER_NAME];
    uint64_t bytes;
    int64_t used_ns;
    bool unfinished;
};

struct listing {
    struct amosi_folder folder;
    struct file *files;
    size_t count, room;
};

/* ---- the files ---- */

/* Returns false if it is not a cache file, or is being written. */
static bool read_file_state(const struct amosi_folder *folder, const char *name, struct file *file)
{
    struct stat state;
    bool unfinished =
        amosi_folder_is_temporary(name, AMOSI_CACHE_SUFFIX) || amosi_folder_is_temporary(name, AMOSI_INDEX_SUFFIX);
    size_t length = strlen(name);
    if (length >= sizeof file->name || !(unfinished || amosi_cache_is_name(name)) ||
        fstatat(folder->fd, name, &state, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(state.st_mode) ||
        (unfinished && !amosi_folder_is_abandoned(folder, name)))
        return false;
    memcpy(file->name, name, length + 1);
    file->bytes = (uint64_t)state.st_size;
    file->used_ns = (int64_t)state.st_atim.tv_sec * 1000000000 + state.st_atim.tv_nsec;
    file->unfinished = unfinished;
    return true;
}

static amos_status collect_file(void *user, const char *name, amos_error *err)
{
    struct listing *listing = user;
    struct file file;
    if (!read_file_state(&listing->folder, name, &file))
        return AMOS_OK;
    if (!amosi_grow((void **)&listing->files, &listing->room, listing->count + 1, sizeof *listing->files))
        return amosi_fail_nomem(err, listing->folder.path);
    listing->files[listing->count++] = file;
    return AMOS_OK;
}

static void close_listing(struct listing *listing)
{
    amosi_free(listing->files);
    amosi_folder_close(&listing->folder);
}

/* Reads the folder; a missing folder counts as empty. The listing must be closed, also on failure. */
static amos_status open_listing(const amos_cache *cache, struct listing *listing, amos_error *err)
{
    amos_error why;
    memset(listing, 0, sizeof *listing);
    amos_status status = amosi_folder_open(&listing->folder, cache->folder, false, &why);
    if (status == AMOS_E_OPEN && why.sys_errno == ENOENT)
        return AMOS_OK;
    if (status && err)
        *err = why;
    return status ? status : amosi_folder_list(&listing->folder, collect_file, listing, err);
}

static int by_name(const void *a, const void *b)
{
    const struct file *p = a, *q = b;
    return strcmp(p->name, q->name);
}

/* Unfinished files first, then the least recently used. */
static int by_worth(const void *a, const void *b)
{
    const struct file *p = a, *q = b;
    if (p->unfinished != q->unfinished)
        return p->unfinished ? -1 : 1;
    if (p->used_ns != q->used_ns)
        return p->used_ns < q->used_ns ? -1 : 1;
    return strcmp(p->name, q->name);
}

static void sort_listing(struct listing *listing, int (*compare)(const void *, const void *))
{
    if (listing->count)
        qsort(listing->files, listing->count, sizeof *listing->files, compare);
}

static amos_status report_file(const struct file *file, amos_cache_item_fn fn, void *user, amos_error *err)
{
    const amos_cache_item item = {file->name, file->bytes, file->used_ns, file->unfinished};
    amos_status status = fn ? fn(user, &item) : AMOS_OK;
    if (status)
        return amosi_fail(err, status, NULL, "The function that receives the files stopped the work at %s.",
                          file->name);
    return AMOS_OK;
}

/* ---- public functions ---- */

amos_status amos_cache_list(const amos_cache *cache, amos_cache_item_fn item, void *user, amos_error *err)
{
    struct listing listing;
    if (!cache || !item)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_list needs a cache and a function to report to.");
    amos_status status = open_listing(cache, &listing, err);
    sort_listing(&listing, by_name);
    for (size_t i = 0; i < listing.count && !status; i++)
        status = report_file(&listing.files[i], item, user, err);
    close_listing(&listing);
    return status;
}

static amos_status remove_file(const struct listing *listing, const struct file *file, amos_cache_item_fn removed,
                               void *user, amos_error *err)
{
    bool gone = file->unfinished ? amosi_folder_remove_abandoned(&listing->folder, file->name)
                                 : unlinkat(listing->folder.fd, file->name, 0) == 0 || errno == ENOENT;
    if (!gone && file->unfinished && errno == EWOULDBLOCK) /* another process has just created it */
        return AMOS_OK;
    if (!gone)
        return amosi_fail_errno(err, AMOS_E_IO, listing->folder.path, errno, "%s cannot be removed", file->name);
    return report_file(file, removed, user, err);
}

amos_status amos_cache_prune(const amos_cache *cache, uint64_t max_bytes, amos_cache_item_fn removed, void *user,
                             amos_error *err)
{
    struct listing listing;
    uint64_t bytes = 0;
    if (!cache)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_prune needs a cache.");
    amos_status status = open_listing(cache, &listing, err);
    if (!status && listing.folder.fd >= 0)
        status = amosi_folder_check_writable(&listing.folder, err);
    sort_listing(&listing, by_worth);
    for (size_t i = 0; i < listing.count; i++)
        bytes += listing.files[i].bytes;
    for (size_t i = 0; i < listing.count && !status; i++) {
        const struct file *file = &listing.files[i];
        if (!file->unfinished && bytes <= max_bytes)
            break;
        bytes -= file->bytes;
        status = remove_file(&listing, file, removed, user, err);
    }
    close_listing(&listing);
    return status;
}
