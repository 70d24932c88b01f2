/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks the bytes of a NIfTI header and reads its numbers. */
#ifndef AMOSI_NIFTI_HEADER_H
#define AMOSI_NIFTI_HEADER_H

#include <stdbool.h>

#include <amos/volume.h>

#define AMOSI_NIFTI1_BYTES 348
#define AMOSI_NIFTI2_BYTES 540

struct amosi_header {
    amos_volume_info
        info; /* all but what depends on the file: compressed, is_pair, extension_count, file_bytes, path */
    amos_warnings warnings;
    bool swap;            /* the file has the other byte order than this machine */
    bool separate_voxels; /* magic ni1 or ni2: the voxels are in a .img */
    bool offset_missing;  /* vox_offset is 0 in a single file */
    size_t header_bytes;  /* 348 or 540 */
    size_t voxel_bytes;
    uint64_t voxels; /* all frames */
    double quatern[3];
    double qoffset[3];
    double srow[3][4];
};

/* The size of a header by its first 4 bytes: 348, 540, or 0 if it is not a NIfTI header. */
size_t amosi_header_size(const unsigned char *bytes);

/* Checks and reads a header of `bytes` bytes (at least 348, or 540 if amosi_header_size() returns that). */
amos_status amosi_header_parse(const unsigned char *header, size_t bytes, const char *path, struct amosi_header *out,
                               amos_error *err);

#endif
