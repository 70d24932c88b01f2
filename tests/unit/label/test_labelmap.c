/* SPDX-License-Identifier: BSD-3-Clause */
/* Label maps against brute force: counts, boxes, centroids, millilitres, and every kind of invalid label. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "label/run_length.h"
#include "support/accept.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- brute force ---- */

struct model {
    int64_t shape[3];
    uint8_t *voxels;
    double affine[3][4];
};

static void model_stats(const struct model *m, int label, amos_organ_stats *out)
{
    *out = (amos_organ_stats){.label = label};
    double sum[3] = {0, 0, 0};
    for (int64_t z = 0; z < m->shape[2]; z++)
        for (int64_t y = 0; y < m->shape[1]; y++)
            for (int64_t x = 0; x < m->shape[0]; x++) {
                if (m->voxels[x + m->shape[0] * (y + m->shape[1] * z)] != label)
                    continue;
                int64_t at[3] = {x, y, z};
                for (int d = 0; d < 3; d++) {
                    if (!out->voxels || at[d] < out->box.start[d])
                        out->box.start[d] = at[d];
                    if (!out->voxels || at[d] >= out->box.stop[d])
                        out->box.stop[d] = at[d] + 1;
                    sum[d] += (double)at[d];
                    if (at[d] == 0 || at[d] == m->shape[d] - 1)
                        out->touches_border = 1;
                }
                out->voxels++;
            }
    out->present = out->voxels > 0;
    const double(*a)[4] = m->affine;
    double det = a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
                 a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
    out->millilitres = (double)out->voxels * fabs(det) / 1000;
    for (int d = 0; d < 3; d++)
        out->centroid_voxel[d] = out->present ? sum[d] / (double)out->voxels : (double)NAN;
    for (int d = 0; d < 3; d++)
        out->centroid_mm[d] = a[d][0] * out->centroid_voxel[0] + a[d][1] * out->centroid_voxel[1] +
                              a[d][2] * out->centroid_voxel[2] + a[d][3];
}

static void assert_near(double got, double expected, int label, const char *what)
{
    int same = isnan(expected) ? isnan(got) : fabs(got - expected) <= 1e-9 * (1 + fabs(expected));
    ck_assert_msg(same, "label %d: %s is %.17g, not %.17g", label, what, got, expected);
}

static void assert_stats(const amos_labelmap *map, const struct model *m, int max_label)
{
    ck_assert_int_eq(amos_labelmap_max_label(map), max_label);
    for (int label = 0; label <= max_label; label++) {
        amos_organ_stats e;
        model_stats(m, label, &e);
        const amos_organ_stats *s = amos_labelmap_get_stats(map, label);
        ck_assert_ptr_nonnull(s);
        ck_assert_int_eq(s->label, label);
        ck_assert_msg(s->voxels == e.voxels, "label %d: %llu voxels, not %llu", label, (unsigned long long)s->voxels,
                      (unsigned long long)e.voxels);
        ck_assert_int_eq(s->present, e.present);
        ck_assert_int_eq(s->touches_border, e.touches_border);
        ck_assert_mem_eq(&s->box, &e.box, sizeof e.box);
        assert_near(s->millilitres, e.millilitres, label, "ml");
        for (int d = 0; d < 3; d++) {
            assert_near(s->centroid_voxel[d], e.centroid_voxel[d], label, "centroid");
            assert_near(s->centroid_mm[d], e.centroid_mm[d], label, "centroid in mm");
        }
    }
    ck_assert_ptr_null(amos_labelmap_get_stats(map, max_label + 1));
    ck_assert_ptr_null(amos_labelmap_get_stats(map, -1));
}

static void assert_voxels(const amos_labelmap *map, const struct model *m)
{
    const uint8_t *voxels = amos_labelmap_voxels(map);
    ck_assert_ptr_nonnull(voxels);
    ck_assert_mem_eq(voxels, m->voxels, (size_t)(m->shape[0] * m->shape[1] * m->shape[2]));
    const amos_layout *layout = amos_labelmap_layout(map);
    ck_assert_int_eq(layout->type, AMOS_TYPE_UINT8);
    ck_assert_mem_eq(layout->shape, m->shape, sizeof m->shape);
    ck_assert_int_eq(layout->shape[3], 1);
    ck_assert_int_eq(layout->strides[0], 1);
    ck_assert_int_eq(layout->strides[1], m->shape[0]);
    ck_assert_int_eq(layout->strides[2], m->shape[0] * m->shape[1]);
    ck_assert_int_eq(layout->has_geometry, 1);
    for (int i = 0; i < 12; i++)
        ck_assert_double_eq_tol(layout->geometry.affine[i / 4][i % 4], m->affine[i / 4][i % 4], 1e-9);
}

/* ---- random label files ---- */

static const double spacing[3] = {0.75, 1.5, 5};

