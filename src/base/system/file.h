/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing files: calls that signals do not interrupt, and a file that appears whole or not at all.
 *
 * A function that fails sets errno; the caller writes the message. */
#ifndef AMOSI_FILE_H
#define AMOSI_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether a call that failed with this errno is worth another try; then waits some milliseconds. Network file systems
 * answer ESTALE, EAGAIN and EIO while a server restarts or fails over. *tried is 0 at first; after three tries, 31 ms in
 * all, the error counts. Who reads for hours can try again later. */
bool amosi_file_try_again(int code, int *tried);

/* openat() with O_CLOEXEC; returns -1 on failure. `folder` may be AT_FDCWD. Passing errors are tried again. */
int amosi_file_open(int folder, const char *path, int flags, mode_t mode);

/* Writes all bytes. */
bool amosi_file_write(int fd, const void *data, size_t bytes);

/* fsync(). After it, close() has no error left to report. */
bool amosi_file_sync(int fd);

/* ---- temporary files ----
 * They are locked as long as somebody writes them, so that one left behind by a killed process differs from one that
 * is being written. On a file system without locks none ever counts as left behind. */

/* Locks a file that was just created, and reads its state. False if it must not be used: with errno EWOULDBLOCK if a
 * cleanup was faster, so that another name has to be tried. */
struct stat;
bool amosi_file_lock_new(int fd, struct stat *state);

/* Removes a temporary file if nobody writes it any more. `folder` may be AT_FDCWD. False on failure, with errno:
 * EWOULDBLOCK if a process is writing it. */
bool amosi_file_remove_abandoned(int folder, const char *name);

/* What exists at a path. */
enum amosi_place {
    AMOSI_PLACE_FREE, /* nothing, or the path cannot be reached */
    AMOSI_PLACE_FILE, /* a regular file */
    AMOSI_PLACE_FOLDER,
    AMOSI_PLACE_OTHER, /* a device, pipe or socket; a file must not replace it */
};
enum amosi_place amosi_place_at(const char *path);

/* Called with the temporary name before the file is created, and with NULL when it no longer exists. */
typedef void (*amosi_temporary_fn)(void *user, const char *path);

/* A file that is being written. It has a temporary name in the folder of its target until all of it is on the disk. It
 * takes over the permissions of a file that it replaces, and a symbolic link to that file stays a link. The temporary
 * name is made from the name of the target, so what a killed process left behind goes when the target is written
 * again. At no moment can anybody read the temporary file who cannot read the target. */
struct amosi_whole_file {
    int fd;
    char *target;              /* symbolic links resolved */
    char *temporary;           /* NULL if there is no such file */
    amosi_temporary_fn notify; /* may be NULL */
    void *user;
};

/* Opens the temporary file. `path` must be free or a regular file. `file` must be zero except for notify and user. The
 * caller must close it, even after a failure. */
bool amosi_whole_file_open(struct amosi_whole_file *file, const char *path);

/* Flushes the file to the disk, then renames it to its target. */
bool amosi_whole_file_keep(struct amosi_whole_file *file);

/* Closes the file, and removes it if it was not kept; errno is unchanged. */
void amosi_whole_file_close(struct amosi_whole_file *file);

#endif
