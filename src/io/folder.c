/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE /* flock() */
#include "io/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/system/file.h"
#include "base/system/platform.h"

#define BUFFER ((size_t)256 << 10) /* bytes per write(), in whole pages; takes half the time of writes of about 70 KB */
#define RESERVE ((uint64_t)4 << 20) /* bytes of room on the disk that are asked for at a time */
#define NAME_TRIES 1000
#define WRITEBACK ((uint64_t)4 << 20)

/* ---- the folder ---- */

char *amosi_folder_join(const char *path, const char *name)
{
    size_t a = strlen(path), b = strlen(name);
    char *full = amosi_alloc(a + b + 2);
    if (full)
        snprintf(full, a + b + 2, "%s/%s", path, name);
    return full;
}

static const char *absolute_variable(const char *name)
{
    const char *value = amosi_trusted_variable(name);
    return value && value[0] == '/' ? value : NULL;
}

/* The user's folder and its parent; both NULL if the environment names none. False: out of memory. */
static bool user_folder(char **parent, char **path)
{
    const char *cache = absolute_variable("XDG_CACHE_HOME"), *home = absolute_variable("HOME");
    *path = NULL;
    *parent = cache ? amosi_strdup(cache) : home ? amosi_folder_join(home, ".cache") : NULL;
    if (*parent)
        *path = amosi_folder_join(*parent, "amos");
    return *path || !(cache || home);
}

static amos_status find_path(const char *given, char **parent, char **path, amos_error *err)
{
    bool good = true;
    *parent = *path = NULL;
    if (given)
        good = (*path = amosi_strdup(given)) != NULL;
    else
        good = user_folder(parent, path);
    if (!good)
        return amosi_fail_nomem(err, NULL);
    if (!*path)
        return amosi_fail(
            err, AMOS_E_OPEN, NULL,
            "There is no folder for indexes and cached cases: neither XDG_CACHE_HOME nor HOME is an absolute "
            "path.");
    return AMOS_OK;
}

amos_status amosi_folder_path(const char *path, char **out, amos_error *err)
{
    char *parent;
    amos_status status = find_path(path, &parent, out, err);
    amosi_free(parent);
    return status;
}

static int open_in(int folder, const char *path, int flags, mode_t mode)
{
    return amosi_file_open(folder, path, flags | O_NOFOLLOW, mode);
}

/* The rules are in folder.h. */
static amos_status check_folder(struct amosi_folder *folder, amos_error *err)
{
    struct stat state;
    if (fstat(folder->fd, &state) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, folder->path, errno, "the folder's state cannot be read");
    if (state.st_mode & S_IWOTH)
        return amosi_fail(
            err, AMOS_E_OPEN, folder->path,
            "everybody may write to this folder, so what is in it cannot be trusted; take that right away "
            "(chmod o-w) or use another folder.");
    folder->writable = state.st_uid == geteuid();
    folder->gid = state.st_mode & S_ISGID ? state.st_gid : getegid();
    return AMOS_OK;
}

amos_status amosi_folder_check_writable(const struct amosi_folder *folder, amos_error *err)
{
    if (folder->writable)
        return AMOS_OK;
    amos_status status = amosi_fail(err, AMOS_E_OPEN, folder->path,
                                    "the folder belongs to another user, so it is read but never written; use a folder "
                                    "of your own, or let its owner do this.");
    if (err)
        err->sys_errno = EPERM;
    return status;
}

static amos_status make_folder(const char *path, mode_t mode, amos_error *err)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the folder cannot be created");
    return AMOS_OK;
}

/* The user's own folder is private, as the XDG specification says; a folder that was named is made as the umask says,
 * but never for everybody to write. */
static amos_status make_folders(const char *parent, const char *path, amos_error *err)
{
    amos_status status = parent ? make_folder(parent, 0700, err) : AMOS_OK;
    return status ? status : make_folder(path, parent ? 0700 : 0775, err);
}

