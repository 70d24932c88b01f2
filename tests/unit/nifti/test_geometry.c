/* SPDX-License-Identifier: BSD-3-Clause */
/* The geometry of voxels: the affine's three sources, units, axis codes, reorientation, displacement. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/opened.h"

/* Nothing here needs more than a few roundings of numbers below 1000, in double. */
#define CLOSE 1e-9

/* Both are the 16 numbers of a matrix, row by row. */
static void assert_affine(const double *got, const double *expected, double tolerance, const char *what)
{
    for (int i = 0; i < 16; i++)
        ck_assert_msg(fabs(got[i] - expected[i]) <= tolerance * (1 + fabs(expected[i])),
                      "%s: affine[%d][%d] is %.17g, not %.17g", what, i / 4, i % 4, got[i], expected[i]);
    ck_assert(got[12] == 0 && got[13] == 0 && got[14] == 0 && got[15] == 1);
}

static amos_geometry geometry_of(const struct nifti_file *file)
{
    amos_volume *volume = open_made(file);
    amos_geometry geometry;
    amos_error err;
    assert_ok(amos_volume_get_geometry(volume, &geometry, &err), &err);
    amos_volume_free(volume);
    return geometry;
}

/* ---- sform ---- */

START_TEST(sform_is_the_affine)
{
    const char *code = orientation_name(_i);
    double spacing[3] = {0.75, 1.5, 5};
    double origin[3] = {-120.5, 33.25, 900};
    struct nifti_spec spec = {.version = 1 + _i % 2, .big_endian = _i / 2 % 2, .ndim = 3, .dim = {7, 6, 5}};
    nifti_set_sform(&spec, code, spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    amos_geometry g = geometry_of(&file);
    ck_assert_str_eq(g.orientation, code);
    ck_assert_int_eq((int)g.source, AMOS_AFFINE_SFORM);
    double expected[4][4] = {{0}};
    memcpy(expected, spec.srow, sizeof spec.srow);
    expected[3][3] = 1;
    assert_affine(g.affine[0], expected[0], 0, code); /* every number here is exact in float32 */
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(g.shape[i], spec.dim[i]);
        ck_assert_double_eq_tol(g.spacing[i], spacing[i], CLOSE);
    }
    nifti_free(&file);
}
END_TEST

/* The spacing is the distance of voxel centres, which the sform gives and not pixdim. */
START_TEST(spacing_is_the_length_of_the_affines_columns)
{
    struct nifti_spec spec = {
        .sform_code = 2, .srow = {{2, 1, 0, 5}, {0, 2, 3, 6}, {1, 0, 4, 7}}, .pixdim = {1, 9, 9, 9}};
    struct nifti_file file = nifti_make(&spec);
    amos_geometry g = geometry_of(&file);
    for (int axis = 0; axis < 3; axis++) {
        double sum = 0;
        for (int row = 0; row < 3; row++)
            sum += spec.srow[row][axis] * spec.srow[row][axis];
        ck_assert_double_eq_tol(g.spacing[axis], sqrt(sum), CLOSE);
    }
    nifti_free(&file);
}
END_TEST

/* ---- qform ---- */

