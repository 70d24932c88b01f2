/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the names of enum values.
 *
 * Two functions serve all enums. amos_split_name(), amos_split_parse() and the like call them for one enum. */
#ifndef AMOS_ENUM_H
#define AMOS_ENUM_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Selects an enum. The numbers never change their meaning. */
typedef enum amos_enum {
    AMOS_ENUM_INFLATE = 0,         /* amos_inflate */
    AMOS_ENUM_INDEX_USE = 1,       /* amos_index_use */
    AMOS_ENUM_AFFINE_SOURCE = 2,   /* amos_affine_source */
    AMOS_ENUM_SPLIT = 3,           /* amos_split */
    AMOS_ENUM_MODALITY = 4,        /* amos_modality */
    AMOS_ENUM_CONVENTION = 5,      /* amos_convention */
    AMOS_ENUM_ABSENT = 6,          /* amos_absent */
    AMOS_ENUM_LEVEL = 7,           /* amos_level */
    AMOS_ENUM_INTERPOLATION = 8,   /* amos_interpolation */
    AMOS_ENUM_CACHE_OUTCOME = 9,   /* amos_cache_outcome */
    AMOS_ENUM_SAMPLING = 10,       /* amos_sampling */
    AMOS_ENUM_IMAGE_TYPE = 11,     /* amos_image_type */
    AMOS_ENUM_LABEL_TYPE = 12,     /* amos_label_type */
    AMOS_ENUM_SCALING_METHOD = 13, /* amos_scaling_method */
    AMOS_ENUM_MIRROR = 14,         /* amos_mirror */
    AMOS_ENUM_OMISSION = 15,       /* amos_omission */
    AMOS_ENUM_TILE_TYPE = 16,      /* amos_tile_type */
    AMOS_ENUM_QUALITY_KIND = 17,   /* amos_quality_kind */
    AMOS_ENUM_VERDICT = 18         /* amos_verdict */
} amos_enum;

/* The name of a value, such as "training"; "?" for an unknown value or an unknown enum. Static storage; any thread. */
AMOS_API const char *amos_enum_name(amos_enum which, int value);

/* The value with a given name. Case, spaces, '_', '-', '/' and '.' do not matter.
 * Returns AMOS_OK or AMOS_E_ARG. Unknown name: the message lists the known names, and *out is the enum's first value.
 * Unknown enum: *out is 0. A NULL `out` gives AMOS_E_ARG too. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_enum_parse(amos_enum which, const char *name, int *out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
