/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads in the fastest way: straight through, with an index, or by several threads. */
#ifndef AMOSI_VOLUME_DISPATCH_H
#define AMOSI_VOLUME_DISPATCH_H

#include "volume/volume.h"

/* Where the runs of a region go. Every part of the region, and every attempt, gets a copy of what `user` points to; the
 * copies are merged once all have succeeded. Runs of different parts arrive from several threads at once, and must be
 * stored at different places. */
struct amosi_sink {
    amosi_run_fn take;
    void (*merge)(void *user, const void *part);
    void *user;
    size_t user_bytes;
    unsigned char *direct; /* as in struct amosi_decode_part */
};

/* Like amosi_volume_decode(), but uses the volume's index if that helps, and up to `threads` threads. */
amos_status amosi_volume_dispatch(const amos_volume *volume, const struct amosi_region *region,
                                  const struct amosi_progress *progress, int threads, const struct amosi_sink *sink,
                                  amos_error *err);

#endif
