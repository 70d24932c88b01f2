/* SPDX-License-Identifier: BSD-3-Clause */
/* An open NIfTI file: the internal side of amos_volume. */
#ifndef AMOSI_VOLUME_VOLUME_H
#define AMOSI_VOLUME_VOLUME_H

#include <stdatomic.h>

#include <amos/volume.h>

#include "base/error/log.h"
#include "base/error/progress.h"
#include "io/identity.h"
#include "io/gzip/stream.h"
#include "nifti/geometry.h"
#include "nifti/header.h"

/* The mutable state of a volume. Readers hold a const volume; any thread may change this. The index is looked for when
 * it is first useful (see volume/index.h), and the first thread's index stays. */
struct amosi_volume_state {
    _Atomic amos_warnings warnings;
    struct amosi_index *_Atomic index; /* NULL: none */
    atomic_bool looked;                /* the folder has been searched */
    atomic_bool built;                 /* it was built here, or a thread is building it */
    atomic_bool refused;               /* it was found to be wrong */
};

struct amos_volume {
    char *path;                   /* the path that was opened: for a pair the .hdr */
    struct amosi_source source;   /* the file with the voxels: for a pair the .img */
    struct amosi_identity beside; /* for a pair: the .hdr as it was read; else zeros */
    bool gzip;                    /* it is compressed */
    struct amosi_header header;
    bool lenient; /* AMOS_OPEN_LENIENT */
    bool has_geometry;
    amos_geometry geometry; /* only the shape is valid if has_geometry is false */
    struct amosi_stream_settings settings;
    struct amosi_log log;
    amos_index_use index_use;
    char *index_folder; /* NULL: the user's */
    amos_temporaries temporaries;
    struct amosi_volume_state *state; /* owned; NULL if nothing can be stored, because there is no source */
};

void amosi_volume_warn(const amos_volume *volume, amos_warnings warnings);

/* The state of the files of a volume when it was opened. */
struct amosi_volume_identity {
    struct amosi_identity voxels, beside; /* as in struct amos_volume */
};

/* Fails like reading the volume's source. */
amos_status amosi_volume_identify(const amos_volume *volume, struct amosi_volume_identity *identity, amos_error *err);

/* AMOS_E_CHANGED if the volume, which was opened again, differs from its state at an earlier opening. `since` names
 * that opening in the message: "the loader was opened". */
amos_status amosi_volume_check_identity(const amos_volume *volume, const struct amosi_volume_identity *then,
                                        const char *since, amos_error *err);

/* For tests: the size of the window on the compressed bytes, at least 1. */
void amosi_volume_set_window(amos_volume *volume, size_t bytes);

/* A part of the voxels, in stored axis order. */
struct amosi_region {
    amos_box box;
    int64_t first_frame;
    int64_t frames;
};

/* All voxels of a volume. */
struct amosi_region amosi_region_whole(const amos_volume *volume);

/* Consecutive voxels of the file, in host byte order. If the region is narrower than the volume along an axis, a run
 * ends at its border; otherwise it may continue in the next row, slice or frame. */
struct amosi_run {
    int64_t at[4]; /* x, y, z, frame of the first voxel, counted from the volume's start */
    size_t voxels;
    const void *data;
};

typedef amos_status (*amosi_run_fn)(void *user, const struct amosi_run *run, amos_error *err);

/* The straight line of reading: source -> gzip members -> tile -> CRC -> byte order -> `take`, run by run. A region that
 * reaches the last voxel also checks all that follows it. */
amos_status amosi_volume_decode(const amos_volume *volume, const struct amosi_region *region,
                                const struct amosi_progress *progress, amosi_run_fn take, void *user, amos_error *err);

/* Decodes only a part of a region, or does something for an index. All zero but for `stop`: the whole region. */
struct amosi_decode_part {
    uint64_t start, stop;            /* voxels of the file, counted over all frames: what lies outside is left out */
    const struct amosi_index *index; /* to skip with, NULL: none */
    const struct amosi_stream_watcher *watcher; /* to be shown the whole stream, NULL: none */
    struct amosi_ahead *ahead;                  /* helpers that decode ahead, NULL: none */
    /* The region's first voxel goes here and all others follow it as they do in the file, so they are decoded in place;
     * a run's data then lies here. NULL: each tile is thrown away after `take`. */
    unsigned char *direct;
};

amos_status amosi_volume_decode_part(const amos_volume *volume, const struct amosi_region *region,
                                     const struct amosi_decode_part *part, const struct amosi_progress *progress,
                                     amosi_run_fn take, void *user, amos_error *err);

/* Splits a run into rows: calls `take` for each piece that is in one row of the region. */
amos_status amosi_run_rows(const struct amosi_run *run, const amos_box *box, size_t voxel_bytes, amosi_run_fn take,
                           void *user, amos_error *err);

#endif
