/* SPDX-License-Identifier: BSD-3-Clause */
/* Where predictions lie as other programs save them: by nibabel's reading of a qform (P20), in another orientation (P21),
 * in other units; and the same through pairs, label maps and files. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int64_t dims[3] = {320, 3, 120};
static const double offset[3] = {-190, -170, -400};

/* The 48 orientations as qforms of float32, and the affine that nibabel 5.0.0 makes of them and writes into the sform of
 * what is saved with it. 0.75 x 0.75 x 5 mm. Where a number like 0.000196 stands, nibabel takes the root of the square
 * 3.4e-8 that rounding left for the quaternion's part a, and nifti_clib takes 0. */
static const struct saved_row {
    const char *orientation;
    double qfac, quatern[3], affine[3][3];
} saved[] = {
    {"RAS", 1, {0, 0, 0}, {{0.75, 0, 0}, {0, 0.75, 0}, {0, 0, 5}}},
    {"RAI", -1, {0, 0, 0}, {{0.75, 0, 0}, {0, 0.75, 0}, {0, 0, -5}}},
    {"RPS", -1, {1, 0, 0}, {{0.75, 0, 0}, {0, -0.75, 0}, {0, 0, 5}}},
    {"RPI", 1, {1, 0, 0}, {{0.75, 0, 0}, {0, -0.75, 0}, {0, 0, -5}}},
    {"LAS", -1, {0, 1, 0}, {{-0.75, 0, 0}, {0, 0.75, 0}, {0, 0, 5}}},
    {"LAI", 1, {0, 1, 0}, {{-0.75, 0, 0}, {0, 0.75, 0}, {0, 0, -5}}},
    {"LPS", 1, {0, 0, 1}, {{-0.75, 0, 0}, {0, -0.75, 0}, {0, 0, 5}}},
    {"LPI", -1, {0, 0, 1}, {{-0.75, 0, 0}, {0, -0.75, 0}, {0, 0, -5}}},
    {"RSA", -1, {0.707106769, 0, 0}, {{0.75, 0, 0}, {0, 2.56714063e-08, 5}, {0, 0.75, -1.71142716e-07}}},
    {"RSP", 1, {0.707106769, 0, 0}, {{0.75, 0, 0}, {0, 2.56714063e-08, -5}, {0, 0.75, 1.71142716e-07}}},
    {"RIA", 1, {-0.707106769, 0, 0}, {{0.75, 0, 0}, {0, 2.56714063e-08, 5}, {0, -0.75, 1.71142716e-07}}},
    {"RIP", -1, {-0.707106769, 0, 0}, {{0.75, 0, 0}, {0, 2.56714063e-08, -5}, {0, -0.75, -1.71142716e-07}}},
    {"LSA",
     1,
     {0, 0.707106769, 0.707106769},
     {{-0.74999994, -0.000196232286, 0.0013082152},
      {0.000196232286, 2.56714063e-08, 5},
      {-0.000196232286, 0.75, 1.71142716e-07}}},
    {"LSP",
     -1,
     {0, 0.707106769, 0.707106769},
     {{-0.74999994, -0.000196232286, -0.0013082152},
      {0.000196232286, 2.56714063e-08, -5},
      {-0.000196232286, 0.75, -1.71142716e-07}}},
    {"LIA",
     -1,
     {0, -0.707106769, 0.707106769},
     {{-0.74999994, -0.000196232286, 0.0013082152},
      {0.000196232286, 2.56714063e-08, 5},
      {0.000196232286, -0.75, -1.71142716e-07}}},
    {"LIP",
     1,
     {0, -0.707106769, 0.707106769},
     {{-0.74999994, -0.000196232286, -0.0013082152},
      {0.000196232286, 2.56714063e-08, -5},
      {0.000196232286, -0.75, 1.71142716e-07}}},
    {"ARS",
     -1,
     {0.707106769, 0.707106769, 0},
     {{2.56714063e-08, 0.75, -0.0013082152},
      {0.75, 2.56714063e-08, 0.0013082152},
      {-0.000196232286, 0.000196232286, 4.99999952}}},
    {"ARI",
     1,
     {0.707106769, 0.707106769, 0},
     {{2.56714063e-08, 0.75, 0.0013082152},
      {0.75, 2.56714063e-08, -0.0013082152},
      {-0.000196232286, 0.000196232286, -4.99999952}}},
    {"ALS", 1, {0, 0, 0.707106769}, {{2.56714063e-08, -0.75, 0}, {0.75, 2.56714063e-08, 0}, {0, 0, 5}}},
    {"ALI", -1, {0, 0, 0.707106769}, {{2.56714063e-08, -0.75, 0}, {0.75, 2.56714063e-08, 0}, {0, 0, -5}}},
    {"PRS", 1, {0, 0, -0.707106769}, {{2.56714063e-08, 0.75, 0}, {-0.75, 2.56714063e-08, 0}, {0, 0, 5}}},
    {"PRI", -1, {0, 0, -0.707106769}, {{2.56714063e-08, 0.75, 0}, {-0.75, 2.56714063e-08, 0}, {0, 0, -5}}},
    {"PLS",
     -1,
     {-0.707106769, 0.707106769, 0},
     {{2.56714063e-08, -0.75, -0.0013082152},
      {-0.75, 2.56714063e-08, -0.0013082152},
      {-0.000196232286, -0.000196232286, 4.99999952}}},
    {"PLI",
     1,
     {-0.707106769, 0.707106769, 0},
     {{2.56714063e-08, -0.75, 0.0013082152},
      {-0.75, 2.56714063e-08, 0.0013082152},
      {-0.000196232286, -0.000196232286, -4.99999952}}},
    {"ASR", 1, {0.5, 0.5, 0.5}, {{0, 0, 5}, {0.75, 0, 0}, {0, 0.75, 0}}},
    {"ASL", -1, {0.5, 0.5, 0.5}, {{0, 0, -5}, {0.75, 0, 0}, {0, 0.75, 0}}},
    {"AIR", -1, {-0.5, -0.5, 0.5}, {{0, 0, 5}, {0.75, 0, 0}, {0, -0.75, 0}}},
    {"AIL", 1, {-0.5, -0.5, 0.5}, {{0, 0, -5}, {0.75, 0, 0}, {0, -0.75, 0}}},
    {"PSR", -1, {0.5, -0.5, -0.5}, {{0, 0, 5}, {-0.75, 0, 0}, {0, 0.75, 0}}},
    {"PSL", 1, {0.5, -0.5, -0.5}, {{0, 0, -5}, {-0.75, 0, 0}, {0, 0.75, 0}}},
    {"PIR", 1, {-0.5, 0.5, -0.5}, {{0, 0, 5}, {-0.75, 0, 0}, {0, -0.75, 0}}},
    {"PIL", -1, {-0.5, 0.5, -0.5}, {{0, 0, -5}, {-0.75, 0, 0}, {0, -0.75, 0}}},
    {"SRA", 1, {-0.5, -0.5, -0.5}, {{0, 0.75, 0}, {0, 0, 5}, {0.75, 0, 0}}},
    {"SRP", -1, {-0.5, -0.5, -0.5}, {{0, 0.75, 0}, {0, 0, -5}, {0.75, 0, 0}}},
    {"SLA", -1, {0.5, -0.5, 0.5}, {{0, -0.75, 0}, {0, 0, 5}, {0.75, 0, 0}}},
    {"SLP", 1, {0.5, -0.5, 0.5}, {{0, -0.75, 0}, {0, 0, -5}, {0.75, 0, 0}}},
    {"IRA", -1, {0.5, 0.5, -0.5}, {{0, 0.75, 0}, {0, 0, 5}, {-0.75, 0, 0}}},
    {"IRP", 1, {0.5, 0.5, -0.5}, {{0, 0.75, 0}, {0, 0, -5}, {-0.75, 0, 0}}},
    {"ILA", 1, {-0.5, 0.5, 0.5}, {{0, -0.75, 0}, {0, 0, 5}, {-0.75, 0, 0}}},
    {"ILP", -1, {-0.5, 0.5, 0.5}, {{0, -0.75, 0}, {0, 0, -5}, {-0.75, 0, 0}}},
    {"SAR", -1, {0, -0.707106769, 0}, {{2.56714063e-08, 0, 5}, {0, 0.75, 0}, {0.75, 0, -1.71142716e-07}}},
    {"SAL", 1, {0, -0.707106769, 0}, {{2.56714063e-08, 0, -5}, {0, 0.75, 0}, {0.75, 0, 1.71142716e-07}}},
    {"SPR",
     1,
     {-0.707106769, 0, -0.707106769},
     {{2.56714063e-08, 0.000196232286, 5},
      {-0.000196232286, -0.74999994, 0.0013082152},
      {0.75, -0.000196232286, 1.71142716e-07}}},
    {"SPL",
     -1,
     {-0.707106769, 0, -0.707106769},
     {{2.56714063e-08, 0.000196232286, -5},
      {-0.000196232286, -0.74999994, -0.0013082152},
      {0.75, -0.000196232286, -1.71142716e-07}}},
    {"IAR", 1, {0, 0.707106769, 0}, {{2.56714063e-08, 0, 5}, {0, 0.75, 0}, {-0.75, 0, 1.71142716e-07}}},
    {"IAL", -1, {0, 0.707106769, 0}, {{2.56714063e-08, 0, -5}, {0, 0.75, 0}, {-0.75, 0, -1.71142716e-07}}},
    {"IPR",
     -1,
     {-0.707106769, 0, 0.707106769},
     {{2.56714063e-08, -0.000196232286, 5},
      {0.000196232286, -0.74999994, -0.0013082152},
      {-0.75, -0.000196232286, -1.71142716e-07}}},
    {"IPL",
     1,
     {-0.707106769, 0, 0.707106769},
     {{2.56714063e-08, -0.000196232286, -5},
      {0.000196232286, -0.74999994, 0.0013082152},
      {-0.75, -0.000196232286, 1.71142716e-07}}},
};

