/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/archive.h>

#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "io/url.h"
#include "io/zip/directory.h"

static amos_status list_files(const struct amosi_zip_directory *directory, const char *path, amos_archive_fn found,
                              void *user, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < directory->count && !status; i++) {
        const struct amosi_zip_file *file = &directory->files[i];
        size_t bytes = strlen(path) + strlen(file->name) + 2;
        char *full = amosi_alloc(bytes);
        if (!full)
            return amosi_fail_nomem(err, path);
        snprintf(full, bytes, "%s/%s", path, file->name);
        status = found(user, full, file->bytes);
        amosi_free(full);
    }
    return status;
}

static amos_status list_archive(const struct amosi_source *source, amos_archive_fn found, void *user, amos_error *err)
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

amos_status amos_archive_list(const char *path, amos_archive_fn found, void *user, amos_error *err)
{
    if (!path || !*path || !found)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_archive_list needs a path and a function to call.");
    struct amosi_source source;
    amos_status status = amosi_source_open_path(&source, path, err);
    if (status)
        return status;
    status = list_archive(&source, found, user, err);
    amosi_source_close(&source);
    return status;
}
