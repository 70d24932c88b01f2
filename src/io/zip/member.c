/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/zip/member.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/text/volume_name.h"
#include "io/zip/unpack.h"

#define STEP ((uint64_t)256 << 10) /* bytes that are unpacked at least, beyond those that are wanted */

/* A deflated member, unpacked as far as it was read. */
struct amosi_zip_lazy {
    struct amosi_source archive;
    struct amosi_unpacking u;
    pthread_mutex_t lock;  /* of u.state and failure */
    _Atomic uint64_t done; /* bytes that can be read without the lock */
    amos_error failure;    /* once unpacking has failed */
};

/* ---- members that are unpacked as they are read ---- */

static bool unpack_to(struct amosi_zip_lazy *lazy, uint64_t end)
{
    struct amosi_unpacking *u = &lazy->u;
    pthread_mutex_lock(&lazy->lock);
    uint64_t wanted = u->file.bytes - end > STEP ? end + STEP : u->file.bytes;
    if (!lazy->failure.status && u->done < end && amosi_unpacking_go_on(u, wanted, &lazy->failure) == AMOS_OK)
        atomic_store(&lazy->done, u->done);
    if (u->done == u->file.bytes || lazy->failure.status)
        amosi_unpacking_end(u);
    bool good = !lazy->failure.status;
    pthread_mutex_unlock(&lazy->lock);
    return good;
}

static int64_t lazy_read_at(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes)
{
    struct amosi_zip_lazy *lazy = source->lazy;
    uint64_t end = offset + bytes;
    if (end > atomic_load(&lazy->done) && !unpack_to(lazy, end))
        return -EBADMSG;
    memcpy(buffer, lazy->u.bytes + offset, bytes);
    return (int64_t)bytes;
}

static amos_status lazy_explain(const struct amosi_source *source, amos_error *err)
{
    struct amosi_zip_lazy *lazy = source->lazy;
    pthread_mutex_lock(&lazy->lock);
    amos_status status = lazy->failure.status;
    if (err && status)
        *err = lazy->failure;
    pthread_mutex_unlock(&lazy->lock);
    return status;
}

static void free_lazy(struct amosi_zip_lazy *lazy)
{
    amosi_unpacking_end(&lazy->u);
    amosi_free(lazy->u.bytes);
    amosi_free((char *)lazy->u.path);
    amosi_source_close(&lazy->archive);
    pthread_mutex_destroy(&lazy->lock);
    amosi_free(lazy);
}

static void lazy_close(struct amosi_source *source)
{
    free_lazy(source->lazy);
    source->lazy = NULL;
}

static const struct amosi_source_ops lazy_ops = {lazy_read_at, lazy_close, lazy_explain};

/* ---- opening ---- */

/* The source of a member takes over the archive, whose state on the disk is its own. */
static amos_status become_member(struct amosi_source *source, const struct amosi_unpacking *u, amos_error *err)
{
    const struct amosi_source *archive = u->archive;
    memset(source, 0, sizeof *source);
    source->path = amosi_strdup(u->path);
    if (!source->path)
        return amosi_fail_nomem(err, u->path);
    source->size = u->file.bytes;
    source->on_disk = archive->on_disk;
    source->identity = archive->identity;
    source->fd = archive->fd;
    source->base = u->at;
    return AMOS_OK;
}

static amos_status open_in_place(struct amosi_source *source, struct amosi_source *archive,
                                 const struct amosi_unpacking *u, amos_error *err)
{
    amos_status status = become_member(source, u, err);
    if (status)
        return status;
    source->ops = archive->ops; /* a part of the file */
    archive->ops = NULL;
    amosi_source_close(archive);
    return AMOS_OK;
}

static amos_status open_lazily(struct amosi_source *source, struct amosi_source *archive,
                               const struct amosi_unpacking *u, amos_error *err)
{
    struct amosi_zip_lazy *lazy = amosi_zalloc(sizeof *lazy);
    if (!lazy)
        return amosi_fail_nomem(err, u->path);
    lazy->u = *u;
    lazy->u.archive = &lazy->archive;
    lazy->u.path = amosi_strdup(u->path);
    pthread_mutex_init(&lazy->lock, NULL);
    amos_status status = lazy->u.path ? become_member(source, u, err) : amosi_fail_nomem(err, u->path);
    if (!status) {
        lazy->archive = *archive;
        status = amosi_unpacking_begin(&lazy->u, err);
    }
    if (status) {
        memset(&lazy->archive, 0, sizeof lazy->archive); /* it stays the caller's */
        free_lazy(lazy);
        amosi_source_close(source);
        return status;
    }
    memset(archive, 0, sizeof *archive);
    source->lazy = lazy;
    source->ops = &lazy_ops;
    return AMOS_OK;
}

