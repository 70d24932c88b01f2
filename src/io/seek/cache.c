/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/seek/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "io/folder.h"
#include "io/seek/file.h"

/* An open folder, and the name of the index in it. */
struct place {
    struct amosi_folder folder;
    char name[64];
    char *full; /* folder/name, for messages */
};

/* Opens the folder. Whatever happens, the place is to be left. */
static amos_status enter_place(struct place *place, const char *folder, const struct amosi_content_id *key, bool make,
                               amos_error *err)
{
    place->full = NULL;
    amos_status status = amosi_folder_open(&place->folder, folder, make, err);
    if (status)
        return status;
    snprintf(place->name, sizeof place->name, "%016llx" AMOSI_INDEX_SUFFIX,
             (unsigned long long)amosi_content_hash(key));
    place->full = amosi_folder_join(place->folder.path, place->name);
    return place->full ? AMOS_OK : amosi_fail_nomem(err, place->folder.path);
}

static void leave_place(struct place *place)
{
    amosi_folder_close(&place->folder);
    amosi_free(place->full);
}

/* ---- reading ---- */

static amos_status read_bytes(int fd, unsigned char *bytes, size_t size, const char *path, amos_error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return amosi_fail_errno(err, AMOS_E_IO, path, errno, "the index cannot be read");
        if (n == 0)
            return amosi_fail(err, AMOS_E_INDEX, path, "the index ends too early; it has to be built again.");
        done += (size_t)n;
    }
    return AMOS_OK;
}

static amos_status read_index(int fd, uint64_t size, const struct amosi_content_id *key, const char *path,
                              struct amosi_index **out, amos_error *err)
{
    unsigned char header[AMOSI_INDEX_HEADER];
    amos_status status = read_bytes(fd, header, sizeof header, path, err);
    if (!status)
        status = amosi_index_file_check(header, size, key, path, err);
    if (status)
        return status;
    unsigned char *bytes = size <= SIZE_MAX ? amosi_alloc((size_t)size) : NULL;
    if (!bytes)
        return amosi_fail_nomem(err, path);
    memcpy(bytes, header, sizeof header);
    status = read_bytes(fd, bytes + sizeof header, (size_t)size - sizeof header, path, err);
    if (!status)
        status = amosi_index_file_parse(bytes, (size_t)size, key, path, out, err);
    amosi_free(bytes);
    return status;
}

amos_status amosi_index_cache_load(const char *folder, const struct amosi_content_id *key, struct amosi_index **out,
                                   amos_error *err)
{
    struct place place;
    int fd;
    uint64_t size;
    *out = NULL;
    amos_status status = enter_place(&place, folder, key, false, err);
    if (!status)
        status = amosi_folder_open_file(&place.folder, place.name, place.full, &fd, &size, err);
    if (!status) {
        status = read_index(fd, size, key, place.full, out, err);
        close(fd);
    }
    leave_place(&place);
    return status;
}

/* ---- writing ---- */

static amos_status replace_index(const struct place *place, const unsigned char *bytes, size_t size,
                                 const struct amosi_readers *readers, amos_error *err)
{
    struct amosi_folder_file file;
    amos_status status = amosi_folder_create(&place->folder, place->name, place->full, readers, &file, err);
    if (status)
        return status;
    status = amosi_folder_write(&file, bytes, size, err);
    if (status) {
        amosi_folder_drop(&file);
        return status;
    }
    struct amosi_folder_placed placed;
    status = amosi_folder_place(&file, &placed, err);
    if (!status)
        amosi_folder_leave(&placed);
    return status;
}

amos_status amosi_index_cache_save(const char *folder, const struct amosi_index *index,
                                   const struct amosi_readers *readers, const amos_temporaries *temporaries,
                                   amos_error *err)
{
    struct place place;
    uint64_t size = amosi_index_file_bytes(index->count, index->windows_bytes);
    unsigned char *bytes = size <= SIZE_MAX ? amosi_alloc((size_t)size) : NULL;
    if (!bytes)
        return amosi_fail_nomem(err, folder);
    amosi_index_file_write(index, bytes);
    amos_status status = enter_place(&place, folder, &index->key, true, err);
    if (!status && temporaries)
        place.folder.temporaries = *temporaries;
    if (!status)
        status = replace_index(&place, bytes, (size_t)size, readers, err);
    leave_place(&place);
    amosi_free(bytes);
    return status;
}

void amosi_index_cache_remove(const char *folder, const struct amosi_content_id *key)
{
    struct place place;
    if (enter_place(&place, folder, key, false, NULL) == AMOS_OK && place.folder.writable)
        (void)unlinkat(place.folder.fd, place.name, 0);
    leave_place(&place);
}