/* nifti1.h, method 2, written out. */
static void model_qform(const struct nifti_spec *spec, double out[4][4])
{
    double b = spec->quatern[0], c = spec->quatern[1], d = spec->quatern[2];
    double left = 1 - (b * b + c * c + d * d);
    double a = left > 0 ? sqrt(left) : 0;
    double qfac = spec->pixdim[0] < 0 ? -1 : 1;
    double r[3][3] = {{a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
                      {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
                      {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b}};
    memset(out, 0, 16 * sizeof(double));
    for (int row = 0; row < 3; row++) {
        for (int axis = 0; axis < 3; axis++)
            out[row][axis] = r[row][axis] * spec->pixdim[axis + 1] * (axis == 2 ? qfac : 1);
        out[row][3] = spec->qoffset[row];
    }
    out[3][3] = 1;
}

static const struct {
    double quatern[3];
    double qfac;
    const char *orientation;
} rotations[] = {
    {{0, 0, 0}, 1, "RAS"},
    {{0, 0, 0}, -1, "RAI"},
    {{0, 0, 0}, 0, "RAS"},
    {{0, 1, 0}, -1, "LAS"},
    {{1, 0, 0}, 1, "RPI"},
    {{0, 0, 1}, 1, "LPS"},
    {{0, 1, 0}, 1, "LAI"},
    {{0.5, 0.5, 0.5}, 1, "ASR"},
    {{0.5, -0.5, 0.5}, 1, "SLP"},
    {{0.125, 0.0625, -0.1875}, 1, "RAS"},
    {{0.125, 0.0625, -0.1875}, -1, "RAI"},
};

START_TEST(qform_is_used_where_there_is_no_sform)
{
    struct nifti_spec spec = {.version = 1 + _i % 2,
                              .ndim = 3,
                              .dim = {7, 6, 5},
                              .qform_code = 1,
                              .pixdim = {rotations[_i].qfac, 0.75, 1.5, 5},
                              .qoffset = {-100, 50.5, 7}};
    memcpy(spec.quatern, rotations[_i].quatern, sizeof spec.quatern);
    struct nifti_file file = nifti_make(&spec);
    amos_geometry g = geometry_of(&file);
    double expected[4][4];
    model_qform(&spec, expected);
    ck_assert_int_eq((int)g.source, AMOS_AFFINE_QFORM);
    assert_affine(g.affine[0], expected[0], CLOSE, rotations[_i].orientation);
    ck_assert_str_eq(g.orientation, rotations[_i].orientation);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(g.spacing[i], spec.pixdim[i + 1], CLOSE);
    nifti_free(&file);
}
END_TEST

START_TEST(sform_goes_before_qform)
{
    struct nifti_spec spec = {.qform_code = 1,
                              .pixdim = {1, 2, 2, 2},
                              .quatern = {0, 0, 1},
                              .sform_code = _i,
                              .srow = {{3, 0, 0, 1}, {0, 3, 0, 2}, {0, 0, 3, 3}}};
    struct nifti_file file = nifti_make(&spec);
    amos_geometry g = geometry_of(&file);
    ck_assert_int_eq((int)g.source, _i ? AMOS_AFFINE_SFORM : AMOS_AFFINE_QFORM);
    ck_assert_double_eq_tol(g.affine[0][0], _i ? 3 : -2, CLOSE);
    ck_assert_str_eq(g.orientation, _i ? "RAS" : "LPS");
    amos_volume *volume = open_made(&file);
    assert_warnings(amos_volume_warnings(volume), _i ? AMOS_W_FORMS : 0);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* qform and sform that are equal up to float32 rounding do not disagree. */
START_TEST(agreeing_forms_are_no_warning)
{
    struct nifti_spec spec = {.ndim = 3,
                              .dim = {20, 20, 90},
                              .qform_code = 1,
                              .sform_code = 1,
                              .pixdim = {-1, 0.78125, 0.78125, 5},
                              .quatern = {0.1, 0.9, 0.2},
                              .qoffset = {199.5, -100, 40}};
    double matrix[4][4];
    model_qform(&spec, matrix);
    memcpy(spec.srow, matrix, sizeof spec.srow);
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    assert_warnings(amos_volume_warnings(volume), 0);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- spacing only ---- */

START_TEST(without_forms_there_is_only_spacing)
{
    struct nifti_spec spec = {.version = 1 + _i, .no_forms = 1, .pixdim = {0, 3, 4, 5}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_geometry g;
    amos_error err;
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    double expected[4][4] = {{3, 0, 0, 0}, {0, 4, 0, 0}, {0, 0, 5, 0}, {0, 0, 0, 1}};
    ck_assert_int_eq((int)g.source, AMOS_AFFINE_SPACING);
    assert_affine(g.affine[0], expected[0], 0, "spacing");
    assert_warnings(amos_volume_warnings(volume), AMOS_W_NOORIENT);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- units ---- */

START_TEST(units_become_millimetres)
{
    static const struct {
        int code;
        double mm;
    } units[] = {{1, 1000}, {2, 1}, {3, 0.001}};
    static const int times[] = {0, 8, 16, 24, 32, 40, 48};
    double mm = units[_i % 3].mm;
    int form = _i / 3 % 3;
    int time = times[_i % 7];
    struct nifti_spec spec = {.no_forms = form == 0,
                              .qform_code = form == 1,
                              .sform_code = form == 2 ? 1 : 0,
                              .xyzt_units = units[_i % 3].code | time,
                              .pixdim = {1, 2, 4, 8},
                              .qoffset = {16, 32, 64},
                              .srow = {{2, 0, 0, 16}, {0, 4, 0, 32}, {0, 0, 8, 64}}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    ck_assert_int_eq(amos_volume_get_info(volume)->space_unit, units[_i % 3].code);
    ck_assert_int_eq(amos_volume_get_info(volume)->time_unit, time);
    ck_assert_double_eq(amos_volume_get_info(volume)->pixdim[1], 2); /* as stored */
    amos_volume_free(volume);
    amos_geometry g = geometry_of(&file);
    double shift = form ? 1 : 0;
    double expected[4][4] = {{2 * mm, 0, 0, 16 * mm * shift},
                             {0, 4 * mm, 0, 32 * mm * shift},
                             {0, 0, 8 * mm, 64 * mm * shift},
                             {0, 0, 0, 1}};
    assert_affine(g.affine[0], expected[0], CLOSE, "units");
    ck_assert_double_eq_tol(g.spacing[0], 2 * mm, CLOSE);
    ck_assert_double_eq_tol(g.spacing[2], 8 * mm, CLOSE);
    nifti_free(&file);
}
END_TEST

START_TEST(unknown_units_are_millimetres)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    nifti_poke(&file, "xyzt_units", 0, 0);
    nifti_poke(&file, "pixdim", 1, 1);
    amos_volume *volume = open_made(&file);
    ck_assert_int_eq(amos_volume_get_info(volume)->space_unit, 0);
    assert_warnings(amos_volume_warnings(volume), 0);
    amos_volume_free(volume);
    ck_assert_double_eq_tol(geometry_of(&file).affine[0][0], 1, CLOSE);
    nifti_free(&file);
}
END_TEST

/* ---- headers without geometry ---- */

static void poke_nothing(struct nifti_file *f)
{
    (void)f;
}
static void poke_pixdim_zero(struct nifti_file *f)
{
    nifti_poke(f, "pixdim", 2, 0);
}
static void poke_pixdim_nan(struct nifti_file *f)
{
    nifti_poke(f, "pixdim", 1, (double)NAN);
}
static void poke_pixdim_inf(struct nifti_file *f)
{
    nifti_poke(f, "pixdim", 3, (double)INFINITY);
}
static void poke_pixdim_negative(struct nifti_file *f)
{
    nifti_poke(f, "pixdim", 1, -2);
}
static void poke_quaternion_long(struct nifti_file *f)
{
    nifti_poke(f, "quatern_b", 0, 1);
    nifti_poke(f, "quatern_c", 0, 1);
    nifti_poke(f, "quatern_d", 0, 1);
}
static void poke_quaternion_nan(struct nifti_file *f)
{
    nifti_poke(f, "quatern_c", 0, (double)NAN);
}
static void poke_offset_nan(struct nifti_file *f)
{
    nifti_poke(f, "qoffset_y", 0, (double)NAN);
}
static void poke_offset_inf(struct nifti_file *f)
{
    nifti_poke(f, "qoffset_y", 0, -(double)INFINITY);
}
static void poke_srow_nan(struct nifti_file *f)
{
    nifti_poke(f, "srow_y", 1, (double)NAN);
}
static void poke_srow_inf(struct nifti_file *f)
{
    nifti_poke(f, "srow_z", 3, (double)INFINITY);
}
static void poke_srow_zero(struct nifti_file *f)
{
    for (int i = 0; i < 4; i++)
        nifti_poke(f, "srow_y", i, 0);
}
static void poke_srow_parallel(struct nifti_file *f)
{
    for (int i = 0; i < 3; i++)
        nifti_poke(f, "srow_z", i, nifti_peek(f, "srow_x", i));
}

enum form { SPACING, QFORM, SFORM };

static const struct broken_row {
    const char *what;
    enum form form;
    void (*poke)(struct nifti_file *);
    amos_status expected;
} broken[] = {
    {"whole spacing", SPACING, poke_nothing, AMOS_OK},
    {"whole qform", QFORM, poke_nothing, AMOS_OK},
    {"whole sform", SFORM, poke_nothing, AMOS_OK},
    {"H58 pixdim 0, spacing", SPACING, poke_pixdim_zero, AMOS_E_GEOM},
    {"H58 pixdim 0, qform", QFORM, poke_pixdim_zero, AMOS_E_GEOM},
    {"H58 pixdim 0, sform", SFORM, poke_pixdim_zero, AMOS_OK},
    {"H59 pixdim NaN, spacing", SPACING, poke_pixdim_nan, AMOS_E_GEOM},
    {"H59 pixdim NaN, qform", QFORM, poke_pixdim_nan, AMOS_E_GEOM},
    {"H59 pixdim Inf, qform", QFORM, poke_pixdim_inf, AMOS_E_GEOM},
    {"H60 pixdim negative, spacing", SPACING, poke_pixdim_negative, AMOS_E_GEOM},
    {"H60 pixdim negative, qform", QFORM, poke_pixdim_negative, AMOS_E_GEOM},
    {"H64 quaternion (1,1,1)", QFORM, poke_quaternion_long, AMOS_E_GEOM},
    {"H64 quaternion (1,1,1), sform used", SFORM, poke_quaternion_long, AMOS_OK},
    {"H65 quaternion NaN", QFORM, poke_quaternion_nan, AMOS_E_GEOM},
    {"H65 qoffset NaN", QFORM, poke_offset_nan, AMOS_E_GEOM},
    {"H65 qoffset Inf", QFORM, poke_offset_inf, AMOS_E_GEOM},
    {"H66 sform NaN", SFORM, poke_srow_nan, AMOS_E_GEOM},
    {"H66 sform Inf", SFORM, poke_srow_inf, AMOS_E_GEOM},
    {"H66 sform row of zeros", SFORM, poke_srow_zero, AMOS_E_GEOM},
    {"H66 sform singular", SFORM, poke_srow_parallel, AMOS_E_GEOM},
};

START_TEST(bad_numbers_give_no_geometry_but_voxels)
{
    const struct broken_row *row = &broken[_i / 2];
    double spacing[3] = {1, 2, 3}, origin[3] = {4, 5, 6};
    struct nifti_spec spec = {.version = 1 + _i % 2};
    nifti_set_sform(&spec, "RAS", spacing, origin);
    spec.sform_code = row->form == SFORM;
    spec.qform_code = row->form == QFORM;
    spec.no_forms = row->form == SPACING;
    struct nifti_file file = nifti_make(&spec);
    row->poke(&file);
    amos_volume *volume = open_made(&file);
    amos_geometry g;
    amos_error err = {0};
    amos_status status = amos_volume_get_geometry(volume, &g, &err);
    ck_assert_msg(status == row->expected, "%s: %s", row->what, amos_status_name(status));
    if (status)
        assert_sentence(&err, status, row->what);
    amos_layout layout;
    assert_ok(amos_volume_get_layout(volume, NULL, &layout, &err), &err);
    ck_assert_int_eq(layout.has_geometry, status == AMOS_OK);
    ck_assert_int_eq(layout.geometry.shape[0], 4);
    if (status) {
        ck_assert_double_eq(layout.geometry.affine[0][0], 0);
        ck_assert_double_eq(layout.geometry.spacing[0], 0);
        amos_read_options turned = {.size = sizeof turned, .orientation = "LPS"};
        assert_status(amos_volume_get_layout(volume, &turned, &layout, &err), AMOS_E_GEOM, &err);
    }
    size_t bytes;
    unsigned char *got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_mem_eq(got, file.bytes.data + file.vox_offset, bytes);
    free(got);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(H60_lenient_opening_makes_pixdim_positive)
{
    struct nifti_spec spec = {.qform_code = _i, .no_forms = !_i, .pixdim = {1, -2, 3, 4}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume_options options = {.size = sizeof options, .flags = AMOS_OPEN_LENIENT};
    amos_volume *volume = NULL;
    amos_geometry g;
    amos_error err;
    assert_ok(amos_volume_open_memory(file.bytes.data, file.bytes.size, &options, &volume, &err), &err);
    assert_warnings(amos_volume_warnings(volume), AMOS_W_PIXDIM | (_i ? 0 : AMOS_W_NOORIENT));
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    ck_assert_double_eq(g.affine[0][0], 2);
    ck_assert_double_eq(g.spacing[0], 2);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* H63: a unit quaternion that is slightly too long after rounding to float32 is a rotation by half a turn. */
START_TEST(H63_quaternion_a_little_too_long_is_a_half_turn)
{
    struct nifti_spec spec = {.qform_code = 1, .pixdim = {1, 1, 2, 3}, .quatern = {0.6, 0.8, 0}};
    struct nifti_file file = nifti_make(&spec);
    float b = 0.6f, c = 0.8f;
    ck_assert((double)b * (double)b + (double)c * (double)c > 1);
    amos_geometry g = geometry_of(&file);
    spec.quatern[0] = (double)b;
    spec.quatern[1] = (double)c;
    double expected[4][4];
    model_qform(&spec, expected);
    assert_affine(g.affine[0], expected[0], 1e-6, "half turn"); /* the quaternion has float32 precision */
    nifti_free(&file);
}
END_TEST

static double squares_of(const struct nifti_file *file)
{
    double sum = 0;
    static const char *const names[] = {"quatern_b", "quatern_c", "quatern_d"};
    for (int i = 0; i < 3; i++)
        sum += nifti_peek(file, names[i], 0) * nifti_peek(file, names[i], 0);
    return sum;
}

/* H80: longer than rounding to float32 explains, as real files have it: normalised, and said. */
START_TEST(H80_quaternion_longer_than_1_is_normalised)
{
    static const struct {
        double beyond;
        amos_status status;
        amos_warnings warnings;
    } rows[] = {{1e-7, AMOS_OK, 0},
                {3.9e-7, AMOS_OK, AMOS_W_QUATERN},
                {1e-6, AMOS_OK, AMOS_W_QUATERN},
                {1e-5, AMOS_OK, AMOS_W_QUATERN},
                {9.9e-5, AMOS_OK, AMOS_W_QUATERN},
                {1.1e-4, AMOS_E_GEOM, 0},
                {1e-3, AMOS_E_GEOM, 0}};
    const double length = sqrt((1 + rows[_i].beyond) / 2);
    struct nifti_spec spec = {.version = 2, .qform_code = 1, .pixdim = {1, 1, 2, 3}, .quatern = {0, length, length}};
    struct nifti_file file = nifti_make(&spec);
    ck_assert_double_eq_tol(squares_of(&file), 1 + rows[_i].beyond, 1e-12);
    amos_volume *volume = open_made(&file);
    amos_geometry g;
    amos_error err = {0};
    assert_status(amos_volume_get_geometry(volume, &g, &err), rows[_i].status, &err);
    assert_warnings(amos_volume_warnings(volume), rows[_i].warnings);
    if (rows[_i].status) {
        ck_assert_msg(strstr(err.message, "has the length 1.000") != NULL, "%s", err.message);
    } else {
        const double expected[4][4] = {{-1, 0, 0, 0}, {0, 0, 3, 0}, {0, 2, 0, 0}, {0, 0, 0, 1}};
        assert_affine(g.affine[0], expected[0], 1e-12, "half turn");
    }
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* H81: only an sform, and a pixdim that says something else. */
START_TEST(H81_pixdim_unlike_the_sform_is_said)
{
    static const struct {
        double pixdim[3];
        amos_warnings warnings;
    } rows[] = {{{0.75, 0.75, 5}, 0},           {{0.7501, 0.75, 5}, 0},
                {{1, 1, 1}, AMOS_W_SPACING},    {{0.75, 0.75, 2.5}, AMOS_W_SPACING},
                {{0.75, 0, 5}, AMOS_W_SPACING}, {{0.75, (double)NAN, 5}, AMOS_W_SPACING},
                {{-0.75, 0.75, 5}, 0},          {{0.76, 0.75, 5}, AMOS_W_SPACING}};
    const double spacing[3] = {0.75, 0.75, 5}, origin[3] = {1, 2, 3};
    struct nifti_spec spec = {.ndim = 3, .dim = {4, 3, 2}};
    nifti_set_sform(&spec, "LAS", spacing, origin);
    memcpy(spec.pixdim + 1, rows[_i].pixdim, sizeof rows[_i].pixdim);
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    assert_warnings(amos_volume_warnings(volume), rows[_i].warnings);
    ck_assert_double_eq_tol(geometry_of(&file).spacing[0], 0.75, CLOSE);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* The sform that nibabel makes of a qform with two readings agrees with it; the other way round it does not. */
START_TEST(either_reading_agrees_with_the_sform)
{
    const double half = 0.707106769084930419921875; /* the float32 below the root of 1/2 */
    struct nifti_spec spec = {.ndim = 3,
                              .dim = {512, 4, 100},
                              .qform_code = 1,
                              .sform_code = 2,
                              .pixdim = {1, 0.75, 0.75, 5},
                              .quatern = {0, half, half},
                              .srow = {{-0.74999994, -0.000196232286, 0.0013082152, 0},
                                       {0.000196232286, 0, 5, 0},
                                       {-0.000196232286, 0.75, 0, 0}}};
    for (int i = 0; i < 9 * _i; i++) /* the same turn, backwards */
        spec.srow[i / 3][i % 3] *= fabs(spec.srow[i / 3][i % 3]) > 0.1 ? 1 : -1;
    spec.voxels = calloc(512 * 4, 100);
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    assert_warnings(amos_volume_warnings(volume), _i ? AMOS_W_FORMS : 0);
    amos_volume_free(volume);
    nifti_free(&file);
    free((void *)(uintptr_t)spec.voxels);
}
END_TEST

/* ---- to_mm, reorient, displacement ---- */

/* An oblique geometry: rotated by some degrees about each axis, then its columns permuted and flipped. */
static amos_geometry oblique(const char *code, uint64_t *seed)
{
    struct nifti_spec spec = {.qform_code = 1, .pixdim = {1, 0.8, 1.1, 2.5}};
    for (int i = 0; i < 3; i++)
        spec.quatern[i] = (double)(random_below(seed, 201) - 100) / 1000;
    double base[4][4];
    model_qform(&spec, base);
    struct axis_map map = model_axes("RAS", code);
    amos_geometry g = {.source = AMOS_AFFINE_SFORM};
    for (int d = 0; d < 3; d++) {
        g.shape[d] = 3 + random_below(seed, 9);
        g.spacing[d] = spec.pixdim[map.axis[d] + 1];
        for (int row = 0; row < 3; row++)
            g.affine[row][d] = base[row][map.axis[d]] * (map.flip[d] ? -1 : 1);
        g.affine[d][3] = (double)(random_below(seed, 4001) - 2000) / 8;
    }
    g.affine[3][3] = 1;
    memcpy(g.orientation, code, 4);
    return g;
}

static void model_to_mm(const amos_geometry *g, const double v[3], double mm[3])
{
    for (int row = 0; row < 3; row++)
        mm[row] = g->affine[row][0] * v[0] + g->affine[row][1] * v[1] + g->affine[row][2] * v[2] + g->affine[row][3];
}

START_TEST(to_mm_is_the_affine_times_the_index)
{
    uint64_t seed = (uint64_t)_i;
    amos_geometry g = oblique(orientation_name(_i), &seed);
    for (int n = 0; n < 20; n++) {
        double voxel[3] = {0}, expected[3], got[3];
        for (int i = 0; i < 3; i++)
            voxel[i] = (double)(random_below(&seed, 4000) - 1000) / 8;
        model_to_mm(&g, voxel, expected);
        amos_geometry_to_mm(&g, voxel, got);
        for (int i = 0; i < 3; i++)
            ck_assert_double_eq_tol(got[i], expected[i], CLOSE);
        amos_geometry_to_mm(&g, voxel, voxel); /* in place */
        ck_assert_mem_eq(voxel, got, sizeof got);
    }
}
END_TEST

/* Every orientation into every other: each voxel stays where it is in the patient, and back again. */
START_TEST(reorientation_moves_no_voxel)
{
    uint64_t seed = (uint64_t)_i;
    const char *from = orientation_name(_i);
    amos_geometry g = oblique(from, &seed);
    for (int t = 0; t < 48; t++) {
        const char *to = orientation_name(t);
        amos_geometry turned, back;
        amos_error err;
        assert_ok(amos_geometry_reorient(&g, to, &turned, &err), &err);
        ck_assert_str_eq(turned.orientation, to);
        ck_assert_int_eq((int)turned.source, (int)g.source);
        struct axis_map map = model_axes(from, to);
        for (int corner = 0; corner < 8; corner++) {
            int64_t index[3], source[3];
            for (int d = 0; d < 3; d++) {
                ck_assert_msg(turned.shape[d] == g.shape[map.axis[d]], "%s -> %s: axis %d", from, to, d);
                ck_assert_msg(fabs(turned.spacing[d] - g.spacing[map.axis[d]]) < CLOSE, "%s -> %s: spacing %d", from,
                              to, d);
                index[d] = corner >> d & 1 ? turned.shape[d] - 1 : 0;
            }
            model_source_index(&map, g.shape, index, source);
            double a[3] = {(double)index[0], (double)index[1], (double)index[2]};
            double b[3] = {(double)source[0], (double)source[1], (double)source[2]};
            double mm_a[3], mm_b[3];
            model_to_mm(&turned, a, mm_a);
            model_to_mm(&g, b, mm_b);
            for (int i = 0; i < 3; i++)
                ck_assert_msg(fabs(mm_a[i] - mm_b[i]) < CLOSE, "%s -> %s: corner %d, mm[%d] %g, not %g", from, to,
                              corner, i, mm_a[i], mm_b[i]);
        }
        assert_ok(amos_geometry_reorient(&turned, from, &back, &err), &err);
        ck_assert_str_eq(back.orientation, from);
        ck_assert_mem_eq(back.shape, g.shape, sizeof g.shape);
        assert_affine(back.affine[0], g.affine[0], CLOSE, "back");
        amos_geometry same = g;
        assert_ok(amos_geometry_reorient(&same, to, &same, &err), &err); /* in place */
        ck_assert_mem_eq(same.affine, turned.affine, sizeof same.affine);
        ck_assert_mem_eq(same.shape, turned.shape, sizeof same.shape);
    }
}
END_TEST

START_TEST(small_letters_are_an_orientation)
{
    uint64_t seed = 1;
    amos_geometry g = oblique("RAS", &seed), a, b;
    amos_error err;
    assert_ok(amos_geometry_reorient(&g, "LPS", &a, &err), &err);
    assert_ok(amos_geometry_reorient(&g, "lPs", &b, &err), &err);
    ck_assert_str_eq(b.orientation, "LPS");
    ck_assert_mem_eq(a.affine, b.affine, sizeof a.affine);
}
END_TEST

START_TEST(other_words_are_no_orientation)
{
    static const char *const words[] = {"", "RA", "RAS+", "RRS", "RLS", "RAX", "XYZ", "R S", "RASS", "123"};
    uint64_t seed = 1;
    amos_geometry g = oblique("RAS", &seed), out;
    amos_error err = {0};
    assert_status(amos_geometry_reorient(&g, words[_i], &out, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, words[_i]);
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_read_options options = {.size = sizeof options, .orientation = words[_i]};
    amos_layout layout;
    assert_status(amos_volume_get_layout(volume, &options, &layout, &err), AMOS_E_ARG, &err);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(reorient_refuses_null)
{
    uint64_t seed = 1;
    amos_geometry g = oblique("RAS", &seed), out;
    amos_error err = {0};
    assert_status(amos_geometry_reorient(NULL, "RAS", &out, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_reorient(&g, NULL, &out, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_reorient(&g, "RAS", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_reorient(&g, "RAS", NULL, NULL), AMOS_E_ARG, NULL);
}
END_TEST

START_TEST(displacement_is_that_of_the_worst_corner)
{
    uint64_t seed = (uint64_t)_i + 1000;
    amos_geometry a = oblique(orientation_name(_i % 48), &seed), b = a;
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 4; column++)
            b.affine[row][column] += (double)(random_below(&seed, 201) - 100) * (column == 3 ? 1e-2 : 1e-3);
    double worst = 0;
    for (int corner = 0; corner < 8; corner++) {
        double v[3], p[3], q[3], sum = 0;
        for (int d = 0; d < 3; d++)
            v[d] = corner >> d & 1 ? (double)(a.shape[d] - 1) : 0;
        model_to_mm(&a, v, p);
        model_to_mm(&b, v, q);
        for (int i = 0; i < 3; i++)
            sum += (p[i] - q[i]) * (p[i] - q[i]);
        worst = fmax(worst, sqrt(sum));
    }
    double got = -1;
    amos_error err;
    assert_ok(amos_geometry_get_displacement(&a, &b, &got, &err), &err);
    ck_assert_double_eq_tol(got, worst, CLOSE);
    assert_ok(amos_geometry_get_displacement(&b, &a, &got, &err), &err);
    ck_assert_double_eq_tol(got, worst, CLOSE);
    assert_ok(amos_geometry_get_displacement(&a, &a, &got, &err), &err);
    ck_assert_double_eq(got, 0);
}
END_TEST

START_TEST(displacement_needs_one_shape)
{
    uint64_t seed = 5;
    amos_geometry a = oblique("RAS", &seed), b = a;
    b.shape[_i]++;
    double got;
    amos_error err = {0};
    assert_status(amos_geometry_get_displacement(&a, &b, &got, &err), AMOS_E_PAIR_SHAPE, &err);
    assert_sentence(&err, AMOS_E_PAIR_SHAPE, "shape");
    assert_status(amos_geometry_get_displacement(NULL, &b, &got, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_get_displacement(&a, NULL, &got, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_get_displacement(&a, &a, NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

/* Axis codes of tilted volumes: the nearest direction of each axis. */
START_TEST(oblique_volumes_have_the_nearest_codes)
{
    uint64_t seed = (uint64_t)_i + 77;
    const char *code = orientation_name(_i);
    amos_geometry g = oblique(code, &seed);
    struct nifti_spec spec = {.version = 2, .ndim = 3, .dim = {g.shape[0], g.shape[1], g.shape[2]}, .sform_code = 1};
    memcpy(spec.srow, g.affine, sizeof spec.srow);
    struct nifti_file file = nifti_make(&spec);
    amos_geometry got = geometry_of(&file);
    ck_assert_str_eq(got.orientation, code);
    assert_affine(got.affine[0], g.affine[0], 0, code); /* NIfTI-2 stores doubles */
    nifti_free(&file);
}
END_TEST

/* Two stored axes may have the same nearest direction; they still get different letters. */
START_TEST(codes_are_a_permutation)
{
    struct nifti_spec spec = {
        .version = 2, .sform_code = 1, .srow = {{1, 0.9, 0.8, 0}, {0.1, 0.5, 0, 0}, {0, 0.1, 0.5, 0}}};
    struct nifti_file file = nifti_make(&spec);
    amos_geometry g = geometry_of(&file);
    int seen[3] = {0};
    for (int i = 0; i < 3; i++)
        seen[g.orientation[i] == 'R' || g.orientation[i] == 'L'   ? 0
             : g.orientation[i] == 'A' || g.orientation[i] == 'P' ? 1
                                                                  : 2]++;
    ck_assert(seen[0] == 1 && seen[1] == 1 && seen[2] == 1);
    nifti_free(&file);
}
END_TEST

START_TEST(source_has_its_name)
{
    ck_assert_str_eq(amos_affine_source_name(AMOS_AFFINE_SPACING), "spacing");
    ck_assert_str_eq(amos_affine_source_name(AMOS_AFFINE_QFORM), "qform");
    ck_assert_str_eq(amos_affine_source_name(AMOS_AFFINE_SFORM), "sform");
    ck_assert_str_eq(amos_affine_source_name((amos_affine_source)3), "?");
    ck_assert_str_eq(amos_affine_source_name((amos_affine_source)-1), "?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("geometry");
    TCase *sources = add_case(suite, "sources", 10);
    tcase_add_loop_test(sources, sform_is_the_affine, 0, 48);
    tcase_add_test(sources, spacing_is_the_length_of_the_affines_columns);
    tcase_add_loop_test(sources, qform_is_used_where_there_is_no_sform, 0,
                        (int)(sizeof rotations / sizeof rotations[0]));
    tcase_add_loop_test(sources, sform_goes_before_qform, 0, 5);
    tcase_add_test(sources, agreeing_forms_are_no_warning);
    tcase_add_loop_test(sources, without_forms_there_is_only_spacing, 0, 2);
    tcase_add_test(sources, source_has_its_name);
    TCase *units = add_case(suite, "units", 10);
    tcase_add_loop_test(units, units_become_millimetres, 0, 63);
    tcase_add_test(units, unknown_units_are_millimetres);
    TCase *none = add_case(suite, "no geometry", 10);
    tcase_add_loop_test(none, bad_numbers_give_no_geometry_but_voxels, 0, 2 * (int)(sizeof broken / sizeof broken[0]));
    tcase_add_loop_test(none, H60_lenient_opening_makes_pixdim_positive, 0, 2);
    tcase_add_test(none, H63_quaternion_a_little_too_long_is_a_half_turn);
    tcase_add_loop_test(none, H80_quaternion_longer_than_1_is_normalised, 0, 7);
    tcase_add_loop_test(none, H81_pixdim_unlike_the_sform_is_said, 0, 8);
    tcase_add_loop_test(none, either_reading_agrees_with_the_sform, 0, 2);
    TCase *codes = add_case(suite, "axis codes", 10);
    tcase_add_loop_test(codes, oblique_volumes_have_the_nearest_codes, 0, 48);
    tcase_add_test(codes, codes_are_a_permutation);
    tcase_add_test(codes, small_letters_are_an_orientation);
    tcase_add_loop_test(codes, other_words_are_no_orientation, 0, 10);
    TCase *arithmetic = add_case(suite, "arithmetic", 10);
    tcase_add_loop_test(arithmetic, to_mm_is_the_affine_times_the_index, 0, 48);
    tcase_add_loop_test(arithmetic, reorientation_moves_no_voxel, 0, 48);
    tcase_add_test(arithmetic, reorient_refuses_null);
    tcase_add_loop_test(arithmetic, displacement_is_that_of_the_worst_corner, 0, 60);
    tcase_add_loop_test(arithmetic, displacement_needs_one_shape, 0, 3);
    return run_suite(suite);
}