static uint8_t *voxels; /* of the reference; as many as dims say */

static void make_voxels(void)
{
    uint64_t seed = 3;
    size_t count = (size_t)(dims[0] * dims[1] * dims[2]);
    voxels = calloc(count, 1);
    ck_assert_ptr_nonnull(voxels);
    for (size_t i = 0; i < count; i++)
        voxels[i] = i % 7 ? 0 : (uint8_t)(1 + random_below(&seed, 3));
}

static struct nifti_file as_qform(const struct saved_row *row)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {dims[0], dims[1], dims[2]}, .type = AMOS_TYPE_UINT8, .voxels = voxels};
    spec.qform_code = 1;
    spec.pixdim[0] = row->qfac;
    memcpy(spec.pixdim + 1, (const double[3]){0.75, 0.75, 5}, 3 * sizeof(double));
    memcpy(spec.quatern, row->quatern, sizeof spec.quatern);
    memcpy(spec.qoffset, offset, sizeof spec.qoffset);
    return nifti_make(&spec);
}

/* What nibabel saves: its affine as the sform, and the voxels in that order or (as_closest_canonical) in another. */
static struct nifti_file as_saved(const struct saved_row *row, const char *order)
{
    struct axis_map map = model_axes(row->orientation, order);
    struct nifti_spec spec = {.ndim = 3, .type = AMOS_TYPE_UINT8, .sform_code = 2, .pixdim = {1}};
    int64_t at[3], from[3];
    for (int i = 0; i < 3; i++)
        spec.srow[i][3] = offset[i];
    for (int d = 0; d < 3; d++) {
        int axis = map.axis[d];
        spec.dim[d] = dims[axis];
        spec.pixdim[d + 1] = axis == 2 ? 5 : 0.75;
        for (int i = 0; i < 3; i++) {
            spec.srow[i][d] = map.flip[d] ? -row->affine[i][axis] : row->affine[i][axis];
            spec.srow[i][3] += map.flip[d] ? row->affine[i][axis] * (double)(dims[axis] - 1) : 0;
        }
    }
    uint8_t *turned = malloc((size_t)(dims[0] * dims[1] * dims[2])), *next = turned;
    ck_assert_ptr_nonnull(turned);
    for (at[2] = 0; at[2] < spec.dim[2]; at[2]++)
        for (at[1] = 0; at[1] < spec.dim[1]; at[1]++)
            for (at[0] = 0; at[0] < spec.dim[0]; at[0]++) {
                model_source_index(&map, dims, at, from);
                *next++ = voxels[from[0] + dims[0] * (from[1] + dims[1] * from[2])];
            }
    spec.voxels = turned;
    struct nifti_file file = nifti_make(&spec);
    free(turned);
    return file;
}

