/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/convert.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "nifti/kernels.h"
#include "nifti/type.h"

/* Voxels pass through a block that stays in L1: doubles if they are scaled or floating, else 64-bit integers. Ten types
 * thus need ten loads and ten stores of each kind instead of a hundred conversions. */
#define BLOCK 512

#define FOR_INTEGERS(X) \
    X(INT8, int8_t) \
    X(UINT8, uint8_t) \
    X(INT16, int16_t) X(UINT16, uint16_t) X(INT32, int32_t) X(UINT32, uint32_t) X(INT64, int64_t) X(UINT64, uint64_t)
#define FOR_FLOATS(X) X(FLOAT32, float) X(FLOAT64, double)

/* ---- loads ---- */

#define LOAD_DOUBLE(NAME, T) \
    static void load_double_##NAME(double *to, const void *from, size_t n) \
    { \
        const T *source = from; \
        for (size_t i = 0; i < n; i++) \
            to[i] = (double)source[i]; \
    }
FOR_INTEGERS(LOAD_DOUBLE)
FOR_FLOATS(LOAD_DOUBLE)

/* uint64 is carried bit for bit; the stores get `is_unsigned`. */
#define LOAD_INTEGER(NAME, T) \
    static void load_integer_##NAME(int64_t *to, const void *from, size_t n) \
    { \
        const T *source = from; \
        for (size_t i = 0; i < n; i++) \
            to[i] = (int64_t)source[i]; \
    }
FOR_INTEGERS(LOAD_INTEGER)

/* ---- stores: each returns how many voxels it stored before one that the type cannot hold ---- */

#define STORE_DOUBLE_AS_INTEGER(NAME, T, LOW, PAST) \
    static size_t store_double_##NAME(void *to, const double *from, size_t n, bool saturate) \
    { \
        T *target = to; \
        for (size_t i = 0; i < n; i++) { \
            double v = rint(from[i]); \
            if (v >= (LOW) && v < (PAST)) \
                target[i] = (T)v; \
            else if (saturate) \
                target[i] = isnan(v) ? 0 : v < 0 ? (T)(LOW) : (T)((uint64_t)(PAST / 2) - 1 + (uint64_t)(PAST / 2)); \
            else \
                return i; \
        } \
        return n; \
    }
STORE_DOUBLE_AS_INTEGER(INT8, int8_t, -128.0, 128.0)
STORE_DOUBLE_AS_INTEGER(UINT8, uint8_t, 0.0, 256.0)
STORE_DOUBLE_AS_INTEGER(INT16, int16_t, -32768.0, 32768.0)
STORE_DOUBLE_AS_INTEGER(UINT16, uint16_t, 0.0, 65536.0)
STORE_DOUBLE_AS_INTEGER(INT32, int32_t, -2147483648.0, 2147483648.0)
STORE_DOUBLE_AS_INTEGER(UINT32, uint32_t, 0.0, 4294967296.0)
STORE_DOUBLE_AS_INTEGER(INT64, int64_t, -9223372036854775808.0, 9223372036854775808.0)
STORE_DOUBLE_AS_INTEGER(UINT64, uint64_t, 0.0, 18446744073709551616.0)

static size_t store_double_FLOAT32(void *to, const double *from, size_t n, bool saturate)
{
    float *target = to;
    for (size_t i = 0; i < n; i++) {
        float v = (float)from[i];
        if (isinf(v) && !isinf(from[i])) {
            if (!saturate)
                return i;
            v = v < 0 ? -FLT_MAX : FLT_MAX;
        }
        target[i] = v;
    }
    return n;
}

static size_t store_double_FLOAT64(void *to, const double *from, size_t n, bool saturate)
{
    (void)saturate; /* everything fits */
    memcpy(to, from, n * sizeof *from);
    return n;
}

