/* SPDX-License-Identifier: BSD-3-Clause */
/* NIfTI files built in memory, in either version and byte order, of any type, right or wrong in any field; and a
 * model of their voxels' values, read back byte by byte in plain arithmetic that shares nothing with the library. */
#ifndef TESTS_NIFTI_MAKE_H
#define TESTS_NIFTI_MAKE_H

#include <amos/type.h>

#include "support/bytes.h"

/* All zero: NIfTI-1, little-endian, one file, 4 x 3 x 2 uint8 voxels of 1 mm, unscaled, sform "RAS" at the origin. */
struct nifti_spec {
    int version; /* 1 or 2; 0: 1 */
    int big_endian;
    int pair; /* magic ni1/ni2, the voxels in a file of their own */
    int ndim; /* 0: 3 */
    int64_t dim[7];
    amos_type type; /* 0: uint8 */
    double slope, inter;
    double pixdim[8]; /* [0] is qfac; all zero: 1, and 1 mm */
    int no_forms;     /* neither qform nor sform */
    int qform_code;
    double quatern[3]; /* b c d */
    double qoffset[3];
    int sform_code; /* 0 and no qform: 1 with the matrix below, or the default */
    double srow[3][4];
    int64_t vox_offset; /* 0: right after the extensions */
    int xyzt_units;     /* 0: 2 (mm) */
    int intent_code;
    const char *descrip;
    const void *extensions; /* bytes after the extender, which becomes {1,0,0,0} */
    size_t extension_bytes;
    const void *voxels; /* in host order; NULL: random by `seed` */
    uint64_t seed;
};

struct nifti_file {
    struct bytes bytes; /* the file; for a pair the .hdr */
    struct bytes image; /* for a pair the .img */
    int version, big_endian, pair;
    size_t vox_offset; /* of the first voxel, in bytes or in image */
    int64_t dim[7];
    int64_t shape[3];
    int64_t frames;
    int64_t voxels; /* of all frames */
    amos_type type;
    double slope, inter; /* as stored, so rounded to float32 in NIfTI-1 */
};

struct nifti_file nifti_make(const struct nifti_spec *spec);
void nifti_free(struct nifti_file *file);

/* The bytes of one voxel, and of its parts that have a byte order (4 for complex64, 1 for RGB). */
size_t nifti_type_bytes(amos_type type);
size_t nifti_part_bytes(amos_type type);
int nifti_type_code(amos_type type);

/* Gives the spec an sform by three letters such as "LAS", spacing along the stored axes, and the place of voxel 0. */
void nifti_set_sform(struct nifti_spec *spec, const char *orientation, const double spacing[3], const double origin[3]);

/* Writes one item of a header field by its name in nifti1.h or nifti2.h: "dim", "pixdim", "vox_offset", "srow_x", ...
 * in the file's own version and byte order. Ends the test if there is no such field. */
void nifti_poke(struct nifti_file *file, const char *field, int index, double value);
double nifti_peek(const struct nifti_file *file, const char *field, int index);

/* Overwrites the start of a field, such as a magic, with raw bytes. */
void nifti_poke_bytes(struct nifti_file *file, const char *field, const void *data, size_t size);
size_t nifti_field_offset(const struct nifti_file *file, const char *field);

/* The voxel bytes as stored, in host order; from malloc(), of exactly the needed size. */
unsigned char *nifti_host_voxels(const struct nifti_file *file, size_t *bytes);

/* One stored number, exactly (long double can represent every 64-bit integer; checked at run time). */
long double nifti_stored(const struct nifti_file *file, int64_t n);

/* slope * stored + inter in double, or the stored number if the file has no scaling. */
long double nifti_value(const struct nifti_file *file, int64_t n);

/* The value in a type, by the rules of amos_volume_read(); 0 if the type cannot hold it. */
int model_convert(long double value, amos_type to, int saturate, void *out);

/* A whole read in stored order: all frames or one (`frame` >= 0) as `to`; from malloc(); NULL if a value is refused. */
void *model_read(const struct nifti_file *file, int64_t frame, amos_type to, int saturate, size_t *bytes);

/* The mapping of stored axes to an orientation: result axis d runs along stored axis[d], backwards if flip[d]. */
struct axis_map {
    int axis[3];
    int flip[3];
};
struct axis_map model_axes(const char *from, const char *to);

/* The stored position of a voxel of the reoriented volume. */
void model_source_index(const struct axis_map *map, const int64_t shape[3], const int64_t index[3], int64_t source[3]);

/* The 48 orientations; n is 0..47. */
const char *orientation_name(int n);

/* The file as a label volume: dims `shape`, values stored as the type, sform of that orientation and spacing. */
struct nifti_file label_file(const uint8_t *values, const int64_t shape[3], amos_type type, const char *orientation,
                             const double spacing[3]);

/* numbers -> stored voxels of a numeric type in host order; from malloc(). */
void *stored_voxels(const long double *values, size_t count, amos_type type);

#endif