static int has_two_readings(const struct saved_row *row)
{
    double squares =
        row->quatern[0] * row->quatern[0] + row->quatern[1] * row->quatern[1] + row->quatern[2] * row->quatern[2];
    return squares > 0.9 && squares < 1;
}

static double displacement_of(const amos_volume *a, const amos_volume *b)
{
    amos_geometry g, h;
    amos_error err = {0};
    double displacement = -1;
    assert_ok(amos_volume_get_geometry(a, &g, &err), &err);
    assert_ok(amos_volume_get_geometry(b, &h, &err), &err);
    assert_ok(amos_geometry_get_displacement(&g, &h, &displacement, &err), &err);
    return displacement;
}

/* Scores two equal segmentations, as volumes and as maps in memory; *info gets what is known of the first. */
static amos_warnings score_both(const amos_volume *r, const amos_volume *p, char turned_from[4])
{
    amos_score *scores[2];
    amos_labelmap *maps[2];
    amos_error err = {0};
    assert_ok(amos_score_load(r, p, NULL, &scores[0], &err), &err);
    assert_ok(amos_labelmap_load(r, NULL, &maps[0], &err), &err);
    assert_ok(amos_labelmap_load(p, NULL, &maps[1], &err), &err);
    assert_ok(amos_score_make(maps[0], maps[1], NULL, &scores[1], &err), &err);
    amos_warnings warnings = amos_score_get_info(scores[0])->warnings;
    for (int i = 0; i < 2; i++) {
        const amos_score_info *info = amos_score_get_info(scores[i]);
        ck_assert_msg(info->displacement < 0.001, "%g mm", info->displacement);
        assert_warnings(info->warnings, warnings);
        for (int label = 1; label <= 3; label++) {
            const amos_organ_score *organ = amos_score_get_organ(scores[i], label);
            ck_assert_uint_gt(organ->voxels_both, 1000);
            ck_assert_double_eq(organ->dice, 1);
        }
        memcpy(turned_from, info->turned_from, 4);
        amos_score_free(scores[i]);
        amos_labelmap_free(maps[i]);
    }
    return warnings;
}

