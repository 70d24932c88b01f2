/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading by whatever way is quickest: straight through, with an index, by several threads. */
#ifndef AMOSI_VOLUME_DISPATCH_H
#define AMOSI_VOLUME_DISPATCH_H

#include "volume/volume.h"

/* Where the runs of a region go. Every part of the region, and every attempt, gets a copy of what `user` points to; what
 * they found out is merged once all have succeeded. Runs of different parts come from several threads at once and must
 * go to different places. */
struct amosi_sink {
    amosi_run_fn take;
    void (*merge)(void *user, const void *part);
    void *user;
    size_t user_bytes;
    unsigned char *direct; /* as in struct amosi_decode_part */
};

/* As amosi_volume_decode(), using the volume's index where that helps, and up to so many threads. */
amos_status amosi_volume_dispatch(const amos_volume *volume, const struct amosi_region *region,
                                  const struct amosi_progress *progress, int threads, const struct amosi_sink *sink,
                                  amos_error *err);

#endif
