/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/reduce.h"

#include <math.h>

/* Integers are reduced as integers, block by block. Sums are exact within a block, and the loops are simple enough for
 * a compiler to vectorise. */
#define BLOCK 4096

static void add(struct amosi_reduced *out, double min, double max, double sum, uint64_t finite)
{
    out->min = min < out->min ? min : out->min;
    out->max = max > out->max ? max : out->max;
    out->sum += sum;
    out->finite += finite;
}

/* SUM holds the sum of BLOCK voxels of the type without overflow, or with the rounding error of a double. */
#define REDUCE_INTEGER(T, SUM) \
    static void reduce_##T(const void *values, size_t n, struct amosi_reduced *out) \
    { \
        const T *v = values; \
        T min = v[0], max = v[0]; \
        SUM sum = 0; \
        for (size_t i = 0; i < n; i++) { \
            min = v[i] < min ? v[i] : min; \
            max = v[i] > max ? v[i] : max; \
            sum += (SUM)v[i]; \
        } \
        add(out, (double)min, (double)max, (double)sum, n); \
    }
REDUCE_INTEGER(int8_t, int32_t)
REDUCE_INTEGER(uint8_t, int32_t)
REDUCE_INTEGER(int16_t, int32_t)
REDUCE_INTEGER(uint16_t, int32_t)
REDUCE_INTEGER(int32_t, int64_t)
REDUCE_INTEGER(uint32_t, int64_t)
REDUCE_INTEGER(int64_t, double)
REDUCE_INTEGER(uint64_t, double)

#define REDUCE_FLOAT(T) \
    static void reduce_##T(const void *values, size_t n, struct amosi_reduced *out) \
    { \
        const T *v = values; \
        double min = INFINITY, max = -INFINITY, sum = 0; \
        uint64_t finite = 0; \
        for (size_t i = 0; i < n; i++) { \
            if (!isfinite(v[i])) \
                continue; \
            double x = (double)v[i]; \
            min = x < min ? x : min; \
            max = x > max ? x : max; \
            sum += x; \
            finite++; \
        } \
        add(out, min, max, sum, finite); \
    }
REDUCE_FLOAT(float)
REDUCE_FLOAT(double)

void amosi_reduce_begin(struct amosi_reduced *out)
{
    *out = (struct amosi_reduced){INFINITY, -INFINITY, 0, 0};
}

/* One for each numeric type. */
static void (*const reducers[])(const void *values, size_t n, struct amosi_reduced *out) = {
    [AMOS_TYPE_INT8] = reduce_int8_t,     [AMOS_TYPE_UINT8] = reduce_uint8_t,   [AMOS_TYPE_INT16] = reduce_int16_t,
    [AMOS_TYPE_UINT16] = reduce_uint16_t, [AMOS_TYPE_INT32] = reduce_int32_t,   [AMOS_TYPE_UINT32] = reduce_uint32_t,
    [AMOS_TYPE_INT64] = reduce_int64_t,   [AMOS_TYPE_UINT64] = reduce_uint64_t, [AMOS_TYPE_FLOAT32] = reduce_float,
    [AMOS_TYPE_FLOAT64] = reduce_double};

void amosi_reduce_more(amos_type type, const void *voxels, size_t n, struct amosi_reduced *out)
{
    size_t bytes = amos_type_bytes(type);
    for (size_t i = 0; i < n; i += BLOCK)
        reducers[type]((const char *)voxels + i * bytes, n - i < BLOCK ? n - i : BLOCK, out);
}
