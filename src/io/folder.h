/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of files that the library keeps for itself: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos, or one of the
 * caller's. A folder that is a symbolic link, or not the user's own, is not used; nor is such a file. A file appears in it
 * whole or not at all, whoever else writes or reads it. */
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

/* Opens the folder; `path` NULL: the user's. `make` makes it where it is missing. Whatever happens, it is to be closed. */
amos_status amosi_folder_open(struct amosi_folder *folder, const char *path, bool make, amos_error *err);
void amosi_folder_close(struct amosi_folder *folder);

/* The path that amosi_folder_open() would take, the caller's (amosi_free). AMOS_E_OPEN where the environment names none. */
amos_status amosi_folder_path(const char *path, char **out, amos_error *err);

/* The path of a file in it, the caller's (amosi_free); NULL without memory. */
char *amosi_folder_join(const char *path, const char *name);

/* Opens a file to read it. AMOS_E_OPEN with errno ENOENT: there is none. AMOS_E_INDEX: it is no file of this user.
 * `full` is its path, for messages. */
amos_status amosi_folder_open_file(const struct amosi_folder *folder, const char *name, const char *full, int *fd,
                                   uint64_t *bytes, amos_error *err);

/* A file on its way into the folder. It has a name of its own until it is finished, and is locked for as long: what is
 * left behind by a process that was killed can be told from what somebody is still writing. */
#define AMOSI_FOLDER_NAME 192
struct amosi_folder_file {
    const struct amosi_folder *folder;
    const char *name; /* that it will have; at most 128 bytes */
    const char *full; /* the path, for messages */
    char temporary[AMOSI_FOLDER_NAME];
    int fd;
    unsigned char *buffer; /* what is not written yet, */
    size_t buffered;
    uint64_t written, begun; /* and what is; bytes before `begun` are on their way to the disk */
};

/* On failure there is nothing to undo. The strings must live until the file is finished or dropped. */
amos_status amosi_folder_create(const struct amosi_folder *folder, const char *name, const char *full,
                                struct amosi_folder_file *file, amos_error *err);
amos_status amosi_folder_write(struct amosi_folder_file *file, const void *data, size_t bytes, amos_error *err);

/* Brings it to the disk and gives it its name, in the place of what had that name. On failure it is dropped. */
amos_status amosi_folder_finish(struct amosi_folder_file *file, amos_error *err);
void amosi_folder_drop(struct amosi_folder_file *file);

/* Its files, for readdir() and closedir(); NULL with errno. */
DIR *amosi_folder_list(const struct amosi_folder *folder);

/* Whether a name is that of a file on its way to a name with this suffix. */
bool amosi_folder_is_temporary(const char *name, const char *suffix);

/* Whether nobody is writing this temporary file any more. */
bool amosi_folder_is_abandoned(const struct amosi_folder *folder, const char *temporary);

/* Removes a file left behind, if it is still that. False with errno: EWOULDBLOCK where somebody is writing it after all. */
bool amosi_folder_remove_abandoned(const struct amosi_folder *folder, const char *temporary);

#endif
