/* SPDX-License-Identifier: BSD-3-Clause */
/* Stores the voxels of a read: converted, and in the layout that the caller wants. */
#ifndef AMOSI_VOLUME_READ_H
#define AMOSI_VOLUME_READ_H

#include "volume/plan.h"

/* A read in progress. */
struct amosi_reading {
    const amos_volume *volume; /* for messages */
    const struct amosi_plan *plan;
    char *buffer;
    struct amosi_convert_notes notes;
};

/* Checks size and alignment of the caller's buffer. */
amos_status amosi_reading_check(const struct amosi_plan *plan, const void *buffer, size_t bytes, const char *path,
                                amos_error *err);

/* Stores voxels of one row of the region; `user` is a struct amosi_reading. */
amos_status amosi_reading_take_row(void *user, const struct amosi_run *row, amos_error *err);

#endif