/* Blobs of labels 0..top, some absent; every few volumes also a single voxel in a corner. */
static struct model random_labels(uint64_t *seed, int top, int64_t largest)
{
    struct model m = {
        {1 + random_below(seed, largest), 1 + random_below(seed, largest), 1 + random_below(seed, largest)},
        NULL,
        {{0}}};
    int64_t count = m.shape[0] * m.shape[1] * m.shape[2];
    m.voxels = must_alloc((size_t)count);
    memset(m.voxels, 0, (size_t)count);
    for (int blobs = 0; blobs < 12; blobs++) {
        uint8_t value = (uint8_t)random_below(seed, top + 1);
        int64_t start[3], stop[3];
        for (int d = 0; d < 3; d++) {
            start[d] = random_below(seed, m.shape[d]);
            stop[d] = start[d] + 1 + random_below(seed, m.shape[d] - start[d]);
        }
        for (int64_t z = start[2]; z < stop[2]; z++)
            for (int64_t y = start[1]; y < stop[1]; y++)
                for (int64_t x = start[0]; x < stop[0]; x++)
                    if (random_below(seed, 4))
                        m.voxels[x + m.shape[0] * (y + m.shape[1] * z)] = value;
    }
    m.voxels[random_below(seed, 2) ? 0 : count - 1] = (uint8_t)top;
    return m;
}

static struct nifti_file file_of(struct model *m, amos_type type, const char *orientation)
{
    struct nifti_file file = label_file(m->voxels, m->shape, type, orientation, spacing);
    for (int i = 0; i < 4; i++) {
        m->affine[0][i] = nifti_peek(&file, "srow_x", i);
        m->affine[1][i] = nifti_peek(&file, "srow_y", i);
        m->affine[2][i] = nifti_peek(&file, "srow_z", i);
    }
    return file;
}

static amos_labelmap *load(const struct nifti_file *file, const amos_labelmap_options *options)
{
    struct bytes packed = gzip_of(&file->bytes);
    amos_volume *volume = open_bytes(&packed);
    amos_labelmap *map = NULL;
    amos_error err;
    assert_ok(amos_labelmap_load(volume, options, &map, &err), &err);
    amos_volume_free(volume); /* the map does not need it */
    bytes_free(&packed);
    return map;
}

