/* SPDX-License-Identifier: BSD-3-Clause */
/* The budget of a folder that entries are copied into. The rule, for any number of processes:
 *
 *   - An open entry has a shared lock (flock) on its file. One that has is in use.
 *   - Whoever needs room takes the lock of the folder (.amos-stage.lock), adds up the files, removes those that were
 *     opened longest ago until the new one fits, gives the new file its whole size, and lets the lock go. So all that
 *     is under way counts, and no two add up at a time. Files get their final names under that lock too: a listing can
 *     miss a file that is renamed while it runs.
 *   - A file is removed only under an exclusive lock on it, which nobody gets while it is in use.
 *
 * Locks end with their process. Where flock() does not work nothing is removed. */
#ifndef AMOSI_CACHE_STAGE_ROOM_H
#define AMOSI_CACHE_STAGE_ROOM_H

#include <amos/error.h>

#include "io/folder.h"

/* Gives the open, empty file `fd` of the folder its size, after making room for it. max_bytes 0: no limit. `full` is for
 * messages. AMOS_E_LIMIT if the entries in use leave too little room; with EAGAIN if that may pass. */
amos_status amosi_room_take(const struct amosi_folder *folder, int fd, uint64_t bytes, uint64_t max_bytes,
                            const char *full, amos_error *err);

/* The lock of the folder, to be closed; *lock is -1 if there is no limit. AMOS_E_IO if it cannot be had. */
amos_status amosi_room_lock(const struct amosi_folder *folder, uint64_t max_bytes, int *lock, amos_error *err);

/* Marks an open entry as in use, until it is closed. False: it was removed meanwhile. */
bool amosi_room_use(int fd);

/* Whether a copy failed because the entries in use leave too little room for it. */
bool amosi_room_lacks(const amos_error *err);

#endif
