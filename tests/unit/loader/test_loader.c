/* SPDX-License-Identifier: BSD-3-Clause */
/* The content of batches: each voxel is that of the file, at the place given by the sample, transformed and scaled
 * as requested. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/make/loader_set.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/tmp.h"

static char *set;
static amos_dataset *dataset;

static void make_set(void)
{
    amos_error err;
    set = loader_set_make("loader");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

/* All zero except a patch that is wider than high, and larger than some cases along z. */
static amos_loader_options plain_options(void)
{
    return (amos_loader_options){.size = sizeof(amos_loader_options),
                                 .patch = {20, 16, 14},
                                 .batch_size = 3,
                                 .threads = 2,
                                 .seed = 11,
                                 .foreground = 0.5,
                                 .border = {3, 0, 2}};
}

static amos_loader *open_loader(const amos_loader_options *options)
{
    amos_loader *loader;
    amos_error err;
    assert_ok(amos_loader_open(dataset, options, &loader, &err), &err);
    return loader;
}

static amos_batch *next(amos_loader *loader)
{
    amos_batch *batch;
    amos_error err;
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    return batch;
}

/* ---- reading elements ---- */

static float value_of_half(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double magnitude = exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
    return (float)(h & 0x8000 ? -magnitude : magnitude);
}

static float image_at(const amos_batch_info *info, amos_image_type type, size_t index)
{
    return type == AMOS_IMAGE_TYPE_FLOAT16 ? value_of_half(((const uint16_t *)info->image.data)[index])
                                           : ((const float *)info->image.data)[index];
}

/* For one-hot labels, asserts that exactly one plane has a one. */
static int label_at(const amos_batch_info *info, amos_label_type type, int64_t n, int64_t index)
{
    const int64_t *shape = info->label.shape, voxels = shape[2] * shape[3] * shape[4];
    const uint8_t *bytes = info->label.data;
    if (type == AMOS_LABEL_TYPE_UINT8)
        return bytes[n * voxels + index];
    if (type == AMOS_LABEL_TYPE_INT64)
        return (int)((const int64_t *)info->label.data)[n * voxels + index];
    int label = -1;
    for (int64_t plane = 0; plane < shape[1]; plane++) {
        uint8_t here = bytes[(n * shape[1] + plane) * voxels + index];
        ck_assert(here == 0 || (here == 1 && label < 0));
        label = here ? (int)plane : label;
    }
    return label;
}

static float scaled(const amos_batch_sample *s, float v)
{
    v = v < s->clip_low ? s->clip_low : v > s->clip_high ? s->clip_high : v;
    return (v - s->shift) * s->factor;
}

static float nearest_half(float v)
{
    float unit = ldexpf(1, fabsf(v) < 0x1p-14f ? -24 : ilogbf(v) - 10);
    return nearbyintf(v / unit) * unit;
}

/* ---- comparing elements with the files ---- */

struct against {
    const amos_loader_options *options;
    float pad[2]; /* CT, MRI */
};

/* Without rotation, to_volume has whole numbers. */
static void find_voxel(const amos_batch_sample *s, const int64_t at[3], int64_t voxel[3])
{
    for (int i = 0; i < 3; i++) {
        double place = s->to_volume[i][0] * (double)at[0] + s->to_volume[i][1] * (double)at[1] +
                       s->to_volume[i][2] * (double)at[2] + s->to_volume[i][3];
        ck_assert_double_eq(place, floor(place));
        voxel[i] = (int64_t)place;
        ck_assert(voxel[i] >= s->box.start[i] && voxel[i] < s->box.stop[i]);
    }
}

