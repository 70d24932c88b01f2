/* SPDX-License-Identifier: BSD-3-Clause */
/* Tilings: every voxel is covered, boxes are at the right places, and stitching is the inverse of cutting. */
#include <amos/tiling.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/main.h"

static amos_tiling *make(const int64_t shape[3], const int64_t patch[3], double overlap, double sigma)
{
    amos_tiling_options o = {
        .size = sizeof o, .patch = {patch[0], patch[1], patch[2]}, .overlap = overlap, .sigma = sigma};
    amos_tiling *tiling;
    amos_error err;
    assert_ok(amos_tiling_make(shape, &o, &tiling, &err), &err);
    return tiling;
}

static const int64_t shapes[][3] = {{50, 41, 23}, {16, 16, 8}, {10, 33, 5}, {17, 16, 9}, {1, 1, 1}, {100, 16, 20}};
static const double overlaps[] = {0.5, 0, 0.25, 0.9};
enum { SHAPES = sizeof shapes / sizeof shapes[0], OVERLAPS = sizeof overlaps / sizeof overlaps[0] };
static const int64_t patch[3] = {16, 16, 8};
#define PATCH_VOXELS (16 * 16 * 8)

START_TEST(tiles_cover_the_volume_with_the_overlap)
{
    const int64_t *shape = shapes[_i / OVERLAPS];
    double overlap = overlaps[_i % OVERLAPS];
    amos_tiling *tiling = make(shape, patch, overlap, 0.125);
    int64_t counts[3];
    for (int axis = 0; axis < 3; axis++) {
        int64_t room = shape[axis] - patch[axis], step = (int64_t)floor((double)patch[axis] * (1 - overlap));
        counts[axis] = room <= 0 ? 1 : (int64_t)ceil((double)room / (double)(step < 1 ? 1 : step)) + 1;
    }
    ck_assert_int_eq(amos_tiling_count(tiling), counts[0] * counts[1] * counts[2]);
    for (int64_t i = 0; i < amos_tiling_count(tiling); i++) {
        const int64_t at[3] = {i % counts[0], i / counts[0] % counts[1], i / counts[0] / counts[1]};
        amos_box box;
        amos_error err;
        assert_ok(amos_tiling_get_box(tiling, i, &box, &err), &err);
        for (int axis = 0; axis < 3; axis++) {
            int64_t room = shape[axis] - patch[axis];
            double even =
                counts[axis] > 1 ? (double)(at[axis] * room) / (double)(counts[axis] - 1) : floor((double)room / 2);
            if (counts[axis] == 1 && room >= 0)
                even = 0;
            ck_assert_int_eq(box.stop[axis] - box.start[axis], patch[axis]);
            ck_assert_double_le(fabs((double)box.start[axis] - even), counts[axis] > 1 ? 0.5 : 1.0);
            if (at[axis] == 0 && room >= 0)
                ck_assert_int_eq(box.start[axis], 0);
            if (at[axis] == counts[axis] - 1 && room >= 0)
                ck_assert_int_eq(box.stop[axis], shape[axis]);
            if (room < 0)
                ck_assert(box.start[axis] <= 0 && box.stop[axis] >= shape[axis]);
        }
    }
    amos_tiling_free(tiling);
}
END_TEST

enum { CHANNELS = 3 };

/* The expected value at each voxel, channel by channel; from malloc(). */
static float *make_truth(int64_t voxels)
{
    float *truth = must_alloc((size_t)voxels * CHANNELS * sizeof *truth);
    for (int64_t c = 0; c < CHANNELS; c++)
        for (int64_t i = 0; i < voxels; i++)
            truth[c * voxels + i] = sinf((float)i * 0.1f + (float)c) * (float)(c + 1);
    return truth;
}

static void cut(const int64_t shape[3], const amos_box *box, const float *truth, float *tile)
{
    for (int64_t z = box->start[2], n = 0; z < box->stop[2]; z++)
        for (int64_t y = box->start[1]; y < box->stop[1]; y++)
            for (int64_t x = box->start[0]; x < box->stop[0]; x++, n++) {
                int within = x >= 0 && y >= 0 && z >= 0 && x < shape[0] && y < shape[1] && z < shape[2];
                tile[n] = within ? truth[(z * shape[1] + y) * shape[0] + x] : NAN;
            }
}

