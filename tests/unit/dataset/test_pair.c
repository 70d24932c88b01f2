/* SPDX-License-Identifier: BSD-3-Clause */
/* An image and its label: the geometry check of rows P01 to P07, P17 and P18, and reading both alike. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const double spacing[3] = {0.75, 0.75, 5};
static const double origin[3] = {-120, 80, 400};

struct two {
    struct nifti_spec image, label;
    char *image_path, *label_path;
    struct nifti_file image_file, label_file;
};

static uint8_t label_voxels[9 * 8 * 7];

/* A 9 x 8 x 7 LAS image of int16 and a label of uint16, both with one sform. The caller changes the specs, then calls
 * write_two(). */
static struct two two_specs(void)
{
    struct two t = {.image = {.version = 2, .ndim = 3, .dim = {9, 8, 7}, .type = AMOS_TYPE_INT16, .seed = 1}};
    nifti_set_sform(&t.image, "LAS", spacing, origin);
    t.label = t.image;
    t.label.type = AMOS_TYPE_UINT8;
    uint64_t seed = 6;
    for (size_t i = 0; i < sizeof label_voxels; i++)
        label_voxels[i] = (uint8_t)random_below(&seed, 16);
    t.label.voxels = label_voxels;
    return t;
}

static void write_two(struct two *t, const char *stem)
{
    char name[128];
    t->image_file = nifti_make(&t->image);
    t->label_file = nifti_make(&t->label);
    struct bytes image = gzip_of(&t->image_file.bytes), label = gzip_of(&t->label_file.bytes);
    snprintf(name, sizeof name, "%s/image.nii.gz", stem);
    t->image_path = tmp_write_bytes(name, &image);
    snprintf(name, sizeof name, "%s/label.nii.gz", stem);
    t->label_path = tmp_write_bytes(name, &label);
    bytes_free(&image);
    bytes_free(&label);
}

static void drop(struct two *t)
{
    free(t->image_path);
    free(t->label_path);
    nifti_free(&t->image_file);
    nifti_free(&t->label_file);
}

/* Opens both; asserts status, warnings and displacement; returns the pair if it opened. */
static amos_pair *open_two(const struct two *t, const amos_pair_options *options, amos_status expected,
                           amos_warnings warnings, double displacement, amos_error *err)
{
    amos_pair *pair = (amos_pair *)err;
    assert_status(amos_pair_open(t->image_path, t->label_path, options, &pair, err), expected, err);
    if (expected) {
        ck_assert_ptr_null(pair);
        assert_sentence(err, expected, "pair");
        return NULL;
    }
    const amos_pair_info *info = amos_pair_get_info(pair);
    assert_warnings(info->warnings, warnings);
    ck_assert_double_eq_tol(info->displacement, displacement, 1e-9);
    ck_assert_str_eq(amos_volume_get_info(info->image)->path, t->image_path);
    ck_assert_str_eq(amos_volume_get_info(info->label)->path, t->label_path);
    return pair;
}

static void assert_loaded(const struct two *t, const char *stored, const char *asked, const amos_array *image,
                          const amos_labelmap *label)
{
    struct axis_map map = model_axes(stored, asked ? asked : stored);
    size_t bytes;
    float *values = model_read(&t->image_file, 0, AMOS_TYPE_FLOAT32, 0, &bytes);
    const amos_layout *layout = amos_array_layout(image);
    ck_assert_mem_eq(layout->shape, amos_labelmap_layout(label)->shape, sizeof layout->shape);
    const float *got = amos_array_data(image);
    const uint8_t *labels = amos_labelmap_voxels(label);
    int64_t i[3], s[3];
    size_t n = 0;
    for (i[2] = 0; i[2] < layout->shape[2]; i[2]++)
        for (i[1] = 0; i[1] < layout->shape[1]; i[1]++)
            for (i[0] = 0; i[0] < layout->shape[0]; i[0]++, n++) {
                model_source_index(&map, t->image_file.shape, i, s);
                int64_t from = s[0] + 9 * (s[1] + 8 * s[2]);
                ck_assert_msg(got[n] == values[from], "image voxel %zu", n);
                ck_assert_msg(labels[n] == label_voxels[from], "label voxel %zu", n);
            }
    free(values);
}

START_TEST(one_geometry_is_a_pair)
{
    struct two t = two_specs();
    write_two(&t, "equal");
    amos_error err = {0};
    amos_pair_free(open_two(&t, NULL, AMOS_OK, 0, 0, &err));
    drop(&t);
}
END_TEST

