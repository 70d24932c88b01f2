/* SPDX-License-Identifier: BSD-3-Clause */
/* Converts voxels of one type to another: value = slope * stored + inter in double, rounded once. */
#ifndef AMOSI_NIFTI_CONVERT_H
#define AMOSI_NIFTI_CONVERT_H

#include <stdbool.h>

#include <amos/type.h>

struct amosi_convert {
    amos_type from, to;
    bool scaled; /* slope and inter are applied; otherwise integers stay exact */
    double slope, inter;
    bool saturate;
};

/* What a conversion noticed. */
struct amosi_convert_notes {
    bool precision; /* a 64-bit integer lost digits in a floating type */
    bool refused;   /* a value that the type cannot hold */
    size_t index;   /* of the first such voxel */
    double value;   /* and its value after scaling */
};

/* Converts n voxels in host byte order; source and destination are aligned for their types and do not overlap.
 * Returns false at the first value that `to` cannot hold, unless saturating. */
bool amosi_convert_run(const struct amosi_convert *convert, void *to, const void *from, size_t n,
                       struct amosi_convert_notes *notes);

/* n voxels of a numeric type as unscaled doubles. */
void amosi_convert_to_double(amos_type type, double *to, const void *from, size_t n);

/* Reverses the byte order of n items of 2, 4, 8 or 16 bytes, in place. */
void amosi_swap_bytes(void *items, size_t n, size_t bytes);

#endif
