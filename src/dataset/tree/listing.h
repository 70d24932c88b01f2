/* SPDX-License-Identifier: BSD-3-Clause */
/* The entries of a folder: read once, then looked up by name. */
#ifndef AMOSI_DATASET_TREE_LISTING_H
#define AMOSI_DATASET_TREE_LISTING_H

#include <amos/error.h>

#include "dataset/arena.h"
#include "io/zip/archive.h"

/* What an entry of a folder is. */
enum amosi_kind {
    AMOSI_KIND_FILE,  /* a regular file */
    AMOSI_KIND_OTHER, /* a folder, pipe, socket or device */
    AMOSI_KIND_ASK    /* a symbolic link, or unknown to the file system: only stat() knows */
};

struct amosi_entry {
    const char *name;
    enum amosi_kind kind;
};

struct amosi_listing {
    const char *folder;          /* absolute path */
    int unreadable;              /* errno if it may not be listed, else 0; its files may still exist */
    struct amosi_entry *entries; /* sorted by name */
    size_t count;
    size_t capacity;
};

/* Lists a folder, of `archive` if that holds the path (NULL: there is none); names are kept in `text`. A missing folder has no entries. AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (no
 * descriptor is free) or AMOS_E_IO. Release it with amosi_listing_free(), also on failure. */
amos_status amosi_listing_read(struct amosi_listing *listing, const struct amosi_archive *archive, const char *folder,
                               struct amosi_arena *text, amos_error *err);
void amosi_listing_free(struct amosi_listing *listing);

/* The entry of a name, or NULL. */
const struct amosi_entry *amosi_listing_find(const struct amosi_listing *listing, const char *name);

/* Whether `path`, of the archive or the system, is a regular file, links followed. */
int amosi_scan_is_file(const struct amosi_archive *archive, const char *path);

/* The same, but also true if that is unknown: reading the file will then report why. */
int amosi_scan_may_be_file(const struct amosi_archive *archive, const char *path);

/* Whether `path` is a folder, links followed. */
int amosi_scan_is_folder(const struct amosi_archive *archive, const char *path);

#endif
