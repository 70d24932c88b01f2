/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "dataset/tree/root.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "dataset/record.h"
#include "dataset/tree/path.h"

amos_status amosi_root_read(struct amosi_root *root, const struct amosi_archive *archive, const char *path,
                            struct amosi_arena *text, amos_error *err)
{
    memset(root, 0, sizeof *root);
    root->archive = archive;
    amos_status status = amosi_listing_read(&root->listing, archive, path, text, err);
    if (status == AMOS_OK && !amosi_names_make(&root->folders, &root->listing, amosi_key_folder))
        status = amosi_fail_nomem(err, path);
    return status;
}

void amosi_root_free(struct amosi_root *root)
{
    amosi_names_free(&root->folders);
    amosi_listing_free(&root->listing);
}

/* Whether the path is a folder, also if that is unknown: listing it will then report why. */
static bool may_be_folder(const struct amosi_root *root, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (!amosi_path_join(path, sizeof path, root->listing.folder, name))
        return false;
    if (amosi_archive_stat(root->archive, path, &st) == 0)
        return S_ISDIR(st.st_mode);
    return errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
}

/* Only a link has to be asked for what it is. */
static bool is_folder(const struct amosi_root *root, const struct amosi_entry *entry)
{
    return entry->kind == AMOSI_KIND_OTHER || (entry->kind == AMOSI_KIND_ASK && may_be_folder(root, entry->name));
}

const char *amosi_root_folder(const struct amosi_root *root, const char *name)
{
    if (root->listing.unreadable)
        return may_be_folder(root, name) ? name : NULL;
    const struct amosi_entry *entry = amosi_listing_find(&root->listing, name);
    if (entry && is_folder(root, entry))
        return name;
    size_t count;
    const struct amosi_entry *near = amosi_names_find(&root->folders, name, &count);
    return count == 1 && is_folder(root, near) ? near->name : NULL;
}

bool amosi_root_has_folders(const struct amosi_root *root)
{
    for (int i = 0; i < AMOSI_SPLIT_COUNT; i++)
        if (amosi_root_folder(root, amosi_splits[i].images) || amosi_root_folder(root, amosi_splits[i].labels))
            return true;
    return false;
}