START_TEST(stitching_is_the_inverse_of_cutting)
{
    const int64_t *shape = shapes[_i / OVERLAPS], voxels = shape[0] * shape[1] * shape[2];
    float *truth = make_truth(voxels);
    for (int equal = 0; equal < 2; equal++) {
        amos_tiling *tiling = make(shape, patch, overlaps[_i % OVERLAPS], equal ? 0 : 0.125);
        size_t values = (size_t)voxels * CHANNELS;
        /* Each tile at a voxel, at most half of 16 * 16 * 8, adds a rounding error to a sum below 3. */
        float tolerance = 3 * 0x1p-24f * fminf(1024, (float)amos_tiling_count(tiling) + 16);
        float *sum = calloc(values, sizeof *sum), *tile = must_alloc(PATCH_VOXELS * CHANNELS * sizeof *tile);
        ck_assert_ptr_nonnull(sum);
        for (int64_t i = 0; i < amos_tiling_count(tiling); i++) {
            amos_box box;
            amos_error err;
            assert_ok(amos_tiling_get_box(tiling, i, &box, &err), &err);
            for (int64_t c = 0; c < CHANNELS; c++)
                cut(shape, &box, truth + c * voxels, tile + c * PATCH_VOXELS);
            assert_ok(amos_tiling_add(tiling, i, tile, CHANNELS, sum, values, &err), &err);
        }
        for (size_t i = 0; i < values; i++)
            ck_assert_float_eq_tol(sum[i], truth[i], tolerance);
        free(tile);
        free(sum);
        amos_tiling_free(tiling);
    }
    free(truth);
}
END_TEST

/* Two tiles of one row that disagree: the weights are Gaussians of the distance from the middles of the tiles. */
START_TEST(weights_are_gaussian)
{
    const int64_t shape[3] = {24, 1, 1}, row[3] = {16, 1, 1};
    amos_tiling *tiling = make(shape, row, 0.5, 0.125);
    float sum[24] = {0}, tile[16];
    amos_error err;
    ck_assert_int_eq(amos_tiling_count(tiling), 2);
    for (int64_t i = 0; i < 2; i++) {
        for (int x = 0; x < 16; x++)
            tile[x] = (float)i;
        assert_ok(amos_tiling_add(tiling, i, tile, 1, sum, 24, &err), &err);
    }
    for (int x = 0; x < 24; x++) {
        double first = exp(-pow((x - 7.5) / 2, 2) / 2), second = exp(-pow((x - 15.5) / 2, 2) / 2);
        double expected = x < 8 ? 0 : x >= 16 ? 1 : second / (first + second);
        ck_assert_double_eq_tol((double)sum[x], expected, 1e-6);
    }
    amos_tiling_free(tiling);
}
END_TEST

/* Tiles that overlap by nothing, and weights that are equal: each zero is what it says. */
START_TEST(zeros_are_no_defaults)
{
    const int64_t shape[3] = {24, 1, 1}, row[3] = {16, 1, 1}, twice[3] = {32, 1, 1};
    amos_tiling *tiling = make(shape, row, 0, 0);
    float sum[24] = {0}, tile[16];
    amos_error err;
    for (int64_t i = 0; i < 2; i++) {
        for (int x = 0; x < 16; x++)
            tile[x] = (float)i;
        assert_ok(amos_tiling_add(tiling, i, tile, 1, sum, 24, &err), &err);
    }
    for (int x = 0; x < 24; x++)
        ck_assert_float_eq(sum[x], x < 8 ? 0.0f : x >= 16 ? 1.0f : 0.5f);
    amos_tiling_free(tiling);
    tiling = make(twice, row, 0, 0);
    ck_assert_int_eq(amos_tiling_count(tiling), 2);
    amos_tiling_free(tiling);
}
END_TEST