START_TEST(P01_shapes_must_be_equal)
{
    struct two t = two_specs();
    t.label.dim[_i / 2] += _i % 2 ? 1 : -1;
    t.label.voxels = NULL;
    write_two(&t, "shape");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_PAIR_SHAPE, 0, 0, &err);
    ck_assert_msg(strstr(err.message, _i / 2 == 0   ? (_i % 2 ? "10" : "8")
                                      : _i / 2 == 1 ? (_i % 2 ? "9" : "7")
                                                    : (_i % 2 ? "8" : "6")),
                  "%s", err.message);
    drop(&t);
}
END_TEST

START_TEST(P02_one_frame_is_three_dimensions)
{
    struct two t = two_specs();
    struct nifti_spec *four = _i ? &t.label : &t.image;
    four->ndim = 4;
    four->dim[3] = 1;
    write_two(&t, "squeeze");
    amos_error err = {0};
    amos_pair_free(open_two(&t, NULL, AMOS_OK, 0, 0, &err));
    drop(&t);
}
END_TEST

START_TEST(P03_a_transposed_shape_is_hinted_at)
{
    struct two t = two_specs();
    t.label.dim[0] = 7;
    t.label.dim[1] = 9;
    t.label.dim[2] = 8;
    write_two(&t, "transposed");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_PAIR_SHAPE, 0, 0, &err);
    ck_assert_msg(strstr(err.message, "transpos") || strstr(err.message, "axes") || strstr(err.message, "order"), "%s",
                  err.message);
    drop(&t);
}
END_TEST

/* P04, P05: the smallest spacing is 0.75 mm. */
static const struct shift_row {
    double shift[3];
    double turn; /* added to srow_x[2]: 6 slices away it is six times as much */
    double tolerance;
    double displacement;
    int fits;
} shifts[] = {
    {{0.0074, 0, 0}, 0, 0.01, 0.0074, 1},
    {{0.0076, 0, 0}, 0, 0.01, 0.0076, 0},
    {{0, -0.0074, 0}, 0, 0.01, 0.0074, 1},
    {{0, 0, 0.0076}, 0, 0.01, 0.0076, 0},
    {{0.005, 0.005, 0}, 0, 0.01, 0.00707106781186547, 1},
    {{0.006, 0.006, 0}, 0, 0.01, 0.00848528137423857, 0},
    {{0, 0, 0}, 0.0012, 0.01, 0.0072, 1},
    {{0, 0, 0}, 0.0013, 0.01, 0.0078, 0},
    {{2e-8, 0, 0}, 0, 0.01, 2e-8, 1},
    {{0.3, 0, 0}, 0, 0.5, 0.3, 1},
    {{0.38, 0, 0}, 0, 0.5, 0.38, 0},
    {{0.001, 0, 0}, 0, 0.001, 0.001, 0},
    {{50, 0, 0}, 0, 0.01, 50, 0},
    {{2e-8, 0, 0}, 0, 0, 2e-8, 0}, /* none is allowed */
    {{0, 0, 0}, 0, 0, 0, 1},
    {{0.149, 0, 0}, 0, AMOS_TOLERANCE_VOXELS, 0.149, 1}, /* the default: a fifth of a voxel */
    {{0.151, 0, 0}, 0, AMOS_TOLERANCE_VOXELS, 0.151, 0},
};

START_TEST(the_default_tolerance_is_that_of_the_header)
{
    const amos_accept defaults = AMOS_ACCEPT_INIT;
    ck_assert_double_eq(defaults.tolerance_voxels, AMOS_TOLERANCE_VOXELS);
    ck_assert_double_eq(AMOS_TOLERANCE_VOXELS, 0.2);
}
END_TEST

START_TEST(P04_P05_displacement_is_allowed_up_to_the_tolerance)
{
    const struct shift_row *row = &shifts[_i];
    struct two t = two_specs();
    for (int d = 0; d < 3; d++)
        t.label.srow[d][3] += row->shift[d];
    t.label.srow[0][2] += row->turn;
    write_two(&t, "shift");
    const amos_accept accept = {.size = sizeof accept, .tolerance_voxels = row->tolerance, .frame = AMOS_FRAME_ONLY};
    amos_pair_options o = {.size = sizeof o, .accept = &accept};
    amos_error err = {0};
    amos_pair_free(open_two(&t, &o, row->fits ? AMOS_OK : AMOS_E_PAIR_GEOM, 0, row->displacement, &err));
    if (!row->fits)
        ck_assert_msg(strstr(err.message, "mm") != NULL, "the displacement in mm is missing: %s", err.message);
    o.flags = AMOS_PAIR_WARN_GEOMETRY;
    amos_pair_free(open_two(&t, &o, AMOS_OK, row->fits ? 0 : AMOS_W_GEOM, row->displacement, &err));
    drop(&t);
}
END_TEST

