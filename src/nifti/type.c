#include "nifti/type.h"

#include <nifti2_io.h>

#include "base/fail.h"
#include "base/names.h"
#include "base/words.h"

static const struct {
    const char *name;
    int code;
} types[] = {
    [AMOS_TYPE_STORED] = {"stored", DT_NONE},
    [AMOS_TYPE_INT8] = {"int8", DT_INT8},
    [AMOS_TYPE_UINT8] = {"uint8", DT_UINT8},
    [AMOS_TYPE_INT16] = {"int16", DT_INT16},
    [AMOS_TYPE_UINT16] = {"uint16", DT_UINT16},
    [AMOS_TYPE_INT32] = {"int32", DT_INT32},
    [AMOS_TYPE_UINT32] = {"uint32", DT_UINT32},
    [AMOS_TYPE_INT64] = {"int64", DT_INT64},
    [AMOS_TYPE_UINT64] = {"uint64", DT_UINT64},
    [AMOS_TYPE_FLOAT32] = {"float32", DT_FLOAT32},
    [AMOS_TYPE_FLOAT64] = {"float64", DT_FLOAT64},
    [AMOS_TYPE_FLOAT128] = {"float128", DT_FLOAT128},
    [AMOS_TYPE_COMPLEX64] = {"complex64", DT_COMPLEX64},
    [AMOS_TYPE_COMPLEX128] = {"complex128", DT_COMPLEX128},
    [AMOS_TYPE_COMPLEX256] = {"complex256", DT_COMPLEX256},
    [AMOS_TYPE_RGB24] = {"rgb24", DT_RGB24},
    [AMOS_TYPE_RGBA32] = {"rgba32", DT_RGBA32},
};

#define TYPE_COUNT ((int)(sizeof types / sizeof types[0]))

static bool is_type(amos_type type)
{
    return (int)type > 0 && (int)type < TYPE_COUNT;
}

const char *amos_type_name(amos_type type)
{
    return type == AMOS_TYPE_STORED || is_type(type) ? types[type].name : "?";
}

size_t amos_type_bytes(amos_type type)
{
    int bytes = 0, swap = 0;
    if (is_type(type))
        nifti_datatype_sizes(types[type].code, &bytes, &swap);
    return (size_t)bytes;
}

size_t amosi_type_swap_bytes(amos_type type)
{
    int bytes = 0, swap = 0;
    if (is_type(type))
        nifti_datatype_sizes(types[type].code, &bytes, &swap);
    return swap ? (size_t)swap : 1;
}

int amosi_type_to_nifti(amos_type type)
{
    return is_type(type) ? types[type].code : DT_NONE;
}

amos_type amosi_type_from_nifti(int code)
{
    for (int i = 1; i < TYPE_COUNT; i++)
        if (types[i].code == code)
            return (amos_type)i;
    return AMOS_TYPE_STORED;
}

bool amosi_type_is_numeric(amos_type type)
{
    return type >= AMOS_TYPE_INT8 && type <= AMOS_TYPE_FLOAT64;
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