START_TEST(statistics_are_those_of_brute_force)
{
    uint64_t seed = (uint64_t)_i;
    struct model m = random_labels(&seed, 15, 14);
    struct nifti_file file = file_of(&m, (amos_type)(1 + _i % 10), orientation_name(_i % 48));
    amos_labelmap *map = load(&file, NULL);
    assert_voxels(map, &m);
    assert_stats(map, &m, 15);
    assert_warnings(amos_labelmap_layout(map)->warnings, 0);
    amos_labelmap_free(map);
    amos_labelmap_options only = {.size = sizeof only, .flags = AMOS_LABELMAP_STATS_ONLY};
    map = load(&file, &only);
    ck_assert_ptr_null(amos_labelmap_voxels(map));
    assert_stats(map, &m, 15);
    ck_assert_mem_eq(amos_labelmap_layout(map)->shape, m.shape, sizeof m.shape);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

/* More than one tile of every type. */
START_TEST(large_labels_too)
{
    uint64_t seed = (uint64_t)_i + 900;
    struct model m = random_labels(&seed, 15, 90);
    struct nifti_file file = file_of(&m, (amos_type)(1 + _i % 10), "LAS");
    amos_labelmap_options o = {.size = sizeof o, .flags = _i % 2 ? AMOS_LABELMAP_STATS_ONLY : 0};
    amos_labelmap *map = load(&file, &o);
    assert_stats(map, &m, 15);
    if (!o.flags)
        assert_voxels(map, &m);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

/* The vector twin, which counts voxels of several labels at once. */
START_TEST(equal_bytes_are_found)
{
    uint64_t seed = 5;
    for (int n = 0; n < 1000; n++) {
        unsigned char bytes[32];
        for (int i = 0; i < 32; i++)
            bytes[i] = (unsigned char)(random_below(&seed, 1 + n % 9) * 31);
        for (int value = 0; value < 256; value += 31) {
            const struct amosi_equal found = amosi_equal_bytes(bytes, (unsigned char)value);
            const struct amosi_equal plain = amosi_equal_bytes_plain(bytes, (unsigned char)value);
            ck_assert_uint_eq(found.bits, plain.bits);
            ck_assert_uint_eq(found.count, plain.count);
            ck_assert_uint_eq(found.places, plain.places);
        }
    }
}
END_TEST

static struct model turned(const struct model *m, const char *from, const char *to)
{
    struct axis_map map = model_axes(from, to);
    struct model out = {.voxels = must_alloc((size_t)(m->shape[0] * m->shape[1] * m->shape[2]))};
    for (int d = 0; d < 3; d++) {
        out.shape[d] = m->shape[map.axis[d]];
        for (int row = 0; row < 3; row++)
            out.affine[row][d] = m->affine[row][map.axis[d]] * (map.flip[d] ? -1 : 1);
    }
    int64_t i[3] = {0, 0, 0}, s[3];
    model_source_index(&map, m->shape, i, s);
    for (int row = 0; row < 3; row++)
        out.affine[row][3] = m->affine[row][0] * (double)s[0] + m->affine[row][1] * (double)s[1] +
                             m->affine[row][2] * (double)s[2] + m->affine[row][3];
    size_t n = 0;
    for (i[2] = 0; i[2] < out.shape[2]; i[2]++)
        for (i[1] = 0; i[1] < out.shape[1]; i[1]++)
            for (i[0] = 0; i[0] < out.shape[0]; i[0]++) {
                model_source_index(&map, m->shape, i, s);
                out.voxels[n++] = m->voxels[s[0] + m->shape[0] * (s[1] + m->shape[1] * s[2])];
            }
    return out;
}

START_TEST(labels_can_be_reoriented)
{
    uint64_t seed = (uint64_t)_i;
    const char *from = orientation_name(_i), *to = orientation_name((int)random_below(&seed, 48));
    struct model m = random_labels(&seed, 15, 9);
    struct nifti_file file = file_of(&m, AMOS_TYPE_UINT16, from);
    struct model t = turned(&m, from, to);
    amos_labelmap_options o = {.size = sizeof o, .orientation = to};
    amos_labelmap *map = load(&file, &o);
    assert_voxels(map, &t);
    assert_stats(map, &t, 15);
    ck_assert_str_eq(amos_labelmap_layout(map)->geometry.orientation, to);
    amos_labelmap_free(map);
    o.flags = AMOS_LABELMAP_STATS_ONLY; /* the statistics count in the asked orientation, too */
    map = load(&file, &o);
    assert_stats(map, &t, 15);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(t.voxels);
    free(m.voxels);
}
END_TEST

/* ---- valid and invalid labels ---- */

/* A 6 x 5 x 4 volume of zeros with the value at three places; the first is (2, 3, 1). */
#define ODD_FIRST (2 + 6 * (3 + 5 * 1))

static struct nifti_file odd_file(long double value, amos_type type, double slope, double inter)
{
    long double numbers[120] = {0};
    numbers[ODD_FIRST] = numbers[ODD_FIRST + 7] = numbers[119] = value;
    if (slope != 0 && inter != 0) /* zero stays background */
        for (int i = 0; i < 120; i++)
            if (numbers[i] == 0)
                numbers[i] = -(long double)inter / (long double)slope;
    void *voxels = stored_voxels(numbers, 120, type);
    struct nifti_spec spec = {
        .version = 2, .ndim = 3, .dim = {6, 5, 4}, .type = type, .voxels = voxels, .slope = slope, .inter = inter};
    struct nifti_file file = nifti_make(&spec);
    free(voxels);
    return file;
}

static const struct value_row {
    const char *row;
    amos_type type;
    long double value;
    double slope, inter, round_within;
    int max_label;
    int label;         /* what it becomes; -1: AMOS_E_LABEL */
    const char *shown; /* the value in the message */
} values[] = {
    {"15", AMOS_TYPE_UINT8, 15, 0, 0, 0, 0, 15, NULL},
    {"P08 16", AMOS_TYPE_UINT8, 16, 0, 0, 0, 0, -1, "16"},
    {"P08 16 of 20", AMOS_TYPE_UINT8, 16, 0, 0, 0, 20, 16, NULL},
    {"P08 21 of 20", AMOS_TYPE_UINT8, 21, 0, 0, 0, 20, -1, "21"},
    {"P08 3 of 2", AMOS_TYPE_INT16, 3, 0, 0, 0, 2, -1, "3"},
    {"P09 -1", AMOS_TYPE_INT16, -1, 0, 0, 0, 0, -1, "-1"},
    {"P09 -1024", AMOS_TYPE_INT16, -1024, 0, 0, 0, 0, -1, "-1024"},
    {"P09 -1 in int8", AMOS_TYPE_INT8, -1, 0, 0, 0, 0, -1, "-1"},
    {"P10 float32 7", AMOS_TYPE_FLOAT32, 7, 0, 0, 0, 0, 7, NULL},
    {"P10 float64 15", AMOS_TYPE_FLOAT64, 15, 0, 0, 0, 0, 15, NULL},
    {"P10 -0.0", AMOS_TYPE_FLOAT32, -0.0L, 0, 0, 0, 0, 0, NULL},
    {"P11 0.9882", AMOS_TYPE_FLOAT64, 0.9882L, 0, 0, 0, 0, -1, "0.9882"},
    {"P11 7014.9999", AMOS_TYPE_FLOAT64, 7014.9999L, 0, 0, 0.02, 0, -1, "7014.9999"},
    {"P11 0.5", AMOS_TYPE_FLOAT32, 0.5L, 0, 0, 0.02, 0, -1, "0.5"},
    {"P11 14.99", AMOS_TYPE_FLOAT64, 14.99L, 0, 0, 0.02, 0, 15, NULL},
    {"P11 15.015", AMOS_TYPE_FLOAT64, 15.015L, 0, 0, 0.02, 0, 15, NULL},
    {"P11 2.97", AMOS_TYPE_FLOAT64, 2.97L, 0, 0, 0.02, 0, -1, "2.97"},
    {"P11 14.99 unasked", AMOS_TYPE_FLOAT64, 14.99L, 0, 0, 0, 0, -1, "14.99"},
    {"P11 2.99 within 0.005", AMOS_TYPE_FLOAT64, 2.99L, 0, 0, 0.005, 0, -1, "2.99"},
    {"P11 -0.01 rounds to background", AMOS_TYPE_FLOAT64, -0.01L, 0, 0, 0.02, 0, 0, NULL},
    {"P11 -0.01 unasked", AMOS_TYPE_FLOAT64, -0.01L, 0, 0, 0, 0, -1, "-0.01"},
    {"P12 slope 0.5 inter 0.5", AMOS_TYPE_INT16, 7, 0.5, 0.5, 0, 0, 4, NULL},
    {"P12 slope 5", AMOS_TYPE_UINT8, 3, 5, 0, 0, 0, 15, NULL},
    {"P12 slope gives 20", AMOS_TYPE_UINT8, 4, 5, 0, 0, 0, -1, "20"},
    {"P12 slope gives 1.5", AMOS_TYPE_UINT8, 3, 0.5, 0, 0, 0, -1, "1.5"},
    {"P13 slope 0", AMOS_TYPE_UINT8, 9, 0, 5, 0, 0, 9, NULL},
    {"P13 slope NaN", AMOS_TYPE_UINT8, 9, (double)NAN, 0, 0, 0, 9, NULL},
    {"P14 NaN", AMOS_TYPE_FLOAT32, (long double)NAN, 0, 0, 0, 0, -1, "nan"},
    {"P14 NaN with rounding", AMOS_TYPE_FLOAT64, (long double)NAN, 0, 0, 0.02, 0, -1, "nan"},
    {"P14 Inf", AMOS_TYPE_FLOAT32, (long double)INFINITY, 0, 0, 0, 0, -1, "inf"},
    {"P14 -Inf", AMOS_TYPE_FLOAT64, -(long double)INFINITY, 0, 0, 0.02, 0, -1, "-inf"},
    {"P15 255", AMOS_TYPE_UINT8, 255, 0, 0, 0, 0, -1, "255"},
    {"P15 255 of 255", AMOS_TYPE_UINT8, 255, 0, 0, 0, 255, 255, NULL},
    {"P15 256 of 255", AMOS_TYPE_INT16, 256, 0, 0, 0, 255, -1, "256"},
    {"P15 257, 1 if narrowed", AMOS_TYPE_UINT16, 257, 0, 0, 0, 0, -1, "257"},
    {"P15 2^40, 0 if narrowed", AMOS_TYPE_INT64, 1099511627776.0L, 0, 0, 0, 0, -1, "1099511627776"},
    {"P15 2^40 + 1", AMOS_TYPE_UINT64, 1099511627777.0L, 0, 0, 0, 0, -1, "1099511627777"},
    {"P15 2^64 - 1", AMOS_TYPE_UINT64, 18446744073709551615.0L, 0, 0, 0, 0, -1, "1844674407370955"},
    {"P15 2^32 + 3", AMOS_TYPE_INT64, 4294967299.0L, 0, 0, 0, 0, -1, "4294967299"},
    {"P15 1e300", AMOS_TYPE_FLOAT64, 1e300L, 0, 0, 0.02, 0, -1, "e+300"},
};

START_TEST(a_label_is_an_integer_or_an_error)
{
    const struct value_row *row = &values[_i / 2];
    struct nifti_file file = odd_file(row->value, row->type, row->slope, row->inter);
    amos_volume *volume = open_made(&file);
    amos_labelmap_options o = {.size = sizeof o,
                               .accept = ACCEPT(.round_within = row->round_within, .max_label = row->max_label),
                               .flags = _i % 2 ? AMOS_LABELMAP_STATS_ONLY : 0};
    amos_labelmap *map = (amos_labelmap *)&file;
    amos_error err = {0};
    amos_status status = amos_labelmap_load(volume, &o, &map, &err);
    if (row->label < 0) {
        ck_assert_msg(status == AMOS_E_LABEL, "%s: %s", row->row, amos_status_name(status));
        ck_assert_ptr_null(map);
        assert_sentence(&err, status, row->row);
        ck_assert_msg(strstr(err.message, row->shown) != NULL, "%s: value %s is not in: %s", row->row, row->shown,
                      err.message);
        ck_assert_msg(strstr(err.message, "(2, 3, 1)") || strstr(err.message, "(2,3,1)") ||
                          strstr(err.message, "2 3 1"),
                      "%s: the place is not in: %s", row->row, err.message);
        ck_assert_msg(strstr(err.message, " 3 ") != NULL, "%s: the count 3 is not in: %s", row->row, err.message);
    } else {
        ck_assert_msg(status == AMOS_OK, "%s: %s", row->row, status ? err.message : "");
        uint64_t expected = row->label ? 3 : 120;
        ck_assert_uint_eq(amos_labelmap_get_stats(map, row->label)->voxels, expected);
        if (!o.flags)
            ck_assert_int_eq(amos_labelmap_voxels(map)[ODD_FIRST], row->label);
    }
    amos_labelmap_free(map);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* The first bad voxel is the first in stored order, whatever orientation and tile. */
START_TEST(the_first_bad_voxel_of_a_large_volume_is_named)
{
    enum { N = 70 };
    uint8_t *voxels = must_alloc(N * N * N);
    memset(voxels, 1, N * N * N);
    voxels[40 + N * (50 + N * 60)] = 99;
    voxels[41 + N * (50 + N * 60)] = 77;
    voxels[1 + N * (2 + N * 69)] = 99;
    const int64_t shape[3] = {N, N, N};
    struct nifti_file file = label_file(voxels, shape, (amos_type)(2 + _i), "LPS", spacing);
    amos_volume *volume = open_made(&file);
    amos_labelmap_options o = {.size = sizeof o};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, &o, &map, &err), AMOS_E_LABEL, &err);
    ck_assert_msg(strstr(err.message, "99") && !strstr(err.message, "77") && strstr(err.message, " 3 "), "%s",
                  err.message);
    ck_assert_msg(strstr(err.message, "(40, 50, 60)") || strstr(err.message, "(40,50,60)"), "%s", err.message);
    amos_volume_free(volume);
    nifti_free(&file);
    free(voxels);
}
END_TEST

START_TEST(P16_a_label_without_organs_is_warned_of)
{
    uint8_t voxels[24] = {0};
    const int64_t shape[3] = {4, 3, 2};
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT16, "LAS", spacing);
    amos_labelmap_options o = {.size = sizeof o, .flags = _i ? AMOS_LABELMAP_STATS_ONLY : 0};
    amos_labelmap *map = load(&file, &o);
    assert_warnings(amos_labelmap_layout(map)->warnings, AMOS_W_EMPTY);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 0)->voxels, 24);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