static amos_status open_at_once(struct amosi_source *source, struct amosi_unpacking *u, amos_error *err)
{
    amos_status status = amosi_unpacking_begin(u, err);
    if (!status)
        status = amosi_unpacking_go_on(u, u->file.bytes, err);
    amosi_unpacking_end(u);
    if (!status)
        status = amosi_source_check(u->archive, err);
    if (!status)
        status = amosi_source_take_memory(source, u->bytes, (size_t)u->file.bytes, u->path, err);
    else
        amosi_free(u->bytes);
    return status;
}

/* Whether a stored member begins like gzip. */
static amos_status look_for_gzip(const struct amosi_unpacking *u, bool *is_gzip, amos_error *err)
{
    unsigned char start[2] = {0};
    amos_status status = u->file.bytes < 2 ? AMOS_OK : amosi_source_read(u->archive, u->at, start, sizeof start, err);
    *is_gzip = !status && start[0] == 0x1f && start[1] == 0x8b;
    return status;
}

amos_status amosi_zip_open_file(struct amosi_source *source, struct amosi_source *archive,
                                const struct amosi_zip_directory *directory, const struct amosi_zip_file *file,
                                const char *path, const amos_limits *limits, amos_error *err)
{
    struct amosi_unpacking u = {.archive = archive, .file = *file, .path = path};
    bool gzip = amosi_volume_name(path).gz && archive->on_disk;
    memset(source, 0, sizeof *source);
    amos_status status = amosi_unpacking_find(&u, directory->at, limits, err);
    if (!status && gzip && file->method == AMOSI_ZIP_STORED)
        status = look_for_gzip(&u, &gzip, err);
    if (status)
        return status;
    if (!gzip)
        return open_at_once(source, &u, err);
    return file->method == AMOSI_ZIP_STORED ? open_in_place(source, archive, &u, err)
                                            : open_lazily(source, archive, &u, err);
}

/* ---- paths ---- */

size_t amosi_path_archive_length(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = *path ? strchr(path + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        struct stat about;
        size_t length = (size_t)(slash - path);
        if (length >= sizeof part)
            return 0;
        memcpy(part, path, length);
        part[length] = '\0';
        bool there = stat(part, &about) == 0;
        if (!there || S_ISREG(about.st_mode))
            return there ? length : 0;
    }
    return 0;
}

static amos_status open_in(struct amosi_source *source, struct amosi_source *archive, const char *path,
                           const char *name, const amos_limits *limits, amos_error *err)
{
    struct amosi_zip_directory directory;
    amos_status status = amosi_zip_read_directory(&directory, archive, err);
    const struct amosi_zip_file *file = status ? NULL : amosi_zip_find_file(&directory, name);
    if (!status && !file)
        status = amosi_fail_errno(err, AMOS_E_OPEN, path, ENOENT, "the ZIP archive has no such member");
    if (!status)
        status = amosi_zip_open_file(source, archive, &directory, file, path, limits, err);
    amosi_zip_free_directory(&directory);
    return status;
}

/* Opens the member that `path` names, if its part of that length is a ZIP archive. */
static amos_status open_member(struct amosi_source *source, const char *path, size_t length, const amos_limits *limits,
                               bool *is_member, amos_error *err)
{
    struct amosi_source archive;
    char *archive_path = amosi_strndup(path, length);
    if (!archive_path)
        return amosi_fail_nomem(err, path);
    amos_status status = amosi_source_open_file(&archive, archive_path, err);
    amosi_free(archive_path);
    if (status)
        return status;
    status = amosi_zip_look(&archive, is_member, err);
    if (!status && *is_member)
        status = open_in(source, &archive, path, path + length + 1, limits, err);
    amosi_source_close(&archive);
    return status;
}

amos_status amosi_path_open(struct amosi_source *source, const char *path, const amos_limits *limits, amos_error *err)
{
    amos_error failure;
    amos_limits own;
    bool is_member = false;
    amos_status status = amosi_source_open_file(source, path, &failure);
    size_t length = status == AMOS_E_OPEN && failure.sys_errno == ENOTDIR ? amosi_path_archive_length(path) : 0;
    if (length) {
        amos_status in_archive = amosi_limits_copy(&own, limits, err);
        if (!in_archive)
            in_archive = open_member(source, path, length, &own, &is_member, err);
        if (is_member || in_archive)
            return in_archive;
    }
    if (status && err)
        *err = failure;
    return status;
}
