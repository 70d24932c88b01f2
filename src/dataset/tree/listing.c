/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "dataset/tree/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/system/file.h"
#include "base/error/fail.h"
#include "base/math/sort.h"

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct amosi_entry *)a)->name, ((const struct amosi_entry *)b)->name);
}

static enum amosi_kind kind_of(unsigned char type)
{
    if (type == DT_REG)
        return AMOSI_KIND_FILE;
    return type == DT_LNK || type == DT_UNKNOWN ? AMOSI_KIND_ASK : AMOSI_KIND_OTHER;
}

static bool add_entry(struct amosi_listing *listing, const char *name, size_t length, enum amosi_kind kind,
                      struct amosi_arena *text)
{
    void *entries = listing->entries;
    if (!amosi_grow(&entries, &listing->capacity, listing->count + 1, sizeof *listing->entries))
        return false;
    listing->entries = entries;
    char *kept = amosi_arena_text(text, name, length);
    if (!kept)
        return false;
    listing->entries[listing->count++] = (struct amosi_entry){kept, kind};
    return true;
}

static amos_status read_entries(struct amosi_listing *listing, DIR *dir, struct amosi_arena *text, amos_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno)
            return amosi_fail_errno(err, AMOS_E_IO, listing->folder, errno, "reading the folder failed");
        if (!entry)
            break;
        if (!add_entry(listing, entry->d_name, strlen(entry->d_name), kind_of(entry->d_type), text))
            return amosi_fail_nomem(err, listing->folder);
    }
    amosi_sort(listing->entries, listing->count, sizeof *listing->entries, compare_entries);
    return AMOS_OK;
}

/* Decides what a folder that cannot be opened means. */
static amos_status handle_unopened(struct amosi_listing *listing, int error, amos_error *err)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
        return AMOS_OK;
    case EACCES:
    case EPERM:
        listing->unreadable = error;
        return AMOS_OK;
    case ENOMEM:
        return amosi_fail_nomem(err, listing->folder);
    case EMFILE:
    case ENFILE:
        return amosi_fail_errno(err, AMOS_E_OPEN, listing->folder, error, "the folder cannot be opened");
    default:
        return amosi_fail_errno(err, AMOS_E_IO, listing->folder, error, "the folder cannot be opened");
    }
}

static amos_status read_archive(struct amosi_listing *listing, const struct amosi_archive *archive,
                                struct amosi_arena *text, amos_error *err)
{
    const char *name;
    size_t at = 0, length;
    bool is_folder;
    while (amosi_archive_next(archive, listing->folder, &at, &name, &length, &is_folder))
        if (!add_entry(listing, name, length, is_folder ? AMOSI_KIND_OTHER : AMOSI_KIND_FILE, text))
            return amosi_fail_nomem(err, listing->folder);
    amosi_sort(listing->entries, listing->count, sizeof *listing->entries, compare_entries);
    return AMOS_OK;
}

amos_status amosi_listing_read(struct amosi_listing *listing, const struct amosi_archive *archive, const char *folder,
                               struct amosi_arena *text, amos_error *err)
{
    memset(listing, 0, sizeof *listing);
    listing->folder = folder;
    if (amosi_archive_holds(archive, folder))
        return read_archive(listing, archive, text, err);
    int fd = amosi_file_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
    if (fd < 0)
        return handle_unopened(listing, errno, err);
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return amosi_fail_nomem(err, folder);
    }
    amos_status status = read_entries(listing, dir, text, err);
    closedir(dir);
    return status;
}

void amosi_listing_free(struct amosi_listing *listing)
{
    amosi_free(listing->entries);
    memset(listing, 0, sizeof *listing);
}

const struct amosi_entry *amosi_listing_find(const struct amosi_listing *listing, const char *name)
{
    struct amosi_entry key = {name, AMOSI_KIND_ASK};
    if (listing->count == 0)
        return NULL;
    return bsearch(&key, listing->entries, listing->count, sizeof key, compare_entries);
}

int amosi_scan_is_file(const struct amosi_archive *archive, const char *path)
{
    struct stat st;
    return amosi_archive_stat(archive, path, &st) == 0 && S_ISREG(st.st_mode);
}

int amosi_scan_may_be_file(const struct amosi_archive *archive, const char *path)
{
    struct stat st;
    if (amosi_archive_stat(archive, path, &st) == 0)
        return S_ISREG(st.st_mode);
    return errno != ENOENT && errno != ENOTDIR;
}

int amosi_scan_is_folder(const struct amosi_archive *archive, const char *path)
{
    struct stat st;
    return amosi_archive_stat(archive, path, &st) == 0 && S_ISDIR(st.st_mode);
}
