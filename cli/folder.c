/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "folder.h"

#include <amos/archive.h>
#include <amos/dataset.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/message.h"
#include "base/text/url.h"
#include "base/text/volume_name.h"

char *folder_join(const char *folder, const char *name)
{
    size_t bytes = strlen(folder) + strlen(name) + 2;
    char *path = malloc(bytes);
    bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
    if (path)
        snprintf(path, bytes, "%s%s%s", folder, slash ? "" : "/", name);
    return path;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* EEXIST may be a folder that another process has just made, or a file. */
static bool make_one(const char *path)
{
    if (is_folder(path) || mkdir(path, 0777) == 0 || (errno == EEXIST && is_folder(path)))
        return true;
    cli_error("%s: The folder cannot be made: %s.", path, strerror(errno));
    return false;
}

bool folder_make_for(const char *path)
{
    char *copy = strdup(path);
    bool good = copy != NULL;
    if (!good)
        cli_error("Memory ran out.");
    for (char *at = good && *copy ? strchr(copy + 1, '/') : NULL; at && good; at = strchr(at + 1, '/')) {
        *at = '\0';
        good = make_one(copy);
        *at = '/';
    }
    free(copy);
    return good;
}

bool folder_make(const char *path)
{
    return folder_make_for(path) && make_one(path);
}

static bool grow(struct folder *folder)
{
    if (folder->count < folder->room)
        return true;
    size_t room = folder->room ? 2 * folder->room : 64;
    char **paths = realloc(folder->paths, room * sizeof *paths);
    if (!paths)
        return false;
    folder->paths = paths;
    folder->room = room;
    return true;
}

/* Takes over the path; NULL stands for a lack of memory, which is reported. */
static bool add_path(struct folder *folder, char *path)
{
    if (path && grow(folder)) {
        folder->paths[folder->count++] = path;
        return true;
    }
    free(path);
    cli_error("Memory ran out.");
    return false;
}

/* Not strcoll(), which depends on the locale. */
static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_hidden(const char *name)
{
    return name[0] == '.' || strcmp(name, "__MACOSX") == 0;
}

/* ---- folders ---- */

/* `take` gets the path of each entry that is not hidden; false ends the list. */
static bool each_entry(const char *path, struct folder *folder, bool (*take)(struct folder *, char *path))
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool good = dir != NULL;
    while (good && (errno = 0, entry = readdir(dir)) != NULL)
        if (!is_hidden(entry->d_name))
            good = take(folder, folder_join(path, entry->d_name));
    if (!dir || (good && errno)) {
        cli_error("%s: The folder cannot be read: %s.", path, strerror(errno));
        good = false;
    }
    if (dir)
        closedir(dir);
    return good;
}

static bool take_volume(struct folder *folder, char *path)
{
    if (!path || amosi_volume_name_is_listed_or_header(amosi_base_name(path)))
        return add_path(folder, path);
    free(path);
    return true;
}

static bool take_subfolder(struct folder *folder, char *path)
{
    bool good = true;
    if (!path)
        return add_path(folder, NULL);
    if (is_folder(path))
        good = each_entry(path, folder, take_volume);
    free(path);
    return good;
}

/* ---- archives ---- */

static size_t depth_of(const char *path)
{
    size_t depth = 0;
    for (; (path = strchr(path, '/')) != NULL; path++)
        depth++;
    return depth;
}

/* Whether a part of the path, from byte `from` on, is hidden. */
static bool has_hidden_part(const char *path, size_t from)
{
    for (const char *part = path + from; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.' || strncmp(part, "__MACOSX/", strlen("__MACOSX/")) == 0)
            return true;
    }
    return false;
}

/* Whether a folder of the path, from byte `from` on, is one of a data set: imagesTr, labelsTs, ... */
static bool has_split_folder(const char *path, size_t from)
{
    static const char *const kinds[] = {"/images", "/labels"}, *const splits[] = {"Tr/", "Va/", "Ts/"};
    for (int k = 0; k < 2; k++) {
        const char *found = strstr(path + from, kinds[k]);
        for (int i = 0; found && i < 3; i++)
            if (strncmp(found + strlen(kinds[k]), splits[i], 3) == 0)
                return true;
    }
    return false;
}