static void compare_element(const amos_batch *batch, int n, const struct against *against)
{
    const amos_batch_info *info = amos_batch_get_info(batch);
    const amos_batch_sample *s = amos_batch_get_sample(batch, n);
    const amos_loader_options *o = against->options;
    struct loader_case c = loader_case_read(dataset, s->case_id, o->orientation);
    const int64_t *shape = info->image.shape;
    float pad = against->pad[s->modality == AMOS_MODALITY_MRI];
    int64_t index = 0, at[3], voxel[3];
    int found = 0;
    for (at[2] = 0; at[2] < shape[2]; at[2]++)
        for (at[1] = 0; at[1] < shape[3]; at[1]++)
            for (at[0] = 0; at[0] < shape[4]; at[0]++, index++) {
                find_voxel(s, at, voxel);
                float expected = scaled(s, loader_case_value(&c, voxel, pad));
                float got = image_at(info, o->image_type, (size_t)(n * shape[2] * shape[3] * shape[4] + index));
                if (o->image_type == AMOS_IMAGE_TYPE_FLOAT16)
                    expected = nearest_half(expected);
                ck_assert_msg(got == expected, "%s (%d %d %d): %g, expected %g", s->case_id, (int)voxel[0],
                              (int)voxel[1], (int)voxel[2], (double)got, (double)expected);
                if (o->label_type == AMOS_LABEL_TYPE_NONE)
                    continue;
                int label = loader_case_label(&c, voxel);
                ck_assert_int_eq(label_at(info, o->label_type, n, index), label);
                found |= label == s->organ;
            }
    ck_assert_msg(s->organ == 0 || found, "organ %d is not in the patch of %s", s->organ, s->case_id);
    loader_case_free(&c);
}

/* Compares n batches with the files, across the end of an epoch. */
static void compare_batches(const amos_loader_options *options, int count, float ct_pad, float mri_pad)
{
    const struct against against = {options, {ct_pad, mri_pad}};
    amos_loader *loader = open_loader(options);
    for (int i = 0; i < count; i++) {
        amos_batch *batch = next(loader);
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; batch && n < info->count; n++)
            compare_element(batch, n, &against);
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
}

START_TEST(patches_are_those_of_the_files)
{
    amos_loader_options o = plain_options();
    compare_batches(&o, 12, -1024, 0);
}
END_TEST

/* A row's length decides how it is copied. */
START_TEST(rows_may_have_any_length)
{
    amos_loader_options o = plain_options();
    o.patch[0] = _i;
    o.patch[1] = 5;
    o.foreground = 0;
    compare_batches(&o, 6, -1024, 0);
}
END_TEST

START_TEST(every_output_type_holds_the_same)
{
    static const amos_label_type types[] = {AMOS_LABEL_TYPE_UINT8, AMOS_LABEL_TYPE_INT64, AMOS_LABEL_TYPE_ONEHOT,
                                            AMOS_LABEL_TYPE_NONE};
    amos_loader_options o = plain_options();
    o.image_type = _i & 1 ? AMOS_IMAGE_TYPE_FLOAT16 : AMOS_IMAGE_TYPE_FLOAT32;
    o.label_type = types[_i / 2];
    if (o.label_type == AMOS_LABEL_TYPE_NONE)
        o.foreground = 0;
    compare_batches(&o, 8, -1024, 0);
}
END_TEST

START_TEST(orientations_are_those_of_a_read)
{
    amos_loader_options o = plain_options();
    o.orientation = _i ? "ASL" : "RAS";
    compare_batches(&o, 8, -1024, 0);
}
END_TEST

START_TEST(flips_and_turns_are_told_by_the_matrix)
{
    amos_loader_options o = plain_options();
    amos_augment augment = {.size = sizeof augment,
                            .flips = AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z,
                            .mirror = AMOS_MIRROR_KEEP,
                            .quarter_turns = 1};
    o.augment = &augment;
    if (_i)
        o.patch[1] = o.patch[0]; /* all four turns */
    compare_batches(&o, 20, -1024, 0);
}
END_TEST

START_TEST(the_value_beyond_the_border_is_the_callers)
{
    amos_loader_options o = plain_options();
    o.flags = AMOS_LOADER_PAD;
    o.pad_value = -77;
    o.border[1] = 12;
    compare_batches(&o, 8, -77, -77);
}
END_TEST

