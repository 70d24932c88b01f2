/* SPDX-License-Identifier: BSD-3-Clause */
/* Label maps of voxels in memory equal those of a file with the same voxels. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define VOXELS (9 * 8 * 7)

static const int64_t shape[3] = {9, 8, 7};
static amos_error err;

static void random_voxels(uint8_t *voxels, int most)
{
    uint64_t seed = 11;
    for (int i = 0; i < VOXELS; i++)
        voxels[i] = (uint8_t)(i % 3 ? voxels[i - 1] : random_below(&seed, most + 1));
}

/* The same voxels read from a file, and their layout. */
static amos_labelmap *load_file(const uint8_t *voxels, amos_layout *layout)
{
    static const double spacing[3] = {0.5, 2, 3};
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT8, "LPS", spacing);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = NULL;
    assert_ok(amos_volume_get_layout(volume, NULL, layout, &err), &err);
    assert_ok(amos_labelmap_load(volume, NULL, &map, &err), &err);
    amos_volume_free(volume);
    nifti_free(&file);
    return map;
}

static void assert_same(const amos_labelmap *got, const amos_labelmap *expected)
{
    const amos_layout *a = amos_labelmap_layout(got), *b = amos_labelmap_layout(expected);
    ck_assert_int_eq(amos_labelmap_max_label(got), amos_labelmap_max_label(expected));
    ck_assert_mem_eq(amos_labelmap_voxels(got), amos_labelmap_voxels(expected), VOXELS);
    ck_assert_int_eq((int)a->type, AMOS_TYPE_UINT8);
    ck_assert_uint_eq(a->bytes, VOXELS);
    ck_assert_mem_eq(a->shape, b->shape, sizeof a->shape);
    ck_assert_mem_eq(a->strides, b->strides, sizeof a->strides);
    ck_assert_mem_eq(a->geometry.affine, b->geometry.affine, sizeof a->geometry.affine);
    for (int label = 0; label <= 15; label++) {
        const amos_organ_stats *s = amos_labelmap_get_stats(got, label), *t = amos_labelmap_get_stats(expected, label);
        ck_assert(s->voxels == t->voxels && s->millilitres == t->millilitres && s->touches_border == t->touches_border);
        ck_assert_mem_eq(&s->box, &t->box, sizeof s->box);
        if (s->present)
            ck_assert_mem_eq(s->centroid_mm, t->centroid_mm, sizeof s->centroid_mm);
    }
}

/* Every integer type, and every order and direction of the axes. */
START_TEST(voxels_are_taken_as_they_lie)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    uint8_t voxels[VOXELS] = {0};
    random_voxels(voxels, 15);
    amos_layout layout;
    amos_labelmap *expected = load_file(voxels, &layout), *map = NULL;
    layout.type = (amos_type)(AMOS_TYPE_INT8 + _i % 8);
    const int *order = orders[_i / 8 % 6];
    int64_t size = (int64_t)amos_type_bytes(layout.type), stride = size;
    for (int i = 0; i < 3; i++) {
        int axis = order[i], back = _i >> axis & 1;
        layout.strides[axis] = back ? -stride : stride;
        layout.offset += back ? stride * (shape[axis] - 1) : 0;
        stride *= shape[axis];
    }
    unsigned char buffer[VOXELS * 8 + 1] = {0};
    const union {
        uint16_t number;
        unsigned char first;
    } little = {1};
    for (int64_t n = 0; n < VOXELS; n++) {
        unsigned char *at = buffer + 1 + layout.offset + n % 9 * layout.strides[0] + n / 9 % 8 * layout.strides[1] +
                            n / 72 * layout.strides[2];
        at[little.first ? 0 : size - 1] = voxels[n];
    }
    assert_ok(amos_labelmap_make(&layout, buffer + 1, (size_t)(VOXELS * size), NULL, &map, &err), &err);
    assert_same(map, expected);
    amos_labelmap_free(map);
    assert_status(amos_labelmap_make(&layout, buffer + 1, (size_t)(VOXELS * size - 1), NULL, &map, &err), AMOS_E_ARG,
                  &err);
    ck_assert_ptr_null(map);
    amos_labelmap_free(expected);
}
END_TEST