START_TEST(a_label_without_geometry_has_no_millimetres)
{
    uint8_t voxels[24] = {0, 0, 3};
    const int64_t shape[3] = {4, 3, 2};
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT8, "LAS", spacing);
    nifti_poke(&file, "srow_x", 0, (double)NAN);
    amos_labelmap *map = load(&file, NULL);
    const amos_organ_stats *s = amos_labelmap_get_stats(map, 3);
    ck_assert_int_eq(amos_labelmap_layout(map)->has_geometry, 0);
    ck_assert_uint_eq(s->voxels, 1);
    ck_assert_double_eq(s->millilitres, 0);
    ck_assert_double_eq(s->centroid_voxel[0], 2);
    for (int d = 0; d < 3; d++)
        ck_assert(isnan(s->centroid_mm[d]));
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

START_TEST(frames_are_unsupported)
{
    struct nifti_spec spec = {.ndim = 4, .dim = {4, 3, 2, 2}, .voxels = (uint8_t[48]){0}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, NULL, &map, &err), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "frames");
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(colours_are_unsupported)
{
    struct nifti_spec spec = {.type = (amos_type)(AMOS_TYPE_FLOAT128 + _i)};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, NULL, &map, &err), AMOS_E_UNSUPPORTED, &err);
    ck_assert_ptr_null(map);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- tables ---- */