START_TEST(P05_the_message_gives_the_displacement)
{
    struct two t = two_specs();
    t.label.srow[1][3] += 12.5;
    write_two(&t, "message");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_PAIR_GEOM, 0, 0, &err);
    ck_assert_msg(strstr(err.message, "12.5") != NULL, "%s", err.message);
    drop(&t);
}
END_TEST

START_TEST(P05_a_flipped_label_lies_elsewhere)
{
    struct two t = two_specs();
    nifti_set_sform(&t.label, _i ? "RAS" : "LPS", spacing, origin);
    write_two(&t, "flipped");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_PAIR_GEOM, 0, 0, &err);
    drop(&t);
}
END_TEST

/* P21: the same place, stored in any of the 48 orientations. What is read lies like the image. */
START_TEST(P21_a_label_in_another_orientation_is_turned)
{
    const char *order = orientation_name(_i % 48), *asked = _i < 48 ? NULL : orientation_name(5 * _i % 48);
    struct two t = two_specs();
    struct axis_map map = model_axes("LAS", order);
    uint8_t turned[sizeof label_voxels], *next = turned;
    int64_t at[3], from[3];
    for (int d = 0; d < 3; d++) {
        t.label.dim[d] = t.image.dim[map.axis[d]];
        t.label.pixdim[d + 1] = t.image.pixdim[map.axis[d] + 1];
        for (int i = 0; i < 3; i++)
            t.label.srow[i][d] = t.image.srow[i][map.axis[d]] * (map.flip[d] ? -1 : 1);
    }
    for (int i = 0; i < 3; i++)
        for (int d = 0; d < 3; d++)
            t.label.srow[i][3] += map.flip[d] ? t.image.srow[i][map.axis[d]] * (double)(t.label.dim[d] - 1) : 0;
    for (at[2] = 0; at[2] < t.label.dim[2]; at[2]++)
        for (at[1] = 0; at[1] < t.label.dim[1]; at[1]++)
            for (at[0] = 0; at[0] < t.label.dim[0]; at[0]++) {
                model_source_index(&map, t.image.dim, at, from);
                *next++ = label_voxels[from[0] + 9 * (from[1] + 8 * from[2])];
            }
    t.label.voxels = turned;
    write_two(&t, "turned");
    amos_error err = {0};
    bool same = strcmp(order, "LAS") == 0;
    amos_accept all = AMOS_ACCEPT_INIT;
    all.tolerance_mm = _i % 2 ? 1000 : 0; /* a flip is found even if any place is allowed */
    const amos_pair_options far = {.size = sizeof far, .accept = &all};
    amos_pair *pair = open_two(&t, &far, AMOS_OK, same ? 0 : AMOS_W_TURNED, 0, &err);
    ck_assert_str_eq(amos_pair_get_info(pair)->turned_from, same ? "" : order);
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32, .orientation = asked};
    amos_array *image;
    amos_labelmap *label, *alone;
    assert_ok(amos_pair_load(pair, &o, NULL, &image, &label, &err), &err);
    assert_loaded(&t, "LAS", asked, image, label);
    const amos_layout *layout = amos_labelmap_layout(label);
    double apart = -1;
    assert_ok(amos_geometry_get_displacement(&amos_array_layout(image)->geometry, &layout->geometry, &apart, &err),
              &err);
    ck_assert_double_eq_tol(apart, 0, 1e-9);
    assert_ok(amos_pair_load(pair, &o, NULL, NULL, &alone, &err), &err);
    ck_assert_mem_eq(amos_labelmap_voxels(alone), amos_labelmap_voxels(label), sizeof label_voxels);
    amos_labelmap_free(alone);
    amos_labelmap_free(label);
    amos_array_free(image);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(P06_effective_matrices_are_compared)
{
    struct two t = two_specs();
    struct nifti_spec *q = _i ? &t.label : &t.image;
    q->sform_code = 0;
    q->qform_code = 1;
    q->pixdim[0] = -1; /* (0, 1, 0) with qfac -1 is LAS */
    q->quatern[1] = 1;
    memcpy(q->qoffset, origin, sizeof origin);
    write_two(&t, "forms");
    amos_error err = {0};
    amos_pair_free(open_two(&t, NULL, AMOS_OK, 0, 0, &err));
    drop(&t);
}
END_TEST