START_TEST(P20_a_prediction_saved_by_nibabel_is_scored)
{
    const struct saved_row *row = &saved[_i];
    struct nifti_file qform = as_qform(row), sform = as_saved(row, row->orientation);
    amos_volume *r = open_made(&qform), *p = open_made(&sform);
    char turned_from[4];
    amos_warnings expected = has_two_readings(row) ? AMOS_W_READING : 0;
    double displacement = displacement_of(r, p);
    ck_assert_msg(has_two_readings(row) ? displacement > 0.15 : displacement < 0.001, "%g mm", displacement);
    assert_warnings(score_both(r, p, turned_from), expected);
    ck_assert_str_eq(turned_from, "");
    assert_warnings(score_both(p, r, turned_from), expected); /* the other way round */
    assert_warnings(score_both(r, r, turned_from), 0);
    amos_volume_free(p);
    amos_volume_free(r);
    nifti_free(&sform);
    nifti_free(&qform);
}
END_TEST

START_TEST(P20_twelve_orientations_have_two_readings)
{
    int count = 0;
    for (int i = 0; i < ROWS(saved); i++)
        count += has_two_readings(&saved[i]);
    ck_assert_int_eq(count, 12);
    ck_assert_int_eq(ROWS(saved), 48);
}
END_TEST