amos_status amosi_folder_open(struct amosi_folder *folder, const char *path, bool make, amos_error *err)
{
    const int flags = O_RDONLY | O_DIRECTORY;
    char *parent;
    *folder = (struct amosi_folder){.fd = -1};
    amos_status status = find_path(path, &parent, &folder->path, err);
    if (!status) {
        folder->fd = amosi_file_open(AT_FDCWD, folder->path, flags, 0);
        if (folder->fd < 0 && errno == ENOENT && make) {
            status = make_folders(parent, folder->path, err);
            if (!status)
                folder->fd = amosi_file_open(AT_FDCWD, folder->path, flags, 0);
        }
    }
    amosi_free(parent);
    if (!status && folder->fd < 0)
        status = amosi_fail_errno(err, AMOS_E_OPEN, folder->path, errno, "the folder cannot be opened");
    return status ? status : check_folder(folder, err);
}

void amosi_folder_close(struct amosi_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    amosi_free(folder->path);
}

/* ---- reading ---- */

amos_status amosi_folder_open_file(const struct amosi_folder *folder, const char *name, const char *full, int *fd,
                                   uint64_t *bytes, amos_error *err)
{
    *fd = open_in(folder->fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (*fd < 0)
        return amosi_fail_errno(err, AMOS_E_OPEN, full, errno, "the file cannot be opened");
    struct stat state;
    amos_status status = AMOS_OK;
    if (fstat(*fd, &state) != 0)
        status = amosi_fail_errno(err, AMOS_E_IO, full, errno, "the file's state cannot be read");
    else if (!S_ISREG(state.st_mode) || (state.st_mode & S_IWOTH))
        status = amosi_fail(err, AMOS_E_INDEX, full,
                            "this is no regular file, or everybody may write to it; it has to be built again.");
    if (status)
        close(*fd);
    else
        *bytes = (uint64_t)state.st_size;
    return status;
}

/* ---- who may read ---- */

struct amosi_readers amosi_readers_of(const struct stat *state)
{
    return (struct amosi_readers){state->st_mode & S_IRGRP, state->st_mode & S_IROTH, state->st_gid};
}

struct amosi_readers amosi_readers_both(const struct amosi_readers *a, const struct amosi_readers *b)
{
    struct amosi_readers both = {false, a->others && b->others, a->gid};
    if (a->gid == b->gid)
        both.group = a->group && b->group;
    else if (a->group && b->others) /* the members of a file's group are among the others of the other file */
        both.group = true;
    else if (b->group && a->others)
        both = (struct amosi_readers){true, both.others, b->gid};
    return both;
}

static mode_t mode_for(const struct amosi_folder *folder, const struct amosi_readers *readers)
{
    if (!readers)
        return 0600;
    bool group = readers->group && (readers->others || readers->gid == folder->gid);
    return (mode_t)(0600 | (group ? 0040 : 0) | (readers->others ? 0004 : 0));
}

/* ---- writing ---- */

/* errno is unchanged. */
static void report_temporary(const struct amosi_folder_file *file, amos_temporary_event event)
{
    const amos_temporaries *watch = &file->folder->temporaries;
    int saved_errno = errno;
    if (watch->function)
        watch->function(watch->user, file->temporary_full, event);
    errno = saved_errno;
}

static void abandon(const struct amosi_folder_file *file)
{
    (void)unlinkat(file->folder->fd, file->temporary, 0);
    close(file->fd);
    report_temporary(file, AMOS_TEMPORARY_GONE);
}

/* errno says why it failed. */
static bool open_temporary(struct amosi_folder_file *file, unsigned number, mode_t mode)
{
    size_t folder = strlen(file->folder->path) + 1;
    snprintf(file->temporary, sizeof file->temporary, "%s.%ld-%u.tmp", file->name, (long)getpid(), number);
    memcpy(file->temporary_full + folder, file->temporary, strlen(file->temporary) + 1);
    report_temporary(file, AMOS_TEMPORARY_MAKING);
    file->fd = open_in(file->folder->fd, file->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
    report_temporary(file, file->fd < 0 ? AMOS_TEMPORARY_GONE : AMOS_TEMPORARY_MADE);
    return file->fd >= 0;
}

/* Creates a file under a name that no other thread or process uses. Such a file may exist already, left behind by a
 * killed process. A cleanup of such files may also be faster than the lock. Both are tried again with another name. If
 * locks always fail on a file system, the result is an error. */
static amos_status create_temporary(struct amosi_folder_file *file, mode_t mode, amos_error *err)
{
    static atomic_uint counter;
    struct stat state;
    amos_status status = AMOS_OK;
    for (int i = 0; i < NAME_TRIES; i++) {
        unsigned number = atomic_fetch_add(&counter, 1);
        if (number == 0)
            (void)amosi_folder_sweep(file->folder, NULL);
        if (!open_temporary(file, number, mode)) {
            if (errno == EEXIST)
                continue;
            return amosi_fail_errno(err, AMOS_E_IO, file->full, errno, "the file cannot be created");
        }
        if (amosi_file_lock_new(file->fd, &state))
            return AMOS_OK;
        if (errno != EWOULDBLOCK)
            status = amosi_fail_errno(err, AMOS_E_IO, file->full, errno, "the file's state cannot be read");
        abandon(file);
        if (status)
            return status;
    }
    return amosi_fail(
        err, AMOS_E_IO, file->full,
        "no temporary file can be created and locked; %d tries failed. The file system seems to refuse locks; use "
        "a folder on another one.",
        NAME_TRIES);
}

static void release_memory(struct amosi_folder_file *file)
{
    amosi_free(file->temporary_full);
    amosi_free(file->buffer);
}

amos_status amosi_folder_create(const struct amosi_folder *folder, const char *name, const char *full,
                                const struct amosi_readers *readers, struct amosi_folder_file *file, amos_error *err)
{
    amos_status status = amosi_folder_check_writable(folder, err);
    if (status)
        return status;
    *file = (struct amosi_folder_file){.folder = folder, .name = name, .full = full};
    file->room = 2 * BUFFER;
    file->buffer = amosi_alloc(file->room);
    file->temporary_full = amosi_alloc(strlen(folder->path) + 1 + AMOSI_FOLDER_NAME);
    if (file->buffer && file->temporary_full) {
        memcpy(file->temporary_full, folder->path, strlen(folder->path));
        file->temporary_full[strlen(folder->path)] = '/';
        status = create_temporary(file, mode_for(folder, readers), err);
    } else {
        status = amosi_fail_nomem(err, full);
    }
    if (status)
        release_memory(file);
    return status;
}

/* Asks the system to start writing to the disk, so that little is left to wait for at the end. */
static void begin_writeback(struct amosi_folder_file *file)
{
    if (file->written - file->begun < WRITEBACK)
        return;
    amosi_advise_writeback(file->fd, file->begun, file->written - file->begun);
    file->begun = file->written;
}

/* Writes the first n bytes of the buffer; the others move to its beginning. */
static amos_status write_some(struct amosi_folder_file *file, size_t n, amos_error *err)
{
    if (file->written + n > file->reserved && n == BUFFER) {
        amosi_advise_room(file->fd, file->reserved, RESERVE);
        file->reserved += RESERVE;
    }
    if (!amosi_file_write(file->fd, file->buffer, n))
        return amosi_fail_errno(err, AMOS_E_IO, file->full, errno, "the file cannot be written");
    file->written += n;
    file->buffered -= n;
    memmove(file->buffer, file->buffer + n, file->buffered);
    begin_writeback(file);
    return AMOS_OK;
}

/* Writes what is left, and gives back the room that was not needed. */
static amos_status write_rest(struct amosi_folder_file *file, amos_error *err)
{
    amos_status status = write_some(file, file->buffered, err);
    if (!status && file->reserved > file->written)
        (void)!ftruncate(file->fd, (off_t)file->written);
    return status;
}

void *amosi_folder_place_for(struct amosi_folder_file *file, size_t most)
{
    if (file->buffered + most > file->room) {
        unsigned char *larger = amosi_realloc_array(file->buffer, file->buffered + most + BUFFER, 1);
        if (!larger)
            return NULL;
        file->buffer = larger;
        file->room = file->buffered + most + BUFFER;
    }
    return file->buffer + file->buffered;
}

amos_status amosi_folder_extend(struct amosi_folder_file *file, size_t bytes, amos_error *err)
{
    amos_status status = AMOS_OK;
    file->buffered += bytes;
    while (file->buffered >= BUFFER && !status)
        status = write_some(file, BUFFER, err);
    return status;
}

amos_status amosi_folder_write(struct amosi_folder_file *file, const void *data, size_t bytes, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (size_t done = 0, n; done < bytes && !status; done += n) {
        n = bytes - done < BUFFER ? bytes - done : BUFFER;
        void *place = amosi_folder_place_for(file, n);
        if (!place)
            return amosi_fail_nomem(err, file->full);
        memcpy(place, (const char *)data + done, n);
        status = amosi_folder_extend(file, n, err);
    }
    return status;
}

static amos_status sync_file(int fd, const char *full, amos_error *err)
{
    return amosi_file_sync(fd) ? AMOS_OK : amosi_fail_errno(err, AMOS_E_IO, full, errno, "the file cannot be written");
}

/* Whether something other than a file has the name. A file that a server gave the name may not be seen here yet. */
static bool is_no_file(const struct amosi_folder *folder, const char *name)
{
    struct stat state;
    return fstatat(folder->fd, name, &state, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(state.st_mode);
}

/* Gives the file its name by a hard link, which fails if another has it. A file server may carry a link out and lose the
 * answer; a second link to the file tells. False: it has no name yet, and errno says why. */
static bool link_file(struct amosi_folder_file *file)
{
    int folder = file->folder->fd;
    struct stat state;
    bool linked = linkat(folder, file->temporary, folder, file->name, 0) == 0;
    int why = errno;
    linked = linked || (fstat(file->fd, &state) == 0 && state.st_nlink > 1);
    file->late = !linked && why == EEXIST && !is_no_file(file->folder, file->name);
    if (linked || file->late)
        (void)unlinkat(folder, file->temporary, 0);
    return linked || file->late;
}

/* A file system without hard links only renames. */
static bool name_file(struct amosi_folder_file *file)
{
    int folder = file->folder->fd;
    return (file->only_first && link_file(file)) || renameat(folder, file->temporary, folder, file->name) == 0;
}

/* On failure the file is dropped. */
static amos_status rename_file(struct amosi_folder_file *file, bool sync, amos_error *err)
{
    amos_status status = sync ? sync_file(file->fd, file->full, err) : AMOS_OK;
    if (!status && !name_file(file))
        status = amosi_fail_errno(err, AMOS_E_IO, file->full, errno, "the file cannot be renamed");
    if (status) {
        amosi_folder_drop(file);
        return status;
    }
    report_temporary(file, AMOS_TEMPORARY_GONE);
    release_memory(file);
    return AMOS_OK;
}

amos_status amosi_folder_finish(struct amosi_folder_file *file, amos_error *err)
{
    amos_status status = write_rest(file, err);
    if (status) {
        amosi_folder_drop(file);
        return status;
    }
    status = rename_file(file, true, err);
    if (!status)
        close(file->fd); /* after fsync() nothing is left that could fail to be written */
    return status;
}

amos_status amosi_folder_place(struct amosi_folder_file *file, struct amosi_folder_placed *placed, amos_error *err)
{
    *placed = (struct amosi_folder_placed){.fd = -1};
    if (file->written + file->buffered > AMOSI_FOLDER_SMALL)
        return amosi_folder_finish(file, err);
    amos_status status = write_rest(file, err);
    placed->full = status ? NULL : amosi_strdup(file->full);
    if (!status && !placed->full)
        status = amosi_fail_nomem(err, file->full);
    if (status) {
        amosi_folder_drop(file);
        return status;
    }
    int fd = file->fd;
    status = rename_file(file, false, err);
    bool is_there = !status && !file->late;
    if (!is_there)
        amosi_free(placed->full);
    if (!status && file->late)
        close(fd);
    *placed = (struct amosi_folder_placed){is_there ? fd : -1, is_there ? placed->full : NULL};
    return status;
}

void amosi_folder_hasten(const struct amosi_folder_placed *placed)
{
    if (placed->fd >= 0)
        amosi_advise_writeback(placed->fd, 0, 0); /* all of it */
}

void amosi_folder_leave(struct amosi_folder_placed *placed)
{
    if (placed->fd >= 0)
        close(placed->fd);
    amosi_free(placed->full);
    *placed = (struct amosi_folder_placed){.fd = -1};
}

amos_status amosi_folder_settle(struct amosi_folder_placed *placed, amos_error *err)
{
    amos_status status = placed->fd >= 0 ? sync_file(placed->fd, placed->full, err) : AMOS_OK;
    if (status)
        (void)unlink(placed->full);
    amosi_folder_leave(placed);
    return status;
}

void amosi_folder_drop(struct amosi_folder_file *file)
{
    abandon(file);
    release_memory(file);
}

/* ---- listing ---- */

amos_status amosi_folder_list(const struct amosi_folder *folder, amosi_folder_name_fn name, void *user, amos_error *err)
{
    amos_status status = AMOS_OK;
    int fd = open_in(folder->fd, ".", O_RDONLY | O_DIRECTORY, 0);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    int why = errno;
    if (fd >= 0 && !directory)
        close(fd);
    if (!directory)
        return why == ENOMEM ? amosi_fail_nomem(err, folder->path)
                             : amosi_fail_errno(err, AMOS_E_OPEN, folder->path, why, "the folder cannot be listed");
    errno = 0;
    for (const struct dirent *entry; !status && (entry = readdir(directory)) != NULL; errno = 0)
        status = name(user, entry->d_name, err);
    if (!status && errno)
        status = amosi_fail_errno(err, AMOS_E_IO, folder->path, errno, "the folder cannot be listed");
    closedir(directory);
    return status;
}

bool amosi_folder_is_temporary(const char *name, const char *suffix)
{
    const char *found = strstr(name, suffix), *dot = strrchr(name, '.');
    return found && found > name && found[strlen(suffix)] == '.' && strcmp(dot, ".tmp") == 0;
}

bool amosi_folder_is_abandoned(const struct amosi_folder *folder, const char *temporary)
{
    int fd = open_in(folder->fd, temporary, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return false;
    bool abandoned = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return abandoned;
}

bool amosi_folder_remove_abandoned(const struct amosi_folder *folder, const char *temporary)
{
    return amosi_file_remove_abandoned(folder->fd, temporary);
}

static amos_status sweep_name(void *user, const char *name, amos_error *err)
{
    (void)err;
    if (amosi_folder_is_temporary(name, AMOSI_CACHE_SUFFIX) || amosi_folder_is_temporary(name, AMOSI_INDEX_SUFFIX))
        (void)amosi_folder_remove_abandoned(user, name);
    return AMOS_OK;
}

amos_status amosi_folder_sweep(const struct amosi_folder *folder, amos_error *err)
{
    return folder->writable ? amosi_folder_list(folder, sweep_name, (void *)(uintptr_t)folder, err) : AMOS_OK;
}