/* With this border, most patches are wholly outside the volume. */
START_TEST(what_lies_beyond_the_volume_is_padding)
{
    static const amos_label_type types[] = {AMOS_LABEL_TYPE_UINT8, AMOS_LABEL_TYPE_INT64, AMOS_LABEL_TYPE_ONEHOT,
                                            AMOS_LABEL_TYPE_NONE};
    amos_loader_options o = plain_options();
    o.foreground = 0;
    o.label_type = types[_i];
    o.border[0] = o.border[1] = o.border[2] = 40;
    compare_batches(&o, 8, -1024, 0);
}
END_TEST

START_TEST(scaling_is_by_modality)
{
    amos_loader_options o = plain_options();
    const amos_scaling ct = {.size = sizeof ct, .scale = AMOS_SCALING_RANGE, .low = -160, .high = 240};
    const amos_scaling mri = {
        .size = sizeof mri, .scale = AMOS_SCALING_ZSCORE, .low = -200, .high = 220, .mean = 12, .deviation = 80};
    o.ct = &ct;
    o.mri = &mri;
    amos_loader *loader = open_loader(&o);
    int seen[2] = {0, 0};
    while (!seen[0] || !seen[1]) {
        amos_batch *batch = next(loader);
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; batch && n < info->count; n++) {
            const amos_batch_sample *s = amos_batch_get_sample(batch, n);
            int is_mri = s->modality == AMOS_MODALITY_MRI;
            seen[is_mri] = 1;
            ck_assert_float_eq(s->clip_low, is_mri ? -200 : -160);
            ck_assert_float_eq(s->clip_high, is_mri ? 220 : 240);
            ck_assert_float_eq(s->shift, is_mri ? 12 : -160);
            ck_assert_float_eq(s->factor, is_mri ? 1.0f / 80 : 1.0f / 400);
        }
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
    compare_batches(&o, 8, -1024, 0);
}
END_TEST

/* ---- statistics of the case ---- */

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Like numpy.percentile(): linear between two ranks. */
static double percentile(const float *sorted, size_t n, double share)
{
    double rank = share * (double)(n - 1), whole = floor(rank);
    double low = (double)sorted[(size_t)whole];
    return rank == whole ? low : low + (rank - whole) * ((double)sorted[(size_t)whole + 1] - low);
}

/* The body's voxels, sorted: above -500 HU in CT, above a tenth of the 99.5 % percentile in MRI. */
static size_t body_of(const struct loader_case *c, int is_mri, float *values)
{
    size_t all = (size_t)(c->shape[0] * c->shape[1] * c->shape[2]), n = 0;
    memcpy(values, amos_array_data(c->image), all * sizeof *values);
    qsort(values, all, sizeof *values, compare_floats);
    double least = is_mri ? 0.1 * percentile(values, all, 0.995) : -500;
    for (size_t i = 0; i < all; i++)
        if ((double)values[i] > least)
            values[n++] = values[i];
    return n;
}

