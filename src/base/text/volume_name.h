/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file's name says: which of NIfTI's files it is, and whether it is compressed. The case of the suffix does not
 * matter anywhere: X.NII.GZ is what x.nii.gz is. */
#ifndef AMOSI_VOLUME_NAME_H
#define AMOSI_VOLUME_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum amosi_volume_kind {
    AMOSI_NAME_OTHER,
    AMOSI_NAME_SINGLE, /* .nii or .nii.gz */
    AMOSI_NAME_HEADER, /* .hdr or .hdr.gz, of a pair */
    AMOSI_NAME_IMAGE   /* .img or .img.gz, of a pair */
};

struct amosi_volume_name {
    enum amosi_volume_kind kind;
    bool gz;     /* it ends in ".gz", of whatever kind */
    size_t stem; /* bytes before the suffix; all of them if kind is AMOSI_NAME_OTHER */
};

/* Splits a name, with or without folders before it. */
struct amosi_volume_name amosi_volume_name(const char *path);

/* Whether a file with this name (without folders) counts as a volume where a folder is listed: x.nii, x.nii.gz. Hidden
 * files do not, thus neither do the "._*" that macOS leaves behind. */
bool amosi_volume_name_is_listed(const char *name);

/* The same with the headers of pairs: whatever amos_volume_open() can open by its name. */
bool amosi_volume_name_is_listed_or_header(const char *name);

/* How many bytes of a file's name (without folders) are the case's id: those before the suffix. */
size_t amosi_volume_name_id_length(const char *name);

/* The part of a path behind its last slash. */
const char *amosi_base_name(const char *path);

#endif
