/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: voxels written as a NIfTI-1 file, plain or compressed as its name says: .nii or .nii.gz, in any case. Another
 * suffix is refused.
 *
 * Single files, little-endian on every machine; the same voxels and options give the same bytes, but that another
 * version of zlib may compress otherwise. A file is there whole or not at all: it is written under a temporary name
 * in the same folder, ".amos-" with letters and ".tmp", synchronised with the disk and then renamed. A file that is
 * replaced keeps its permissions, and a symbolic link stays a link. */
#ifndef AMOS_WRITER_H
#define AMOS_WRITER_H

#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file on its way. One thread at a time uses it. */
typedef struct amos_writer amos_writer;

/* Gets the temporary name before there is a file of it, and NULL when there is none any more: for a program that removes
 * it when a signal ends the process. Called on the thread that called the library. */
typedef void (*amos_temporary_fn)(void *user, const char *path);

typedef struct amos_write_options {
    size_t size;                  /* sizeof(amos_write_options) */
    const amos_volume *reference; /* NULL: the voxels lie where their layout says. Else as those of this volume, whose
                                     shape they have (after turning): its qform, sform, codes, spacing and units, as its header has
                                     them. Only needed while the call that takes it lasts */
    double slope, inter;          /* value = slope * stored + inter; slope 0: no scaling */
    int qform_code, sform_code;   /* NIfTI codes 0..5, without a reference. Both 0: 1 for the sform, and for the qform
                                     unless the axes are sheared; none where the layout has no orientation */
    int level;                    /* of compression: 1, fast, to 9, small; 0: 6 */
    const char *description;      /* at most 79 bytes; NULL: none */
    amos_temporary_fn temporary;  /* NULL: nobody is told */
    void *temporary_user;
    amos_progress progress;       /* units are voxel bytes; only amos_file_write() calls it */
    const char *orientation;      /* NULL: the voxels lie as in the file. Else they were made in this orientation, such as
                                     "RAS", and amos_file_write() turns them into that of the reference */
} amos_write_options;

/* The defaults, which NULL stands for too. */
#define AMOS_WRITE_OPTIONS_INIT \
    { \
        sizeof(amos_write_options), NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, {NULL, NULL}, NULL \
    }

/* Writes a file from voxels in memory. `layout` says what they are (type, shape, strides, geometry): that of an
 * amos_array, of a label map, or one that the caller filled in; all strides zero means packed, x fastest. `voxels` has
 * `bytes` bytes, of any alignment, with numbers in the host's byte order, and they are stored as they are: no type is
 * converted. options may be NULL.
 * Returns AMOS_OK, AMOS_E_ARG (a bad option, layout, code or suffix, or a buffer that is too small), AMOS_E_NOMEM, AMOS_E_OPEN,
 * AMOS_E_NOTREG (there is something at that path that is no file), AMOS_E_IO, AMOS_E_PAIR_SHAPE (the reference has
 * another shape), AMOS_E_GEOM (a geometry that NIfTI cannot say, such as a qform with sheared axes),
 * AMOS_E_UNSUPPORTED (a type that is not one of the ten numeric ones, more than 32,767 voxels along an axis) or
 * AMOS_E_CANCEL. After an error the path has what it had before. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_file_write(const char *path, const amos_layout *layout, const void *voxels,
                                                       size_t bytes, const amos_write_options *options, amos_error *err);

/* Begins a file whose voxels come in pieces. The layout's strides, offset and bytes do not count. On success *out is the
 * caller's, to be released by amos_writer_free(). Returns as amos_file_write(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_open(const char *path, const amos_layout *layout,
                                                      const amos_write_options *options, amos_writer **out,
                                                      amos_error *err);

/* Adds the next `count` voxels, x fastest, then y, z and frames; of any alignment, in the host's byte order.
 * Returns AMOS_OK, AMOS_E_ARG (more voxels than the shape has), AMOS_E_NOMEM or AMOS_E_IO; after an error the file
 * cannot be finished. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_add(amos_writer *writer, const void *voxels, uint64_t count,
                                                     amos_error *err);

/* Completes the file and gives it its name. What is left is amos_writer_free().
 * Returns AMOS_OK, AMOS_E_ARG (voxels are missing, or it was finished before), AMOS_E_NOMEM or AMOS_E_IO. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_finish(amos_writer *writer, amos_error *err);

/* Releases it; a file that was not finished is removed. NULL is fine. */
AMOS_API void amos_writer_free(amos_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