START_TEST(P21_a_prediction_in_another_orientation_is_turned)
{
    const struct saved_row *row = &saved[_i];
    const char *orders[] = {"RAS", orientation_name(7 * _i % 48)};
    struct nifti_file qform = as_qform(row);
    amos_volume *r = open_made(&qform);
    for (int i = 0; i < ROWS(orders); i++) {
        struct nifti_file sform = as_saved(row, orders[i]);
        amos_volume *p = open_made(&sform);
        char turned_from[4];
        int turned = strcmp(orders[i], row->orientation) != 0;
        amos_warnings expected = (has_two_readings(row) ? AMOS_W_READING : 0) | (turned ? AMOS_W_TURNED : 0);
        assert_warnings(score_both(r, p, turned_from), expected);
        ck_assert_str_eq(turned_from, turned ? orders[i] : "");
        amos_volume_free(p);
        nifti_free(&sform);
    }
    amos_volume_free(r);
    nifti_free(&qform);
}
END_TEST

/* The tolerance still holds beyond the two readings: a turn in the other direction, a place 0.2 mm further. */
START_TEST(P05_beyond_both_readings_is_another_place)
{
    struct saved_row row = saved[12];
    ck_assert_str_eq(row.orientation, "LSA");
    if (_i == 0) {
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                row.affine[i][j] *= fabs(row.affine[i][j]) > 0.1 ? 1 : -1;
    } else {
        row.affine[0][2] += 0.2 / 119;
    }
    struct nifti_file qform = as_qform(&row), sform = as_saved(&row, "LSA");
    amos_volume *r = open_made(&qform), *p = open_made(&sform);
    amos_score *score = NULL;
    amos_error err = {0};
    assert_status(amos_score_load(r, p, NULL, &score, &err), AMOS_E_PAIR_GEOM, &err);
    assert_sentence(&err, AMOS_E_PAIR_GEOM, "place");
    ck_assert_ptr_null(score);
    amos_volume_free(p);
    amos_volume_free(r);
    nifti_free(&sform);
    nifti_free(&qform);
}
END_TEST

/* ---- what the messages say ---- */

static const char *refused(const struct nifti_file *r, const struct nifti_file *p, amos_status status)
{
    static amos_error err;
    amos_volume *volumes[2] = {open_made(r), open_made(p)};
    amos_score *score = NULL;
    assert_status(amos_score_load(volumes[0], volumes[1], NULL, &score, &err), status, &err);
    assert_sentence(&err, status, "place");
    amos_volume_free(volumes[1]);
    amos_volume_free(volumes[0]);
    return err.message;
}

static const double spacing[3] = {0.75, 0.75, 5};

static struct nifti_file plain_file(const char *orientation, int64_t x, int64_t y, int64_t z)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {x, y, z}, .type = AMOS_TYPE_UINT8};
    spec.voxels = calloc((size_t)(x * y * z), 1);
    nifti_set_sform(&spec, orientation, spacing, offset);
    struct nifti_file file = nifti_make(&spec);
    free((void *)(uintptr_t)spec.voxels);
    return file;
}

