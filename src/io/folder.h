/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of files that the library keeps for itself: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos, or a folder given
 * by the caller. A folder or file that is a symbolic link, or belongs to another user, is not used. A file appears in
 * the folder whole or not at all, even if other processes write or read it at the same time. */
#ifndef AMOSI_IO_FOLDER_H
#define AMOSI_IO_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amos/error.h>

struct amosi_folder {
    char *path;
    int fd;
};

/* Opens the folder; `path` NULL: the user's. With `make` a missing folder is created. The caller must close the folder,
 * even after a failure. */
amos_status amosi_folder_open(struct amosi_folder *folder, const char *path, bool make, amos_error *err);
void amosi_folder_close(struct amosi_folder *folder);

/* The path that amosi_folder_open() would use; release it by amosi_free(). AMOS_E_OPEN if the environment names
 * none. */
amos_status amosi_folder_path(const char *path, char **out, amos_error *err);

/* The path of a file in a folder; release it by amosi_free(). NULL: out of memory. */
char *amosi_folder_join(const char *path, const char *name);

/* Opens a file for reading. AMOS_E_OPEN with errno ENOENT: it does not exist. AMOS_E_INDEX: it does not belong to this
 * user. `full` is its path, for messages. */
amos_status amosi_folder_open_file(const struct amosi_folder *folder, const char *name, const char *full, int *fd,
                                   uint64_t *bytes, amos_error *err);

/* A file that is being written. It has a temporary name and is locked until it is finished, so that a file left behind
 * by a killed process can be distinguished from one that is still being written. */
#define AMOSI_FOLDER_NAME 192
struct amosi_folder_file {
    const struct amosi_folder *folder;
    const char *name; /* the final name; at most 128 bytes */
    const char *full; /* the path, for messages */
    char temporary[AMOSI_FOLDER_NAME];
    int fd;
    unsigned char *buffer; /* `buffered` bytes not written yet */
    size_t buffered;
    uint64_t written, begun; /* bytes written so far; writeback has started for those before `begun` */
};

/* After a failure there is nothing to undo. The strings must live until the file is finished or dropped. */
amos_status amosi_folder_create(const struct amosi_folder *folder, const char *name, const char *full,
                                struct amosi_folder_file *file, amos_error *err);
amos_status amosi_folder_write(struct amosi_folder_file *file, const void *data, size_t bytes, amos_error *err);

/* Flushes the file to the disk and renames it, replacing a file of that name. On failure it is dropped. */
amos_status amosi_folder_finish(struct amosi_folder_file *file, amos_error *err);
void amosi_folder_drop(struct amosi_folder_file *file);

/* The files of the folder, for readdir() and closedir(). NULL on failure, with errno. */
DIR *amosi_folder_list(const struct amosi_folder *folder);

/* Whether a name is that of a temporary file whose final name has this suffix. */
bool amosi_folder_is_temporary(const char *name, const char *suffix);

/* Whether no process is writing this temporary file any more. */
bool amosi_folder_is_abandoned(const struct amosi_folder *folder, const char *temporary);

/* Removes an abandoned temporary file. False on failure, with errno: EWOULDBLOCK if a process is writing it after
 * all. */
bool amosi_folder_remove_abandoned(const struct amosi_folder *folder, const char *temporary);

#endif
