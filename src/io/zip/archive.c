/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "io/zip/archive.h"

#include <errno.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"

#define LOCAL_BYTES ((uint64_t)30)

/* ---- what is used ---- */

/* Whether a name is a path that stays below the archive: no empty part, "." or "..". */
static bool is_path(const char *name)
{
    for (const char *part = name;; part++) {
        size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part += length;
        if (!*part)
            return true;
    }
}

/* By name, then by place in the directory. */
static int compare_files(const void *first, const void *second)
{
    const struct amosi_zip_file *a = *(const struct amosi_zip_file *const *)first;
    const struct amosi_zip_file *b = *(const struct amosi_zip_file *const *)second;
    int order = strcmp(a->name, b->name);
    return order ? order : (a > b) - (a < b);
}

static int compare_places(const void *first, const void *second)
{
    const struct amosi_zip_file *a = *(const struct amosi_zip_file *const *)first;
    const struct amosi_zip_file *b = *(const struct amosi_zip_file *const *)second;
    return (a->at > b->at) - (a->at < b->at);
}

/* Members that share bytes make a small archive large, and no program writes such. */
static amos_status check_overlap(const struct amosi_archive *archive, amos_error *err)
{
    const struct amosi_zip_file **files = archive->files;
    amosi_sort(files, archive->count, sizeof *files, compare_places);
    for (size_t i = 0; i + 1 < archive->count; i++) {
        uint64_t room = files[i + 1]->at - files[i]->at, head = LOCAL_BYTES + strlen(files[i]->name);
        if (room < head || files[i]->packed > room - head)
            return amosi_fail(err, AMOS_E_GZ_DATA, archive->path,
                              "the ZIP archive is damaged: the members %.80s and %.80s overlap; copy or download it "
                              "again.",
                              files[i]->name, files[i + 1]->name);
    }
    return AMOS_OK;
}

/* Sorts the members, and leaves those out that cannot be meant by a path. */
static amos_status choose_files(struct amosi_archive *archive, amos_error *err)
{
    const struct amosi_zip_directory *directory = &archive->directory;
    archive->files = amosi_alloc_array(directory->count + 1, sizeof *archive->files);
    if (!archive->files)
        return amosi_fail_nomem(err, archive->path);
    for (size_t i = 0; i < directory->count; i++)
        archive->files[i] = &directory->files[i];
    archive->count = directory->count;
    amos_status status = check_overlap(archive, err);
    if (status)
        return status;
    amosi_sort(archive->files, archive->count, sizeof *archive->files, compare_files);
    size_t kept = 0;
    for (size_t i = 0; i < archive->count; i++) {
        bool path = is_path(archive->files[i]->name);
        bool again = i + 1 < archive->count && strcmp(archive->files[i]->name, archive->files[i + 1]->name) == 0;
        archive->strange += !path;
        archive->repeated += path && again;
        if (path && !again)
            archive->files[kept++] = archive->files[i];
    }
    archive->count = kept;
    return AMOS_OK;
}

/* ---- opening ---- */

static amos_status fill_archive(struct amosi_archive *archive, const struct amosi_source *source, amos_error *err)
{
    archive->path = amosi_strdup(source->path);
    if (!archive->path)
        return amosi_fail_nomem(err, source->path);
    archive->path_length = strlen(archive->path);
    archive->identity = source->identity;
    amos_status status = amosi_zip_read_directory(&archive->directory, source, err);
    if (!status)
        status = amosi_source_check(source, err);
    return status ? status : choose_files(archive, err);
}

amos_status amosi_archive_read(const struct amosi_source *source, struct amosi_archive **out, amos_error *err)
{
    bool is_zip;
    *out = NULL;
    amos_status status = amosi_zip_look(source, &is_zip, err);
    if (status || !is_zip)
        return status;
    struct amosi_archive *archive = amosi_zalloc(sizeof *archive);
    status = archive ? fill_archive(archive, source, err) : amosi_fail_nomem(err, source->path);
    if (status)
        amosi_archive_free(archive);
    else
        *out = archive;
    return status;
}

amos_status amosi_archive_open(const char *path, struct amosi_archive **out, amos_error *err)
{
    struct amosi_source source;
    *out = NULL;
    amos_status status = amosi_source_open_file(&source, path, err);
    if (status)
        return status;
    status = amosi_archive_read(&source, out, err);
    amosi_source_close(&source);
    return status;
}

void amosi_archive_free(struct amosi_archive *archive)
{
    if (!archive)
        return;
    amosi_free(archive->files);
    amosi_zip_free_directory(&archive->directory);
    amosi_free(archive->path);
    amosi_free(archive);
}

/* ---- looking up ---- */

bool amosi_archive_holds(const struct amosi_archive *archive, const char *path)
{
    return archive && strncmp(path, archive->path, archive->path_length) == 0 &&
           (path[archive->path_length] == '/' || path[archive->path_length] == '\0');
}

/* Compares a name with a path below it: "a/b" is before, equal to, or in the folder "a". */
static int compare_start(const char *name, const char *path, size_t length)
{
    int order = strncmp(name, path, length);
    return order ? order : (unsigned char)name[length];
}

/* The first name that is not before `path` of that length and the byte `end` after it. */
static size_t find_first(const struct amosi_archive *archive, const char *path, size_t length, unsigned char end)
{
    size_t low = 0, high = archive->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(archive->files[middle]->name, path, length);
        if (order == 0)
            order = (int)(unsigned char)archive->files[middle]->name[length] - (int)end;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_below(const char *name, const char *path, size_t length)
{
    return length == 0 || (strncmp(name, path, length) == 0 && name[length] == '/');
}

/* The part of a path that is in the archive. */
static const char *inside(const struct amosi_archive *archive, const char *path)
{
    path += archive->path_length;
    return *path == '/' ? path + 1 : path;
}

int amosi_archive_stat(const struct amosi_archive *archive, const char *path, struct stat *state)
{
    if (!amosi_archive_holds(archive, path))
        return stat(path, state);
    const char *name = inside(archive, path);
    size_t length = strlen(name);
    *state = archive->identity;
    size_t at = length ? find_first(archive, name, length, '\0') : 0;
    if (length && at < archive->count && compare_start(archive->files[at]->name, name, length) == 0) {
        state->st_ino = (ino_t)(archive->files[at]->at + 1) * 2 + 1;
        state->st_mode = S_IFREG | 0444;
        state->st_size = (off_t)archive->files[at]->bytes;
        return 0;
    }
    at = length ? find_first(archive, name, length, '/') : 0;
    if (at < archive->count ? is_below(archive->files[at]->name, name, length) : length == 0) {
        state->st_mode = S_IFDIR | 0555;
        return 0;
    }
    errno = ENOENT;
    return -1;
}

bool amosi_archive_next(const struct amosi_archive *archive, const char *folder, size_t *at, const char **name,
                        size_t *length, bool *is_folder)
{
    const char *path = inside(archive, folder);
    size_t skip = strlen(path);
    if (*at == 0 && skip)
        *at = find_first(archive, path, skip, '/');
    if (*at >= archive->count || !is_below(archive->files[*at]->name, path, skip))
        return false;
    *name = archive->files[*at]->name + (skip ? skip + 1 : 0);
    *length = strcspn(*name, "/");
    *is_folder = (*name)[*length] == '/';
    size_t whole = (size_t)(*name - archive->files[*at]->name) + *length;
    *at = *is_folder ? find_first(archive, archive->files[*at]->name, whole, '/' + 1) : *at + 1;
    return true;
}