START_TEST(statistics_are_those_of_the_body)
{
    amos_loader_options o = plain_options();
    const amos_scaling scaling = {.size = sizeof scaling,
                                  .scale = _i ? AMOS_SCALING_CASE_RANGE : AMOS_SCALING_CASE_ZSCORE};
    o.ct = o.mri = &scaling;
    o.batch_size = 1;
    o.patches_per_case = 1;
    amos_loader *loader = open_loader(&o);
    amos_batch *batch;
    while ((batch = next(loader)) != NULL) {
        const amos_batch_sample *s = amos_batch_get_sample(batch, 0);
        struct loader_case c = loader_case_read(dataset, s->case_id, NULL);
        float *values = must_alloc((size_t)(c.shape[0] * c.shape[1] * c.shape[2]) * sizeof *values);
        size_t n = body_of(&c, s->modality == AMOS_MODALITY_MRI, values);
        double mean = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            mean += (double)values[i] / (double)n;
        for (size_t i = 0; i < n; i++)
            squares += pow((double)values[i] - mean, 2) / (double)n;
        double low = percentile(values, n, 0.005), high = percentile(values, n, 0.995);
        ck_assert_double_eq_tol((double)s->shift, _i ? low : mean, 0.05);
        ck_assert_double_eq_tol(1 / (double)s->factor, _i ? high - low : sqrt(squares), 0.1);
        free(values);
        loader_case_free(&c);
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
    compare_batches(&o, 6, -1024, 0);
}
END_TEST

/* ---- whole volumes and tiles ---- */

START_TEST(whole_volumes_come_once)
{
    amos_loader_options o = {.size = sizeof o, .draw = AMOS_SAMPLING_WHOLE, .seed = 4, .threads = 2};
    compare_batches(&o, LOADER_SET_CASES, -1024, 0);
    amos_loader *loader = open_loader(&o);
    ck_assert_uint_eq(amos_loader_get_info(loader)->steps, LOADER_SET_CASES);
    int seen[LOADER_SET_CASES] = {0};
    amos_batch *batch;
    while ((batch = next(loader)) != NULL) {
        const amos_batch_info *info = amos_batch_get_info(batch);
        const amos_geometry *geometry =
            amos_loader_get_case(loader, amos_batch_get_sample(batch, 0)->loader_case)->geometry;
        ck_assert_int_eq(info->count, 1);
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(info->image.shape[4 - i], geometry->shape[i]);
        ck_assert_uint_eq(info->image.bytes, 4 * info->label.bytes);
        seen[amos_batch_get_sample(batch, 0)->case_index]++;
        amos_batch_free(batch);
    }
    for (int i = 0; i < LOADER_SET_CASES; i++)
        ck_assert_int_eq(seen[i], 1);
    amos_loader_free(loader);
}
END_TEST

START_TEST(tiles_are_those_of_the_tiling)
{
    static const double overlaps[] = {0.5, 0, 0.25}; /* the first is the default */
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    o.draw = AMOS_SAMPLING_TILES;
    o.patch[0] = 20;
    o.patch[1] = 16;
    o.patch[2] = 14;
    o.batch_size = 5;
    o.threads = 2;
    if (_i)
        o.overlap = overlaps[_i];
    compare_batches(&o, 10, -1024, 0);
    amos_loader *loader = open_loader(&o);
    amos_batch *batch;
    size_t which = 0;
    int64_t tile = 0;
    amos_error err;
    while ((batch = next(loader)) != NULL) {
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; n < info->count; n++) {
            const amos_batch_sample *s = amos_batch_get_sample(batch, n);
            amos_tiling_options tiled = {.size = sizeof tiled, .patch = {20, 16, 14}, .overlap = overlaps[_i]};
            amos_tiling *tiling;
            amos_box box;
            assert_ok(
                amos_tiling_make(amos_loader_get_case(loader, s->loader_case)->geometry->shape, &tiled, &tiling, &err),
                &err);
            ck_assert_uint_eq(s->loader_case, which);
            ck_assert_int_eq(s->tile, tile);
            assert_ok(amos_tiling_get_box(tiling, tile, &box, &err), &err);
            ck_assert_mem_eq(&box, &s->box, sizeof box);
            if (++tile == amos_tiling_count(tiling)) {
                tile = 0;
                which++;
            }
            amos_tiling_free(tiling);
        }
        ck_assert_uint_eq(info->sample_bytes, sizeof(amos_batch_sample));
        ck_assert_ptr_eq(amos_batch_get_sample(batch, 0), info->samples);
        ck_assert_ptr_null(amos_batch_get_sample(batch, info->count));
        ck_assert_ptr_null(amos_batch_get_sample(batch, -1));
        amos_batch_free(batch);
    }
    ck_assert_uint_eq(which, LOADER_SET_CASES);
    amos_loader_free(loader);
}
END_TEST

/* ---- rotation and zoom ---- */

