/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/archive.h>

#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "io/url.h"
#include "io/zip/directory.h"

static int compare_places(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

/* The places of all members, sorted, and of the directory. */
static uint64_t *list_places(const struct amosi_zip_directory *directory)
{
    uint64_t *places = amosi_alloc_array(directory->count + 1, sizeof *places);
    for (size_t i = 0; places && i < directory->count; i++)
        places[i] = directory->files[i].at;
    if (places) {
        amosi_sort(places, directory->count, sizeof *places, compare_places);
        places[directory->count] = directory->at;
    }
    return places;
}

static uint64_t next_place(const uint64_t *places, size_t count, uint64_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (places[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return places[low];
}

static amos_status visit_file(const struct amosi_zip_file *file, const char *path, uint64_t stop,
                              amos_archive_member_fn found, void *user, amos_error *err)
{
    size_t bytes = strlen(path) + strlen(file->name) + 2;
    char *full = amosi_alloc(bytes);
    if (!full)
        return amosi_fail_nomem(err, path);
    snprintf(full, bytes, "%s/%s", path, file->name);
    const amos_archive_member member = {full, full + strlen(path) + 1, file->bytes, file->at, stop, file->crc};
    amos_status status = found(user, &member);
    amosi_free(full);
    return status;
}

static amos_status list_files(const struct amosi_zip_directory *directory, const char *path,
                              amos_archive_member_fn found, void *user, amos_error *err)
{
    uint64_t *places = list_places(directory);
    amos_status status = places ? AMOS_OK : amosi_fail_nomem(err, path);
    for (size_t i = 0; i < directory->count && !status; i++) {
        const struct amosi_zip_file *file = &directory->files[i];
        status = visit_file(file, path, next_place(places, directory->count, file->at), found, user, err);
    }
    amosi_free(places);
    return status;
}

static amos_status list_archive(const struct amosi_source *source, amos_archive_member_fn found, void *user,
                                amos_error *err)
{
    struct amosi_zip_directory directory;
    bool is_zip;
    amos_status status = amosi_zip_look(source, &is_zip, err);
    if (status)
        return status;
    if (!is_zip)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, source->path, "this is not a ZIP archive.");
    status = amosi_zip_read_directory(&directory, source, err);
    if (!status)
        status = amosi_source_check(source, err);
    if (!status)
        status = list_files(&directory, source->path, found, user, err);
    amosi_zip_free_directory(&directory);
    return status;
}

amos_status amos_archive_visit(const char *path, amos_archive_member_fn found, void *user, amos_error *err)
{
    if (!path || !*path || !found)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_archive_visit needs a path and a function to call.");
    struct amosi_source source;
    amos_status status = amosi_source_open_path(&source, path, err);
    if (status)
        return status;
    status = list_archive(&source, found, user, err);
    amosi_source_close(&source);
    return status;
}

struct lister {
    amos_archive_fn found;
    void *user;
};

static amos_status list_one(void *user, const amos_archive_member *member)
{
    const struct lister *lister = user;
    return lister->found(lister->user, member->path, member->bytes);
}

amos_status amos_archive_list(const char *path, amos_archive_fn found, void *user, amos_error *err)
{
    struct lister lister = {found, user};
    if (!path || !*path || !found)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_archive_list needs a path and a function to call.");
    return amos_archive_visit(path, list_one, &lister, err);
}