START_TEST(P07_without_orientation_only_shapes_count)
{
    struct two t = two_specs();
    if (_i != 1)
        t.label.no_forms = 1, t.label.sform_code = 0;
    if (_i != 0)
        t.image.no_forms = 1, t.image.sform_code = 0;
    write_two(&t, "noorient");
    amos_error err = {0};
    amos_pair_free(open_two(&t, NULL, AMOS_OK, AMOS_W_NOORIENT, 0, &err));
    drop(&t);
}
END_TEST

START_TEST(a_pair_needs_geometry)
{
    struct two t = two_specs();
    (_i ? &t.label : &t.image)->srow[0][0] = (double)NAN;
    write_two(&t, "nan");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_GEOM, 0, 0, &err);
    ck_assert_str_eq(err.path, _i ? t.label_path : t.image_path);
    drop(&t);
}
END_TEST

START_TEST(H24_more_than_one_frame_is_unsupported)
{
    struct two t = two_specs();
    struct nifti_spec *four = _i ? &t.label : &t.image;
    four->ndim = 4;
    four->dim[3] = 2;
    four->voxels = NULL;
    write_two(&t, "frames");
    amos_error err = {0};
    open_two(&t, NULL, AMOS_E_UNSUPPORTED, 0, 0, &err);
    drop(&t);
}
END_TEST

START_TEST(P17_one_file_is_no_pair)
{
    struct two t = two_specs();
    write_two(&t, "same");
    char other[600];
    snprintf(other, sizeof other, "%s/same/link%d.nii.gz", tmp_dir(), _i);
    if (_i == 1)
        ck_assert_int_eq(link(t.image_path, other), 0);
    if (_i == 2)
        ck_assert_int_eq(symlink(t.image_path, other), 0);
    if (_i == 3)
        snprintf(other, sizeof other, "%s/same/../same/image.nii.gz", tmp_dir());
    amos_pair *pair = (amos_pair *)&t;
    amos_error err = {0};
    assert_status(amos_pair_open(t.image_path, _i ? other : t.image_path, NULL, &pair, &err), AMOS_E_DUP, &err);
    ck_assert_ptr_null(pair);
    assert_sentence(&err, AMOS_E_DUP, "same file");
    drop(&t);
}
END_TEST

START_TEST(missing_files_are_open_errors)
{
    struct two t = two_specs();
    write_two(&t, "missing");
    amos_pair *pair = (amos_pair *)&t;
    amos_error err = {0};
    const char *absent = "/nowhere/amos.nii.gz";
    assert_status(amos_pair_open(_i ? t.image_path : absent, _i ? absent : t.label_path, NULL, &pair, &err),
                  AMOS_E_OPEN, &err);
    ck_assert_ptr_null(pair);
    ck_assert_str_eq(err.path, absent);
    drop(&t);
}
END_TEST

/* ---- loading ---- */

START_TEST(both_are_read_in_one_orientation)
{
    struct two t = two_specs();
    const char *asked = _i < 48 ? orientation_name(_i) : NULL;
    write_two(&t, "load");
    amos_error err = {0};
    amos_pair *pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32, .orientation = asked};
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    assert_ok(amos_pair_load(pair, &o, NULL, &image, &label, &err), &err);
    assert_loaded(&t, "LAS", asked, image, label);
    for (int k = 0; k < 16; k++)
        ck_assert_double_eq_tol(amos_array_layout(image)->geometry.affine[k / 4][k % 4],
                                amos_labelmap_layout(label)->geometry.affine[k / 4][k % 4], 1e-9);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

/* A label without geometry, or with a differing one if that is allowed, is reoriented like the image: a voxel of
 * the label belongs to the voxel of the image with the same index. */
