/* SPDX-License-Identifier: BSD-3-Clause */
/* Voxel types: their names, and the conversion of every stored type to any other. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#include <nifti2_io.h>

#include "support/main.h"
#include "support/opened.h"

static const struct {
    const char *name;
    size_t bytes;
} known[] = {
    [AMOS_TYPE_STORED] = {"stored", 0},
    [AMOS_TYPE_INT8] = {"int8", 1},
    [AMOS_TYPE_UINT8] = {"uint8", 1},
    [AMOS_TYPE_INT16] = {"int16", 2},
    [AMOS_TYPE_UINT16] = {"uint16", 2},
    [AMOS_TYPE_INT32] = {"int32", 4},
    [AMOS_TYPE_UINT32] = {"uint32", 4},
    [AMOS_TYPE_INT64] = {"int64", 8},
    [AMOS_TYPE_UINT64] = {"uint64", 8},
    [AMOS_TYPE_FLOAT32] = {"float32", 4},
    [AMOS_TYPE_FLOAT64] = {"float64", 8},
    [AMOS_TYPE_FLOAT128] = {"float128", 16},
    [AMOS_TYPE_COMPLEX64] = {"complex64", 8},
    [AMOS_TYPE_COMPLEX128] = {"complex128", 16},
    [AMOS_TYPE_COMPLEX256] = {"complex256", 32},
    [AMOS_TYPE_RGB24] = {"rgb24", 3},
    [AMOS_TYPE_RGBA32] = {"rgba32", 4},
};
#define TYPES ((int)(sizeof known / sizeof known[0]))

/* Numeric type number n; AMOS_TYPE_STORED beyond the last. */
static amos_type numeric_at(int n)
{
    const amos_type_info *info;
    for (int i = 0; (info = amos_type_get(i)) != NULL; i++)
        if (info->numeric && n-- == 0)
            return info->type;
    return AMOS_TYPE_STORED;
}

static int count_numeric(void)
{
    int n = 0;
    while (numeric_at(n) != AMOS_TYPE_STORED)
        n++;
    return n;
}

START_TEST(type_has_name_and_size)
{
    ck_assert_str_eq(amos_type_name((amos_type)_i), known[_i].name);
    ck_assert_uint_eq(amos_type_bytes((amos_type)_i), known[_i].bytes);
    amos_type parsed = AMOS_TYPE_STORED;
    amos_error err;
    assert_ok(amos_type_parse(known[_i].name, &parsed, &err), &err);
    ck_assert_int_eq((int)parsed, _i);
}
END_TEST

/* The table agrees with nifti_clib, with names and codes, and with the types that can be read. */
START_TEST(type_is_what_other_programs_know)
{
    static const char kinds[] = {[AMOS_KIND_SIGNED] = 'i', [AMOS_KIND_UNSIGNED] = 'u', [AMOS_KIND_FLOAT] = 'f'};
    static const char *const letters[] = {
        [AMOS_KIND_SIGNED] = "bhiq", [AMOS_KIND_UNSIGNED] = "BHIQ", [AMOS_KIND_FLOAT] = "??fd"};
    const amos_type_info *info = amos_type_get(_i);
    int bytes = 0, swap = 0, log = 0;
    ck_assert_int_eq((int)info->type, _i);
    ck_assert_str_eq(info->name, known[_i].name);
    nifti_datatype_sizes(info->nifti_code, &bytes, &swap);
    ck_assert_uint_eq(info->bytes, (size_t)bytes);
    ck_assert_uint_eq(info->part_bytes, (size_t)(swap ? swap : 1));
    ck_assert_int_eq(info->numeric, info->zarr != NULL);
    ck_assert_int_eq(info->numeric, info->format != 0);
    if (!info->numeric)
        return;
    while (1 << log < bytes)
        log++;
    ck_assert_int_eq(info->zarr[0], bytes == 1 ? '|' : '<');
    ck_assert_int_eq(info->zarr[1], kinds[info->kind]);
    ck_assert_int_eq(info->zarr[2] - '0', bytes);
    ck_assert_int_eq(info->format, letters[info->kind][log]);
}
END_TEST

START_TEST(types_are_counted_from_0)
{
    ck_assert_ptr_null(amos_type_get(-1));
    ck_assert_ptr_null(amos_type_get(TYPES));
    ck_assert_ptr_null(amos_type_get(INT32_MAX));
    for (int i = 0; i < TYPES; i++)
        for (int other = 0; other < i; other++)
            ck_assert_int_ne(amos_type_get(i)->nifti_code, amos_type_get(other)->nifti_code);
}
END_TEST

