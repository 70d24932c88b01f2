/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/file.h"
#include "base/system/platform.h"
#include "io/missing.h"

/* Linux reads at most 2 GiB per call, and some network file systems less. */
#define LARGEST_READ ((size_t)1 << 30)

static int64_t file_read_at(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes)
{
    ssize_t n;
    int tried = 0;
    do
        n = pread(source->fd, buffer, bytes, (off_t)(source->base + offset));
    while (n < 0 && amosi_file_try_again(errno, &tried));
    return n < 0 ? -(int64_t)errno : n;
}

static void file_close(struct amosi_source *source)
{
    int saved_errno = errno;
    close(source->fd); /* nothing was written, so nothing can be lost */
    errno = saved_errno;
}

static const struct amosi_source_ops file_ops = {file_read_at, file_close, NULL};

static int64_t memory_read_at(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes)
{
    memcpy(buffer, source->memory + offset, bytes);
    return (int64_t)bytes;
}

static void memory_close(struct amosi_source *source)
{
    source->memory = NULL;
}

static const struct amosi_source_ops memory_ops = {memory_read_at, memory_close, NULL};

static void owned_close(struct amosi_source *source)
{
    amosi_free(source->owned);
    source->memory = source->owned = NULL;
}

static const struct amosi_source_ops owned_ops = {memory_read_at, owned_close, NULL};

static int64_t caller_read_at(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes)
{
    return source->caller.read_at(source->caller.user, offset, buffer, bytes);
}

static void caller_close(struct amosi_source *source)
{
    if (source->caller.close)
        source->caller.close(source->caller.user);
}

static const struct amosi_source_ops caller_ops = {caller_read_at, caller_close, NULL};

static amos_status refuse_kind(mode_t mode, const char *path, amos_error *err)
{
    const char *kind = S_ISDIR(mode)    ? "a directory"
                       : S_ISFIFO(mode) ? "a pipe"
                       : S_ISSOCK(mode) ? "a socket"
                                        : "a device";
    return amosi_fail(err, AMOS_E_NOTREG, path, "this is %s; a regular file is needed.", kind);
}

static amos_status open_descriptor(struct amosi_source *source, const char *path, amos_error *err)
{
    /* Without O_NONBLOCK a FIFO would block forever; without O_NOCTTY a terminal could become our controlling
     * terminal. */
    source->fd = amosi_file_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (source->fd >= 0)
        return AMOS_OK;
    if (errno == ENXIO) /* a socket, or a device without a driver */
        return refuse_kind(S_IFSOCK, path, err);
    return amosi_fail_missing(err, path, errno, "the file cannot be opened");
}

amos_status amosi_source_open_file(struct amosi_source *source, const char *path, amos_error *err)
{
    memset(source, 0, sizeof *source);
    amos_status status = open_descriptor(source, path, err);
    return status ? status : amosi_source_adopt(source, source->fd, path, err);
}

amos_status amosi_source_adopt(struct amosi_source *source, int fd, const char *path, amos_error *err)
{
    amos_status status = AMOS_OK;
    memset(source, 0, sizeof *source);
    source->fd = fd;
    if (fstat(source->fd, &source->identity) != 0)
        status = amosi_fail_errno(err, AMOS_E_IO, path, errno, "the file's size cannot be read");
    else if (!S_ISREG(source->identity.st_mode))
        status = refuse_kind(source->identity.st_mode, path, err);
    else if (!(source->path = amosi_strdup(path)))
        status = amosi_fail_nomem(err, path);
    if (status) {
        close(source->fd);
        return status;
    }
    source->size = (uint64_t)source->identity.st_size;
    source->ops = &file_ops;
    source->on_disk = true;
    return AMOS_OK;
}

void amosi_source_read_ahead(const char *path)
{
    struct stat found;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode))
        amosi_advise_reading(fd);
    if (fd >= 0)
        close(fd);
}

amos_status amosi_source_open_memory(struct amosi_source *source, const void *data, size_t bytes, amos_error *err)
{
    memset(source, 0, sizeof *source);
    source->path = amosi_strdup("(memory)");
    if (!source->path)
        return amosi_fail_nomem(err, NULL);
    source->memory = data;
    source->size = bytes;
    source->ops = &memory_ops;
    return AMOS_OK;
}

