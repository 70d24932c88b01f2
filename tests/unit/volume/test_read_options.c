/* SPDX-License-Identifier: BSD-3-Clause */
/* The options and destinations of a read: boxes, frames, strides, buffers, progress. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

#define GUARD 0xA7

/* ---- wrong boxes, frames, strides ---- */

struct fixture {
    struct nifti_file file;
    amos_volume *volume;
};

static struct fixture small_volume(amos_type type)
{
    struct nifti_spec spec = {.ndim = 4, .dim = {5, 4, 3, 2}, .type = type, .seed = 4};
    struct fixture f = {.file = nifti_make(&spec)};
    f.volume = open_made(&f.file);
    return f;
}

static void drop(struct fixture *f)
{
    amos_volume_free(f->volume);
    nifti_free(&f->file);
}

static void assert_refused(const amos_volume *volume, const amos_read_options *o, amos_status expected,
                           const char *what)
{
    amos_layout layout;
    amos_array *array = (amos_array *)&layout;
    amos_error err = {0};
    unsigned char buffer[4096];
    memset(buffer, GUARD, sizeof buffer);
    assert_status_at(__FILE__, __LINE__, what, amos_volume_get_layout(volume, o, &layout, &err), expected, &err);
    assert_sentence(&err, expected, what);
    memset(&err, 0, sizeof err);
    assert_status_at(__FILE__, __LINE__, what, amos_volume_read(volume, o, buffer, sizeof buffer, &err), expected,
                     &err);
    assert_sentence(&err, expected, what);
    assert_status_at(__FILE__, __LINE__, what, amos_volume_load(volume, o, &array, NULL), expected, NULL);
    ck_assert_ptr_null(array);
    for (size_t i = 0; i < sizeof buffer; i++)
        ck_assert_msg(buffer[i] == GUARD, "%s: byte %zu was written", what, i);
}

START_TEST(boxes_outside_the_volume_are_refused)
{
    static const amos_box boxes[] = {
        {{0, 0, 0}, {6, 4, 3}},
        {{0, 0, 0}, {5, 5, 3}},
        {{0, 0, 0}, {5, 4, 4}},
        {{-1, 0, 0}, {5, 4, 3}},
        {{0, -1, 0}, {5, 4, 3}},
        {{0, 0, -1}, {5, 4, 3}},
        {{2, 0, 0}, {2, 4, 3}},
        {{3, 0, 0}, {2, 4, 3}},
        {{5, 0, 0}, {6, 4, 3}},
        {{0, 0, 0}, {5, 0, 3}},
        {{0, 0, 0}, {5, 0, 0}},
        {{0, 0, 3}, {5, 4, 3}},
        {{INT64_MIN, 0, 0}, {5, 4, 3}},
        {{0, 0, 0}, {INT64_MAX, 4, 3}},
        {{INT64_MIN, 0, 0}, {INT64_MAX, 4, 3}},
        {{INT64_MAX, 0, 0}, {INT64_MIN, 4, 3}},
        {{1, 1, 1}, {0, 0, 0}},
        {{-1, -1, -1}, {0, 0, 0}},
    };
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .box = boxes[_i]};
    assert_refused(f.volume, &o, AMOS_E_ARG, "box");
    drop(&f);
}
END_TEST

/* The box counts in the axes of the reoriented volume. */
START_TEST(a_box_belongs_to_the_asked_orientation)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16); /* 5 x 4 x 3 in RAS; so 3 x 5 x 4 in SRA */
    amos_read_options o = {.size = sizeof o, .orientation = "SRA", .box = {{0, 0, 0}, {3, 5, 4}}};
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(f.volume, &o, &layout, &err), &err);
    o.box.stop[0] = 5;
    assert_refused(f.volume, &o, AMOS_E_ARG, "box of the stored shape");
    drop(&f);
}
END_TEST

START_TEST(frames_outside_the_volume_are_refused)
{
    static const int64_t frames[] = {-2, 2, 3, INT64_MAX, INT64_MIN};
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .frame = frames[_i]};
    assert_refused(f.volume, &o, AMOS_E_ARG, "frame");
    drop(&f);
}
END_TEST

