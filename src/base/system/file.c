/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE /* flock() */
#define _XOPEN_SOURCE 700
#include "base/system/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/system/alloc.h"

#define NAME_TRIES 100
#define NAME_SHARED 20 /* names of one target; then any that is free */
#define NAME_FORMAT ".amos-%016llx.tmp"
#define NAME_BYTES 32

/* ---- calls ---- */

bool amosi_file_try_again(int code, int *tried)
{
    static const long milliseconds[] = {1, 5, 25};
    if (code == EINTR)
        return true;
    if ((code != ESTALE && code != EAGAIN && code != EIO) || *tried == sizeof milliseconds / sizeof milliseconds[0])
        return false;
    nanosleep(&(struct timespec){0, milliseconds[(*tried)++] * 1000000L}, NULL);
    return true;
}

int amosi_file_open(int folder, const char *path, int flags, mode_t mode)
{
    int fd, tried = 0;
    do
        fd = openat(folder, path, flags | O_CLOEXEC, mode);
    while (fd < 0 && amosi_file_try_again(errno, &tried));
    return fd;
}

bool amosi_file_write(int fd, const void *data, size_t bytes)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t written = write(fd, at, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        bytes -= (size_t)written;
    }
    return true;
}

bool amosi_file_sync(int fd)
{
    int failed;
    do
        failed = fsync(fd);
    while (failed && errno == EINTR);
    return !failed;
}

enum amosi_place amosi_place_at(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return AMOSI_PLACE_FREE;
    return S_ISREG(about.st_mode) ? AMOSI_PLACE_FILE : S_ISDIR(about.st_mode) ? AMOSI_PLACE_FOLDER : AMOSI_PLACE_OTHER;
}

/* ---- temporary files ---- */

bool amosi_file_lock_new(int fd, struct stat *state)
{
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    if (fstat(fd, state) != 0)
        return false;
    errno = EWOULDBLOCK;
    return state->st_nlink > 0;
}

/* The lock is held until the file is removed: a process that has created but not yet locked it then sees that it is
 * gone. */
bool amosi_file_remove_abandoned(int folder, const char *name)
{
    struct stat state;
    int fd = amosi_file_open(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0);
    if (fd < 0)
        return errno == ENOENT;
    bool ours = fstat(fd, &state) == 0 && S_ISREG(state.st_mode) && state.st_uid == geteuid();
    if (!ours)
        errno = EPERM;
    bool removed = ours && flock(fd, LOCK_EX | LOCK_NB) == 0 && (unlinkat(folder, name, 0) == 0 || errno == ENOENT);
    int why = errno;
    close(fd);
    errno = why;
    return removed;
}

/* ---- whole files ---- */

static unsigned long long unique_number(void)
{
    static atomic_uint counter;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t mixed = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    mixed ^= (uint64_t)getpid() << 32;
    mixed += atomic_fetch_add(&counter, 1) * 0x9e3779b97f4a7c15u;
    return mixed;
}

/* errno is unchanged. */
static void notify(const struct amosi_whole_file *file, const char *path)
{
    int saved_errno = errno;
    if (file->notify)
        file->notify(file->user, path);
    errno = saved_errno;
}

/* FNV-1a of a name. */
static unsigned long long number_of(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return hash;
}

/* Creates the file under the name that `file->temporary` holds. notify() is called before the file exists, so that a
 * signal in between cannot leave an unknown file behind. False with errno EEXIST if another name has to be tried. */
static bool create_named(struct amosi_whole_file *file, mode_t mode)
{
    struct stat state;
    notify(file, file->temporary);
    file->fd = amosi_file_open(AT_FDCWD, file->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (file->fd < 0 && errno == EEXIST) {
        if (amosi_file_remove_abandoned(AT_FDCWD, file->temporary))
            file->fd = amosi_file_open(AT_FDCWD, file->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
        else
            errno = EEXIST;
    }
    if (file->fd >= 0 && amosi_file_lock_new(file->fd, &state))
        return true;
    int why = file->fd >= 0 && errno == EWOULDBLOCK ? EEXIST : errno;
    if (file->fd >= 0) {
        (void)unlink(file->temporary);
        close(file->fd);
        file->fd = -1;
    }
    notify(file, NULL);
    errno = why;
    return false;
}

/* The new name, without folders, is short enough for every file system. */
static bool create_temporary(struct amosi_whole_file *file, mode_t mode)
{
    const char *slash = strrchr(file->target, '/');
    size_t folder = slash ? (size_t)(slash - file->target) + 1 : 0;
    unsigned long long number = number_of(file->target + folder);
    file->temporary = amosi_alloc(folder + NAME_BYTES);
    if (!file->temporary) {
        errno = ENOMEM;
        return false;
    }
    memcpy(file->temporary, file->target, folder);
    for (unsigned i = 0; i < NAME_TRIES; i++) {
        snprintf(file->temporary + folder, NAME_BYTES, NAME_FORMAT, i < NAME_SHARED ? number + i : unique_number());
        if (create_named(file, mode))
            return true;
        if (errno != EEXIST)
            break;
    }
    amosi_free(file->temporary);
    file->temporary = NULL;
    return false;
}

/* Gives a new file the group and the permissions of the one that it replaces; its group has no rights before. Not all
 * file systems have permissions, and not everybody may give a file to a group. */
static bool take_over(int fd, const struct stat *old)
{
    struct stat state;
    if (fstat(fd, &state) != 0)
        return false;
    bool same = state.st_gid == old->st_gid || fchown(fd, (uid_t)-1, old->st_gid) == 0;
    (void)fchmod(fd, old->st_mode & (same ? 0777 : 0707));
    return true;
}

bool amosi_whole_file_open(struct amosi_whole_file *file, const char *path)
{
    char real[PATH_MAX];
    struct stat old;
    file->fd = -1;
    bool exists = stat(path, &old) == 0;
    if (exists && !realpath(path, real))
        return false;
    file->target = amosi_strdup(exists ? real : path);
    if (!file->target) {
        errno = ENOMEM;
        return false;
    }
    if (!create_temporary(file, exists ? old.st_mode & 0707 : 0666))
        return false;
    return !exists || take_over(file->fd, &old);
}

bool amosi_whole_file_keep(struct amosi_whole_file *file)
{
    if (!amosi_file_sync(file->fd) || rename(file->temporary, file->target) != 0)
        return false;
    notify(file, NULL);
    amosi_free(file->temporary);
    file->temporary = NULL;
    return true;
}

void amosi_whole_file_close(struct amosi_whole_file *file)
{
    int saved_errno = errno;
    if (file->fd >= 0)
        (void)close(file->fd);
    if (file->temporary) {
        (void)unlink(file->temporary);
        notify(file, NULL);
    }
    amosi_free(file->temporary);
    amosi_free(file->target);
    errno = saved_errno;
}
