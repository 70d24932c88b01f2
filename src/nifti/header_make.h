/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes the bytes of a NIfTI-1 header from a caller's description of the voxels. */
#ifndef AMOSI_NIFTI_HEADER_MAKE_H
#define AMOSI_NIFTI_HEADER_MAKE_H

#include <amos/writer.h>

#include "nifti/header.h"

#define AMOSI_HEADER_MADE_BYTES 352 /* including the four bytes that mean "no extensions" */

/* The position of the voxels comes from `reference`, or if that is NULL from the layout and the codes. `path` is for
 * messages. Checks everything except the layout's strides. */
amos_status amosi_header_make(const char *path, const amos_layout *layout, const amos_write_options *options,
                              const struct amosi_header *reference, unsigned char header[AMOSI_HEADER_MADE_BYTES],
                              amos_error *err);

#endif
