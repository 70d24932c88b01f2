/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: decoded voxels in memory, and how they lie there. */
#ifndef AMOS_ARRAY_H
#define AMOS_ARRAY_H

#include <amos/geometry.h>
#include <amos/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How voxels lie in a buffer: voxel (x,y,z) of frame f is at
 * offset + x*strides[0] + y*strides[1] + z*strides[2] + f*strides[3] bytes. Strides may be negative. */
typedef struct amos_layout {
    amos_type type;         /* of each voxel; never AMOS_TYPE_STORED */
    int64_t shape[4];       /* x, y, z, frames */
    int64_t strides[4];     /* bytes; packed with x fastest unless the caller asked otherwise */
    int64_t offset;         /* bytes from the buffer's start to voxel (0,0,0,0) */
    size_t bytes;           /* the smallest buffer that holds it all */
    amos_warnings warnings; /* of the volume it was made from, as far as known */
    int has_geometry;       /* 0 where the file gives none (AMOS_E_GEOM); `geometry` is then all zero but for shape */
    amos_geometry geometry; /* of these voxels: after the box and the reorientation */
} amos_layout;

/* Voxels that the library allocated. Immutable but for the bytes behind amos_array_data(), which are the caller's to
 * change. Any thread may use it; the caller orders writes. */
typedef struct amos_array amos_array;

/* The first byte of the voxels, aligned to 64 bytes. Borrowed; NULL for NULL. */
AMOS_API void *amos_array_data(const amos_array *array);

/* How the voxels lie there. Borrowed; NULL for NULL. */
AMOS_API const amos_layout *amos_array_layout(const amos_array *array);

/* Releases it; NULL is fine. */
AMOS_API void amos_array_free(amos_array *array);

#ifdef __cplusplus
}
#endif

#endif
