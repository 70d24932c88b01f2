/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file's name says: which kind of NIfTI file it is, and whether it is compressed. The case of the suffix never
 * matters: X.NII.GZ is the same as x.nii.gz. */
#ifndef AMOSI_VOLUME_NAME_H
#define AMOSI_VOLUME_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum amosi_volume_kind {
    AMOSI_NAME_OTHER,
    AMOSI_NAME_SINGLE, /* .nii or .nii.gz */
    AMOSI_NAME_HEADER, /* .hdr or .hdr.gz: header of a pair */
    AMOSI_NAME_IMAGE   /* .img or .img.gz: voxels of a pair */
};

struct amosi_volume_name {
    enum amosi_volume_kind kind;
    bool gz;     /* the name ends in ".gz", for every kind */
    size_t stem; /* bytes before the suffix; all of them if kind is AMOSI_NAME_OTHER */
};

/* Splits a name; it may have folders before it. */
struct amosi_volume_name amosi_volume_name(const char *path);

/* Whether a file with this name (without folders) counts as a volume when a folder is listed: x.nii, x.nii.gz. Hidden
 * files do not, and so neither do the "._*" files that macOS leaves behind. */
bool amosi_volume_name_is_listed(const char *name);

/* The same, including the headers of pairs: every name that amos_volume_open() can open. */
bool amosi_volume_name_is_listed_or_header(const char *name);

/* The length in bytes of the case id in a file's name (without folders): the part before the suffix. */
size_t amosi_volume_name_id_length(const char *name);

/* The part of a path after its last slash. */
const char *amosi_base_name(const char *path);

#endif