/* The defaults, also for a caller whose struct ends before they stand in it. */
START_TEST(what_is_not_set_is_the_default)
{
    const int64_t shape[3] = {24, 1, 1}, row[3] = {16, 1, 1}, twice[3] = {32, 1, 1};
    amos_tiling_options options[2] = {AMOS_TILING_OPTIONS_INIT,
                                      {.size = offsetof(amos_tiling_options, overlap), .overlap = 0.9, .sigma = 9}};
    for (int i = 0; i < 2; i++) {
        amos_tiling *tiling, *said = make(shape, row, 0.5, 0.125);
        float sum[2][24] = {{0}}, tile[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        amos_error err;
        memcpy(options[i].patch, row, sizeof row);
        assert_ok(amos_tiling_make(twice, &options[i], &tiling, &err), &err);
        ck_assert_int_eq(amos_tiling_count(tiling), 3);
        amos_tiling_free(tiling);
        assert_ok(amos_tiling_make(shape, &options[i], &tiling, &err), &err);
        assert_ok(amos_tiling_add(tiling, 0, tile, 1, sum[0], 24, &err), &err);
        assert_ok(amos_tiling_add(said, 0, tile, 1, sum[1], 24, &err), &err);
        ck_assert_mem_eq(sum[0], sum[1], sizeof sum[0]);
        amos_tiling_free(said);
        amos_tiling_free(tiling);
    }
}
END_TEST

START_TEST(the_largest_channel_is_the_label)
{
    const int64_t shape[3] = {4, 1, 1}, row[3] = {4, 1, 1};
    amos_tiling *tiling = make(shape, row, 0, 0);
    const float sum[] = {1, -5, NAN, -INFINITY, 2, -5, 3, -INFINITY, 0, -4, NAN, -INFINITY};
    const uint8_t expected[] = {1, 2, 1, 0};
    uint8_t labels[4];
    amos_error err;
    assert_ok(amos_tiling_argmax(tiling, sum, 3, labels, sizeof labels, &err), &err);
    ck_assert_mem_eq(labels, expected, sizeof labels);
    amos_tiling_free(tiling);
}
END_TEST

START_TEST(mistakes_are_told)
{
    const int64_t shape[3] = {20, 20, 20}, bad[3] = {20, 0, 20};
    amos_tiling_options good = {.size = sizeof good, .patch = {8, 8, 8}};
    amos_tiling *tiling = (void *)&good;
    amos_error err;
    assert_status(amos_tiling_make(bad, &good, &tiling, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(tiling);
    assert_sentence(&err, AMOS_E_ARG, "shape");
    assert_status(amos_tiling_make(shape, &good, NULL, &err), AMOS_E_ARG, &err);
    const int64_t vast[3] = {(int64_t)1 << 22, (int64_t)1 << 22, (int64_t)1 << 22};
    const amos_tiling_options single = {.size = sizeof single, .patch = {1, 1, 1}, .overlap = 0.5};
    assert_status(amos_tiling_make(vast, &single, &tiling, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "tiles");
    assert_status(amos_tiling_make(shape, NULL, &tiling, &err), AMOS_E_ARG, &err); /* the defaults have no patch */
    assert_sentence(&err, AMOS_E_ARG, "patch");
    amos_tiling_options wrong[] = {good, good, good, good, good, good};
    wrong[0].patch[1] = 0;
    wrong[1].overlap = 1;
    wrong[2].overlap = -0.1;
    wrong[3].overlap = NAN;
    wrong[4].sigma = -0.1;
    wrong[5].sigma = NAN;
    for (int i = 0; i < 6; i++)
        assert_status(amos_tiling_make(shape, &wrong[i], &tiling, &err), AMOS_E_ARG, &err);
    tiling = make(shape, good.patch, 0, 0);
    amos_box box;
    float tile[512] = {0}, sum[8000] = {0};
    uint8_t labels[8000];
    assert_status(amos_tiling_get_box(tiling, amos_tiling_count(tiling), &box, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_get_box(tiling, -1, &box, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_get_box(tiling, 0, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_add(tiling, 0, NULL, 1, sum, 8000, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_add(tiling, 0, tile, 1, sum, 7999, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_add(tiling, 0, tile, INT64_MAX, sum, 8000, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_add(tiling, -1, tile, 1, sum, 8000, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_argmax(tiling, sum, 1, labels, 7999, &err), AMOS_E_ARG, &err);
    assert_status(amos_tiling_argmax(tiling, sum, 257, labels, 8000, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "channels");
    amos_tiling_free(tiling);
    amos_tiling_free(NULL);
    ck_assert_int_eq(amos_tiling_count(NULL), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tiling");
    TCase *all = add_case(suite, "tiling", 20);
    tcase_add_loop_test(all, tiles_cover_the_volume_with_the_overlap, 0, SHAPES * OVERLAPS);
    tcase_add_loop_test(all, stitching_is_the_inverse_of_cutting, 0, SHAPES * OVERLAPS);
    tcase_add_test(all, weights_are_gaussian);
    tcase_add_test(all, zeros_are_no_defaults);
    tcase_add_test(all, what_is_not_set_is_the_default);
    tcase_add_test(all, the_largest_channel_is_the_label);
    tcase_add_test(all, mistakes_are_told);
    return run_suite(suite);
}