/* LOW and HIGH are the limits of the type. A signed source is compared as signed, a uint64 source as unsigned. */
#define STORE_INTEGER(NAME, T, LOW, HIGH) \
    static size_t store_integer_##NAME(void *to, const int64_t *from, size_t n, bool is_unsigned, bool saturate) \
    { \
        T *target = to; \
        for (size_t i = 0; i < n; i++) { \
            int64_t v = from[i]; \
            bool below = !is_unsigned && v < (int64_t)(LOW); \
            bool above = (is_unsigned || v >= 0) && (uint64_t)v > (uint64_t)(HIGH); \
            if ((below || above) && !saturate) \
                return i; \
            target[i] = below ? (T)(LOW) : above ? (T)(HIGH) : (T)v; \
        } \
        return n; \
    }
STORE_INTEGER(INT8, int8_t, INT8_MIN, INT8_MAX)
STORE_INTEGER(UINT8, uint8_t, 0, UINT8_MAX)
STORE_INTEGER(INT16, int16_t, INT16_MIN, INT16_MAX)
STORE_INTEGER(UINT16, uint16_t, 0, UINT16_MAX)
STORE_INTEGER(INT32, int32_t, INT32_MIN, INT32_MAX)
STORE_INTEGER(UINT32, uint32_t, 0, UINT32_MAX)
STORE_INTEGER(INT64, int64_t, INT64_MIN, INT64_MAX)
STORE_INTEGER(UINT64, uint64_t, 0, UINT64_MAX)

/* Converts directly from the integer, so that it is rounded only once. */
#define STORE_INTEGER_AS_FLOAT(NAME, T) \
    static size_t store_integer_##NAME(void *to, const int64_t *from, size_t n, bool is_unsigned, bool saturate) \
    { \
        (void)saturate; /* every integer is within the range of a float */ \
        T *target = to; \
        for (size_t i = 0; i < n; i++) \
            target[i] = is_unsigned ? (T)(uint64_t)from[i] : (T)from[i]; \
        return n; \
    }
FOR_FLOATS(STORE_INTEGER_AS_FLOAT)

/* ---- tables ---- */

static const struct {
    void (*load_double)(double *, const void *, size_t);
    void (*load_integer)(int64_t *, const void *, size_t); /* NULL: a floating type */
    size_t (*store_double)(void *, const double *, size_t, bool);
    size_t (*store_integer)(void *, const int64_t *, size_t, bool, bool);
    size_t bytes;
} converters[] = {
#define INTEGER_ENTRY(NAME, T) \
    [AMOS_TYPE_## \
        NAME] = {load_double_##NAME, load_integer_##NAME, store_double_##NAME, store_integer_##NAME, sizeof(T)},
#define FLOAT_ENTRY(NAME, T) \
    [AMOS_TYPE_##NAME] = {load_double_##NAME, NULL, store_double_##NAME, store_integer_##NAME, sizeof(T)},
    FOR_INTEGERS(INTEGER_ENTRY) FOR_FLOATS(FLOAT_ENTRY)};

static bool is_floating(amos_type type)
{
    return amosi_type_kind(type) == AMOS_KIND_FLOAT;
}

/* ---- conversion ---- */

static bool loses_digits(const int64_t *block, size_t n, bool is_unsigned, uint64_t exact)
{
    bool lost = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t size = is_unsigned || block[i] >= 0 ? (uint64_t)block[i] : 0 - (uint64_t)block[i];
        lost |= size > exact;
    }
    return lost;
}

/* Digits can be lost when a 64-bit integer becomes a float, or a double for scaling. */
static void note_precision(const struct amosi_convert *c, const void *from, size_t n, struct amosi_convert_notes *notes)
{
    bool is_unsigned = c->from == AMOS_TYPE_UINT64;
    if (notes->precision || (!is_unsigned && c->from != AMOS_TYPE_INT64) || (!c->scaled && !is_floating(c->to)))
        return;
    uint64_t exact = c->to == AMOS_TYPE_FLOAT32 ? (uint64_t)1 << 24 : (uint64_t)1 << 53;
    notes->precision = loses_digits(from, n, is_unsigned, exact);
}

static bool refuse_value(struct amosi_convert_notes *notes, size_t index, double value)
{
    notes->refused = true;
    notes->index = index;
    notes->value = value;
    return false;
}

static bool run_integers(const struct amosi_convert *c, void *to, const void *from, size_t n,
                         struct amosi_convert_notes *notes)
{
    int64_t block[BLOCK];
    bool is_unsigned = c->from == AMOS_TYPE_UINT64;
    size_t from_bytes = converters[c->from].bytes, to_bytes = converters[c->to].bytes;
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t m = n - i < BLOCK ? n - i : BLOCK;
        converters[c->from].load_integer(block, (const char *)from + i * from_bytes, m);
        size_t stored = converters[c->to].store_integer((char *)to + i * to_bytes, block, m, is_unsigned, c->saturate);
        if (stored < m)
            return refuse_value(notes, i + stored,
                                is_unsigned ? (double)(uint64_t)block[stored] : (double)block[stored]);
    }
    return true;
}

