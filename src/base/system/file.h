/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing files: calls that signals do not interrupt, and a file that is there whole or not at all.
 *
 * What fails leaves errno; what is said about it is the caller's to say. */
#ifndef AMOSI_FILE_H
#define AMOSI_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* openat() with O_CLOEXEC; -1 after a failure. `folder` may be AT_FDCWD. */
int amosi_file_open(int folder, const char *path, int flags, mode_t mode);

/* Writes all of it. */
bool amosi_file_write(int fd, const void *data, size_t bytes);

/* fsync(). After it nothing is left that close() could report. */
bool amosi_file_sync(int fd);

/* What stands at a path. */
enum amosi_place {
    AMOSI_PLACE_FREE, /* nothing, or nothing that can be reached */
    AMOSI_PLACE_FILE, /* a regular file */
    AMOSI_PLACE_FOLDER,
    AMOSI_PLACE_OTHER, /* a device, pipe or socket, which must not be replaced by a file */
};
enum amosi_place amosi_place_at(const char *path);

/* Gets the temporary name before there is a file of it, and NULL when there is none any more. */
typedef void (*amosi_temporary_fn)(void *user, const char *path);

/* A file on its way: it has a temporary name in the folder of its target until all of it is on the disk. A file that it
 * replaces keeps its permissions, and a symbolic link to it stays a link. */
struct amosi_whole_file {
    int fd;
    char *target;            /* symbolic links resolved */
    char *temporary;         /* NULL if there is no such file */
    amosi_temporary_fn notify; /* may be NULL */
    void *user;
};

/* Opens the temporary file; at `path` is nothing or a regular file. `file` is zero but for notify and user; whatever happens
 * it is to be closed. */
bool amosi_whole_file_open(struct amosi_whole_file *file, const char *path);

/* Puts it on the disk and then under its name. */
bool amosi_whole_file_keep(struct amosi_whole_file *file);

/* Closes it and removes what was not kept; errno stays. */
void amosi_whole_file_close(struct amosi_whole_file *file);

#endif
