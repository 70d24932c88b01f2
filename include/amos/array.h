/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: decoded voxels in memory, and their layout. */
#ifndef AMOS_ARRAY_H
#define AMOS_ARRAY_H

#include <amos/geometry.h>
#include <amos/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The layout of voxels in a buffer. Voxel (x,y,z) of frame f is at byte
 * offset + x*strides[0] + y*strides[1] + z*strides[2] + f*strides[3]. Strides may be negative. */
typedef struct amos_layout {
    amos_type type;         /* of each voxel; never AMOS_TYPE_STORED */
    int64_t shape[4];       /* voxels along x, y, z; number of frames */
    int64_t strides[4];     /* in bytes, along x, y, z, frames; packed with x fastest unless the caller chose others */
    int64_t offset;         /* bytes from the start of the buffer to voxel (0,0,0,0) */
    size_t bytes;           /* size of the smallest buffer that holds all voxels */
    amos_warnings warnings; /* AMOS_W_... bits of the volume that the voxels are from, as far as known */
    int has_geometry;       /* 0 if the file has none (AMOS_E_GEOM): `geometry` is then all zero except shape */
    amos_geometry geometry; /* of these voxels, after the box and the reorientation */
} amos_layout;

/* Voxels in memory that the library allocated. The caller owns the array and releases it with amos_array_free(). It is
 * immutable except for the voxels, which the caller may change through amos_array_data(). Any thread may use it; the
 * caller synchronises writes to the voxels. */
typedef struct amos_array amos_array;

/* The first byte of the voxels, aligned to 64 bytes. Valid until the array is freed; NULL for NULL. Any thread. */
AMOS_API void *amos_array_data(const amos_array *array);

/* The layout of the voxels. Valid until the array is freed; NULL for NULL. Any thread. */
AMOS_API const amos_layout *amos_array_layout(const amos_array *array);

/* Releases an array and its voxels. Does nothing for NULL. No other thread may be using the array. */
AMOS_API void amos_array_free(amos_array *array);

#ifdef __cplusplus
}
#endif

#endif
