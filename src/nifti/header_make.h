/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a NIfTI-1 header, from what a caller says of voxels. */
#ifndef AMOSI_NIFTI_HEADER_MAKE_H
#define AMOSI_NIFTI_HEADER_MAKE_H

#include <amos/writer.h>

#include "nifti/header.h"

#define AMOSI_HEADER_MADE_BYTES 352 /* with the four bytes that say that there are no extensions */

/* The place of the voxels comes from `reference` unless that is NULL, else from the layout and the codes. `path` is for
 * messages. Everything is checked but the layout's strides. */
amos_status amosi_header_make(const char *path, const amos_layout *layout, const amos_write_options *options,
                              const struct amosi_header *reference, unsigned char header[AMOSI_HEADER_MADE_BYTES],
                              amos_error *err);

#endif