amos_status amosi_source_take_memory(struct amosi_source *source, void *data, size_t bytes, const char *path,
                                     amos_error *err)
{
    memset(source, 0, sizeof *source);
    source->path = amosi_strdup(path);
    if (!source->path) {
        amosi_free(data);
        return amosi_fail_nomem(err, path);
    }
    source->memory = source->owned = data;
    source->size = bytes;
    source->ops = &owned_ops;
    return AMOS_OK;
}

amos_status amosi_source_open_caller(struct amosi_source *source, const amos_byte_source *caller, amos_error *err)
{
    memset(source, 0, sizeof *source);
    amos_status status = amosi_options_copy(&source->caller, sizeof source->caller, caller, "amos_byte_source", err);
    if (status)
        return status;
    source->ops = &caller_ops;
    if (!source->caller.read_at)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "An amos_byte_source needs a read_at function.");
    else if (!(source->path = amosi_strdup(source->caller.name ? source->caller.name : "(callbacks)")))
        status = amosi_fail_nomem(err, NULL);
    source->caller.name = source->path;
    source->size = source->caller.bytes;
    if (status)
        amosi_source_close(source);
    return status;
}

void amosi_source_close(struct amosi_source *source)
{
    if (source->ops)
        source->ops->close(source);
    source->ops = NULL;
    amosi_free(source->path);
    source->path = NULL;
}

static amos_status ended_early(const struct amosi_source *source, uint64_t offset, amos_error *err)
{
    if (!source->on_disk)
        return amosi_fail_at(err, AMOS_E_IO, source->path, (int64_t)offset,
                             "the bytes end at %llu although %llu were announced.", (unsigned long long)offset,
                             (unsigned long long)source->size);
    return amosi_fail_at(err, AMOS_E_CHANGED, source->path, (int64_t)offset,
                         "the file became shorter while it was read: it ends at byte %llu and had %llu; open it again.",
                         (unsigned long long)offset, (unsigned long long)source->size);
}

amos_status amosi_source_read(const struct amosi_source *source, uint64_t offset, void *buffer, size_t bytes,
                              amos_error *err)
{
    size_t done = 0;
    while (done < bytes) {
        size_t want = bytes - done < LARGEST_READ ? bytes - done : LARGEST_READ;
        int64_t n = source->ops->read_at(source, offset + done, (unsigned char *)buffer + done, want);
        if (n == 0)
            return ended_early(source, offset + done, err);
        if (n < 0 || (uint64_t)n > want) {
            int code = n < 0 && n >= -4095 ? (int)-n : EIO;
            amos_status status = source->ops->explain ? source->ops->explain(source, err) : AMOS_OK;
            if (status)
                return status;
            status = amosi_fail_errno(err, AMOS_E_IO, source->path, code, "reading at byte %llu failed",
                                      (unsigned long long)(offset + done));
            if (err)
                err->offset = (int64_t)(offset + done);
            return status;
        }
        done += (size_t)n;
    }
    return AMOS_OK;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

amos_status amosi_source_check(const struct amosi_source *source, amos_error *err)
{
    if (!source->on_disk)
        return AMOS_OK;
    struct stat now;
    if (fstat(source->fd, &now) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, source->path, errno, "the file's state cannot be read");
    const struct stat *then = &source->identity;
    /* Replacing or unlinking the name changes ctime and the link count, but not what this descriptor reads. */
    bool touched = !same_time(&now.st_ctim, &then->st_ctim) && now.st_nlink == then->st_nlink;
    if (now.st_size == then->st_size && same_time(&now.st_mtim, &then->st_mtim) && !touched)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CHANGED, source->path,
                      "the file was changed after it was opened (it had %lld bytes and has %lld); open it again.",
                      (long long)then->st_size, (long long)now.st_size);
}

bool amosi_source_is_file(const struct amosi_source *source)
{
    return source->on_disk;
}

bool amosi_source_same_file(const struct amosi_source *a, const struct amosi_source *b)
{
    return a->on_disk && b->on_disk && a->identity.st_dev == b->identity.st_dev &&
           a->identity.st_ino == b->identity.st_ino && a->base == b->base;
}

bool amosi_source_is_at(const struct amosi_source *source, const char *path)
{
    struct stat about;
    return source->on_disk && stat(path, &about) == 0 && source->identity.st_dev == about.st_dev &&
           source->identity.st_ino == about.st_ino;
}