static float mixed(const struct loader_case *c, const double at[3], float pad)
{
    double sum = 0;
    for (int corner = 0; corner < 8; corner++) {
        int64_t voxel[3];
        double share = 1;
        for (int i = 0; i < 3; i++) {
            double low = floor(at[i]), part = at[i] - low;
            voxel[i] = (int64_t)low + (corner >> i & 1);
            share *= corner >> i & 1 ? part : 1 - part;
        }
        sum += share > 0 ? share * (double)loader_case_value(c, voxel, pad) : 0;
    }
    return (float)sum;
}

/* Linear for images, nearest for labels, at the places given by the matrix; the matrix preserves angles and has the
 * zoom. */
START_TEST(rotated_patches_are_interpolated)
{
    amos_loader_options o = plain_options();
    amos_augment augment = {.size = sizeof augment,
                            .flips = AMOS_FLIP_Y,
                            .affine_share = 1,
                            .rotate_degrees = {20, 10, 180},
                            .zoom_low = 0.7,
                            .zoom_high = 1.4};
    o.augment = &augment;
    amos_loader *loader = open_loader(&o);
    for (int b = 0; b < 6; b++) {
        amos_batch *batch = next(loader);
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; batch && n < info->count; n++) {
            const amos_batch_sample *s = amos_batch_get_sample(batch, n);
            const double *spacing = amos_loader_get_case(loader, s->loader_case)->geometry->spacing;
            struct loader_case c = loader_case_read(dataset, s->case_id, NULL);
            double zoom[3];
            for (int j = 0; j < 3; j++) {
                zoom[j] = 0;
                for (int i = 0; i < 3; i++)
                    zoom[j] += pow(s->to_volume[i][j] * spacing[i] / spacing[j], 2);
                ck_assert_double_eq_tol(zoom[j], zoom[0], 1e-12);
            }
            ck_assert(1 / sqrt(zoom[0]) >= 0.7 - 1e-12 && 1 / sqrt(zoom[0]) <= 1.4 + 1e-12);
            for (int64_t index = 0; index < 20 * 16 * 14; index++) {
                const double e[3] = {(double)(index % 20), (double)(index / 20 % 16), (double)(index / 320)};
                double at[3];
                int64_t nearest[3];
                for (int i = 0; i < 3; i++) {
                    at[i] = s->to_volume[i][0] * e[0] + s->to_volume[i][1] * e[1] + s->to_volume[i][2] * e[2] +
                            s->to_volume[i][3];
                    nearest[i] = (int64_t)floor(at[i] + 0.5);
                }
                float pad = s->modality == AMOS_MODALITY_MRI ? 0.0f : -1024.0f;
                ck_assert_float_eq_tol(image_at(info, 0, (size_t)(n * 20 * 16 * 14 + index)), mixed(&c, at, pad),
                                       0.01f);
                if (fabs(at[0] - floor(at[0]) - 0.5) > 1e-9 && fabs(at[1] - floor(at[1]) - 0.5) > 1e-9 &&
                    fabs(at[2] - floor(at[2]) - 0.5) > 1e-9)
                    ck_assert_int_eq(label_at(info, 0, n, index), loader_case_label(&c, nearest));
            }
            loader_case_free(&c);
        }
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader");
    TCase *all = add_case(suite, "content", 60);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_test(all, patches_are_those_of_the_files);
    tcase_add_loop_test(all, rows_may_have_any_length, 1, 67);
    tcase_add_loop_test(all, every_output_type_holds_the_same, 0, 8);
    tcase_add_loop_test(all, orientations_are_those_of_a_read, 0, 2);
    tcase_add_loop_test(all, flips_and_turns_are_told_by_the_matrix, 0, 2);
    tcase_add_test(all, the_value_beyond_the_border_is_the_callers);
    tcase_add_loop_test(all, what_lies_beyond_the_volume_is_padding, 0, 4);
    tcase_add_test(all, scaling_is_by_modality);
    tcase_add_loop_test(all, statistics_are_those_of_the_body, 0, 2);
    tcase_add_test(all, whole_volumes_come_once);
    tcase_add_loop_test(all, tiles_are_those_of_the_tiling, 0, 3);
    tcase_add_test(all, rotated_patches_are_interpolated);
    return run_suite(suite);
}