struct listing {
    struct folder *folder;
    size_t archive; /* length of the archive's path */
};

static amos_status take_member(void *user, const char *path, uint64_t bytes)
{
    const struct listing *listing = user;
    (void)bytes;
    listing->folder->holds_dataset |= has_split_folder(path, listing->archive);
    if (has_hidden_part(path, listing->archive) || !amosi_volume_name_is_listed_or_header(amosi_base_name(path)))
        return AMOS_OK;
    return add_path(listing->folder, strdup(path)) ? AMOS_OK : AMOS_E_NOMEM;
}

/* Keeps those with the fewest folders before their names. */
static void keep_highest(struct folder *folder)
{
    size_t least = SIZE_MAX, kept = 0;
    for (size_t i = 0; i < folder->count; i++) {
        size_t depth = depth_of(folder->paths[i]);
        least = depth < least ? depth : least;
    }
    for (size_t i = 0; i < folder->count; i++) {
        if (depth_of(folder->paths[i]) == least)
            folder->paths[kept++] = folder->paths[i];
        else
            free(folder->paths[i]);
    }
    folder->count = kept;
}

static bool list_archive(struct folder *folder, const char *path)
{
    amos_error err = {.status = AMOS_OK};
    struct listing listing = {folder, strlen(path)};
    amos_status status = amos_archive_list(path, take_member, &listing, &err);
    if (status == AMOS_E_UNSUPPORTED || status == AMOS_E_OPEN) /* no archive */
        return true;
    folder->layout = FOLDER_ARCHIVE;
    keep_highest(folder);
    if (status && err.status) /* else it was reported */
        cli_error_of(&err);
    return !status;
}

/* ---- both ---- */

static bool list_folder(struct folder *folder, const char *path)
{
    bool good = access(path, R_OK | X_OK) != 0 || each_entry(path, folder, take_volume);
    folder->layout = folder->count ? FOLDER_FLAT : FOLDER_NONE;
    if (good && folder->count == 0 && access(path, R_OK | X_OK) == 0) {
        good = each_entry(path, folder, take_subfolder);
        folder->layout = folder->count ? FOLDER_BELOW : FOLDER_NONE;
    }
    return good;
}

bool folder_list(struct folder *folder, const char *path)
{
    struct stat about;
    *folder = (struct folder){.layout = FOLDER_NONE};
    bool url = amosi_is_url(path);
    if (!url && stat(path, &about) != 0)
        return true;
    bool good = url                      ? list_archive(folder, path)
                : S_ISDIR(about.st_mode) ? list_folder(folder, path)
                : S_ISREG(about.st_mode) ? list_archive(folder, path)
                                         : true;
    if (folder->count)
        qsort(folder->paths, folder->count, sizeof *folder->paths, by_bytes);
    return good;
}

void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->paths[i]);
    free(folder->paths);
    *folder = (struct folder){.layout = FOLDER_NONE};
}

const char *folder_layout_name(enum folder_layout layout)
{
    static const char *const names[] = {
        [FOLDER_NONE] = NULL, [FOLDER_FLAT] = "flat", [FOLDER_BELOW] = "subfolders", [FOLDER_ARCHIVE] = "archive"};
    return names[layout];
}

const char *folder_layout_text(enum folder_layout layout)
{
    return layout == FOLDER_BELOW ? "volumes one level down" : layout == FOLDER_ARCHIVE ? "a ZIP archive" : NULL;
}

int folder_max_label(const char *folder)
{
    char *real = realpath(folder, NULL), *end = real ? strrchr(real, '/') : NULL;
    amos_dataset *dataset = NULL;
    int largest = 0;
    if (end && end > real) {
        *end = '\0';
        if (amos_dataset_open(real, NULL, &dataset, NULL) == AMOS_OK && amos_dataset_get_info(dataset)->json_path)
            largest = amos_dataset_get_info(dataset)->max_label;
        amos_dataset_free(dataset);
    }
    free(real);
    return largest;
}
