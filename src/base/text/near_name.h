/* SPDX-License-Identifier: BSD-3-Clause */
/* Names that programs give to files that are nearly a volume: downloads that have not ended, and copies. */
#ifndef AMOSI_NEAR_NAME_H
#define AMOSI_NEAR_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum amosi_near {
    AMOSI_NEAR_NONE,
    AMOSI_NEAR_PARTIAL, /* amos_0004.nii.gz.part: an unfinished download */
    AMOSI_NEAR_COPY     /* amos_0004 (1).nii.gz, Copy of amos_0004.nii.gz: a second copy */
};

/* What the name of a file (without folders) says. Unless AMOSI_NEAR_NONE, `original` gets the name of the volume that
 * it is a part or copy of; it has `bytes` bytes, and a longer name gives AMOSI_NEAR_NONE. */
enum amosi_near amosi_near_name(const char *name, char *original, size_t bytes);

/* The other way: the n-th name (0, 1, ...) that a part or copy of the file `original` (without folders) may have.
 * False after the last, or if `bytes` are too few. */
bool amosi_near_guess(const char *original, size_t n, char *name, size_t bytes);

/* "an unfinished download", "a copy". */
const char *amosi_near_text(enum amosi_near near);

#endif