/* P03: saved as z, y, x, by a program whose arrays are in that order. */
START_TEST(P03_exchanged_axes_are_named)
{
    struct nifti_file r = plain_file("LAS", 9, 8, 7), p = plain_file("LAS", 7, 8, 9), q = plain_file("LAS", 8, 9, 7);
    const char *message = refused(&r, &p, AMOS_E_PAIR_SHAPE);
    ck_assert_msg(strstr(message, "axes were exchanged: z, y, x instead of x, y, z") != NULL, "%s", message);
    message = refused(&r, &q, AMOS_E_PAIR_SHAPE);
    ck_assert_msg(strstr(message, "axes were exchanged)") != NULL, "%s", message);
    nifti_free(&q);
    nifti_free(&p);
    nifti_free(&r);
}
END_TEST

START_TEST(P22_other_units_are_named)
{
    struct nifti_file r = plain_file("LAS", 9, 8, 7), p = plain_file("LAS", 9, 8, 7);
    nifti_poke(&p, "xyzt_units", 0, _i ? 3 : 1);
    const char *message = refused(&r, &p, AMOS_E_PAIR_GEOM);
    ck_assert_msg(strstr(message, _i ? "prediction gives microns and that of the reference mm"
                                     : "prediction gives metres and that of the reference mm") != NULL,
                  "%s", message);
    ck_assert_msg(strstr(message, "correct it in the file") && !strstr(message, "tolerance"), "%s", message);
    nifti_free(&p);
    nifti_free(&r);
}
END_TEST

START_TEST(P22_spacings_of_other_units_are_named_without_headers)
{
    struct nifti_file r = plain_file("LAS", 9, 8, 7), p = plain_file("LAS", 9, 8, 7);
    nifti_poke(&p, "xyzt_units", 0, 1);
    amos_volume *volumes[2] = {open_made(&r), open_made(&p)};
    amos_labelmap *maps[2];
    amos_score *score = NULL;
    amos_error err = {0};
    for (int i = 0; i < 2; i++)
        assert_ok(amos_labelmap_load(volumes[i], NULL, &maps[i], &err), &err);
    assert_status(amos_score_make(maps[0], maps[1], NULL, &score, &err), AMOS_E_PAIR_GEOM, &err);
    ck_assert_msg(strstr(err.message, "as metres and millimetres do") != NULL, "%s", err.message);
    for (int i = 0; i < 2; i++) {
        amos_labelmap_free(maps[i]);
        amos_volume_free(volumes[i]);
    }
    nifti_free(&p);
    nifti_free(&r);
}
END_TEST

/* Turned, it would lie nearly there: the message says so. */
START_TEST(P21_nearly_the_same_place_is_named)
{
    struct nifti_file r = plain_file("LAS", 9, 8, 7), p = plain_file("RAS", 9, 8, 7);
    nifti_poke(&p, "srow_x", 3, offset[0] - 8 * 0.75 + 0.3);
    const char *message = refused(&r, &p, AMOS_E_PAIR_GEOM);
    ck_assert_msg(strstr(message, "stored RAS instead of LAS, and 0.3 mm away when turned") != NULL, "%s", message);
    nifti_free(&p);
    nifti_free(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score place");
    TCase *place = add_case(suite, "place", 60);
    tcase_add_unchecked_fixture(place, make_voxels, NULL);
    tcase_add_loop_test(place, P20_a_prediction_saved_by_nibabel_is_scored, 0, ROWS(saved));
    tcase_add_test(place, P20_twelve_orientations_have_two_readings);
    tcase_add_loop_test(place, P21_a_prediction_in_another_orientation_is_turned, 0, ROWS(saved));
    tcase_add_loop_test(place, P05_beyond_both_readings_is_another_place, 0, 2);
    TCase *words = add_case(suite, "words", 10);
    tcase_add_test(words, P03_exchanged_axes_are_named);
    tcase_add_loop_test(words, P22_other_units_are_named, 0, 2);
    tcase_add_test(words, P22_spacings_of_other_units_are_named_without_headers);
    tcase_add_test(words, P21_nearly_the_same_place_is_named);
    return run_suite(suite);
}
