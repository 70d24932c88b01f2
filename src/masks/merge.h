/* SPDX-License-Identifier: BSD-3-Clause */
/* The label map of a folder of masks, as the bytes of a NIfTI file: amos_volume_open() reads it like any other. */
#ifndef AMOSI_MASKS_MERGE_H
#define AMOSI_MASKS_MERGE_H

#include <amos/volume.h>

#include "io/source.h"

/* Opens such a folder. The header is made from that of the first mask; voxels are made when the first of them is read: all
 * masks are read then, each on the grid of the first, of 0 and 1 alone, and no voxel in two of them. AMOS_E_LABEL (a mask
 * that the table lacks; other values; two masks in a voxel), AMOS_E_PAIR_SHAPE, AMOS_E_PAIR_GEOM, AMOS_E_UNSUPPORTED (no
 * mask), or as opening and reading a volume. */
amos_status amosi_masks_open(struct amosi_source *source, const char *folder, const amos_volume_options *options,
                             amos_error *err);

/* Some bytes that stand for the content of all masks and their numbers, without reading the voxels. */
amos_status amosi_masks_open_digest(struct amosi_source *source, const char *folder, amos_error *err);

/* A path as a source that keys are made of: amosi_masks_open_digest(), or the file. */
amos_status amosi_masks_open_content(struct amosi_source *source, const char *path, amos_error *err);

#endif
