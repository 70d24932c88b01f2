/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "masks/table.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "base/text/volume_name.h"

static char *join(const char *folder, const char *name, const char *end)
{
    size_t bytes = strlen(folder) + strlen(name) + strlen(end) + 2;
    char *path = amosi_alloc(bytes);
    if (path)
        snprintf(path, bytes, "%s/%s%s", folder, name, end);
    return path;
}

static size_t trimmed_length(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

bool amosi_masks_are_at(const char *path)
{
    static const size_t name = sizeof AMOSI_MASKS_FOLDER - 1;
    size_t length = trimmed_length(path);
    struct stat state;
    if (length < name || memcmp(path + length - name, AMOSI_MASKS_FOLDER, name) != 0 ||
        (length > name && path[length - name - 1] != '/'))
        return false;
    if (stat(path, &state) == 0)
        return S_ISDIR(state.st_mode);
    return errno != ENOENT && errno != ENOTDIR; /* listing it will say what is wrong */
}

static amos_status fail_listing(const char *folder, const char *what, amos_error *err)
{
    return errno == ENOMEM ? amosi_fail_nomem(err, folder)
                           : amosi_fail_errno(err, AMOS_E_OPEN, folder, errno, "%s", what);
}

/* ---- one folder ---- */

int amosi_masks_find(const struct amosi_masks *masks, const char *name)
{
    int low = 0, high = masks->count;
    while (low < high) {
        int middle = (low + high) / 2, order = strcmp(masks->names[middle], name);
        if (order == 0)
            return middle;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return -1;
}

static void insert(struct amosi_masks *masks, char *name, char *file)
{
    int at = masks->count++;
    for (; at > 0 && strcmp(masks->names[at - 1], name) > 0; at--) {
        masks->names[at] = masks->names[at - 1];
        masks->files[at] = masks->files[at - 1];
    }
    masks->names[at] = name;
    masks->files[at] = file;
}

/* Of liver.nii and liver.nii.gz the compressed one counts. */
static void replace(struct amosi_masks *masks, int at, char *file)
{
    bool better = amosi_volume_name(file).gz;
    char *other = better ? masks->files[at] : file;
    masks->files[at] = better ? file : masks->files[at];
    amosi_free(other);
}

static amos_status add_mask(struct amosi_masks *masks, const char *folder, const char *given, amos_error *err)
{
    char *name = amosi_strndup(given, amosi_volume_name_id_length(given)), *file = amosi_strdup(given);
    amos_status status = name && file ? AMOS_OK : amosi_fail_nomem(err, folder);
    int at = status ? -1 : amosi_masks_find(masks, name);
    if (!status && at < 0 && masks->count == AMOSI_MASKS_MOST)
        status =
            amosi_fail(err, AMOS_E_LIMIT, folder,
                       "there are more than %d masks here, the most labels that a label map holds.", AMOSI_MASKS_MOST);
    if (!status && at < 0) {
        insert(masks, name, file);
        return AMOS_OK;
    }
    if (!status)
        replace(masks, at, file);
    else
        amosi_free(file);
    amosi_free(name);
    return status;
}

amos_status amosi_masks_list(const char *folder, struct amosi_masks *masks, amos_error *err)
{
    amos_status status = AMOS_OK;
    memset(masks, 0, sizeof *masks);
    DIR *dir = opendir(folder);
    if (!dir)
        return fail_listing(folder, "the folder of masks cannot be listed", err);
    const struct dirent *entry;
    while (!status && (errno = 0, entry = readdir(dir)) != NULL)
        if (amosi_volume_name_is_listed(entry->d_name))
            status = add_mask(masks, folder, entry->d_name, err);
    if (!status && errno)
        status = fail_listing(folder, "the folder of masks cannot be listed", err);
    closedir(dir);
    return status;
}

void amosi_masks_free(struct amosi_masks *masks)
{
    for (int i = 0; i < masks->count; i++) {
        amosi_free(masks->names[i]);
        amosi_free(masks->files[i]);
    }
    masks->count = 0;
}

char *amosi_masks_path(const struct amosi_masks *masks, const char *folder, int which)
{
    return join(folder, masks->files[which], "");
}

amos_status amosi_masks_bytes(const char *folder, uint64_t *bytes, amos_error *err)
{
    struct amosi_masks masks;
    struct stat state;
    amos_status status = amosi_masks_list(folder, &masks, err);
    for (int i = 0; i < masks.count && !status; i++) {
        char *path = amosi_masks_path(&masks, folder, i);
        if (!path)
            status = amosi_fail_nomem(err, folder);
        else if (stat(path, &state) != 0)
            status = amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the file cannot be opened");
        else
            *bytes += (uint64_t)state.st_size;
        amosi_free(path);
    }
    amosi_masks_free(&masks);
    return status;
}

/* ---- the first subject ---- */

/* An absolute path without ".", ".." and "//" is taken as it is written: a subject may be a link. */
static bool is_plain(const char *path)
{
    return path[0] == '/' && path[trimmed_length(path)] == '\0' && !strstr(path, "//") && !strstr(path, "/./") &&
           !strstr(path, "/../");
}

/* The folder of the subjects: two parts of the path less. NULL, with errno, if it is not known. */
static char *folder_of_subjects(const char *folder)
{
    char real[PATH_MAX];
    bool plain = is_plain(folder);
    if (!plain && !realpath(folder, real))
        return NULL;
    char *path = amosi_strdup(plain ? folder : real);
    errno = path ? errno : ENOMEM;
    for (int i = 0; path && i < 2; i++) {
        char *slash = strrchr(path, '/');
        slash[slash == path] = '\0';
    }
    return path;
}

/* Whether `name` may be that of the first subject so far. */
static bool comes_first(const char *name, const char *best)
{
    return name[0] != '.' && (!*best || strcmp(name, best) < 0);
}

/* Whether a subject has masks. What cannot be known is a failure, since another subject would give other numbers. */
static amos_status look_for_masks(const char *root, const char *name, bool *any, amos_error *err)
{
    struct amosi_masks masks;
    amos_error found;
    char *folder = join(root, name, "/" AMOSI_MASKS_FOLDER);
    if (!folder)
        return amosi_fail_nomem(err, root);
    amos_status status = amosi_masks_list(folder, &masks, &found);
    *any = masks.count > 0;
    amosi_masks_free(&masks);
    amosi_free(folder);
    if (!status || status == AMOS_E_LIMIT ||
        (status == AMOS_E_OPEN && (found.sys_errno == ENOENT || found.sys_errno == ENOTDIR)))
        return AMOS_OK;
    if (err)
        *err = found;
    return status;
}

static amos_status find_first(const char *root, char best[NAME_MAX + 1], amos_error *err)
{
    DIR *dir = opendir(root);
    const struct dirent *entry;
    amos_status status = AMOS_OK;
    if (!dir)
        return fail_listing(root, "the folder of the subjects cannot be listed", err);
    while (!status && (errno = 0, entry = readdir(dir)) != NULL) {
        bool any = false;
        if (comes_first(entry->d_name, best))
            status = look_for_masks(root, entry->d_name, &any, err);
        if (any)
            snprintf(best, NAME_MAX + 1, "%s", entry->d_name);
    }
    if (!status && errno)
        status = fail_listing(root, "the folder of the subjects cannot be listed", err);
    closedir(dir);
    return status;
}

amos_status amosi_masks_table(const char *folder, struct amosi_masks *table, char **first, amos_error *err)
{
    char best[NAME_MAX + 1] = "", *root = folder_of_subjects(folder), *path = NULL;
    memset(table, 0, sizeof *table);
    if (!root)
        return fail_listing(folder, "the folder of the subjects is not known", err);
    amos_status status = find_first(root, best, err);
    if (!status) {
        path = *best ? join(root, best, "/" AMOSI_MASKS_FOLDER) : amosi_strdup(folder);
        status = path ? amosi_masks_list(path, table, err) : amosi_fail_nomem(err, folder);
    }
    amosi_free(root);
    if (first && !status)
        *first = path;
    else
        amosi_free(path);
    return status;
}
