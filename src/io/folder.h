/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of files that the library keeps for itself: $XDG_CACHE_HOME/amos, else $HOME/.cache/amos, or a folder given
 * by the caller. A file appears in the folder whole or not at all, even if other processes write or read it at the same
 * time.
 *
 * Whose folders are used is decided here, for caches and indexes alike, by the folder that a path leads to (the path may
 * be a symbolic link):
 *   - of this user, not writable for everybody: read and written. Its group may be allowed to write: on clusters that is
 *     how a project shares a folder, and its owner chose the group.
 *   - of another user, not writable for everybody: read, never written; nothing in it is removed either.
 *   - writable for everybody: not used, because anybody could put false voxels there.
 * A file in it that is a symbolic link, no regular file, or writable for everybody is not used. All that is read is
 * checked like the file of a stranger. A new file can be read by those who can read the files that it was made from, as
 * far as the umask allows. */
#ifndef AMOSI_IO_FOLDER_H
#define AMOSI_IO_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <amos/context.h>
#include <amos/error.h>

struct amosi_folder {
    char *path;
    int fd;
    bool writable;                /* it is this user's */
    gid_t gid;                    /* the group of new files */
    amos_temporaries temporaries; /* called for temporary files; zero after opening */
};

/* Opens the folder; `path` NULL: the user's. With `make` a missing folder is created. AMOS_E_OPEN if it cannot be used,
 * with err->path that of the folder. The caller must close the folder, even after a failure. */
amos_status amosi_folder_open(struct amosi_folder *folder, const char *path, bool make, amos_error *err);
void amosi_folder_close(struct amosi_folder *folder);

/* The path that amosi_folder_open() would use; release it by amosi_free(). AMOS_E_OPEN if the environment names
 * none. */
amos_status amosi_folder_path(const char *path, char **out, amos_error *err);

/* The path of a file in a folder; release it by amosi_free(). NULL: out of memory. */
char *amosi_folder_join(const char *path, const char *name);

/* AMOS_E_OPEN, with err->path that of the folder, if the folder is only read. */
amos_status amosi_folder_check_writable(const struct amosi_folder *folder, amos_error *err);

/* Opens a file for reading. AMOS_E_OPEN with errno ENOENT: it does not exist. AMOS_E_INDEX: everybody may write to it.
 * `full` is its path, for messages. */
amos_status amosi_folder_open_file(const struct amosi_folder *folder, const char *name, const char *full, int *fd,
                                   uint64_t *bytes, amos_error *err);

/* Who may read a new file besides this user. All zero: nobody. */
struct amosi_readers {
    bool group, others;
    gid_t gid; /* the group that `group` means */
};

/* Those who may read a file with this state, and those who may read two files. */
struct amosi_readers amosi_readers_of(const struct stat *state);
struct amosi_readers amosi_readers_both(const struct amosi_readers *a, const struct amosi_readers *b);

/* A file that is being written. It has a temporary name and is locked until it is finished, so that a file left behind
 * by a killed process can be distinguished from one that is still being written. */
#define AMOSI_FOLDER_NAME 192
struct amosi_folder_file {
    const struct amosi_folder *folder;
    const char *name; /* the final name; at most 128 bytes */
    const char *full; /* the path, for messages */
    char temporary[AMOSI_FOLDER_NAME];
    char *temporary_full; /* its path */
    int fd;
    unsigned char *buffer; /* `buffered` bytes not written yet */
    size_t buffered, room;
    uint64_t written, begun; /* bytes written so far; writeback has started for those before `begun` */
    uint64_t reserved;       /* room on the disk was asked for up to here */
    bool
        only_first; /* set by the caller: a file that has the name when this one is finished stays, and this one goes */
    bool late;      /* there was one */
};

/* `readers` NULL: nobody else. The first file that a process creates removes what killed processes left in the folder.
 * After a failure there is nothing to undo. The strings must live until the file is finished or dropped. */
amos_status amosi_folder_create(const struct amosi_folder *folder, const char *name, const char *full,
                                const struct amosi_readers *readers, struct amosi_folder_file *file, amos_error *err);
amos_status amosi_folder_write(struct amosi_folder_file *file, const void *data, size_t bytes, amos_error *err);

/* The same without a copy: a place for at most `most` bytes, of which amosi_folder_extend() writes the first ones. It is
 * valid until then. NULL: out of memory. */
void *amosi_folder_place_for(struct amosi_folder_file *file, size_t most);
amos_status amosi_folder_extend(struct amosi_folder_file *file, size_t bytes, amos_error *err);

/* Flushes the file to the disk and renames it, replacing a file of that name. On failure it is dropped. */
amos_status amosi_folder_finish(struct amosi_folder_file *file, amos_error *err);
void amosi_folder_drop(struct amosi_folder_file *file);

/* A file that has its name, but may not be on the disk yet. */
struct amosi_folder_placed {
    int fd;     /* -1: it is on the disk */
    char *full; /* its path */
};

/* The same as amosi_folder_finish(), but a small file is only renamed: every process sees it whole at once, and it
 * survives if this process is killed. It is sure to survive a crash of the system only after amosi_folder_settle(),
 * which must follow. Many small files are on the disk sooner if they are settled together. */
#define AMOSI_FOLDER_SMALL ((uint64_t)4 << 20) /* bytes */
amos_status amosi_folder_place(struct amosi_folder_file *file, struct amosi_folder_placed *placed, amos_error *err);

/* Begins to write it to the disk, before several are settled. */
void amosi_folder_hasten(const struct amosi_folder_placed *placed);

/* Flushes the file to the disk. If that fails, it is removed. `placed` may have been settled before. */
amos_status amosi_folder_settle(struct amosi_folder_placed *placed, amos_error *err);

/* Instead of settling: leaves it to the system when the file is on the disk. For files that are cheap to make again and
 * whose checksums show what a crash of the system did to them. */
void amosi_folder_leave(struct amosi_folder_placed *placed);

/* Calls a function with each name in the folder, until it answers with a failure. AMOS_E_OPEN or AMOS_E_IO if the folder
 * cannot be listed, AMOS_E_NOMEM. */
typedef amos_status (*amosi_folder_name_fn)(void *user, const char *name, amos_error *err);
amos_status amosi_folder_list(const struct amosi_folder *folder, amosi_folder_name_fn name, void *user,
                              amos_error *err);

/* Whether a name is that of a temporary file of this kind. */
bool amosi_folder_is_temporary(const char *name, const char *suffix);

/* The suffixes of the final names of all kinds of files in such folders. */
#define AMOSI_CACHE_SUFFIX ".zarr.zip"
#define AMOSI_INDEX_SUFFIX ".amosidx"

/* Removes the temporary files of all kinds that killed processes left behind, if the folder may be written. Fails if it
 * cannot be listed; a file that cannot be removed stays. */
amos_status amosi_folder_sweep(const struct amosi_folder *folder, amos_error *err);

/* Whether no process is writing this temporary file any more. */
bool amosi_folder_is_abandoned(const struct amosi_folder *folder, const char *temporary);

/* Removes an abandoned temporary file. False on failure, with errno: EWOULDBLOCK if a process is writing it after
 * all. */
bool amosi_folder_remove_abandoned(const struct amosi_folder *folder, const char *temporary);

#endif