START_TEST(a_table_renumbers_while_loading)
{
    static const amos_relabel table[] = {{-5, 1}, {500, 2}, {7, 2}, {3, 0}, {100000, 15}};
    long double numbers[24] = {0, -5, 500, 7, 3, 100000, -5, 500};
    static const uint8_t expected[24] = {0, 1, 2, 2, 0, 15, 1, 2};
    static const amos_type types[] = {AMOS_TYPE_INT32, AMOS_TYPE_INT64, AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64};
    void *voxels = stored_voxels(numbers, 24, types[_i]);
    struct nifti_spec spec = {.type = types[_i], .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    amos_relabel *copy = must_alloc(sizeof table);
    memcpy(copy, table, sizeof table);
    amos_labelmap_options o = {.size = sizeof o, .accept = ACCEPT(.table = copy, .table_count = 5)};
    amos_labelmap *map = load(&file, &o);
    free(copy);
    ck_assert_mem_eq(amos_labelmap_voxels(map), expected, sizeof expected);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 2)->voxels, 3);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(voxels);
}
END_TEST

START_TEST(a_value_that_the_table_does_not_list_is_an_error_or_background)
{
    static const amos_relabel table[] = {{10, 1}};
    uint8_t voxels[24] = {0, 10, 11};
    struct nifti_spec spec = {.voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_labelmap_options o = {.size = sizeof o, .accept = ACCEPT(.table = table, .table_count = 1)};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, &o, &map, &err), AMOS_E_LABEL, &err);
    ck_assert_msg(strstr(err.message, "11") != NULL, "%s", err.message);
    o.accept = ACCEPT(.table = table, .table_count = 1, .flags = AMOS_ACCEPT_DROP_UNLISTED);
    assert_ok(amos_labelmap_load(volume, &o, &map, &err), &err);
    ck_assert_int_eq(amos_labelmap_voxels(map)[1], 1);
    ck_assert_int_eq(amos_labelmap_voxels(map)[2], 0);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 0)->voxels, 23);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(a_table_may_list_zero)
{
    static const amos_relabel table[] = {{0, 4}, {1, 0}};
    uint8_t voxels[24] = {0, 1};
    struct nifti_spec spec = {.voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    amos_labelmap_options o = {.size = sizeof o, .accept = ACCEPT(.table = table, .table_count = 2)};
    amos_labelmap *map = load(&file, &o);
    ck_assert_int_eq(amos_labelmap_voxels(map)[0], 4);
    ck_assert_int_eq(amos_labelmap_voxels(map)[1], 0);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    static const amos_relabel beyond[] = {{1, 16}};
    static const amos_relabel twice[] = {{1, 2}, {1, 3}};
    amos_labelmap_options rows[] = {
        {.size = 0},
        {.size = sizeof rows[0], .flags = 0x80000000u},
        {.size = sizeof rows[0], .accept = ACCEPT(.max_label = -1)},
        {.size = sizeof rows[0], .accept = ACCEPT(.max_label = 256)},
        {.size = sizeof rows[0], .accept = ACCEPT(.round_within = -0.01)},
        {.size = sizeof rows[0], .accept = ACCEPT(.round_within = 0.021)},
        {.size = sizeof rows[0], .accept = ACCEPT(.round_within = (double)NAN)},
        {.size = sizeof rows[0], .orientation = "XYZ"},
        {.size = sizeof rows[0], .accept = ACCEPT(.table = beyond, .table_count = 1)},
        {.size = sizeof rows[0], .accept = ACCEPT(.table = twice, .table_count = 2)},
        {.size = sizeof rows[0], .accept = ACCEPT(.flags = AMOS_ACCEPT_DROP_UNLISTED)},
    };
    struct nifti_spec spec = {.voxels = (uint8_t[24]){1}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = (amos_labelmap *)&spec;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, &rows[_i], &map, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(map);
    assert_sentence(&err, AMOS_E_ARG, "options");
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- masks, one-hot planes, renumbering ---- */

START_TEST(a_mask_is_one_label)
{
    uint64_t seed = 17;
    struct model m = random_labels(&seed, 15, 12);
    size_t count = (size_t)(m.shape[0] * m.shape[1] * m.shape[2]);
    struct nifti_file file = file_of(&m, AMOS_TYPE_UINT8, "RAS");
    amos_labelmap *map = load(&file, NULL);
    uint8_t *mask = must_alloc(count + 1);
    amos_error err = {0};
    mask[count] = 0xA7;
    assert_ok(amos_labelmap_write_mask(map, _i, mask, count + 1, &err), &err);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(mask[i] == (m.voxels[i] == _i), "voxel %zu is %d", i, mask[i]);
    ck_assert_int_eq(mask[count], 0xA7);
    assert_status(amos_labelmap_write_mask(map, _i, mask, count - 1, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "short");
    assert_status(amos_labelmap_write_mask(map, _i, NULL, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_mask(map, 16, mask, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_mask(map, -1, mask, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_mask(NULL, 1, mask, count, &err), AMOS_E_ARG, &err);
    free(mask);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

START_TEST(one_hot_planes_are_masks)
{
    static const int chosen[] = {6, 0, 15, 6};
    const int *labels = _i ? chosen : NULL;
    size_t planes = _i ? 4 : 16;
    uint64_t seed = 18;
    struct model m = random_labels(&seed, 15, 10);
    size_t count = (size_t)(m.shape[0] * m.shape[1] * m.shape[2]);
    struct nifti_file file = file_of(&m, AMOS_TYPE_UINT8, "RAS");
    amos_labelmap *map = load(&file, NULL);
    uint8_t *out = must_alloc(planes * count + 1);
    out[planes * count] = 0xA7;
    amos_error err = {0};
    assert_ok(amos_labelmap_write_onehot(map, labels, planes, out, planes * count + 1, &err), &err);
    for (size_t p = 0; p < planes; p++)
        for (size_t i = 0; i < count; i++)
            ck_assert_msg(out[p * count + i] == (m.voxels[i] == (labels ? labels[p] : (int)p)), "plane %zu, voxel %zu",
                          p, i);
    ck_assert_int_eq(out[planes * count], 0xA7);
    assert_status(amos_labelmap_write_onehot(map, labels, planes, out, planes * count - 1, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, NULL, 17, out, 17 * count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, (const int[]){16}, 1, out, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, (const int[]){-1}, 1, out, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, labels, SIZE_MAX / 2, out, count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, labels, planes, NULL, planes * count, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(NULL, labels, planes, out, planes * count, &err), AMOS_E_ARG, &err);
    free(out);
    amos_labelmap_free(map);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

START_TEST(a_map_without_voxels_has_no_masks)
{
    uint8_t voxels[24] = {1}, out[24 * 16];
    struct nifti_spec spec = {.voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    amos_labelmap_options o = {.size = sizeof o, .flags = AMOS_LABELMAP_STATS_ONLY};
    amos_labelmap *map = load(&file, &o), *second = (amos_labelmap *)&o;
    uint8_t table[16] = {0};
    amos_error err = {0};
    assert_status(amos_labelmap_write_mask(map, 1, out, sizeof out, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_write_onehot(map, NULL, 16, out, sizeof out, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_renumber(map, table, 16, &second, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(second);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

START_TEST(renumbering_merges)
{
    uint64_t seed = 19 + (uint64_t)_i;
    struct model m = random_labels(&seed, 15, 12);
    size_t count = (size_t)(m.shape[0] * m.shape[1] * m.shape[2]);
    struct nifti_file file = file_of(&m, AMOS_TYPE_UINT8, orientation_name(_i));
    amos_labelmap *map = load(&file, NULL), *second = NULL;
    uint8_t table[16];
    for (int i = 0; i < 16; i++)
        table[i] = _i == 0 ? 0 : (uint8_t)random_below(&seed, 16);
    amos_error err = {0};
    assert_ok(amos_labelmap_renumber(map, table, 16, &second, &err), &err);
    assert_voxels(map, &m); /* unchanged */
    amos_labelmap_free(map);
    for (size_t i = 0; i < count; i++)
        m.voxels[i] = table[m.voxels[i]];
    assert_voxels(second, &m);
    assert_stats(second, &m, 15);
    int empty = 1;
    for (size_t i = 0; i < count; i++)
        empty = empty && m.voxels[i] == 0;
    assert_warnings(amos_labelmap_layout(second)->warnings, empty ? AMOS_W_EMPTY : 0);
    amos_labelmap_free(second);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

/* A table may map to larger numbers than the map had; the new map then allows them. */
START_TEST(renumbering_may_go_beyond_15)
{
    struct nifti_spec spec = {.voxels = (uint8_t[24]){1, 2, 2}};
    struct nifti_file file = nifti_make(&spec);
    amos_labelmap *map = load(&file, NULL), *second = NULL;
    uint8_t table[16] = {0, 200, 7};
    amos_error err = {0};
    assert_ok(amos_labelmap_renumber(map, table, 16, &second, &err), &err);
    ck_assert_int_eq(amos_labelmap_max_label(second), 200);
    ck_assert_uint_eq(amos_labelmap_get_stats(second, 200)->voxels, 1);
    ck_assert_uint_eq(amos_labelmap_get_stats(second, 7)->voxels, 2);
    ck_assert_int_eq(amos_labelmap_voxels(second)[0], 200);
    amos_labelmap_free(second);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

START_TEST(renumbering_needs_a_whole_table)
{
    struct nifti_spec spec = {.voxels = (uint8_t[24]){1}};
    struct nifti_file file = nifti_make(&spec);
    amos_labelmap *map = load(&file, NULL), *second = (amos_labelmap *)&spec;
    uint8_t table[32] = {0};
    amos_error err = {0};
    assert_status(amos_labelmap_renumber(map, table, 15, &second, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(second);
    assert_sentence(&err, AMOS_E_ARG, "table");
    assert_status(amos_labelmap_renumber(map, NULL, 16, &second, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_renumber(map, table, 16, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_renumber(NULL, table, 16, &second, &err), AMOS_E_ARG, &err);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

/* ---- the rest ---- */

START_TEST(load_path_opens_loads_and_closes)
{
    uint64_t seed = 44;
    struct model m = random_labels(&seed, 15, 12);
    struct nifti_file file = file_of(&m, AMOS_TYPE_UINT16, "LAS");
    struct bytes packed = gzip_of(&file.bytes);
    char *path = tmp_write_bytes("label.nii.gz", &packed);
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_ok(amos_labelmap_open(path, NULL, NULL, &map, &err), &err);
    assert_voxels(map, &m);
    assert_stats(map, &m, 15);
    amos_labelmap_free(map);
    amos_volume_options vo = {.size = sizeof vo, .inflate = AMOS_INFLATE_ZLIB};
    amos_labelmap_options lo = {.size = sizeof lo, .accept = ACCEPT(.max_label = 3)};
    assert_status(amos_labelmap_open(path, &vo, &lo, &map, &err), AMOS_E_LABEL, &err);
    ck_assert_ptr_null(map);
    ck_assert_str_eq(err.path, path);
    assert_status(amos_labelmap_open("/nowhere/label.nii", NULL, NULL, &map, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_null(map);
    assert_status(amos_labelmap_open(NULL, NULL, NULL, &map, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_open(path, NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    free(path);
    bytes_free(&packed);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

START_TEST(F27_null_is_harmless)
{
    amos_labelmap *map = (amos_labelmap *)&map;
    amos_error err = {0};
    amos_labelmap_free(NULL);
    ck_assert_ptr_null(amos_labelmap_voxels(NULL));
    ck_assert_ptr_null(amos_labelmap_layout(NULL));
    ck_assert_ptr_null(amos_labelmap_get_stats(NULL, 0));
    ck_assert_int_eq(amos_labelmap_max_label(NULL), -1);
    assert_status(amos_labelmap_load(NULL, NULL, &map, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(map);
}
END_TEST

static int stop(void *user, uint64_t done, uint64_t total)
{
    uint64_t *at = user;
    ck_assert_uint_le(done, total);
    ck_assert_uint_ge(done, at[0]);
    at[0] = done;
    return done >= at[1];
}

START_TEST(loading_can_be_watched_and_cancelled)
{
    uint8_t *voxels = must_alloc(200 * 200 * 30);
    memset(voxels, 2, 200 * 200 * 30);
    const int64_t shape[3] = {200, 200, 30};
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT16, "LAS", spacing);
    amos_volume *volume = open_made(&file);
    uint64_t at[2] = {0, UINT64_MAX};
    amos_labelmap_options o = {.size = sizeof o, .flags = _i ? AMOS_LABELMAP_STATS_ONLY : 0, .progress = {stop, at}};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_ok(amos_labelmap_load(volume, &o, &map, &err), &err);
    ck_assert_uint_eq(at[0], 200 * 200 * 30 * 2);
    amos_labelmap_free(map);
    at[0] = 0;
    at[1] = 600000;
    assert_status(amos_labelmap_load(volume, &o, &map, &err), AMOS_E_CANCEL, &err);
    ck_assert_ptr_null(map);
    amos_volume_free(volume);
    nifti_free(&file);
    free(voxels);
}
END_TEST

START_TEST(a_shorter_or_longer_struct_works)
{
    struct nifti_spec spec = {.voxels = (uint8_t[24]){20}};
    struct nifti_file file = nifti_make(&spec);
    struct {
        amos_labelmap_options known;
        char later[40];
    } o = {
        {.size = offsetof(amos_labelmap_options, orientation), .accept = ACCEPT(.max_label = 20), .orientation = "?"},
        {0}};
    amos_labelmap *map = load(&file, &o.known);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 20)->voxels, 1);
    amos_labelmap_free(map);
    o.known.orientation = NULL;
    o.known.size = sizeof o;
    map = load(&file, &o.known);
    amos_labelmap_free(map);
    nifti_free(&file);
}
END_TEST

/* Whatever the buffer had before, in stored order and in others; no byte beyond is written. */
START_TEST(the_voxels_may_go_into_a_buffer)
{
    static const char *const orientations[] = {NULL, "LAS", "SPL"};
    uint64_t seed = (uint64_t)_i + 4000;
    struct model m = random_labels(&seed, 15, 40);
    struct nifti_file file = file_of(&m, _i % 2 ? AMOS_TYPE_UINT8 : AMOS_TYPE_INT16, "LAS");
    size_t bytes = (size_t)(m.shape[0] * m.shape[1] * m.shape[2]);
    uint8_t *buffer = must_alloc(bytes + 1);
    memset(buffer, 0xee, bytes + 1);
    amos_labelmap_options o = {.size = sizeof o, .orientation = orientations[_i % 3]};
    amos_labelmap *own = load(&file, &o);
    o.buffer = buffer;
    o.buffer_bytes = bytes;
    amos_labelmap *lent = load(&file, &o);
    ck_assert_ptr_eq(amos_labelmap_voxels(lent), buffer);
    ck_assert_mem_eq(buffer, amos_labelmap_voxels(own), bytes);
    ck_assert_uint_eq(buffer[bytes], 0xee);
    amos_labelmap_free(lent);
    ck_assert_mem_eq(buffer, amos_labelmap_voxels(own), bytes);
    amos_labelmap_free(own);
    free(buffer);
    nifti_free(&file);
    free(m.voxels);
}
END_TEST

START_TEST(a_buffer_must_fit)
{
    uint8_t buffer[24];
    struct nifti_file file = nifti_make(&(struct nifti_spec){.voxels = (uint8_t[24]){1, 2, 3}});
    amos_volume *volume = open_made(&file);
    amos_buffer_pool *pool;
    amos_labelmap *map;
    amos_error err;
    assert_ok(amos_buffer_pool_make(0, &pool, &err), &err);
    amos_labelmap_options small = {.size = sizeof small, .buffer = buffer, .buffer_bytes = 23};
    amos_labelmap_options twice = {.size = sizeof twice, .buffer = buffer, .buffer_bytes = 24, .pool = pool};
    amos_labelmap_options none = {
        .size = sizeof none, .buffer = buffer, .buffer_bytes = 24, .flags = AMOS_LABELMAP_STATS_ONLY};
    assert_status(amos_labelmap_load(volume, &small, &map, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_load(volume, &twice, &map, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_load(volume, &none, &map, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(map);
    amos_buffer_pool_free(pool);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("labelmap");
    TCase *statistics = add_case(suite, "statistics", 20);
    tcase_add_loop_test(statistics, statistics_are_those_of_brute_force, 0, 200);
    tcase_add_loop_test(statistics, large_labels_too, 0, 20);
    tcase_add_loop_test(statistics, labels_can_be_reoriented, 0, 48);
    tcase_add_test(statistics, equal_bytes_are_found);
    TCase *contract = add_case(suite, "contract", 20);
    tcase_add_loop_test(contract, a_label_is_an_integer_or_an_error, 0, 2 * ROWS(values));
    tcase_add_loop_test(contract, the_first_bad_voxel_of_a_large_volume_is_named, 0, 9);
    tcase_add_loop_test(contract, P16_a_label_without_organs_is_warned_of, 0, 2);
    tcase_add_test(contract, a_label_without_geometry_has_no_millimetres);
    tcase_add_test(contract, frames_are_unsupported);
    tcase_add_loop_test(contract, colours_are_unsupported, 0, 6);
    TCase *tables = add_case(suite, "tables", 10);
    tcase_add_loop_test(tables, a_table_renumbers_while_loading, 0, 4);
    tcase_add_test(tables, a_value_that_the_table_does_not_list_is_an_error_or_background);
    tcase_add_test(tables, a_table_may_list_zero);
    tcase_add_loop_test(tables, wrong_options_are_refused, 0, 11);
    TCase *masks = add_case(suite, "masks", 10);
    tcase_add_loop_test(masks, a_mask_is_one_label, 0, 16);
    tcase_add_loop_test(masks, one_hot_planes_are_masks, 0, 2);
    tcase_add_test(masks, a_map_without_voxels_has_no_masks);
    tcase_add_loop_test(masks, renumbering_merges, 0, 20);
    tcase_add_test(masks, renumbering_may_go_beyond_15);
    tcase_add_test(masks, renumbering_needs_a_whole_table);
    TCase *rest = add_case(suite, "rest", 20);
    tcase_add_test(rest, load_path_opens_loads_and_closes);
    tcase_add_test(rest, F27_null_is_harmless);
    tcase_add_loop_test(rest, loading_can_be_watched_and_cancelled, 0, 2);
    tcase_add_loop_test(rest, the_voxels_may_go_into_a_buffer, 0, 12);
    tcase_add_test(rest, a_buffer_must_fit);
    tcase_add_test(rest, a_shorter_or_longer_struct_works);
    return run_suite(suite);
}