START_TEST(what_is_no_label_is_told)
{
    static const struct {
        amos_type type;
        int64_t value;
        int max_label, good;
    } rows[] = {{AMOS_TYPE_INT8, -1, 0, 0},      {AMOS_TYPE_UINT8, 16, 0, 0},    {AMOS_TYPE_UINT8, 16, 16, 1},
                {AMOS_TYPE_INT64, 256, 255, 0},  {AMOS_TYPE_INT64, 255, 255, 1}, {AMOS_TYPE_UINT64, INT64_MIN, 255, 0},
                {AMOS_TYPE_INT32, 1 << 20, 0, 0}};
    amos_layout layout = {.type = rows[_i].type, .shape = {3, 2, 2, 1}};
    unsigned char voxels[12 * 8] = {0};
    size_t size = amos_type_bytes(layout.type);
    const uint64_t value = (uint64_t)rows[_i].value;
    const uint8_t one = (uint8_t)value;
    const uint32_t four = (uint32_t)value;
    memcpy(voxels + 4 * size, size == 1 ? (const void *)&one : size == 4 ? (const void *)&four : &value, size);
    memcpy(voxels + 7 * size, voxels + 4 * size, size);
    amos_labelmap *map = (amos_labelmap *)&layout;
    amos_status status =
        amos_labelmap_make(&layout, voxels, sizeof voxels, ACCEPT(.max_label = rows[_i].max_label), &map, &err);
    assert_status(status, rows[_i].good ? AMOS_OK : AMOS_E_LABEL, &err);
    if (!rows[_i].good) {
        assert_sentence(&err, status, "making a label map");
        ck_assert_msg(strstr(err.message, "2 voxels") && strstr(err.message, "(1, 1, 0)"), "%s", err.message);
        ck_assert_ptr_null(map);
    }
    amos_labelmap_free(map);
}
END_TEST

START_TEST(odd_requests_are_refused)
{
    static const uint8_t voxels[12];
    const amos_layout good = {.type = AMOS_TYPE_UINT8, .shape = {3, 2, 2, 1}};
    amos_layout layout = good;
    amos_labelmap *map = NULL;
    assert_ok(amos_labelmap_make(&good, voxels, sizeof voxels, NULL, &map, &err), &err);
    assert_warnings(amos_labelmap_layout(map)->warnings, AMOS_W_EMPTY);
    amos_labelmap_free(map);
    assert_status(amos_labelmap_make(NULL, voxels, sizeof voxels, NULL, &map, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_make(&good, NULL, sizeof voxels, NULL, &map, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_make(&good, voxels, sizeof voxels, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_make(&good, voxels, sizeof voxels, ACCEPT(.max_label = 256), &map, &err), AMOS_E_ARG,
                  &err);
    layout.type = AMOS_TYPE_RGB24;
    assert_status(amos_labelmap_make(&layout, voxels, sizeof voxels, NULL, &map, &err), AMOS_E_UNSUPPORTED, &err);
    layout = good;
    layout.shape[3] = 2;
    assert_status(amos_labelmap_make(&layout, voxels, sizeof voxels, NULL, &map, &err), AMOS_E_UNSUPPORTED, &err);
    layout = good;
    layout.shape[0] = 0;
    assert_status(amos_labelmap_make(&layout, voxels, sizeof voxels, NULL, &map, &err), AMOS_E_ARG, &err);
    layout = good;
    layout.has_geometry = 1;
    assert_status(amos_labelmap_make(&layout, voxels, sizeof voxels, NULL, &map, &err), AMOS_E_PAIR_SHAPE, &err);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("labelmap_make");
    TCase *make = add_case(suite, "make", 10);
    tcase_add_loop_test(make, voxels_are_taken_as_they_lie, 0, 8 * 6);
    tcase_add_loop_test(make, what_is_no_label_is_told, 0, 7);
    tcase_add_test(make, odd_requests_are_refused);
    return run_suite(suite);
}
