/* SPDX-License-Identifier: BSD-3-Clause */
/* Rotated samples: the vector kernels give what the plain ones give, for every place, size and type, and read nothing
 * beyond the view. What the plain ones give is compared with a model in test_loader. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/cpu.h"
#include "loader/fill/affine.h"
#include "support/bytes.h"
#include "support/main.h"

/* A volume, a frame in it, and a view of exactly the voxels that the frame needs, on the heap. */
struct scene {
    struct amosi_frame frame;
    struct amosi_view view;
    void *image;
    uint8_t *label;
};

static double even(uint64_t *seed)
{
    return (double)random_below(seed, 1 << 20) / (1 << 20);
}

/* Angles of 0 and of quarter turns put positions onto planes of voxels; others do not. */
static double angle(uint64_t *seed)
{
    static const double straight[] = {0, 90, -90, 180};
    return random_below(seed, 2) ? straight[random_below(seed, 4)] : even(seed) * 90 - 45;
}

/* A place near or across the border of the volume, sometimes far beyond it. */
static struct amosi_frame make_frame(uint64_t *seed)
{
    struct amosi_loader_case c = {.left_right = 0};
    struct amosi_place place = {.organ = 0};
    struct amosi_change change = {.affine = true, .zoom = random_below(seed, 3) ? 0.6 + even(seed) : 1.0};
    struct amosi_frame frame;
    for (int i = 0; i < 3; i++) {
        c.geometry.shape[i] = 1 + random_below(seed, 40);
        c.geometry.spacing[i] = random_below(seed, 2) ? 1.0 : 0.5 + 3 * even(seed);
        place.size[i] = 1 + random_below(seed, i ? 6 : 45);
        place.start[i] = random_below(seed, c.geometry.shape[i] + 20) - 15;
        change.degrees[i] = angle(seed);
    }
    change.flips = (uint32_t)random_below(seed, 8);
    amosi_frame_make(&frame, &c, &place, &change, random_below(seed, 8) ? -1024.0 : (double)NAN);
    return frame;
}

static float odd_float(uint64_t *seed)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, -0.0f, 3e38f, -3e38f};
    return random_below(seed, 12) ? (float)even(seed) * 100 - 50 : odd[random_below(seed, 6)];
}

static bool make_scene(uint64_t seed, amos_type type, struct scene *s)
{
    s->frame = make_frame(&seed);
    if (amosi_frame_is_beyond(&s->frame))
        return false;
    int64_t side[3], voxels = 1;
    for (int i = 0; i < 3; i++) {
        side[i] = s->frame.source.stop[i] - s->frame.source.start[i];
        voxels *= side[i];
    }
    s->image = must_alloc((size_t)voxels * amos_type_bytes(type));
    s->label = must_alloc((size_t)voxels);
    for (int64_t i = 0; i < voxels; i++) {
        if (type == AMOS_TYPE_INT16)
            ((int16_t *)s->image)[i] = (int16_t)random_next(&seed);
        else
            ((float *)s->image)[i] = odd_float(&seed);
        s->label[i] = (uint8_t)random_next(&seed);
    }
    s->view = (struct amosi_view){.type = type,
                                  .slope = 1.0,
                                  .box = s->frame.source,
                                  .image = s->image,
                                  .label = s->label,
                                  .image_step = {1, side[0], side[0] * side[1]},
                                  .label_step = {1, side[0], side[0] * side[1]}};
    return true;
}

static void free_scene(struct scene *s)
{
    free(s->image);
    free(s->label);
}

static void assert_rows_equal(const float *a, const float *b, int64_t n, uint64_t seed)
{
    for (int64_t i = 0; i < n; i++)
        ck_assert_msg(memcmp(&a[i], &b[i], sizeof a[i]) == 0 || (isnan(a[i]) && isnan(b[i])),
                      "scene %d, voxel %d: %a, not %a", (int)seed, (int)i, (double)b[i], (double)a[i]);
}