static const struct stride_row {
    const char *what;
    int64_t strides[4];
    int64_t offset;
    amos_status expected; /* 0: AMOS_E_ARG */
} bad_strides[] = {
    {"before the buffer", {-2, 10, 40, 120}, 0, 0},
    {"one byte before the buffer", {-2, 10, 40, 120}, 7, 0},
    {"one stride zero", {0, 10, 40, 120}, 0, 0},
    {"voxels share bytes", {1, 10, 40, 120}, 0, 0},
    {"rows share voxels", {2, 8, 40, 120}, 0, 0},
    {"not aligned for int16", {3, 16, 64, 192}, 0, 0},
    {"offset not aligned for int16", {2, 10, 40, 120}, 1, 0},
    {"offset negative", {2, 10, 40, 120}, -2, 0},
    {"overflow", {INT64_MAX - 1, 10, 40, 120}, 0, AMOS_E_LIMIT},
    {"overflow backwards", {INT64_MIN, 10, 40, 120}, 0, AMOS_E_LIMIT},
    {"overflow of the sum", {2, INT64_MAX / 4, INT64_MAX / 4 + 2, 120}, 0, AMOS_E_LIMIT},
    {"offset overflows", {2, 10, 40, 120}, INT64_MAX - 1, AMOS_E_LIMIT},
    {"offset without strides", {0, 0, 0, 0}, 16, 0},
};

START_TEST(strides_that_make_no_array_are_refused)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .frame = AMOS_FRAME_ALL, .offset = bad_strides[_i].offset};
    memcpy(o.strides, bad_strides[_i].strides, sizeof o.strides);
    assert_refused(f.volume, &o, bad_strides[_i].expected ? bad_strides[_i].expected : AMOS_E_ARG,
                   bad_strides[_i].what);
    drop(&f);
}
END_TEST

/* The stride of an axis of one voxel is ignored. */
START_TEST(strides_of_short_axes_do_not_matter)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .frame = 1, .strides = {2, 10, 40, 0}};
    int16_t got[60];
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&f.file, &bytes);
    amos_error err;
    assert_ok(amos_volume_read(f.volume, &o, got, sizeof got, &err), &err);
    ck_assert_mem_eq(got, expected + sizeof got, sizeof got);
    free(expected);
    drop(&f);
}
END_TEST

START_TEST(load_takes_no_strides)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .strides = {2, 10, 40, 120}};
    amos_array *array = NULL;
    amos_error err = {0};
    assert_status(amos_volume_load(f.volume, &o, &array, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(array);
    assert_sentence(&err, AMOS_E_ARG, "load");
    drop(&f);
}
END_TEST

/* ---- buffers (F17, F18) ---- */

START_TEST(F17_buffers_that_do_not_fit_are_refused)
{
    static const amos_type types[] = {AMOS_TYPE_INT16, AMOS_TYPE_INT32, AMOS_TYPE_FLOAT64, AMOS_TYPE_UINT8};
    struct fixture f = small_volume(types[_i]);
    amos_read_options o = {.size = sizeof o, .frame = AMOS_FRAME_ALL};
    amos_layout layout;
    amos_error err = {0};
    assert_ok(amos_volume_get_layout(f.volume, &o, &layout, &err), &err);
    unsigned char *buffer = must_alloc(layout.bytes + 16);
    memset(buffer, GUARD, layout.bytes + 16);
    assert_status(amos_volume_read(f.volume, &o, NULL, layout.bytes, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_read(f.volume, &o, buffer, layout.bytes - 1, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "one byte short");
    assert_status(amos_volume_read(f.volume, &o, buffer, 0, &err), AMOS_E_ARG, &err);
    for (size_t shift = 1; shift < nifti_type_bytes(types[_i]); shift++)
        assert_status(amos_volume_read(f.volume, &o, buffer + shift, layout.bytes, &err), AMOS_E_ARG, &err);
    for (size_t i = 0; i < layout.bytes + 16; i++)
        ck_assert_msg(buffer[i] == GUARD, "byte %zu was written", i);
    free(buffer);
    drop(&f);
}
END_TEST

START_TEST(F18_a_larger_buffers_tail_stays_untouched)
{
    struct fixture f = small_volume((amos_type)(1 + _i));
    amos_read_options o = {.size = sizeof o, .frame = AMOS_FRAME_ALL};
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&f.file, &bytes);
    for (size_t more = 1; more < 80; more = more * 3 + 1) {
        unsigned char *buffer = must_alloc(bytes + more);
        memset(buffer, GUARD, bytes + more);
        amos_error err;
        assert_ok(amos_volume_read(f.volume, &o, buffer, bytes + more, &err), &err);
        ck_assert_mem_eq(buffer, expected, bytes);
        for (size_t i = bytes; i < bytes + more; i++)
            ck_assert_msg(buffer[i] == GUARD, "byte %zu was written", i);
        free(buffer);
    }
    free(expected);
    drop(&f);
}
END_TEST

START_TEST(arrays_are_aligned)
{
    struct fixture f = small_volume((amos_type)(1 + _i));
    amos_array *array = NULL;
    amos_error err;
    assert_ok(amos_volume_load(f.volume, NULL, &array, &err), &err);
    ck_assert_uint_eq((uintptr_t)amos_array_data(array) % 64, 0);
    ck_assert_int_eq(amos_array_layout(array)->type, 1 + _i);
    amos_array_free(array);
    amos_array_free(NULL);
    ck_assert_ptr_null(amos_array_data(NULL));
    ck_assert_ptr_null(amos_array_layout(NULL));
    drop(&f);
}
END_TEST

/* ---- the whole file is checked, or only as far as needed ---- */

enum { BIG = 400 }; /* rows of 400 int16, 400 of them: more than one tile */

static struct bytes damaged_at_the_end(struct nifti_file *file)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {BIG, BIG, 8}, .type = AMOS_TYPE_INT16, .seed = 21};
    *file = nifti_make(&spec);
    struct gzip_member wrong = {.crc_xor = 1};
    struct bytes packed = {0};
    gzip_add(&packed, file->bytes.data, file->bytes.size, &wrong);
    return packed;
}