START_TEST(a_label_follows_its_image)
{
    struct two t = two_specs();
    amos_pair_options po = AMOS_PAIR_OPTIONS_INIT;
    po.flags = AMOS_PAIR_WARN_GEOMETRY;
    if (_i % 2)
        t.label.no_forms = 1, t.label.sform_code = 0;
    else
        nifti_set_sform(&t.label, "RPI", spacing, origin);
    const char *asked = _i < 2 ? "RAS" : "SPL";
    write_two(&t, "follow");
    amos_error err = {0};
    amos_pair *pair = NULL;
    assert_ok(amos_pair_open(t.image_path, t.label_path, &po, &pair, &err), &err);
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32, .orientation = asked};
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    assert_ok(amos_pair_load(pair, &o, NULL, &image, &label, &err), &err);
    assert_loaded(&t, "LAS", asked, image, label);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

/* At 45 degrees the last digit decides the letters of an axis; this must not reorient image and label differently. */
START_TEST(oblique_pairs_stay_together)
{
    struct two t = two_specs();
    const double rows[3][4] = {{-0.5, 0.5, 0, 10}, {0.5, 0.5, 0, 20}, {0, 0, 5, 30}};
    memcpy(t.image.srow, rows, sizeof rows);
    memcpy(t.label.srow, rows, sizeof rows);
    (_i & 1 ? &t.image : &t.label)->srow[0][0] *= 1 + 1e-7;
    (_i & 1 ? &t.image : &t.label)->srow[1][1] *= 1 + 1e-7;
    (_i & 2 ? &t.image : &t.label)->srow[0][1] *= 1 + 1e-7;
    (_i & 2 ? &t.image : &t.label)->srow[1][0] *= 1 + 1e-7;
    write_two(&t, "oblique");
    amos_error err = {0};
    amos_pair *pair = NULL;
    amos_geometry g;
    assert_ok(amos_pair_open(t.image_path, t.label_path, NULL, &pair, &err), &err);
    assert_ok(amos_volume_get_geometry(amos_pair_get_info(pair)->image, &g, &err), &err);
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32, .orientation = "RAS"};
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    assert_ok(amos_pair_load(pair, &o, NULL, &image, &label, &err), &err);
    assert_loaded(&t, g.orientation, "RAS", image, label);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(null_options_load_as_stored)
{
    struct two t = two_specs();
    write_two(&t, "stored");
    amos_error err = {0};
    amos_pair *pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    assert_ok(amos_pair_load(pair, NULL, NULL, &image, &label, &err), &err);
    ck_assert_int_eq(amos_array_layout(image)->type, AMOS_TYPE_INT16);
    ck_assert_mem_eq(amos_labelmap_voxels(label), label_voxels, sizeof label_voxels);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

/* An image of one value, and a label in only a part of the slices, are valid. */
START_TEST(P19_a_constant_image_and_a_label_in_few_slices)
{
    static uint8_t few[9 * 8 * 7];
    static int16_t constant[9 * 8 * 7];
    struct two t = two_specs();
    memset(few + 9 * 8 * 2, 3, 9 * 8);
    t.image.voxels = constant;
    t.label.voxels = few;
    write_two(&t, "constant");
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_error err = {0};
    amos_pair *pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    assert_ok(amos_pair_load(pair, NULL, NULL, &image, &label, &err), &err);
    assert_warnings(amos_labelmap_layout(label)->warnings, 0);
    ck_assert_uint_eq(amos_labelmap_get_stats(label, 3)->voxels, 9 * 8);
    ck_assert_int_eq(amos_labelmap_get_stats(label, 3)->box.start[2], 2);
    ck_assert_int_eq(amos_labelmap_get_stats(label, 3)->box.stop[2], 3);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(P18_swapped_files_are_no_label)
{
    struct two t = two_specs();
    write_two(&t, "swapped");
    char *swap = t.image_path;
    t.image_path = t.label_path;
    t.label_path = swap;
    amos_error err = {0};
    amos_pair *pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    amos_array *image = (amos_array *)&t;
    amos_labelmap *label = (amos_labelmap *)&t;
    assert_status(amos_pair_load(pair, NULL, NULL, &image, &label, &err), AMOS_E_LABEL, &err);
    ck_assert_ptr_null(image);
    ck_assert_ptr_null(label);
    ck_assert_str_eq(err.path, t.label_path);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(loads_that_would_not_match_are_refused)
{
    struct two t = two_specs();
    write_two(&t, "refused");
    amos_error err = {0};
    amos_pair *pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    amos_read_options images[] = {
        {.size = sizeof images[0], .box = {{0, 0, 0}, {2, 2, 2}}},
        {.size = sizeof images[0], .strides = {2, 18, 144, 1008}},
        {.size = sizeof images[0], .offset = 2},
        {.size = sizeof images[0]},
        {.size = 0},
        {.size = sizeof images[0], .orientation = "RAX"},
    };
    amos_labelmap_options other = {.size = sizeof other, .orientation = "RAS"};
    amos_array *image = (amos_array *)&t;
    amos_labelmap *label = (amos_labelmap *)&t;
    assert_status(amos_pair_load(pair, &images[_i], _i == 3 ? &other : NULL, &image, &label, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(image);
    ck_assert_ptr_null(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(F27_null_is_harmless)
{
    struct two t = two_specs();
    write_two(&t, "null");
    amos_pair *pair = (amos_pair *)&t;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_error err = {0};
    amos_pair_free(NULL);
    ck_assert_ptr_null(amos_pair_get_info(NULL));
    assert_status(amos_pair_open(NULL, t.label_path, NULL, &pair, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(pair);
    assert_status(amos_pair_open(t.image_path, NULL, NULL, &pair, &err), AMOS_E_ARG, &err);
    assert_status(amos_pair_open(t.image_path, t.label_path, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_pair_open_case(NULL, NULL, &pair, &err), AMOS_E_ARG, &err);
    assert_status(amos_pair_load(NULL, NULL, NULL, &image, &label, &err), AMOS_E_ARG, &err);
    pair = open_two(&t, NULL, AMOS_OK, 0, 0, &err);
    assert_status(amos_pair_load(pair, NULL, NULL, &image, NULL, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(image);
    ck_assert_ptr_null(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    struct two t = two_specs();
    write_two(&t, "options");
    amos_pair_options rows[] = {
        {.size = 0},
        {.size = sizeof rows[0], .flags = 0x80000000u},
        {.size = sizeof rows[0], .accept = &(const amos_accept){.size = sizeof(amos_accept), .tolerance_voxels = -1}},
        {.size = sizeof rows[0],
         .accept = &(const amos_accept){.size = sizeof(amos_accept), .tolerance_mm = (double)NAN}},
    };
    amos_error err = {0};
    open_two(&t, &rows[_i], AMOS_E_ARG, 0, 0, &err);
    drop(&t);
}
END_TEST

START_TEST(a_shorter_struct_works)
{
    struct two t = two_specs();
    t.label.srow[0][3] += 1;
    write_two(&t, "short");
    amos_pair_options o = {.size = offsetof(amos_pair_options, accept), .flags = AMOS_PAIR_WARN_GEOMETRY};
    amos_error err = {0};
    amos_pair_free(open_two(&t, &o, AMOS_OK, AMOS_W_GEOM, 1, &err));
    drop(&t);

    t = two_specs(); /* the missing field is that of AMOS_PAIR_OPTIONS_INIT */
    t.label.srow[0][3] += 0.005;
    write_two(&t, "short_default");
    o = (amos_pair_options){.size = offsetof(amos_pair_options, accept)};
    amos_pair_free(open_two(&t, &o, AMOS_OK, 0, 0.005, &err));
    drop(&t);
}
END_TEST

/* ---- cases ---- */

static amos_dataset *small_tree(const char *name, struct two *t)
{
    char path[128];
    t->image_file = nifti_make(&t->image);
    t->label_file = nifti_make(&t->label);
    struct bytes image = gzip_of(&t->image_file.bytes), label = gzip_of(&t->label_file.bytes);
    snprintf(path, sizeof path, "%s/imagesTr/amos_0001.nii.gz", name);
    t->image_path = tmp_write_bytes(path, &image);
    snprintf(path, sizeof path, "%s/labelsTr/amos_0001.nii.gz", name);
    t->label_path = tmp_write_bytes(path, &label);
    snprintf(path, sizeof path, "%s/imagesTs/amos_0002.nii.gz", name);
    free(tmp_write_bytes(path, &image));
    bytes_free(&image);
    bytes_free(&label);
    char *root = tmp_path(name);
    amos_dataset *dataset = NULL;
    amos_error err;
    assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
    free(root);
    return dataset;
}

START_TEST(a_case_is_a_pair)
{
    struct two t = two_specs();
    amos_dataset *dataset = small_tree("tree", &t);
    amos_pair *pair = NULL;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_error err = {0};
    assert_ok(amos_pair_open_case(amos_dataset_find(dataset, "amos_0001"), NULL, &pair, &err), &err);
    amos_pair *none = (amos_pair *)&t;
    assert_status(amos_pair_open_case(amos_dataset_find(dataset, "amos_0002"), NULL, &none, &err), AMOS_E_UNSUPPORTED,
                  &err);
    ck_assert_ptr_null(none);
    ck_assert_str_eq(err.case_id, "amos_0002");
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "no label; its image alone can be read.");
    amos_dataset_free(dataset); /* the pair does not need it */
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32};
    assert_ok(amos_pair_load(pair, &o, NULL, &image, &label, &err), &err);
    assert_loaded(&t, "LAS", NULL, image, label);
    amos_array_free(image);
    amos_labelmap_free(label);
    amos_pair_free(pair);
    drop(&t);
}
END_TEST

START_TEST(errors_name_the_case)
{
    static const uint8_t wrong[9 * 8 * 7] = {99};
    struct two t = two_specs();
    if (_i == 0)
        t.label.srow[0][3] += 9;
    else
        t.label.voxels = wrong;
    amos_dataset *dataset = small_tree("named", &t);
    amos_pair *pair = NULL;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_error err = {0};
    amos_status status = amos_pair_open_case(amos_dataset_find(dataset, "amos_0001"), NULL, &pair, &err);
    if (status == AMOS_OK)
        status = amos_pair_load(pair, NULL, NULL, &image, &label, &err);
    assert_status(status, _i == 0 ? AMOS_E_PAIR_GEOM : AMOS_E_LABEL, &err);
    ck_assert_str_eq(err.case_id, "amos_0001");
    amos_pair_free(pair);
    amos_dataset_free(dataset);
    drop(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pair");
    TCase *geometry = add_case(suite, "geometry", 10);
    tcase_add_test(geometry, one_geometry_is_a_pair);
    tcase_add_loop_test(geometry, P01_shapes_must_be_equal, 0, 6);
    tcase_add_loop_test(geometry, P02_one_frame_is_three_dimensions, 0, 2);
    tcase_add_test(geometry, P03_a_transposed_shape_is_hinted_at);
    tcase_add_loop_test(geometry, P04_P05_displacement_is_allowed_up_to_the_tolerance, 0, ROWS(shifts));
    tcase_add_test(geometry, P05_the_message_gives_the_displacement);
    tcase_add_loop_test(geometry, P05_a_flipped_label_lies_elsewhere, 0, 2);
    tcase_add_loop_test(geometry, P21_a_label_in_another_orientation_is_turned, 0, 96);
    tcase_add_test(geometry, the_default_tolerance_is_that_of_the_header);
    tcase_add_loop_test(geometry, P06_effective_matrices_are_compared, 0, 2);
    tcase_add_loop_test(geometry, P07_without_orientation_only_shapes_count, 0, 3);
    tcase_add_loop_test(geometry, a_pair_needs_geometry, 0, 2);
    tcase_add_loop_test(geometry, H24_more_than_one_frame_is_unsupported, 0, 2);
    TCase *files = add_case(suite, "files", 10);
    tcase_add_loop_test(files, P17_one_file_is_no_pair, 0, 4);
    tcase_add_loop_test(files, missing_files_are_open_errors, 0, 2);
    TCase *loading = add_case(suite, "load", 10);
    tcase_add_loop_test(loading, both_are_read_in_one_orientation, 0, 49);
    tcase_add_loop_test(loading, a_label_follows_its_image, 0, 4);
    tcase_add_loop_test(loading, oblique_pairs_stay_together, 0, 4);
    tcase_add_test(loading, null_options_load_as_stored);
    tcase_add_test(loading, P19_a_constant_image_and_a_label_in_few_slices);
    tcase_add_test(loading, P18_swapped_files_are_no_label);
    tcase_add_loop_test(loading, loads_that_would_not_match_are_refused, 0, 6);
    TCase *arguments = add_case(suite, "arguments", 10);
    tcase_add_test(arguments, F27_null_is_harmless);
    tcase_add_loop_test(arguments, wrong_options_are_refused, 0, 4);
    tcase_add_test(arguments, a_shorter_struct_works);
    TCase *cases = add_case(suite, "cases", 10);
    tcase_add_test(cases, a_case_is_a_pair);
    tcase_add_loop_test(cases, errors_name_the_case, 0, 2);
    return run_suite(suite);
}