START_TEST(type_names_are_taken_as_people_type_them)
{
    static const char *const names[] = {"FLOAT32", "Float-32", "float_32", " f.l/oat 32 "};
    for (int i = 0; i < 4; i++) {
        amos_type parsed = AMOS_TYPE_STORED;
        amos_error err;
        assert_ok(amos_type_parse(names[i], &parsed, &err), &err);
        ck_assert_int_eq((int)parsed, AMOS_TYPE_FLOAT32);
    }
}
END_TEST

START_TEST(other_numbers_are_no_type)
{
    static const int numbers[] = {-1, TYPES, 1000, INT32_MAX, INT32_MIN};
    ck_assert_str_eq(amos_type_name((amos_type)numbers[_i]), "?");
    ck_assert_uint_eq(amos_type_bytes((amos_type)numbers[_i]), 0);
}
END_TEST

START_TEST(other_words_are_no_type)
{
    static const char *const words[] = {"", "float", "int", "uint8x", "?", "float16"};
    amos_type parsed = AMOS_TYPE_INT8;
    amos_error err = {0};
    assert_status(amos_type_parse(words[_i], &parsed, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq((int)parsed, AMOS_TYPE_STORED);
    assert_sentence(&err, AMOS_E_ARG, words[_i]);
}
END_TEST

START_TEST(null_is_no_type)
{
    amos_type parsed = AMOS_TYPE_INT8;
    amos_error err = {0};
    assert_status(amos_type_parse(NULL, &parsed, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq((int)parsed, AMOS_TYPE_STORED);
    assert_status(amos_type_parse("int8", NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

/* ---- conversion ---- */

/* Numbers at and around every limit; those that a stored type cannot hold are left out for it. */
static const long double corners[] = {
    0,
    1,
    -1,
    2,
    3,
    5,
    100,
    126,
    127,
    128,
    129,
    -127,
    -128,
    -129,
    254,
    255,
    256,
    257,
    32766,
    32767,
    32768,
    -32767,
    -32768,
    -32769,
    65534,
    65535,
    65536,
    16777215,
    16777216,
    16777217,
    16777219,
    -16777217,
    2147483647,
    2147483648.0L,
    -2147483647,
    -2147483648.0L,
    -2147483649.0L,
    4294967295.0L,
    4294967296.0L,
    4503599627370497.0L,
    9007199254740991.0L,
    9007199254740992.0L,
    9007199254740993.0L,
    -9007199254740993.0L,
    1152921504606846977.0L,
    18014399583223809.0L /* twice rounded, 2^54 as float32 */,
    9223372036854775807.0L,
    -9223372036854775807.0L,
    -9223372036854775808.0L,
    9223372036854775808.0L,
    18446744073709551615.0L,
    9223372036854774784.0L,
    18446744073709549568.0L,
    18446744073709551616.0L,
    -9223372036854777856.0L,
};

static const double real_corners[] = {
    -0.0,
    0.5,
    1.5,
    2.5,
    -0.5,
    -1.5,
    -2.5,
    0.49999997,
    0.50000006,
    0.25,
    127.5,
    127.49,
    128.5,
    -128.5,
    -128.4,
    -128.6,
    254.5,
    255.4,
    255.5,
    255.6,
    32767.49,
    32767.5,
    -32768.5,
    65535.5,
    2147483647.5,
    2147483647.25,
    -2147483648.5,
    4294967295.5,
    0.1,
    -0.1,
    3.14159265358979,
    1e-30,
    1e-40,
    5e-324,
    1e30,
    -1e30,
    1e39,
    -1e39,
    1e300,
    (double)FLT_MAX,
    -(double)FLT_MAX,
    (double)FLT_MIN,
    1.17549e-38,
    (double)NAN,
    (double)INFINITY,
    -(double)INFINITY,
};

static const struct {
    double slope, inter;
} scalings[] = {
    {1, 0},   {0, 7},     {2, -1},     {0.5, 0},   {-1, 0},   {400.0 / 255, -160},
    {1, 0.5}, {1, -1024}, {1e-3, 1e5}, {1e-40, 0}, {1e30, 1},
};
#define SCALINGS ((int)(sizeof scalings / sizeof scalings[0]))

#define MOST 256

/* The corner values of a stored type, as stored bytes in host order; each once. */
static size_t corner_voxels(amos_type type, unsigned char *out)
{
    size_t size = nifti_type_bytes(type);
    size_t count = 0;
    for (size_t i = 0; i < sizeof corners / sizeof corners[0]; i++)
        if (model_convert(corners[i], type, 0, out + count * size))
            count++;
    if (type == AMOS_TYPE_FLOAT32 || type == AMOS_TYPE_FLOAT64)
        for (size_t i = 0; i < sizeof real_corners / sizeof real_corners[0]; i++)
            if (model_convert(real_corners[i], type, 0, out + count * size))
                count++;
    uint64_t state = 99;
    for (int i = 0; i < 64; i++, count++) {
        uint64_t bits = random_next(&state);
        double real = (double)(int64_t)bits / 1e14;
        float single = (float)real;
        memcpy(out + count * size,
               type == AMOS_TYPE_FLOAT32   ? (void *)&single
               : type == AMOS_TYPE_FLOAT64 ? (void *)&real
                                           : (void *)&bits,
               size);
    }
    ck_assert_uint_le(count, MOST);
    return count;
}

static struct nifti_file line_file(amos_type type, int variant, double slope, double inter, const void *voxels,
                                   size_t count)
{
    struct nifti_spec spec = {.version = 1 + (variant & 1),
                              .big_endian = variant >> 1,
                              .ndim = 1,
                              .dim = {(int64_t)count},
                              .type = type,
                              .slope = slope,
                              .inter = inter,
                              .voxels = voxels};
    return nifti_make(&spec);
}

static amos_status read_line(const struct nifti_file *file, amos_type to, uint32_t flags, void *out, size_t count,
                             amos_error *err)
{
    amos_volume *volume = open_made(file);
    amos_read_options options = {.size = sizeof options, .type = to, .flags = flags};
    amos_status status = amos_volume_read(volume, &options, out, count * nifti_type_bytes(to), err);
    amos_volume_free(volume);
    return status;
}

static void assert_line(const struct nifti_file *file, amos_type to, uint32_t flags, size_t count)
{
    size_t size = nifti_type_bytes(to);
    unsigned char *got = must_alloc(count * size);
    amos_error err;
    assert_ok(read_line(file, to, flags, got, count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        unsigned char expected[8];
        int fits = model_convert(nifti_value(file, (int64_t)i), to, flags & AMOS_READ_SATURATE, expected);
        ck_assert_msg(fits, "the model refuses a value that should fit");
        ck_assert_msg(same_voxel(to, got + i * size, expected),
                      "%s -> %s, slope %g inter %g, big-endian %d: stored %.20Lg, value %.20Lg, first bytes %02x %02x, "
                      "expected %02x %02x",
                      amos_type_name(file->type), amos_type_name(to), file->slope, file->inter, file->big_endian,
                      nifti_stored(file, (int64_t)i), nifti_value(file, (int64_t)i), got[i * size],
                      got[i * size + size - 1], expected[0], expected[size - 1]);
    }
    free(got);
}

/* The voxels whose value does not overflow double nor, if `fitting`, the requested type. */
static size_t keep(const struct nifti_file *file, amos_type to, int fitting, unsigned char *voxels, size_t count)
{
    size_t size = nifti_type_bytes(file->type);
    size_t kept = 0;
    unsigned char scratch[8];
    for (size_t i = 0; i < count; i++) {
        long double stored = nifti_stored(file, (int64_t)i);
        long double value = nifti_value(file, (int64_t)i);
        if (isfinite(stored) && !isfinite(value))
            continue;
        if (model_convert(value, to, 0, scratch) == fitting)
            memmove(voxels + kept++ * size, voxels + i * size, size);
    }
    return kept;
}

/* _i counts stored type, scaling and file kind. */
static void convert_row(int row, amos_type *type, double *slope, double *inter, int *variant)
{
    *type = numeric_at(row / (SCALINGS * 4));
    *slope = scalings[row / 4 % SCALINGS].slope;
    *inter = scalings[row / 4 % SCALINGS].inter;
    *variant = row % 4;
}
#define CONVERT_ROWS (count_numeric() * SCALINGS * 4)

START_TEST(H36_H56_values_that_fit_are_rounded_once)
{
    amos_type type;
    double slope, inter;
    int variant;
    convert_row(_i, &type, &slope, &inter, &variant);
    unsigned char voxels[MOST * 8];
    for (int n = 0, to; (to = (int)numeric_at(n)) != AMOS_TYPE_STORED; n++) {
        size_t count = corner_voxels(type, voxels);
        struct nifti_file all = line_file(type, variant, slope, inter, voxels, count);
        size_t fitting = keep(&all, (amos_type)to, 1, voxels, count);
        nifti_free(&all);
        if (fitting == 0)
            continue; /* such as inter 100000 in int8 */
        struct nifti_file file = line_file(type, variant, slope, inter, voxels, fitting);
        assert_line(&file, (amos_type)to, 0, fitting);
        assert_line(&file, (amos_type)to, AMOS_READ_SATURATE, fitting);
        nifti_free(&file);
    }
}
END_TEST

START_TEST(H57_values_that_do_not_fit_are_refused_or_clamped)
{
    amos_type type;
    double slope, inter;
    int variant;
    convert_row(_i, &type, &slope, &inter, &variant);
    unsigned char voxels[MOST * 8];
    size_t size = nifti_type_bytes(type);
    for (int n = 0, to; (to = (int)numeric_at(n)) != AMOS_TYPE_STORED; n++) {
        size_t count = corner_voxels(type, voxels);
        struct nifti_file all = line_file(type, variant, slope, inter, voxels, count);
        size_t bad = keep(&all, (amos_type)to, 0, voxels, count);
        nifti_free(&all);
        for (size_t i = (size_t)_i % 3; i < bad; i += 3) { /* the four variants of a row take turns */
            struct nifti_file one = line_file(type, variant, slope, inter, voxels + i * size, 1);
            unsigned char out[8];
            amos_error err = {0};
            amos_status status = read_line(&one, (amos_type)to, 0, out, 1, &err);
            ck_assert_msg(status == AMOS_E_RANGE, "%s -> %s of %.20Lg gives %s", amos_type_name(type),
                          amos_type_name((amos_type)to), nifti_value(&one, 0), amos_status_name(status));
            assert_sentence(&err, status, "refusal");
            assert_line(&one, (amos_type)to, AMOS_READ_SATURATE, 1);
            nifti_free(&one);
        }
        if (bad) {
            struct nifti_file file = line_file(type, variant, slope, inter, voxels, bad);
            assert_line(&file, (amos_type)to, AMOS_READ_SATURATE, bad);
            nifti_free(&file);
        }
    }
}
END_TEST

/* One bad value anywhere among many good ones is found. */
START_TEST(one_bad_value_is_found_wherever_it_is)
{
    enum { LINE = 300000 };
    static const size_t places[] = {0, 1, 7, 15, 16, 31, 100, 65535, 65536, 131071, 262143, 262144, LINE - 2, LINE - 1};
    int16_t *voxels = must_alloc(LINE * sizeof *voxels);
    for (int i = 0; i < LINE; i++)
        voxels[i] = (int16_t)(i % 256);
    voxels[places[_i]] = _i % 2 ? -1 : 256;
    struct nifti_spec spec = {.ndim = 3, .dim = {100, 300, 10}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    uint8_t *out = must_alloc(LINE);
    amos_error err = {0};
    assert_status(read_line(&file, AMOS_TYPE_UINT8, 0, out, LINE, &err), AMOS_E_RANGE, &err);
    ck_assert_msg(strstr(err.message, _i % 2 ? "-1" : "256") != NULL, "the message does not give the value: %s",
                  err.message);
    voxels[places[_i]] = 0;
    nifti_free(&file);
    file = nifti_make(&spec);
    assert_ok(read_line(&file, AMOS_TYPE_UINT8, 0, out, LINE, &err), &err);
    nifti_free(&file);
    free(out);
    free(voxels);
}
END_TEST

/* -0.5 becomes 0, which uint8 has; a value just below it is not shown as -0.5. */
START_TEST(a_refused_value_has_all_digits)
{
    const double voxels[24] = {1, -0.5 - 1e-11};
    struct nifti_spec spec = {.type = AMOS_TYPE_FLOAT64, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    uint8_t out[24];
    amos_error err = {0};
    assert_status(read_line(&file, AMOS_TYPE_UINT8, 0, out, sizeof out, &err), AMOS_E_RANGE, &err);
    ck_assert_msg(strstr(err.message, "the value -0.50000000001,") != NULL, "%s", err.message);
    nifti_free(&file);
}
END_TEST

/* Voxels are never altered: every bit pattern of a float is preserved, including signalling NaN. */
START_TEST(H71_float_bits_are_kept)
{
    static const uint32_t singles[] = {0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fa5a5a5, 0x7fffffff,
                                       0x80000000, 0x00000001, 0x807fffff, 0x7f800000, 0xff800000, 0x3f800000};
    static const uint64_t doubles[] = {0x7ff8000000000000, 0xfff8000000000000, 0x7ff0000000000001, 0xfff0000000000001,
                                       0x7ff5a5a5a5a5a5a5, 0x7fffffffffffffff, 0x8000000000000000, 0x0000000000000001,
                                       0x800fffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x3ff0000000000000};
    int wide = _i & 1;
    const void *voxels = wide ? (const void *)doubles : (const void *)singles;
    amos_type type = wide ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_FLOAT32;
    size_t bytes = wide ? sizeof doubles : sizeof singles;
    struct nifti_file file = line_file(type, _i >> 1 & 3, _i >> 3 ? 1 : 0, 0, voxels, 12);
    amos_volume *volume = open_made(&file);
    amos_type asked[] = {AMOS_TYPE_STORED, type};
    for (int i = 0; i < 2; i++) {
        size_t got_bytes;
        void *got = read_all(volume, asked[i], &got_bytes);
        ck_assert_uint_eq(got_bytes, bytes);
        ck_assert_mem_eq(got, voxels, bytes);
        free(got);
    }
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

static const struct precision_row {
    amos_type type;
    long double value;
    amos_type to;
    int warns;
} precision[] = {
    {AMOS_TYPE_INT64, 16777216, AMOS_TYPE_FLOAT32, 0},
    {AMOS_TYPE_INT64, -16777216, AMOS_TYPE_FLOAT32, 0},
    {AMOS_TYPE_INT64, 16777217, AMOS_TYPE_FLOAT32, 1},
    {AMOS_TYPE_INT64, -16777217, AMOS_TYPE_FLOAT32, 1},
    {AMOS_TYPE_UINT64, 16777216, AMOS_TYPE_FLOAT32, 0},
    {AMOS_TYPE_UINT64, 16777217, AMOS_TYPE_FLOAT32, 1},
    {AMOS_TYPE_UINT64, 18446744073709551615.0L, AMOS_TYPE_FLOAT32, 1},
    {AMOS_TYPE_INT64, -9223372036854775808.0L, AMOS_TYPE_FLOAT32, 1},
    {AMOS_TYPE_INT64, 9007199254740992.0L, AMOS_TYPE_FLOAT64, 0},
    {AMOS_TYPE_INT64, 9007199254740993.0L, AMOS_TYPE_FLOAT64, 1},
    {AMOS_TYPE_INT64, -9007199254740993.0L, AMOS_TYPE_FLOAT64, 1},
    {AMOS_TYPE_UINT64, 9007199254740993.0L, AMOS_TYPE_FLOAT64, 1},
    {AMOS_TYPE_INT64, 9007199254740993.0L, AMOS_TYPE_INT64, 0},
    {AMOS_TYPE_INT64, 9007199254740993.0L, AMOS_TYPE_UINT64, 0},
    {AMOS_TYPE_INT64, 9007199254740993.0L, AMOS_TYPE_STORED, 0},
    {AMOS_TYPE_INT16, 12345, AMOS_TYPE_FLOAT32, 0},
};

/* H36: the handle warns as soon as a 64-bit integer is too large for the floating type, and not before. */
START_TEST(H36_large_integers_in_floats_are_warned_of)
{
    const struct precision_row *row = &precision[_i];
    enum { LINE = 1000 };
    long double numbers[LINE] = {0};
    numbers[LINE - 3] = row->value;
    void *voxels = stored_voxels(numbers, LINE, row->type);
    struct nifti_file file = line_file(row->type, _i % 4, 1, 0, voxels, LINE);
    amos_volume *volume = open_made(&file);
    assert_warnings(amos_volume_warnings(volume), 0);
    size_t bytes;
    free(read_all(volume, AMOS_TYPE_STORED, &bytes));
    assert_warnings(amos_volume_warnings(volume), 0);
    free(read_all(volume, row->to, &bytes));
    assert_warnings(amos_volume_warnings(volume), row->warns ? AMOS_W_PRECISION : 0);
    amos_volume_free(volume);
    nifti_free(&file);
    free(voxels);
}
END_TEST

/* ---- types without conversion ---- */

START_TEST(H33_H34_H35_H36_every_type_can_be_read_as_stored)
{
    amos_type type = (amos_type)(1 + _i / 4);
    struct nifti_spec spec = {.version = 1 + (_i & 1),
                              .big_endian = _i >> 1 & 1,
                              .ndim = 4,
                              .dim = {5, 4, 3, 2},
                              .type = type,
                              .slope = 3,
                              .inter = 1,
                              .seed = (uint64_t)_i};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    ck_assert_int_eq((int)amos_volume_get_info(volume)->type, (int)type);
    size_t expected_bytes, bytes;
    unsigned char *expected = nifti_host_voxels(&file, &expected_bytes);
    void *got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_uint_eq(bytes, expected_bytes);
    ck_assert_mem_eq(got, expected, bytes);
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(volume, NULL, &layout, &err), &err);
    ck_assert_int_eq((int)layout.type, (int)type);
    free(got);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(H33_H34_H35_numbers_of_colours_and_the_like_are_unsupported)
{
    amos_type type = (amos_type)(AMOS_TYPE_FLOAT128 + _i);
    struct nifti_spec spec = {.type = type};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    unsigned char out[24 * 32];
    for (int n = 0, to; (to = (int)numeric_at(n)) != AMOS_TYPE_STORED; n++) {
        amos_read_options options = {.size = sizeof options, .type = (amos_type)to};
        amos_layout layout;
        amos_array *array = NULL;
        amos_error err = {0};
        assert_status(amos_volume_get_layout(volume, &options, &layout, &err), AMOS_E_UNSUPPORTED, &err);
        assert_status(amos_volume_read(volume, &options, out, sizeof out, &err), AMOS_E_UNSUPPORTED, &err);
        assert_sentence(&err, AMOS_E_UNSUPPORTED, "typed read");
        assert_status(amos_volume_load(volume, &options, &array, &err), AMOS_E_UNSUPPORTED, &err);
        ck_assert_ptr_null(array);
    }
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_error err = {0};
    assert_status(amos_volume_get_range(volume, NULL, &range, &err), AMOS_E_UNSUPPORTED, &err);
    assert_ok(amos_volume_verify(volume, NULL, NULL, &err), &err);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(only_numeric_types_can_be_asked_for)
{
    static const int asked[] = {-1,  AMOS_TYPE_FLOAT128, AMOS_TYPE_COMPLEX64, AMOS_TYPE_RGB24, AMOS_TYPE_RGBA32, 17,
                                9999};
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_read_options options = {.size = sizeof options, .type = (amos_type)asked[_i]};
    amos_layout layout;
    amos_error err = {0};
    assert_status(amos_volume_get_layout(volume, &options, &layout, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "type");
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("types");
    TCase *names = add_case(suite, "names", 4);
    tcase_add_loop_test(names, type_has_name_and_size, 0, TYPES);
    tcase_add_loop_test(names, type_is_what_other_programs_know, 0, TYPES);
    tcase_add_test(names, types_are_counted_from_0);
    tcase_add_test(names, type_names_are_taken_as_people_type_them);
    tcase_add_loop_test(names, other_numbers_are_no_type, 0, 5);
    tcase_add_loop_test(names, other_words_are_no_type, 0, 6);
    tcase_add_test(names, null_is_no_type);
    TCase *conversion = add_case(suite, "conversion", 20);
    tcase_add_loop_test(conversion, H36_H56_values_that_fit_are_rounded_once, 0, CONVERT_ROWS);
    tcase_add_loop_test(conversion, H57_values_that_do_not_fit_are_refused_or_clamped, 0, CONVERT_ROWS);
    tcase_add_loop_test(conversion, one_bad_value_is_found_wherever_it_is, 0, 14);
    tcase_add_test(conversion, a_refused_value_has_all_digits);
    tcase_add_loop_test(conversion, H71_float_bits_are_kept, 0, 16);
    tcase_add_loop_test(conversion, H36_large_integers_in_floats_are_warned_of, 0,
                        (int)(sizeof precision / sizeof precision[0]));
    TCase *bytes = add_case(suite, "bytes", 10);
    tcase_add_loop_test(bytes, H33_H34_H35_H36_every_type_can_be_read_as_stored, 0, 16 * 4);
    tcase_add_loop_test(bytes, H33_H34_H35_numbers_of_colours_and_the_like_are_unsupported, 0, 6);
    tcase_add_loop_test(bytes, only_numeric_types_can_be_asked_for, 0, 7);
    return run_suite(suite);
}