START_TEST(a_box_that_ends_early_does_not_reach_the_checksum)
{
    struct nifti_file file;
    struct bytes packed = damaged_at_the_end(&file);
    amos_volume *volume = open_bytes(&packed);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    amos_read_options o = {.size = sizeof o, .box = {{0, 0, 0}, {BIG, BIG, 1}}};
    int16_t *got = must_alloc(bytes);
    amos_error err = {0};
    for (int round = 0; round < 2; round++) { /* the handle survives the error */
        assert_ok(amos_volume_read(volume, &o, got, bytes, &err), &err);
        ck_assert_mem_eq(got, expected, BIG * BIG * 2);
        assert_status(amos_volume_read(volume, NULL, got, bytes, &err), AMOS_E_GZ_CRC, &err);
        assert_sentence(&err, AMOS_E_GZ_CRC, "CRC");
        amos_read_options last = {.size = sizeof last, .box = {{BIG - 1, BIG - 1, 7}, {BIG, BIG, 8}}};
        assert_status(amos_volume_read(volume, &last, got, bytes, &err), AMOS_E_GZ_CRC, &err);
        assert_status(amos_volume_verify(volume, NULL, NULL, &err), AMOS_E_GZ_CRC, &err);
        amos_value_range range = AMOS_VALUE_RANGE_INIT;
        assert_status(amos_volume_get_range(volume, NULL, &range, &err), AMOS_E_GZ_CRC, &err);
        amos_array *array = NULL;
        assert_status(amos_volume_load(volume, NULL, &array, &err), AMOS_E_GZ_CRC, &err);
        ck_assert_ptr_null(array);
    }
    free(got);
    free(expected);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- verify and range ---- */

START_TEST(H71_verify_counts_nan_and_infinity)
{
    int wide = _i & 1;
    long double numbers[1000];
    for (int i = 0; i < 1000; i++)
        numbers[i] = i;
    numbers[0] = (long double)NAN;
    numbers[500] = (long double)INFINITY;
    numbers[999] = -(long double)INFINITY;
    amos_type type = wide ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_FLOAT32;
    void *voxels = stored_voxels(numbers, 1000, type);
    struct nifti_spec spec = {.ndim = 4,
                              .dim = {10, 10, 5, 2},
                              .type = type,
                              .voxels = voxels,
                              .big_endian = _i >> 1,
                              .slope = 2,
                              .inter = 1};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(&packed);
    uint64_t nonfinite = 77;
    amos_error err;
    assert_ok(amos_volume_verify(volume, NULL, &nonfinite, &err), &err);
    ck_assert_uint_eq(nonfinite, 3);
    assert_ok(amos_volume_verify(volume, NULL, NULL, &err), &err);
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    assert_ok(amos_volume_get_range(volume, NULL, &range, &err), &err);
    ck_assert_uint_eq(range.nonfinite, 3);
    ck_assert_uint_eq(range.finite, 997);
    ck_assert_double_eq(range.min, 3);
    ck_assert_double_eq(range.max, 2 * 998 + 1);
    ck_assert_double_eq_tol(range.mean, (2.0 * (999.0 * 1000 / 2 - 500 - 999) + 997) / 997, 1e-9);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
    free(voxels);
}
END_TEST

START_TEST(range_is_that_of_the_scaled_voxels)
{
    amos_type type = (amos_type)(1 + _i % 10);
    struct nifti_spec spec = {
        .ndim = 3, .dim = {31, 17, 5}, .type = type, .slope = _i < 10 ? -0.5 : 0, .inter = 3, .seed = (uint64_t)_i};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    double low = INFINITY, high = -INFINITY;
    long double sum = 0;
    for (int64_t n = 0; n < file.voxels; n++) {
        double value = (double)nifti_value(&file, n);
        low = fmin(low, value);
        high = fmax(high, value);
        sum += (long double)value;
    }
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_error err;
    assert_ok(amos_volume_get_range(volume, NULL, &range, &err), &err);
    ck_assert_double_eq(range.min, low);
    ck_assert_double_eq(range.max, high);
    double mean = (double)(sum / (long double)file.voxels);
    ck_assert_double_eq_tol(range.mean, mean, 1e-9 * fmax(fabs(low), fabs(high)));
    ck_assert_uint_eq(range.finite, (uint64_t)file.voxels);
    ck_assert_uint_eq(range.nonfinite, 0);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(range_of_nothing_finite_is_zero)
{
    float voxels[24];
    for (int i = 0; i < 24; i++)
        voxels[i] = NAN;
    struct nifti_spec spec = {.type = AMOS_TYPE_FLOAT32, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_error err;
    assert_ok(amos_volume_get_range(volume, NULL, &range, &err), &err);
    ck_assert_uint_eq(range.finite, 0);
    ck_assert_uint_eq(range.nonfinite, 24);
    ck_assert(range.min == 0 && range.max == 0 && range.mean == 0);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- progress ---- */

struct watch {
    uint64_t calls, last, total, stop_at;
};

static int watch(void *user, uint64_t done, uint64_t total)
{
    struct watch *w = user;
    ck_assert_uint_ge(done, w->last);
    ck_assert_uint_le(done, total);
    w->calls++;
    w->last = done;
    w->total = total;
    return done >= w->stop_at;
}

static amos_status watched(const amos_volume *volume, int how, struct watch *w, void *buffer, size_t bytes,
                           amos_error *err)
{
    amos_read_options o = {.size = sizeof o, .progress = {watch, w}, .threads = 1}; /* more of them report at times */
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    switch (how) {
    case 0:
        return amos_volume_read(volume, &o, buffer, bytes, err);
    case 1:
        return amos_volume_verify(volume, &o.progress, NULL, err);
    default:
        return amos_volume_get_range(volume, &o.progress, &range, err);
    }
}

START_TEST(progress_goes_up_to_the_stored_bytes)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {BIG, BIG, 8}, .type = AMOS_TYPE_INT16, .seed = 2};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(_i % 2 ? &packed : &file.bytes);
    void *buffer = must_alloc(BIG * BIG * 16);
    struct watch w = {.stop_at = UINT64_MAX};
    amos_error err;
    assert_ok(watched(volume, _i / 2, &w, buffer, BIG * BIG * 16, &err), &err);
    ck_assert_uint_ge(w.calls, 2);
    ck_assert_uint_eq(w.total, amos_volume_get_info(volume)->stored_bytes);
    ck_assert_uint_eq(w.last, w.total);
    free(buffer);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(progress_can_cancel)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {BIG, BIG, 8}, .type = AMOS_TYPE_INT16, .seed = 2};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(_i % 2 ? &packed : &file.bytes);
    void *buffer = must_alloc(BIG * BIG * 16);
    struct watch w = {.stop_at = BIG * BIG * 4};
    amos_error err = {0};
    assert_status(watched(volume, _i / 2, &w, buffer, BIG * BIG * 16, &err), AMOS_E_CANCEL, &err);
    assert_sentence(&err, AMOS_E_CANCEL, "cancel");
    ck_assert_uint_lt(w.last, w.total);
    w = (struct watch){.stop_at = UINT64_MAX};
    assert_ok(watched(volume, _i / 2, &w, buffer, BIG * BIG * 16, &err), &err);
    free(buffer);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- arguments ---- */

START_TEST(null_is_an_argument_error)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o};
    amos_layout layout;
    amos_array *array = NULL;
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_error err = {0};
    char buffer[4096];
    assert_status(amos_volume_get_layout(NULL, &o, &layout, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_get_layout(f.volume, &o, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_read(NULL, &o, buffer, sizeof buffer, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_load(NULL, &o, &array, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_load(f.volume, &o, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_verify(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_get_range(NULL, NULL, &range, &err), AMOS_E_ARG, &err);
    amos_value_range shorter = {.size = offsetof(amos_value_range, finite), .finite = 77}, sizeless = {.finite = 77};
    assert_ok(amos_volume_get_range(f.volume, NULL, &range, &err), &err);
    assert_ok(amos_volume_get_range(f.volume, NULL, &shorter, &err), &err);
    ck_assert(range.size == sizeof range && range.finite > 0);
    ck_assert(shorter.max == range.max && shorter.size == offsetof(amos_value_range, finite) && shorter.finite == 77);
    assert_status(amos_volume_get_range(f.volume, NULL, &sizeless, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "amos_value_range");
    ck_assert_uint_eq(sizeless.finite, 77);
    assert_status(amos_volume_get_range(f.volume, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_get_range(f.volume, NULL, NULL, NULL), AMOS_E_ARG, NULL);
    drop(&f);
}
END_TEST

START_TEST(a_shorter_or_longer_struct_works)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    struct {
        amos_read_options known;
        char later[100];
    } o = {{.size = offsetof(amos_read_options, frame), .type = AMOS_TYPE_INT32, .frame = 99}, {0}};
    amos_layout layout;
    amos_error err = {0};
    assert_ok(amos_volume_get_layout(f.volume, &o.known, &layout, &err), &err); /* frame is beyond the stated size */
    ck_assert_int_eq(layout.type, AMOS_TYPE_INT32);
    ck_assert_int_eq(layout.shape[3], 1);
    o.known.frame = AMOS_FRAME_ALL;
    o.known.size = sizeof o;
    assert_ok(amos_volume_get_layout(f.volume, &o.known, &layout, &err), &err);
    ck_assert_int_eq(layout.shape[3], 2);
    o.later[0] = 1;
    assert_status(amos_volume_get_layout(f.volume, &o.known, &layout, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "a field of the future");
    o.known.size = 0;
    assert_status(amos_volume_get_layout(f.volume, &o.known, &layout, &err), AMOS_E_ARG, &err);
    drop(&f);
}
END_TEST

START_TEST(unknown_flags_are_refused)
{
    struct fixture f = small_volume(AMOS_TYPE_INT16);
    amos_read_options o = {.size = sizeof o, .flags = 0x80000000u};
    assert_refused(f.volume, &o, AMOS_E_ARG, "flags");
    drop(&f);
}
END_TEST

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("read options");
    TCase *options = add_case(suite, "options", 10);
    tcase_add_loop_test(options, boxes_outside_the_volume_are_refused, 0, 18);
    tcase_add_test(options, a_box_belongs_to_the_asked_orientation);
    tcase_add_loop_test(options, frames_outside_the_volume_are_refused, 0, 5);
    tcase_add_loop_test(options, strides_that_make_no_array_are_refused, 0, ROWS(bad_strides));
    tcase_add_test(options, strides_of_short_axes_do_not_matter);
    tcase_add_test(options, load_takes_no_strides);
    tcase_add_test(options, unknown_flags_are_refused);
    TCase *buffers = add_case(suite, "buffers", 10);
    tcase_add_loop_test(buffers, F17_buffers_that_do_not_fit_are_refused, 0, 4);
    tcase_add_loop_test(buffers, F18_a_larger_buffers_tail_stays_untouched, 0, 16);
    tcase_add_loop_test(buffers, arrays_are_aligned, 0, 16);
    TCase *checks = add_case(suite, "checks", 30);
    tcase_add_test(checks, a_box_that_ends_early_does_not_reach_the_checksum);
    tcase_add_loop_test(checks, H71_verify_counts_nan_and_infinity, 0, 4);
    tcase_add_loop_test(checks, range_is_that_of_the_scaled_voxels, 0, 20);
    tcase_add_test(checks, range_of_nothing_finite_is_zero);
    TCase *progress = add_case(suite, "progress", 30);
    tcase_add_loop_test(progress, progress_goes_up_to_the_stored_bytes, 0, 6);
    tcase_add_loop_test(progress, progress_can_cancel, 0, 6);
    TCase *arguments = add_case(suite, "arguments", 10);
    tcase_add_test(arguments, null_is_an_argument_error);
    tcase_add_test(arguments, a_shorter_or_longer_struct_works);
    return run_suite(suite);
}
