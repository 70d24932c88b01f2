/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the voxel types of NIfTI. */
#ifndef AMOS_TYPE_H
#define AMOS_TYPE_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The type of a voxel. AMOS_TYPE_STORED means the type of the file: values are not scaled, in the host's byte order.
 * Voxels can be requested in the ten numeric types, INT8 to FLOAT64. The last six can be read only as stored. */
typedef enum amos_type {
    AMOS_TYPE_STORED = 0,
    AMOS_TYPE_INT8 = 1,
    AMOS_TYPE_UINT8 = 2,
    AMOS_TYPE_INT16 = 3,
    AMOS_TYPE_UINT16 = 4,
    AMOS_TYPE_INT32 = 5,
    AMOS_TYPE_UINT32 = 6,
    AMOS_TYPE_INT64 = 7,
    AMOS_TYPE_UINT64 = 8,
    AMOS_TYPE_FLOAT32 = 9,
    AMOS_TYPE_FLOAT64 = 10,
    AMOS_TYPE_FLOAT128 = 11,
    AMOS_TYPE_COMPLEX64 = 12,
    AMOS_TYPE_COMPLEX128 = 13,
    AMOS_TYPE_COMPLEX256 = 14,
    AMOS_TYPE_RGB24 = 15,
    AMOS_TYPE_RGBA32 = 16
} amos_type;

/* The kind of numbers in a voxel. */
typedef enum amos_type_kind {
    AMOS_KIND_NONE = 0, /* of AMOS_TYPE_STORED */
    AMOS_KIND_SIGNED = 1,
    AMOS_KIND_UNSIGNED = 2,
    AMOS_KIND_FLOAT = 3,
    AMOS_KIND_COMPLEX = 4, /* two floating-point numbers */
    AMOS_KIND_COLOUR = 5   /* three or four bytes */
} amos_type_kind;

/* The properties of a type, in libamos and in other formats. Static storage. */
typedef struct amos_type_info {
    amos_type type;
    const char *name; /* "int16" */
    amos_type_kind kind;
    int numeric;       /* 1: values can be requested in this type, and files of it can be read as any numeric type */
    size_t bytes;      /* of a voxel */
    size_t part_bytes; /* of one number in it (half of a complex voxel, 1 for colours): the unit of byte swapping */
    int nifti_code;    /* `datatype` in a NIfTI header */
    const char *zarr;  /* little-endian dtype of Zarr version 2 and NumPy: "<i2"; NULL if not numeric */
    char format;       /* format letter of Python's struct module and buffers, native size: 'h'; 0 if not numeric */
} amos_type_info;

/* The properties of type number i; NULL if the number is unknown. To list all types, count up from 0 until NULL.
 * Static storage; any thread. */
AMOS_API const amos_type_info *amos_type_get(int i);

/* The name of a type: "int16", "float32", "rgb24", "stored", ...; "?" for an unknown number. Static storage; any
 * thread. */
AMOS_API const char *amos_type_name(amos_type type);

/* Bytes of one voxel; 0 for AMOS_TYPE_STORED and for an unknown number. Any thread. */
AMOS_API size_t amos_type_bytes(amos_type type);

/* The type with a given name, as amos_type_name() returns it. Case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK; or AMOS_E_ARG (NULL or unknown name), and *out is AMOS_TYPE_STORED. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_type_parse(const char *name, amos_type *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
