/* libamos: the voxel types of NIfTI. */
#ifndef AMOS_TYPE_H
#define AMOS_TYPE_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* AMOS_TYPE_STORED asks for the bytes as they are stored (in the host's byte order, unscaled). The ten numeric types
 * can be asked for by name; the last six can only be read as stored. */
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

/* "int16", "float32", "rgb24", "stored", ...; "?" for a number that is none. Static storage; any thread. */
AMOS_API const char *amos_type_name(amos_type type);

/* Bytes of one voxel; 0 for AMOS_TYPE_STORED and for a number that is none. Any thread. */
AMOS_API size_t amos_type_bytes(amos_type type);

/* The type of a name as amos_type_name() prints it; case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK, or AMOS_E_ARG (NULL or no such name), and then *out is AMOS_TYPE_STORED. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_type_parse(const char *name, amos_type *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