static bool run_doubles(const struct amosi_convert *c, void *to, const void *from, size_t n,
                        struct amosi_convert_notes *notes)
{
    double block[BLOCK];
    size_t from_bytes = converters[c->from].bytes, to_bytes = converters[c->to].bytes;
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t m = n - i < BLOCK ? n - i : BLOCK;
        converters[c->from].load_double(block, (const char *)from + i * from_bytes, m);
        if (c->scaled)
            for (size_t j = 0; j < m; j++)
                block[j] = c->slope * block[j] + c->inter;
        size_t stored = converters[c->to].store_double((char *)to + i * to_bytes, block, m, c->saturate);
        if (stored < m)
            return refuse_value(notes, i + stored, block[stored]);
    }
    return true;
}

/* Whether no voxel (of 16 bits or fewer) can be scaled beyond the range of float32. */
static bool scales_safely(const struct amosi_convert *c)
{
    return fabs(c->slope) * 65536 + fabs(c->inter) < (double)FLT_MAX;
}

/* Does the conversions that nearly every image needs, by vector code; false for all others. */
static bool run_kernel(const struct amosi_convert *c, void *to, const void *from, size_t n)
{
    const struct amosi_kernels *k = amosi_kernels();
    if (c->to != AMOS_TYPE_FLOAT32 || (c->scaled && !scales_safely(c)))
        return false;
    switch (c->from) {
    case AMOS_TYPE_INT16:
        c->scaled ? k->scaled_from_i16(to, from, n, c->slope, c->inter) : k->float_from_i16(to, from, n);
        return true;
    case AMOS_TYPE_UINT16:
        c->scaled ? k->scaled_from_u16(to, from, n, c->slope, c->inter) : k->float_from_u16(to, from, n);
        return true;
    case AMOS_TYPE_UINT8:
        c->scaled ? k->scaled_from_u8(to, from, n, c->slope, c->inter) : k->float_from_u8(to, from, n);
        return true;
    default:
        return false;
    }
}

bool amosi_convert_run(const struct amosi_convert *convert, void *to, const void *from, size_t n,
                       struct amosi_convert_notes *notes)
{
    if (run_kernel(convert, to, from, n))
        return true;
    note_precision(convert, from, n, notes);
    if (convert->scaled || is_floating(convert->from)) {
        if (!convert->scaled && convert->from == convert->to) {
            memcpy(to, from, n * converters[convert->to].bytes);
            return true;
        }
        return run_doubles(convert, to, from, n, notes);
    }
    if (convert->from == convert->to) {
        memcpy(to, from, n * converters[convert->to].bytes);
        return true;
    }
    return run_integers(convert, to, from, n, notes);
}

void amosi_convert_to_double(amos_type type, double *to, const void *from, size_t n)
{
    converters[type].load_double(to, from, n);
}

static void swap_halves(unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++, p += 16) {
        unsigned char first[8];
        memcpy(first, p, 8);
        memcpy(p, p + 8, 8);
        memcpy(p + 8, first, 8);
    }
}

void amosi_swap_bytes(void *items, size_t n, size_t bytes)
{
    const struct amosi_kernels *kernels = amosi_kernels();
    if (bytes == 2)
        kernels->swap2(items, n);
    else if (bytes == 4)
        kernels->swap4(items, n);
    else if (bytes == 8)
        kernels->swap8(items, n);
    else if (bytes == 16) {
        kernels->swap8(items, 2 * n);
        swap_halves(items, n);
    }
}
