/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE /* flock() */
#include "cache/stage/room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/system/file.h"
#include "base/error/fail.h"
#include "cache/cache.h"

#define LOCK_NAME ".amos-stage.lock"
#define TICK_NS 5000000L /* 5 ms */
#define TICKS 6000u      /* of the lock of the folder: half a minute */

/* ---- entries in use ---- */

bool amosi_room_use(int fd)
{
    struct stat state;
    bool refused = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    return !refused && fstat(fd, &state) == 0 && state.st_nlink > 0;
}

bool amosi_room_lacks(const amos_error *err)
{
    return err->status == AMOS_E_LIMIT && err->sys_errno == EAGAIN;
}

/* ---- the lock of the folder ---- */

static amos_status lock_folder(const struct amosi_folder *folder, int *fd, amos_error *err)
{
    *fd = amosi_file_open(folder->fd, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (*fd < 0)
        return amosi_fail_errno(err, AMOS_E_IO, folder->path, errno, "the folder's lock cannot be opened");
    for (unsigned i = 0; i < TICKS; i++) {
        if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
            return AMOS_OK;
        if (errno != EWOULDBLOCK && errno != EINTR)
            break;
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
    }
    amos_status status = errno == EWOULDBLOCK ? amosi_fail_errno(err, AMOS_E_IO, folder->path, ETIMEDOUT,
                                                                 "another process has locked the folder")
                                              : amosi_fail_errno(err, AMOS_E_IO, folder->path, errno,
                                                                 "the folder cannot be locked; staging needs flock()");
    close(*fd);
    *fd = -1;
    return status;
}

/* ---- what is there ---- */

struct file {
    char name[AMOSI_FOLDER_NAME];
    uint64_t bytes;
    struct timespec used;
};

struct files {
    const struct amosi_folder *folder;
    struct file *all;
    size_t count, room;
    uint64_t bytes; /* of entries, and of files that are being written */
};

/* Entries can be removed; files that are being written only count, and what dead processes left goes at once. */
static amos_status take_name(void *user, const char *name, amos_error *err)
{
    struct files *files = user;
    struct stat state;
    bool entry = amosi_cache_is_name(name);
    if ((!entry && !amosi_folder_is_temporary(name, AMOSI_CACHE_SUFFIX)) || strlen(name) >= AMOSI_FOLDER_NAME ||
        fstatat(files->folder->fd, name, &state, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(state.st_mode))
        return AMOS_OK;
    if (!entry && amosi_folder_remove_abandoned(files->folder, name))
        return AMOS_OK;
    files->bytes += (uint64_t)state.st_size;
    if (!entry)
        return AMOS_OK;
    if (!amosi_grow((void **)&files->all, &files->room, files->count + 1, sizeof *files->all))
        return amosi_fail_nomem(err, files->folder->path);
    struct file *file = &files->all[files->count++];
    memcpy(file->name, name, strlen(name) + 1);
    file->bytes = (uint64_t)state.st_size;
    file->used = state.st_atim;
    return AMOS_OK;
}

static int by_use(const void *a, const void *b)
{
    const struct file *p = a, *q = b;
    if (p->used.tv_sec != q->used.tv_sec)
        return p->used.tv_sec < q->used.tv_sec ? -1 : 1;
    if (p->used.tv_nsec != q->used.tv_nsec)
        return p->used.tv_nsec < q->used.tv_nsec ? -1 : 1;
    return strcmp(p->name, q->name);
}

/* Removes an entry unless it is in use. */
static bool remove_unused(const struct amosi_folder *folder, const char *name)
{
    int fd = amosi_file_open(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return errno == ENOENT;
    bool removed = flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(folder->fd, name, 0) == 0;
    close(fd);
    return removed;
}

static amos_status fail_room(const struct files *files, uint64_t bytes, uint64_t max_bytes, const char *full,
                             amos_error *err)
{
    amos_status status =
        bytes > max_bytes
            ? amosi_fail(err, AMOS_E_LIMIT, full,
                         "this entry has %llu bytes, and the folder may hold %llu (max_bytes); allow more.",
                         (unsigned long long)bytes, (unsigned long long)max_bytes)
            : amosi_fail(err, AMOS_E_LIMIT, full,
                         "there is no room for the %llu bytes of this entry: the folder may hold %llu (max_bytes), and "
                         "%llu are in use; allow more, or keep fewer cases open.",
                         (unsigned long long)bytes, (unsigned long long)max_bytes, (unsigned long long)files->bytes);
    if (err)
        err->sys_errno = bytes > max_bytes ? 0 : EAGAIN;
    return status;
}

/* Call it with the lock of the folder. */
static amos_status make_room(const struct amosi_folder *folder, uint64_t bytes, uint64_t max_bytes, const char *full,
                             amos_error *err)
{
    struct files files = {.folder = folder};
    if (max_bytes && bytes > max_bytes)
        return fail_room(&files, bytes, max_bytes, full, err);
    amos_status status = amosi_folder_list(folder, take_name, &files, err);
    if (!status && files.count)
        qsort(files.all, files.count, sizeof *files.all, by_use);
    for (size_t i = 0; i < files.count && !status && files.bytes + bytes > max_bytes; i++)
        if (remove_unused(folder, files.all[i].name))
            files.bytes -= files.all[i].bytes;
    if (!status && files.bytes + bytes > max_bytes)
        status = fail_room(&files, bytes, max_bytes, full, err);
    amosi_free(files.all);
    return status;
}

amos_status amosi_room_lock(const struct amosi_folder *folder, uint64_t max_bytes, int *lock, amos_error *err)
{
    *lock = -1;
    return max_bytes ? lock_folder(folder, lock, err) : AMOS_OK;
}

amos_status amosi_room_take(const struct amosi_folder *folder, int fd, uint64_t bytes, uint64_t max_bytes,
                            const char *full, amos_error *err)
{
    int lock;
    amos_status status = amosi_room_lock(folder, max_bytes, &lock, err);
    if (status)
        return status;
    if (max_bytes)
        status = make_room(folder, bytes, max_bytes, full, err);
    if (!status && ftruncate(fd, (off_t)bytes) != 0)
        status = amosi_fail_errno(err, AMOS_E_IO, full, errno, "the file cannot be given its size");
    if (lock >= 0)
        close(lock);
    return status;
}
