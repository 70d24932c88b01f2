/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening a volume; amos_volume_open() is in masks/open.c. */
#ifndef AMOSI_VOLUME_OPEN_H
#define AMOSI_VOLUME_OPEN_H

#include <amos/volume.h>

#include "io/source.h"

/* amos_volume_open() of a file. */
amos_status amosi_volume_open_file(const char *path, const amos_volume_options *options, amos_volume **out,
                                   amos_error *err);

/* Takes over an open source, also if this function fails. */
amos_status amosi_volume_open_from(struct amosi_source *source, const amos_volume_options *options, amos_volume **out,
                                   amos_error *err);

#endif
