/* SPDX-License-Identifier: BSD-3-Clause */
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
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/system/alloc.h"

#define NAME_TRIES 100
#define NAME_FORMAT ".amos-%016llx.tmp"
#define NAME_BYTES 32

/* ---- calls ---- */

int amosi_file_open(int folder, const char *path, int flags, mode_t mode)
{
    int fd;
    do
        fd = openat(folder, path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
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

/* The new name, without folders, is short enough for every file system. notify() is called before the file exists, so
 * that a signal in between cannot leave an unknown file behind. */
static bool create_temporary(struct amosi_whole_file *file, mode_t mode)
{
    const char *slash = strrchr(file->target, '/');
    size_t folder = slash ? (size_t)(slash - file->target) + 1 : 0;
    file->temporary = amosi_alloc(folder + NAME_BYTES);
    if (!file->temporary) {
        errno = ENOMEM;
        return false;
    }
    memcpy(file->temporary, file->target, folder);
    for (int i = 0; i < NAME_TRIES; i++) {
        snprintf(file->temporary + folder, NAME_BYTES, NAME_FORMAT, unique_number());
        notify(file, file->temporary);
        file->fd = amosi_file_open(AT_FDCWD, file->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (file->fd >= 0)
            return true;
        notify(file, NULL);
        if (errno != EEXIST)
            break;
    }
    amosi_free(file->temporary);
    file->temporary = NULL;
    return false;
}

/* The new file has the permissions of the replaced one from the start: nobody can read it who could not before. */
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
    if (!create_temporary(file, exists ? old.st_mode & 0777 : 0666))
        return false;
    if (exists)
        (void)fchmod(file->fd, old.st_mode & 0777); /* not all file systems have permissions */
    return true;
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
