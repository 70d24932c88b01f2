/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/type.h"

#include <nifti2_io.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/text/words.h"

/* Numeric types have a Zarr code and a struct letter. Each has a converter in convert.c and a reducer in reduce.c. */
static const amos_type_info types[] = {
    [AMOS_TYPE_STORED] = {AMOS_TYPE_STORED, "stored", AMOS_KIND_NONE, 0, 0, 1, DT_NONE, NULL, 0},
    [AMOS_TYPE_INT8] = {AMOS_TYPE_INT8, "int8", AMOS_KIND_SIGNED, 1, 1, 1, DT_INT8, "|i1", 'b'},
    [AMOS_TYPE_UINT8] = {AMOS_TYPE_UINT8, "uint8", AMOS_KIND_UNSIGNED, 1, 1, 1, DT_UINT8, "|u1", 'B'},
    [AMOS_TYPE_INT16] = {AMOS_TYPE_INT16, "int16", AMOS_KIND_SIGNED, 1, 2, 2, DT_INT16, "<i2", 'h'},
    [AMOS_TYPE_UINT16] = {AMOS_TYPE_UINT16, "uint16", AMOS_KIND_UNSIGNED, 1, 2, 2, DT_UINT16, "<u2", 'H'},
    [AMOS_TYPE_INT32] = {AMOS_TYPE_INT32, "int32", AMOS_KIND_SIGNED, 1, 4, 4, DT_INT32, "<i4", 'i'},
    [AMOS_TYPE_UINT32] = {AMOS_TYPE_UINT32, "uint32", AMOS_KIND_UNSIGNED, 1, 4, 4, DT_UINT32, "<u4", 'I'},
    [AMOS_TYPE_INT64] = {AMOS_TYPE_INT64, "int64", AMOS_KIND_SIGNED, 1, 8, 8, DT_INT64, "<i8", 'q'},
    [AMOS_TYPE_UINT64] = {AMOS_TYPE_UINT64, "uint64", AMOS_KIND_UNSIGNED, 1, 8, 8, DT_UINT64, "<u8", 'Q'},
    [AMOS_TYPE_FLOAT32] = {AMOS_TYPE_FLOAT32, "float32", AMOS_KIND_FLOAT, 1, 4, 4, DT_FLOAT32, "<f4", 'f'},
    [AMOS_TYPE_FLOAT64] = {AMOS_TYPE_FLOAT64, "float64", AMOS_KIND_FLOAT, 1, 8, 8, DT_FLOAT64, "<f8", 'd'},
    [AMOS_TYPE_FLOAT128] = {AMOS_TYPE_FLOAT128, "float128", AMOS_KIND_FLOAT, 0, 16, 16, DT_FLOAT128, NULL, 0},
    [AMOS_TYPE_COMPLEX64] = {AMOS_TYPE_COMPLEX64, "complex64", AMOS_KIND_COMPLEX, 0, 8, 4, DT_COMPLEX64, NULL, 0},
    [AMOS_TYPE_COMPLEX128] = {AMOS_TYPE_COMPLEX128, "complex128", AMOS_KIND_COMPLEX, 0, 16, 8, DT_COMPLEX128, NULL, 0},
    [AMOS_TYPE_COMPLEX256] = {AMOS_TYPE_COMPLEX256, "complex256", AMOS_KIND_COMPLEX, 0, 32, 16, DT_COMPLEX256, NULL, 0},
    [AMOS_TYPE_RGB24] = {AMOS_TYPE_RGB24, "rgb24", AMOS_KIND_COLOUR, 0, 3, 1, DT_RGB24, NULL, 0},
    [AMOS_TYPE_RGBA32] = {AMOS_TYPE_RGBA32, "rgba32", AMOS_KIND_COLOUR, 0, 4, 1, DT_RGBA32, NULL, 0},
};

#define TYPE_COUNT ((int)(sizeof types / sizeof types[0]))

const amos_type_info *amos_type_get(int i)
{
    return i >= 0 && i < TYPE_COUNT ? &types[i] : NULL;
}

const char *amos_type_name(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->name : "?";
}

size_t amos_type_bytes(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->bytes : 0;
}

size_t amosi_type_swap_bytes(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->part_bytes : 1;
}

int amosi_type_to_nifti(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->nifti_code : DT_NONE;
}

amos_type amosi_type_from_nifti(int code)
{
    for (int i = 0; i < TYPE_COUNT; i++)
        if (types[i].nifti_code == code)
            return types[i].type;
    return AMOS_TYPE_STORED;
}

bool amosi_type_is_numeric(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info && info->numeric;
}

amos_type_kind amosi_type_kind(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    return info ? info->kind : AMOS_KIND_NONE;
}

bool amosi_type_is_integer(amos_type type)
{
    const amos_type_kind kind = amosi_type_kind(type);
    return kind == AMOS_KIND_SIGNED || kind == AMOS_KIND_UNSIGNED;
}

static const char *name_at(const void *table, size_t i)
{
    (void)table;
    return types[i].name;
}

amos_status amos_type_parse(const char *name, amos_type *out, amos_error *err)
{
    if (out)
        *out = AMOS_TYPE_STORED;
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_type_parse() needs a place for its result.");
    for (int i = 0; name && i < TYPE_COUNT; i++)
        if (amosi_words_equal(name, types[i].name)) {
            *out = (amos_type)i;
            return AMOS_OK;
        }
    return amosi_name_refuse("voxel type", name, name_at, NULL, (size_t)TYPE_COUNT, err);
}
