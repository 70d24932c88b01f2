/* SPDX-License-Identifier: BSD-3-Clause */
/* A model of the voxels of a generated file. See make/nifti.h. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/nifti.h"
#include "support/main.h"

/* The bits of a stored number, assembled from its bytes. */
static uint64_t stored_bits(const struct nifti_file *file, int64_t n)
{
    size_t size = nifti_type_bytes(file->type);
    const struct bytes *from = file->pair ? &file->image : &file->bytes;
    const unsigned char *at = from->data + file->vox_offset + (size_t)n * size;
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t)at[i] << 8 * (file->big_endian ? size - 1 - i : i);
    return bits;
}

static long double signed_number(uint64_t bits, size_t size)
{
    uint64_t half = UINT64_C(1) << (size * 8 - 1);
    long double value = (long double)(bits & (half - 1));
    return bits & half ? value - (long double)half : value;
}

long double nifti_stored(const struct nifti_file *file, int64_t n)
{
    uint64_t bits = stored_bits(file, n);
    uint32_t low = (uint32_t)bits;
    float single;
    double twice;
    switch (file->type) {
    case AMOS_TYPE_INT8:
    case AMOS_TYPE_INT16:
    case AMOS_TYPE_INT32:
    case AMOS_TYPE_INT64:
        return signed_number(bits, nifti_type_bytes(file->type));
    case AMOS_TYPE_FLOAT32:
        memcpy(&single, &low, sizeof single);
        return (long double)single;
    case AMOS_TYPE_FLOAT64:
        memcpy(&twice, &bits, sizeof twice);
        return (long double)twice;
    default:
        return (long double)bits;
    }
}

static int is_scaled(const struct nifti_file *file)
{
    return isfinite(file->slope) && file->slope != 0 && !(file->slope == 1 && file->inter == 0);
}

long double nifti_value(const struct nifti_file *file, int64_t n)
{
    long double stored = nifti_stored(file, n);
    if (!is_scaled(file))
        return stored;
    volatile double product = file->slope * (double)stored; /* volatile: never a fused multiply-add */
    return (long double)(product + file->inter);
}

static int convert_integer(long double value, amos_type to, int saturate, void *out)
{
    size_t size = nifti_type_bytes(to);
    int is_signed = to == AMOS_TYPE_INT8 || to == AMOS_TYPE_INT16 || to == AMOS_TYPE_INT32 || to == AMOS_TYPE_INT64;
    long double top = ldexpl(1.0L, (int)(8 * size) - is_signed) - 1;
    long double bottom = is_signed ? -top - 1 : 0;
    long double rounded = rintl(value);
    if (!(rounded >= bottom && rounded <= top)) {
        if (!saturate)
            return 0;
        rounded = isnan(value) ? 0 : rounded < bottom ? bottom : top;
    }
    uint64_t bits = rounded < 0 ? UINT64_C(0) - (uint64_t)-rounded : (uint64_t)rounded;
    uint8_t b8 = (uint8_t)bits;
    uint16_t b16 = (uint16_t)bits;
    uint32_t b32 = (uint32_t)bits;
    memcpy(out, size == 1 ? (void *)&b8 : size == 2 ? (void *)&b16 : size == 4 ? (void *)&b32 : (void *)&bits, size);
    return 1;
}

int model_convert(long double value, amos_type to, int saturate, void *out)
{
    ck_assert_msg(LDBL_MANT_DIG >= 64 && fegetround() == FE_TONEAREST, "the model needs exact 64-bit integers");
    double twice = (double)value;
    float single = (float)value;
    switch (to) {
    case AMOS_TYPE_FLOAT64:
        memcpy(out, &twice, sizeof twice);
        return 1;
    case AMOS_TYPE_FLOAT32:
        if (isinf(single) && isfinite(value)) {
            single = copysignf(FLT_MAX, single);
            memcpy(out, &single, sizeof single);
            return saturate;
        }
        memcpy(out, &single, sizeof single);
        return 1;
    default:
        return convert_integer(value, to, saturate, out);
    }
}

unsigned char *nifti_host_voxels(const struct nifti_file *file, size_t *bytes)
{
    size_t part = nifti_part_bytes(file->type);
    const struct bytes *from = file->pair ? &file->image : &file->bytes;
    const uint16_t one = 1;
    int host_little = *(const unsigned char *)&one == 1;
    *bytes = (size_t)file->voxels * nifti_type_bytes(file->type);
    unsigned char *out = must_alloc(*bytes);
    for (size_t at = 0; at < *bytes; at += part)
        for (size_t i = 0; i < part; i++) {
            size_t j = file->big_endian == host_little ? part - 1 - i : i;
            out[at + j] = from->data[file->vox_offset + at + i];
        }
    return out;
}

void *model_read(const struct nifti_file *file, int64_t frame, amos_type to, int saturate, size_t *bytes)
{
    int64_t per_frame = file->voxels / file->frames;
    int64_t first = frame < 0 ? 0 : frame * per_frame;
    int64_t count = frame < 0 ? file->voxels : per_frame;
    size_t size = nifti_type_bytes(to);
    unsigned char *out = must_alloc((size_t)count * size);
    *bytes = (size_t)count * size;
    for (int64_t i = 0; i < count; i++)
        if (!model_convert(nifti_value(file, first + i), to, saturate, out + (size_t)i * size)) {
            free(out);
            return NULL;
        }
    return out;
}

static int line_of(char letter)
{
    return letter == 'R' || letter == 'L' ? 0 : letter == 'A' || letter == 'P' ? 1 : 2;
}

struct axis_map model_axes(const char *from, const char *to)
{
    struct axis_map map = {{-1, -1, -1}, {0, 0, 0}};
    for (int d = 0; d < 3; d++)
        for (int s = 0; s < 3; s++)
            if (line_of(from[s]) == line_of(to[d])) {
                map.axis[d] = s;
                map.flip[d] = from[s] != to[d];
            }
    return map;
}

void model_source_index(const struct axis_map *map, const int64_t shape[3], const int64_t index[3], int64_t source[3])
{
    for (int d = 0; d < 3; d++) {
        int s = map->axis[d];
        source[s] = map->flip[d] ? shape[s] - 1 - index[d] : index[d];
    }
}

const char *orientation_name(int n)
{
    static const char lines[3][2] = {{'R', 'L'}, {'A', 'P'}, {'S', 'I'}};
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static char names[48][4];
    const int *order = orders[n / 8];
    for (int i = 0; i < 3; i++)
        names[n][i] = lines[order[i]][(n >> i) & 1];
    return names[n];
}

void *stored_voxels(const long double *values, size_t count, amos_type type)
{
    size_t size = nifti_type_bytes(type);
    unsigned char *out = must_alloc(count * size);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(model_convert(values[i], type, 0, out + i * size), "value %Lg does not fit the type", values[i]);
    return out;
}
