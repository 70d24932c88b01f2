/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: write voxels as a NIfTI-1 file. The suffix of the name selects the format: .nii is plain, .nii.gz is
 * compressed, in upper or lower case. Other suffixes are rejected.
 *
 * Files are single files, little-endian on every machine. The same voxels and options give the same bytes for any number
 * of threads. Compressed bytes differ from build to build, because other libraries (amos_features()), other versions of
 * them and other processors compress differently. A .nii.gz file is one gzip member. A file appears whole or not at all: it is written under a temporary
 * name in the same folder (".amos-", letters, ".tmp"), synchronised with the disk and then renamed. A replaced file
 * keeps its permissions, and a symbolic link stays a link. */
#ifndef AMOS_WRITER_H
#define AMOS_WRITER_H

#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file that is being written. The caller owns it and releases it with amos_writer_free(). One thread at a time may
 * use it. It may have threads of its own, so a child of fork() cannot use the writer of its parent. */
typedef struct amos_writer amos_writer;

/* Called with the path of the temporary file before that file is created, and with NULL when it no longer exists. A
 * program can thus remove the file if a signal ends the process. Runs on the thread that called the library. */
typedef void (*amos_temporary_fn)(void *user, const char *path);

/* How to write a file. Start from AMOS_WRITE_OPTIONS_INIT. */
typedef struct amos_write_options {
    size_t size;                  /* sizeof(amos_write_options) */
    const amos_volume *reference; /* NULL: the geometry is that of the layout. Else the header gets the qform, sform,
                                     codes, spacing and units of this volume, as its header has them. Voxels whose
                                     layout has a geometry of another orientation at the same place are turned into that
                                     of the reference by amos_file_write(). The voxels must have its shape (after
                                     turning), and the file that is written must not be its own. Needed only until the
                                     call returns */
    double slope, inter;          /* value = slope * stored + inter; slope 0: no scaling */
    int qform_code, sform_code;   /* NIfTI codes 0..5, only without a reference. Both 0: the sform gets code 1, and so
                                     does the qform unless the axes are sheared or float32 cannot hold their rotation;
                                     both stay 0 if the layout has no orientation */
    int level;                    /* compression level: 1 (fastest) to 9 (smallest); 0: 2 */
    const char *description;      /* at most 79 bytes; NULL: none */
    amos_temporary_fn temporary;  /* NULL: not called */
    void *temporary_user;         /* argument of temporary */
    amos_progress progress;       /* units are voxel bytes; only amos_file_write() calls it */
    const char *orientation;      /* NULL: the layout's geometry says it; if it has none, the voxels have the
                                     orientation of the file. Else the orientation of the voxels, such as "RAS":
                                     amos_file_write() turns them into that of the reference, which is required. Must be
                                     NULL for amos_writer_open() */
    int threads;                  /* that compress; 0: one for each processor, 1: only the caller's. Others run only
                                     while there is work for them: not for a volume below half a megabyte */
    amos_index_use index;         /* AMOS_INDEX_BUILD: the seek index of a .nii.gz file is made while it is written, and
                                     saved before the file gets its name; a failure of that is one of writing. The
                                     others: none is saved */
    const char *index_folder;     /* as in amos_volume_options; copied */
    amos_temporaries temporaries; /* called for the temporary file of the index */
} amos_write_options;

/* The defaults; NULL options mean the same: amos_write_options o = AMOS_WRITE_OPTIONS_INIT; */
#define AMOS_WRITE_OPTIONS_INIT \
    { \
        sizeof(amos_write_options), NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, {NULL, NULL}, NULL, 0, AMOS_INDEX_NEVER, \
            NULL, \
        { \
            NULL, NULL \
        } \
    }

/* Writes a file from voxels in memory. `layout` describes them (type, shape, strides, geometry). It is that of an
 * amos_array or a label map, or the caller fills it in; all strides zero means packed, x fastest. `voxels` has `bytes`
 * bytes, of any alignment, in host byte order. The voxels are stored in the type of the layout, without conversion.
 * options may be NULL:
 *   amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
 *   options.reference = image;
 *   amos_status status = amos_file_write("label.nii.gz", layout, voxels, bytes, &options, &err);
 * Returns AMOS_OK, AMOS_E_ARG (a bad option, layout, code or suffix, or a buffer that is too small), AMOS_E_NOMEM,
 * AMOS_E_OPEN, AMOS_E_NOTREG (the path exists and is not a regular file), AMOS_E_IO, AMOS_E_DUP (the path is the file of
 * the reference, by this or another name of it), AMOS_E_PAIR_SHAPE (the reference has another shape), AMOS_E_PAIR_GEOM
 * (the layout's geometry has another orientation than the reference, and another place), AMOS_E_GEOM (a geometry that
 * NIfTI cannot express, such as a qform with sheared axes), AMOS_E_UNSUPPORTED (a type that is not one of the ten
 * numeric ones, more than 32,767 voxels along an axis) or AMOS_E_CANCEL. After an error the path is as it was before
 * the call. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_file_write(const char *path, const amos_layout *layout, const void *voxels,
                                                     size_t bytes, const amos_write_options *options, amos_error *err);

/* Starts a file whose voxels are added in pieces. The strides, offset and bytes of the layout are ignored. On success
 * the caller owns *out and releases it with amos_writer_free().
 * Returns the statuses of amos_file_write(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_open(const char *path, const amos_layout *layout,
                                                      const amos_write_options *options, amos_writer **out,
                                                      amos_error *err);

/* Adds the next `count` voxels, in the order x (fastest), y, z, frames; of any alignment, in host byte order.
 * Returns AMOS_OK, AMOS_E_ARG (more voxels than the shape has), AMOS_E_NOMEM or AMOS_E_IO. After an error the file
 * cannot be finished. One thread at a time. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_add(amos_writer *writer, const void *voxels, uint64_t count,
                                                     amos_error *err);

/* Completes the file and renames it to its path. The writer must still be released with amos_writer_free().
 * Returns AMOS_OK, AMOS_E_ARG (voxels are missing, or the file was finished before), AMOS_E_NOMEM or AMOS_E_IO.
 * One thread at a time. */
AMOS_API AMOS_MUST_CHECK amos_status amos_writer_finish(amos_writer *writer, amos_error *err);

/* Releases a writer and removes a file that was not finished. Does nothing for NULL. No other thread may be using the
 * writer. */
AMOS_API void amos_writer_free(amos_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
