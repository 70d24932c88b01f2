/* SPDX-License-Identifier: BSD-3-Clause */
/* Who copies an entry into a folder. Each entry has one temporary name; whoever has an exclusive lock (flock) on the
 * file of that name copies, whether thread or process, and all others wait. A lock ends with its process, so the file of
 * one that died is taken over by the next. The temporary file is renamed, complete, or removed. */
#ifndef AMOSI_CACHE_STAGE_CLAIM_H
#define AMOSI_CACHE_STAGE_CLAIM_H

#include <stdatomic.h>

#include "io/folder.h"

struct amosi_claim {
    const struct amosi_folder *folder;
    const char *name;
    char temporary[AMOSI_FOLDER_NAME];
    char *temporary_full; /* its path */
    int fd;               /* of the locked, empty file */
};

/* What is to be claimed. */
struct amosi_claim_want {
    const char *name, *full; /* of the entry, and its path for messages */
    mode_t mode;             /* of the file */
    ino_t bad;               /* inode of a file of that name that is to be replaced; 0: none */
    const atomic_bool *stop; /* ends the waiting with AMOS_E_CANCEL; NULL: nothing does */
};

/* Claims, or waits until another has copied the entry: then *ours is false and nothing is to be done. AMOS_E_IO with
 * ETIMEDOUT if another holds the claim for a minute without writing. A claim must be ended by one of the other two. */
amos_status amosi_claim_take(const struct amosi_folder *folder, const struct amosi_claim_want *want,
                             struct amosi_claim *claim, bool *ours, amos_error *err);

/* Gives the file, which is on the disk, the name of the entry. It is in use (see room.h) until *held is closed. On
 * failure it is dropped. */
amos_status amosi_claim_finish(struct amosi_claim *claim, const char *full, int *held, amos_error *err);
void amosi_claim_drop(struct amosi_claim *claim);

#endif
