/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns read options into a plan: what exactly is read and where each voxel goes. */
#ifndef AMOSI_VOLUME_PLAN_H
#define AMOSI_VOLUME_PLAN_H

#include "nifti/convert.h"
#include "volume/volume.h"

struct amosi_plan {
    struct amosi_region region; /* in stored axis order */
    amos_layout layout;         /* of the result, in the wanted axis order */
    struct amosi_convert convert;
    size_t from_bytes, to_bytes; /* of one voxel */
    int64_t first;               /* bytes from the buffer's start to the region's first voxel in stored order */
    int64_t step[4];             /* bytes along the stored x, y, z and frames; negative where an axis is reversed */
    struct amosi_progress progress;
    bool own_strides;       /* the caller gave the strides of the result */
    amos_buffer_pool *pool; /* for the result; NULL: none */
    int threads;            /* number that may decode it */
    bool packed;            /* the result is in stored order without gaps: runs need not be cut into rows */
};

amos_status amosi_plan_make(const amos_volume *volume, const amos_read_options *options, struct amosi_plan *plan,
                            amos_error *err);

#endif