/* Rows begin anywhere: a part of a row is what it is in the whole. */
static void compare_rows(const struct scene *s, uint64_t seed)
{
    const struct amosi_affine affine = amosi_affine_make(&s->frame, &s->view);
    const struct amosi_affine_kernels *kernels = amosi_affine_choose(&s->view);
    const int64_t *size = s->frame.size, cut = (int64_t)(seed % (uint64_t)(size[0] + 1));
    float expected[64] = {0}, found[64] = {0};
    uint8_t labels[64] = {0}, found_labels[64] = {0};
    for (int64_t row = 0; row < size[1] * size[2]; row++) {
        const struct amosi_line line = amosi_line_make(&s->frame, row % size[1], row / size[1]);
        amosi_affine_plain.image(&affine, &line, 0, size[0], expected);
        kernels->image(&affine, &line, 0, cut, found);
        kernels->image(&affine, &line, cut, size[0] - cut, found);
        assert_rows_equal(expected, found, 64, seed);
        amosi_affine_plain.label(&affine, &line, 0, size[0], labels);
        kernels->label(&affine, &line, 0, cut, found_labels);
        kernels->label(&affine, &line, cut, size[0] - cut, found_labels);
        ck_assert_mem_eq(labels, found_labels, sizeof labels);
    }
}

START_TEST(vector_kernels_give_the_plain_bits)
{
    const amos_type type = _i ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_INT16;
    int seen = 0;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct scene s;
        if (!make_scene(seed, type, &s))
            continue;
        compare_rows(&s, seed);
        free_scene(&s);
        seen++;
    }
    ck_assert_int_gt(seen, 1000);
}
END_TEST

/* Steps that do not fit 32 bits, and rows whose voxels are not neighbours, are for the plain code. */
START_TEST(other_views_are_left_to_the_plain_code)
{
    struct amosi_view near = {.type = AMOS_TYPE_INT16,
                              .box = {{0, 0, 0}, {1000, 1000, 1000}},
                              .image_step = {1, 1000, 1000000},
                              .label_step = {1, 1000, 1000000}},
                      far = near, turned = near;
    far.image_step[2] = 2000000;
    turned.image_step[0] = -1;
    ck_assert_ptr_eq(amosi_affine_choose(&far), &amosi_affine_plain);
    ck_assert_ptr_eq(amosi_affine_choose(&turned), &amosi_affine_plain);
    near.box.stop[2] = 10;
    bool fast = amosi_affine_choose(&near) != &amosi_affine_plain;
    ck_assert_int_eq(fast, amosi_cpu_has(AMOSI_CPU_AVX2));
    amosi_cpu_limit(0);
    ck_assert_ptr_eq(amosi_affine_choose(&near), &amosi_affine_plain);
}
END_TEST

/* Types that the kernels do not take: slope and intercept in double, rounded once, and the pad value for what is not
 * finite if it is to be replaced. */
START_TEST(other_types_become_float32)
{
    const double stored[2][3] = {{1.5, NAN, -2.5}, {1e30, -INFINITY, 4.25}};
    float values[6];
    for (int replaces = 0; replaces < 2; replaces++) {
        struct amosi_view view = {.type = AMOS_TYPE_FLOAT64,
                                  .slope = 0.1,
                                  .inter = -7,
                                  .box = {{4, 5, 6}, {6, 6, 8}},
                                  .image = stored,
                                  .image_step = {1, 3, 3}};
        ck_assert(!amosi_affine_is_direct(view.type, view.slope, view.inter, replaces));
        ck_assert_uint_eq(amosi_affine_count_not_finite(&view), 2);
        amosi_affine_make_direct(&view, replaces, -3.0f, values);
        ck_assert(amosi_affine_is_direct(view.type, view.slope, view.inter, false));
        ck_assert_ptr_eq(view.image, values);
        ck_assert(view.image_step[0] == 1 && view.image_step[1] == 2 && view.image_step[2] == 2);
        ck_assert(values[0] == (float)(0.1 * 1.5 - 7) && values[2] == (float)(0.1 * 1e30 - 7));
        ck_assert(replaces ? values[1] == -3.0f && values[3] == -3.0f : isnan(values[1]) && isinf(values[3]));
    }
    ck_assert(amosi_affine_is_direct(AMOS_TYPE_INT16, 1, 0, true) &&
              amosi_affine_is_direct(AMOS_TYPE_FLOAT32, 1, 0, false));
    ck_assert(!amosi_affine_is_direct(AMOS_TYPE_FLOAT32, 1, 0, true) &&
              !amosi_affine_is_direct(AMOS_TYPE_INT16, 1, 1, false));
    ck_assert(!amosi_affine_is_direct(AMOS_TYPE_INT16, 2, 0, false) &&
              !amosi_affine_is_direct(AMOS_TYPE_UINT8, 1, 0, false));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("affine");
    TCase *all = add_case(suite, "affine", 60);
    tcase_add_loop_test(all, vector_kernels_give_the_plain_bits, 0, 2);
    tcase_add_test(all, other_views_are_left_to_the_plain_code);
    tcase_add_test(all, other_types_become_float32);
    return run_suite(suite);
}
