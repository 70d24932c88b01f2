/* SPDX-License-Identifier: BSD-3-Clause */
/* The picture of `amos view`, drawn from plain arrays: scaling, overlay, layout, planes, window. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/main.h"
#include "view/caption.h"
#include "view/layout.h"
#include "draw/overlay.h"
#include "view/render.h"
#include "draw/scale.h"

static const uint8_t *pixel(const view_canvas *canvas, int x, int y)
{
    return canvas->rgb + ((size_t)y * (size_t)canvas->width + (size_t)x) * 3;
}

/* ---- scaling ---- */

START_TEST(scaling_to_the_same_size_changes_nothing)
{
    enum { W = 13, H = 7 };
    float grey[W * H];
    uint8_t label[W * H];
    uint64_t state = 1;
    for (int i = 0; i < W * H; i++) {
        grey[i] = (float)random_below(&state, 1000);
        label[i] = (uint8_t)random_below(&state, 16);
    }
    float *grey_out = view_scale_grey(grey, W, H, W, H);
    uint8_t *label_out = view_scale_label(label, W, H, W, H);
    for (int i = 0; i < W * H; i++)
        ck_assert_float_eq_tol(grey_out[i], grey[i], 1e-3f);
    ck_assert_mem_eq(label_out, label, W * H);
    free(label_out);
    free(grey_out);
}
END_TEST

/* A linear ramp stays linear when scaled up or down: interpolated values are at the right place. */
START_TEST(a_ramp_stays_a_ramp)
{
    static const int sizes[][2] = {{40, 90}, {40, 17}, {40, 40}};
    int w = sizes[_i][0], out = sizes[_i][1];
    float *ramp = must_alloc(sizeof(float) * (size_t)(w * w));
    for (int y = 0; y < w; y++)
        for (int x = 0; x < w; x++)
            ramp[y * w + x] = (float)(x + 100 * y);
    float *scaled = view_scale_grey(ramp, w, w, out, out);
    double ratio = (double)w / out;
    int edge = (int)(3 * fmax(1, 1 / ratio)) + 3; /* there the kernel reaches beyond the plane */
    for (int y = edge; y < out - edge; y++)
        for (int x = edge; x < out - edge; x++) {
            double expected = (x + 0.5) * ratio - 0.5 + 100 * ((y + 0.5) * ratio - 0.5);
            ck_assert_double_eq_tol(scaled[y * out + x], expected, 101 * ratio / 100); /* a hundredth of a pixel */
        }
    free(scaled);
    free(ramp);
}
END_TEST

START_TEST(label_scaling_invents_nothing)
{
    const uint8_t label[6] = {1, 9, 9, 4, 1, 9};
    uint8_t *out = view_scale_label(label, 3, 2, 100, 70);
    for (int i = 0; i < 7000; i++)
        ck_assert(out[i] == 1 || out[i] == 9 || out[i] == 4);
    ck_assert_uint_eq(out[0], 1);
    ck_assert_uint_eq(out[99], 9);
    ck_assert_uint_eq(out[69 * 100], 4);
    free(out);
}
END_TEST

/* ---- overlay ---- */

/* A square of label 1 and one of label 200, which has no colour, over black. */
START_TEST(organs_have_outline_and_fill)
{
    enum { N = 60 };
    static const view_color red[1] = {{250, 100, 0}};
    const view_overlay_style style = {red, 1, 0.3, 1.5};
    uint8_t label[N * N] = {0};
    for (int i = 0; i < N * N; i++) {
        int x = i % N, y = i / N;
        label[i] = x >= 10 && x < 30 && y >= 10 && y < 50 ? 1 : x >= 40 && x < 50 && y >= 10 ? 200 : 0;
    }
    view_canvas canvas;
    ck_assert_int_eq(view_canvas_init(&canvas, 2 * N, 2 * N, (view_color){0, 0, 0}), 0);
    ck_assert_int_eq(view_overlay_draw(&canvas, (view_rect){0, 0, 2 * N, 2 * N}, label, N, N, &style), 0);
    ck_assert_int_eq(pixel(&canvas, 40, 60)[0], 75); /* 30 % of 250 */
    ck_assert_int_eq(pixel(&canvas, 40, 60)[1], 30);
    ck_assert_int_ge(pixel(&canvas, 20, 60)[0], 245); /* just inside the border */
    ck_assert_int_eq(pixel(&canvas, 17, 60)[0], 0);
    ck_assert_int_eq(pixel(&canvas, 90, 60)[0], 0);
    view_canvas_free(&canvas);
}
END_TEST

/* ---- layout ---- */

static int inside(view_rect in, view_rect out)
{
    return in.x >= out.x && in.y >= out.y && in.x + in.width <= out.x + out.width &&
           in.y + in.height <= out.y + out.height;
}

static int apart(view_rect a, view_rect b)
{
    return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

static void assert_parts_fit(const double mm[3], int width)
{
    const view_wants wants = {.size_mm = {mm[0], mm[1], mm[2]}, .width = width, .header = 76, .entries = 15};
    view_layout l;
    view_plan plan;
    view_plan_planes(&(view_scene){.oriented = 0}, &plan);
    view_layout_make(&wants, &plan, &l);
    view_rect all = {0, 0, l.width, l.height};
    ck_assert_int_eq(l.width, width);
    ck_assert(width != VIEW_WIDTH || l.height <= 1100);
    ck_assert(inside(l.legend, all) && inside(l.header, all));
    for (int p = 0; p < VIEW_PLANES; p++) {
        const view_plane *plane = &view_planes[p];
        ck_assert(inside(l.frame[p], all) && inside(l.image[p], l.frame[p]));
        ck_assert(apart(l.frame[p], l.legend) && apart(l.frame[p], l.header));
        ck_assert(apart(l.frame[p], l.frame[(p + 1) % VIEW_PLANES]));
        if (fmax(mm[0], fmax(mm[1], mm[2])) > 1e9 || fmin(mm[0], fmin(mm[1], mm[2])) < 1e-6)
            continue; /* not the size of a body: it only has to fit */
        ck_assert_double_le(fabs(l.image[p].width - fmax(mm[plane->across] * l.pixels_per_mm, 1)), 0.51);
        ck_assert_double_le(fabs(l.image[p].height - fmax(mm[plane->down] * l.pixels_per_mm, 1)), 0.51);
    }
}

START_TEST(parts_fit_and_do_not_overlap)
{
    static const double sizes[] = {1e-310, 1e-4, 40, 200, 350, 1e6, 1e300};
    static const int widths[] = {VIEW_WIDTH, VIEW_WIDTH_LEAST, 1000, VIEW_WIDTH_MOST};
    for (int i = 0; i < 49; i++)
        for (int w = 0; w < 4; w++) {
            const double mm[3] = {sizes[i % 7], sizes[i / 7], sizes[_i]};
            assert_parts_fit(mm, widths[w]);
        }
}
END_TEST

/* ---- scene ---- */

/* A volume in RAS order of one value, without label. */
static view_scene scene_of(int64_t nx, int64_t ny, int64_t nz, const double spacing[3], float value)
{
    view_scene scene = {.oriented = 1, .title = "amos_0001", .details = "CT"};
    float *grey = must_alloc(sizeof(float) * (size_t)(nx * ny * nz));
    for (int64_t i = 0; i < nx * ny * nz; i++)
        grey[i] = value;
    const int64_t shape[3] = {nx, ny, nz};
    memcpy(scene.geometry.shape, shape, sizeof shape);
    memcpy(scene.geometry.spacing, spacing, sizeof scene.geometry.spacing);
    for (int i = 0; i < 3; i++)
        scene.geometry.affine[i][i] = spacing[i];
    scene.geometry.affine[3][3] = 1;
    memcpy(scene.geometry.orientation, "RAS", 4);
    scene.grey = grey;
    view_scene_window_ct(&scene, 40, 400);
    return scene;
}

static void scene_free(view_scene *scene)
{
    union {
        const void *constant;
        void *memory;
    } grey = {scene->grey}, label = {scene->label};
    free(grey.memory);
    free(label.memory);
}

/* Draws a plan; returns the layout. */
static view_canvas render_plan(const view_scene *scene, const view_plan *plan, const view_look *look,
                               view_layout *layout)
{
    view_canvas canvas;
    view_render_layout(scene, plan, look, layout);
    ck_assert_int_eq(view_render(scene, plan, look, &canvas), 0);
    ck_assert_int_eq(canvas.width, layout->width);
    ck_assert_int_eq(canvas.height, layout->height);
    return canvas;
}

/* Aims, trims and draws the three planes; returns the layout. */
static view_canvas render(view_scene *scene, view_layout *layout)
{
    view_plan plan;
    view_scene_aim(scene);
    ck_assert_int_eq(view_scene_trim(scene), 0);
    view_plan_planes(scene, &plan);
    return render_plan(scene, &plan, NULL, layout);
}

static float *grey_at(view_scene *scene, int64_t x, int64_t y, int64_t z)
{
    union {
        const float *constant;
        float *memory;
    } grey = {scene->grey};
    return grey.memory + (z * scene->geometry.shape[1] + y) * scene->geometry.shape[0] + x;
}

/* The number of pixels from the first to the last one that is at least mid grey, along a row or column, without the
 * edges, where the letters are. */
static int extent(const view_canvas *canvas, view_rect frame, int along_x, int fixed)
{
    int first = -1, last = -1, start = along_x ? frame.x : frame.y;
    int length = along_x ? frame.width : frame.height;
    for (int i = start + 40; i < start + length - 40; i++)
        if (pixel(canvas, along_x ? i : fixed, along_x ? fixed : i)[0] >= 128) {
            first = first < 0 ? i : first;
            last = i;
        }
    return last - first + 1;
}

/* A soft ball in anisotropic voxels must be a circle of the right size in all three panels. */
START_TEST(a_ball_is_drawn_round)
{
    const double spacing[3] = {0.9, 1.4, 4};
    const double radius = 50;
    view_scene scene = scene_of(200, 128, 45, spacing, 0);
    for (int64_t z = 0; z < 45; z++)
        for (int64_t y = 0; y < 128; y++)
            for (int64_t x = 0; x < 200; x++) {
                double d = sqrt(pow(((double)x - 99.5) * 0.9, 2) + pow(((double)y - 63.5) * 1.4, 2) +
                                pow(((double)z - 22) * 4, 2));
                /* 40 HU, mid grey, at the radius, and nowhere as dark as air */
                *grey_at(&scene, x, y, z) = (float)fmax(40 + (radius - d) * 10, -120);
            }
    view_layout layout;
    view_canvas canvas = render(&scene, &layout);
    double expected = 2 * radius * layout.pixels_per_mm;
    ck_assert_double_gt(expected, 200);
    for (int p = 0; p < VIEW_PLANES; p++) {
        view_rect r = layout.image[p];
        ck_assert_double_eq_tol(extent(&canvas, layout.frame[p], 1, r.y + r.height / 2), expected, 2);
        ck_assert_double_eq_tol(extent(&canvas, layout.frame[p], 0, r.x + r.width / 2), expected, 2);
    }
    view_canvas_free(&canvas);
    scene_free(&scene);
}
END_TEST

/* The grey in the middle of a panel for a volume of one value. */
static int shown_grey(float value)
{
    const double spacing[3] = {5, 5, 5};
    view_scene scene = scene_of(40, 40, 40, spacing, value);
    view_layout layout;
    view_canvas canvas = render(&scene, &layout);
    view_rect r = layout.image[VIEW_AXIAL];
    const uint8_t *p = pixel(&canvas, r.x + r.width / 3, r.y + r.height / 3);
    ck_assert(p[0] == p[1] && p[1] == p[2]);
    int grey = p[0];
    view_canvas_free(&canvas);
    scene_free(&scene);
    return grey;
}

START_TEST(hounsfield_units_are_windowed)
{
    ck_assert_int_eq(shown_grey(-1024), 0);
    ck_assert_int_eq(shown_grey(-160), 0);
    ck_assert_int_eq(shown_grey(-60), 64);
    ck_assert_int_eq(shown_grey(40), 128);
    ck_assert_int_eq(shown_grey(240), 255);
    ck_assert_int_eq(shown_grey(3000), 255);
    ck_assert_int_eq(shown_grey(INFINITY), 0);
    ck_assert_int_eq(shown_grey(NAN), 0);
}
END_TEST

START_TEST(percentiles_leave_out_zero_and_extremes)
{
    const double spacing[3] = {1, 1, 1};
    view_scene scene = scene_of(20, 10, 10, spacing, 0);
    for (int i = 0; i < 1000; i++)
        *grey_at(&scene, 2 * (i % 10), i / 10 % 10, i / 100) = (float)(i + 1);
    *grey_at(&scene, 1, 0, 0) = 1e30f;
    *grey_at(&scene, 3, 0, 0) = NAN;
    *grey_at(&scene, 5, 0, 0) = -INFINITY;
    ck_assert_int_eq(view_scene_window_percentiles(&scene), 0);
    ck_assert_double_eq_tol(scene.low, 11, 1);
    ck_assert_double_eq_tol(scene.high, 991, 1);
    for (int i = 0; i < 2000; i++)
        *grey_at(&scene, i % 20, i / 20 % 10, i / 200) = 0;
    ck_assert_int_eq(view_scene_window_percentiles(&scene), 0);
    ck_assert_double_gt(scene.high, scene.low);
    scene_free(&scene);
}
END_TEST

/* Organs: one at (10,12,14) and one at (30,20,26); the planes go through the middle of both. */
START_TEST(the_cuts_go_through_the_organs)
{
    const double spacing[3] = {2, 3, 4};
    view_scene scene = scene_of(40, 40, 40, spacing, 0);
    view_scene_aim(&scene);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(scene.cut[i], 20);
    scene.label = calloc(40 * 40, 40);
    scene.organ_count = 15;
    scene.organs[0] = (view_organ){.title = "Spleen", .present = 1, .centroid = {10, 12, 14}};
    scene.organs[5] = (view_organ){.title = "Liver", .present = 1, .centroid = {30, 20, 26}};
    view_scene_aim(&scene);
    ck_assert_int_eq(scene.cut[0], 20);
    ck_assert_int_eq(scene.cut[1], 16);
    ck_assert_int_eq(scene.cut[2], 20);
    scene_free(&scene);
}
END_TEST

/* A body of 60 x 40 x 50 voxels in air, with a thin table behind it. */
START_TEST(air_and_table_are_cut_off)
{
    const double spacing[3] = {2, 2, 2};
    view_scene scene = scene_of(100, 100, 50, spacing, -1000);
    for (int64_t z = 0; z < 50; z++)
        for (int64_t y = 0; y < 100; y++)
            for (int64_t x = 0; x < 100; x++) {
                if ((x >= 20 && x < 80 && y >= 40 && y < 80) || (y >= 10 && y < 12))
                    *grey_at(&scene, x, y, z) = 50;
            }
    view_scene_aim(&scene);
    ck_assert_int_eq(view_scene_trim(&scene), 0);
    const int64_t start[3] = {17, 37, 0}, stop[3] = {83, 83, 50}; /* a margin of 6 mm */
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(scene.box.start[i], start[i]);
        ck_assert_int_eq(scene.box.stop[i], stop[i]);
    }
    scene_free(&scene);
}
END_TEST

/* Volumes of one voxel, one line, one plane, and of odd spacing are drawn, with a label and without. */
START_TEST(thin_volumes_are_drawn)
{
    static const int64_t shapes[][3] = {{1, 1, 1}, {1, 64, 64}, {64, 1, 64}, {64, 64, 1}, {300, 1, 1}, {1, 1, 300}};
    static const double spacings[][3] = {{1, 1, 1}, {1e-3, 1e-3, 1e-3}, {1e3, 1, 1}, {1, 1, 1e4}};
    const int64_t *n = shapes[_i % 6];
    view_scene scene = scene_of(n[0], n[1], n[2], spacings[_i / 6], 40);
    view_layout layout;
    view_canvas canvas = render(&scene, &layout);
    view_canvas_free(&canvas);
    size_t voxels = (size_t)(n[0] * n[1] * n[2]);
    uint8_t *label = must_alloc(voxels);
    memset(label, 6, voxels);
    scene.label = label;
    scene.organ_count = 15;
    for (int i = 0; i < scene.organ_count; i++)
        scene.organs[i] = (view_organ){.title = "Organ", .color = {200, 0, 0}};
    scene.organs[5].present = 1;
    for (int i = 0; i < 3; i++) {
        scene.organs[5].centroid[i] = (double)(n[i] - 1) / 2;
        scene.organs[5].box.stop[i] = n[i];
    }
    canvas = render(&scene, &layout);
    view_rect r = layout.image[VIEW_AXIAL];
    const uint8_t *p = pixel(&canvas, r.x + r.width / 2, r.y + r.height / 2);
    ck_assert_int_gt(p[0], p[1]);
    view_canvas_free(&canvas);
    scene_free(&scene);
}
END_TEST

/* Letters at the four edges of each panel, and none if the file has no orientation. */
START_TEST(letters_only_where_the_orientation_is_known)
{
    const double spacing[3] = {3, 3, 3};
    view_scene scene = scene_of(100, 80, 90, spacing, -1000);
    view_layout layout;
    view_canvas with = render(&scene, &layout);
    scene.oriented = 0;
    view_canvas without = render(&scene, &layout);
    for (int p = 0; p < VIEW_PLANES; p++) {
        view_rect f = layout.frame[p];
        int cx = f.x + f.width / 2, cy = f.y + f.height / 2;
        int left = 0, right = 0, top = 0, bottom = 0, elsewhere = 0;
        for (int y = f.y; y < f.y + f.height; y++)
            for (int x = f.x; x < f.x + f.width; x++) {
                if (memcmp(pixel(&with, x, y), pixel(&without, x, y), 3) == 0)
                    continue;
                int across = abs(x - cx) < 20, along = abs(y - cy) < 20;
                left += along && x < f.x + 40;
                right += along && x > f.x + f.width - 40;
                top += across && y < f.y + 40;
                bottom += across && y > f.y + f.height - 40;
                elsewhere += !(along && abs(x - cx) > f.width / 2 - 40) && !(across && abs(y - cy) > f.height / 2 - 40);
            }
        ck_assert(left > 20 && right > 20 && top > 20 && bottom > 20);
        ck_assert_int_eq(elsewhere, 0);
    }
    view_canvas_free(&without);
    view_canvas_free(&with);
    scene_free(&scene);
}
END_TEST

START_TEST(radiological_letters)
{
    static const char *const expected[VIEW_PLANES] = {"RLAP", "RLSI", "APSI"};
    for (int p = 0; p < VIEW_PLANES; p++) {
        const view_plane *plane = &view_planes[p];
        char letters[5];
        snprintf(letters, sizeof letters, "%s%s%s%s", plane->left, plane->right, plane->top, plane->bottom);
        ck_assert_str_eq(letters, expected[p]);
        ck_assert_int_eq(plane->through + plane->across + plane->down, 3);
    }
}
END_TEST

/* ---- what is asked for ---- */

/* Organs 1 (all of it in z 10..29) and 3 (alone in x 8..11, most of it at x 9, y 5, z 20) in 40 x 30 x 40 voxels, as if
 * stored LAS. */
static view_scene scene_of_organs(void)
{
    const double spacing[3] = {2, 2, 5};
    view_scene scene = scene_of(40, 30, 40, spacing, 50);
    uint8_t *label = must_alloc((size_t)(40 * 30 * 40));
    memset(label, 0, (size_t)(40 * 30 * 40));
    for (int z = 10; z < 30; z++)
        for (int y = 10; y < 20; y++)
            for (int x = 15; x < 30; x++)
                label[(z * 30 + y) * 40 + x] = 1;
    for (int i = 0; i < 4; i++)
        label[(20 * 30 + 5) * 40 + 8 + i] = 3;
    label[(20 * 30 + 6) * 40 + 9] = label[(21 * 30 + 5) * 40 + 9] = 3;
    scene.label = label;
    scene.organ_count = 15;
    scene.organs[0] = (view_organ){
        .title = "portal vein", .present = 1, .centroid = {22, 14, 19}, .box = {{15, 10, 10}, {30, 20, 30}}};
    scene.organs[2] =
        (view_organ){.title = "Left kidney", .present = 1, .centroid = {9, 5, 20}, .box = {{8, 5, 20}, {12, 7, 22}}};
    scene.organs[4] = (view_organ){.title = "Spleen"};
    scene.reversed[0] = 1;
    view_scene_aim(&scene);
    ck_assert_int_eq(view_scene_trim(&scene), 0);
    return scene;
}

static void assert_plan(const view_request *request, int count, const view_cell *cells)
{
    view_scene scene = scene_of_organs();
    view_plan plan;
    amos_error err;
    assert_ok(view_plan_make(request, &scene, &plan, &err), &err);
    ck_assert_int_eq(plan.count, count);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(plan.cells[i].plane, cells[i].plane);
        ck_assert_msg(plan.cells[i].at == cells[i].at, "cell %d is at %d", i, (int)plan.cells[i].at);
        int axis = view_planes[cells[i].plane].through;
        ck_assert(cells[i].at >= scene.box.start[axis] && cells[i].at < scene.box.stop[axis]);
    }
    scene_free(&scene);
}

/* An index is that of the file as stored: x runs to the left there. A place in mm is the same in any storage. */
START_TEST(slices_are_counted_as_stored)
{
    const view_request number = {.plane = VIEW_CHOICE_SAGITTAL, .at.plain = {true, false, 9}};
    assert_plan(&number, 1, &(view_cell){VIEW_SAGITTAL, 30});
    const view_request mm = {.plane = VIEW_CHOICE_SAGITTAL, .at.plain = {true, true, 21.2}};
    assert_plan(&mm, 1, &(view_cell){VIEW_SAGITTAL, 11});
    const view_request axial = {.at.plain = {true, false, 39}};
    assert_plan(&axial, 3, (view_cell[]){{VIEW_AXIAL, 39}, {VIEW_CORONAL, 10}, {VIEW_SAGITTAL, 16}});
    const view_request all = {.at.axis = {{true, false, 0}, {true, true, 0}, {false, false, 0}}};
    assert_plan(&all, 3, (view_cell[]){{VIEW_AXIAL, 20}, {VIEW_CORONAL, 0}, {VIEW_SAGITTAL, 39}});
}
END_TEST

START_TEST(an_organ_is_cut_where_it_is_largest)
{
    static const char *const names[] = {"left_kidney", "lkid", "3"};
    for (int i = 0; i < 3; i++) {
        const view_request request = {.organ = names[i]};
        assert_plan(&request, 3, (view_cell[]){{VIEW_AXIAL, 20}, {VIEW_CORONAL, 5}, {VIEW_SAGITTAL, 9}});
    }
    const view_request both = {.organ = "Portal vein", .plane = VIEW_CHOICE_CORONAL, .at.axis[1] = {true, false, 17}};
    assert_plan(&both, 1, &(view_cell){VIEW_CORONAL, 17});
}
END_TEST

/* From the head to the feet, evenly spaced, never the same slice twice. */
START_TEST(a_montage_goes_through_the_organ)
{
    const view_request four = {.organ = "1", .montage = {2, 2}};
    assert_plan(&four, 4, (view_cell[]){{VIEW_AXIAL, 27}, {VIEW_AXIAL, 22}, {VIEW_AXIAL, 17}, {VIEW_AXIAL, 12}});
    const view_request few = {.organ = "3", .montage = {3, 2}};
    assert_plan(&few, 2, (view_cell[]){{VIEW_AXIAL, 21}, {VIEW_AXIAL, 20}});
    const view_request body = {.plane = VIEW_CHOICE_CORONAL, .montage = {1, 3}};
    assert_plan(&body, 3, (view_cell[]){{VIEW_CORONAL, 24}, {VIEW_CORONAL, 14}, {VIEW_CORONAL, 4}});
}
END_TEST

static void assert_no_plan(const view_request *request, const char *says)
{
    view_scene scene = scene_of_organs();
    view_plan plan;
    amos_error err;
    assert_status(view_plan_make(request, &scene, &plan, &err), AMOS_E_ARG, &err);
    ck_assert_msg(strstr(err.message, says) != NULL, "%s", err.message);
    scene_free(&scene);
}

/* The names are those of the scene: label 1 is no spleen here. */
START_TEST(what_is_not_there_is_refused)
{
    assert_no_plan(&(view_request){.organ = "liver"}, "one of these names: portal vein, Left kidney, Spleen.");
    assert_no_plan(&(view_request){.organ = "16"}, "There is no organ \"16\"");
    assert_no_plan(&(view_request){.organ = "spleen"}, "no voxel of \"spleen\" (label 5)");
    assert_no_plan(&(view_request){.organ = "spleen"}, "it has: portal vein, Left kidney.");
    assert_no_plan(&(view_request){.at.plain = {true, false, 40}}, "no axial slice 40; the slices are 0 to 39");
    assert_no_plan(&(view_request){.at.axis[0] = {true, true, -2}}, "from 0.0 to 78.0 mm");
    view_scene bare = scene_of(4, 4, 4, (double[]){1, 1, 1}, 0);
    view_plan plan;
    amos_error err;
    const view_request request = {.organ = "liver"};
    assert_status(view_plan_make(&request, &bare, &plan, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "--label"));
    scene_free(&bare);
}
END_TEST

/* Fill and outline of the organs in the middle of one panel. */
static void organ_pixels(const view_look *look, uint8_t middle[3])
{
    view_scene scene = scene_of_organs();
    const view_request request = {.plane = VIEW_CHOICE_AXIAL};
    view_plan plan;
    view_layout layout;
    amos_error err;
    scene.organs[0].color = (view_color){0, 255, 0};
    assert_ok(view_plan_make(&request, &scene, &plan, &err), &err);
    view_canvas canvas = render_plan(&scene, &plan, look, &layout);
    view_rect r = layout.image[0];
    double share = 1 - (22.5 - (double)scene.box.start[0]) / (double)(scene.box.stop[0] - scene.box.start[0]);
    memcpy(middle, pixel(&canvas, r.x + (int)(share * r.width), r.y + r.height / 2), 3);
    view_canvas_free(&canvas);
    scene_free(&scene);
}

START_TEST(organs_are_as_opaque_as_asked)
{
    uint8_t middle[3];
    organ_pixels(&(view_look){.opacity = 1}, middle);
    ck_assert(middle[0] == 0 && middle[1] == 255);
    organ_pixels(&(view_look){.opacity = -1, .outline = true}, middle);
    ck_assert(middle[0] == middle[1] && middle[1] == middle[2]);
    organ_pixels(&(view_look){.opacity = 0.5}, middle);
    ck_assert_int_eq(middle[1] - middle[0], 128);
}
END_TEST

/* A grid of any size stays inside of its picture; details wrap instead of leaving it. */
START_TEST(grids_fit)
{
    static const int widths[] = {VIEW_WIDTH_LEAST, 500, 777, 1250};
    view_scene scene = scene_of_organs();
    for (int i = 0; i < 20; i++)
        snprintf(scene.details + strlen(scene.details), 24, " \xC2\xB7 item %d of many", i);
    const view_request request = {.plane = VIEW_CHOICE_SAGITTAL, .montage = {1 + _i % 5, 1 + _i / 5}};
    const view_look look = {.opacity = -1, .width = widths[_i % 4]};
    view_plan plan;
    view_layout layout;
    amos_error err;
    assert_ok(view_plan_make(&request, &scene, &plan, &err), &err);
    view_canvas canvas = render_plan(&scene, &plan, &look, &layout);
    view_rect all = {0, 0, layout.width, layout.height};
    for (int c = 0; c < plan.count; c++) {
        ck_assert(inside(layout.frame[c], all) && inside(layout.image[c], layout.frame[c]));
        ck_assert(apart(layout.frame[c], layout.header) && apart(layout.frame[c], layout.legend));
        ck_assert(c == 0 || apart(layout.frame[c], layout.frame[c - 1]));
    }
    int margin = view_layout_pixels(layout.unit, VIEW_MARGIN);
    for (int y = 0; y < layout.header.height; y++)
        for (int x = layout.width - margin + 2; x < layout.width; x++)
            ck_assert_int_lt(pixel(&canvas, x, y)[0], 30);
    view_canvas_free(&canvas);
    scene_free(&scene);
}
END_TEST

/* A label without a name is not called by AMOS's; many labels show only those that are present. */
START_TEST(labels_beyond_the_table_have_no_name)
{
    view_scene scene = {.organ_count = 200};
    char own[32];
    scene.organs[199].present = scene.organs[16].present = 1;
    ck_assert_str_eq(view_organ_title(&scene, 17, own), "label 17");
    ck_assert_int_eq(view_legend_entries(&scene), 2);
    scene.organ_count = 15;
    ck_assert_int_eq(view_legend_entries(&scene), 15);
}
END_TEST

static void set_rotation(view_scene *scene, double degrees)
{
    double a = degrees / 57.29577951308232;
    scene->geometry.affine[0][0] = cos(a);
    scene->geometry.affine[1][0] = sin(a);
    scene->geometry.affine[0][1] = -sin(a);
    scene->geometry.affine[1][1] = cos(a);
}

START_TEST(obliquity_is_the_angle)
{
    const double spacing[3] = {1, 1, 1};
    view_scene scene = scene_of(2, 2, 2, spacing, 0);
    ck_assert_double_eq_tol(view_scene_obliquity(&scene), 0, 1e-9);
    set_rotation(&scene, 12.5);
    ck_assert_double_eq_tol(view_scene_obliquity(&scene), 12.5, 1e-6);
    scene_free(&scene);
}
END_TEST

/* ---- a prediction ---- */

enum { SIDE = 40 };

/* Two organs side by side: `left` and `right` are their labels, `shift` moves the border of the right one. */
static uint8_t *two_organs(uint8_t left, uint8_t right, int shift)
{
    uint8_t *label = must_alloc(SIDE * SIDE * SIDE);
    for (int i = 0; i < SIDE * SIDE * SIDE; i++) {
        int x = i % SIDE, y = i / SIDE % SIDE, z = i / SIDE / SIDE;
        int inside = y >= 8 && y < 32 && z >= 8 && z < 32;
        label[i] = inside && x >= 6 && x < 18 ? left : inside && x >= 22 && x < 34 + shift ? right : 0;
    }
    return label;
}

/* How many pixels of the planes have a colour. */
static int count_color(const view_canvas *canvas, const view_layout *layout, view_color color)
{
    int count = 0;
    for (int p = 0; p < VIEW_PLANES; p++)
        for (int y = layout->image[p].y; y < layout->image[p].y + layout->image[p].height; y++)
            for (int x = layout->image[p].x; x < layout->image[p].x + layout->image[p].width; x++) {
                const uint8_t *at = pixel(canvas, x, y);
                count += at[0] == color.r && at[1] == color.g && at[2] == color.b;
            }
    return count;
}

/* Draws spleen and liver with a prediction of the two labels; counts[kind] are pixels in the colour of its stripes. */
static void draw_prediction(uint8_t left, uint8_t right, int shift, int counts[VIEW_DIFFERENCES], double millilitres[])
{
    static const double spacing[3] = {5, 5, 5};
    view_scene scene = scene_of(SIDE, SIDE, SIDE, spacing, 40);
    view_layout layout;
    uint8_t *prediction = two_organs(left, right, shift);
    scene.label = two_organs(1, 6, 0);
    scene.prediction = prediction;
    scene.organ_count = AMOS_ORGAN_COUNT - 1;
    for (int i = 0; i < scene.organ_count; i++)
        scene.organs[i] = (view_organ){.title = "organ", .color = {(uint8_t)(10 * i), 20, 200}};
    ck_assert_int_eq(view_scene_compare(&scene), 0);
    memcpy(millilitres, scene.apart, sizeof scene.apart);
    view_canvas canvas = render(&scene, &layout);
    for (int kind = VIEW_MISSED; kind < VIEW_DIFFERENCES; kind++)
        counts[kind] = count_color(&canvas, &layout, view_difference_color((view_difference)kind));
    view_canvas_free(&canvas);
    free(prediction);
    scene_free(&scene);
}

/* Of each kind of error, the stripes and the millilitres are there, and of no other. An organ has 12 x 24 x 24 voxels of
 * 0.125 mL. */
static const struct error_drawn {
    uint8_t left, right;
    int shift;
    double millilitres[VIEW_DIFFERENCES];
} errors_drawn[] = {
    {1, 6, 0, {8000, 0, 0, 0}},         {6, 1, 0, {8000 - 1728, 0, 0, 1728}}, {0, 6, 0, {8000 - 864, 864, 0, 0}},
    {1, 6, 2, {8000 - 144, 0, 144, 0}}, {1, 6, -2, {8000 - 144, 144, 0, 0}},
};

START_TEST(each_kind_of_error_is_marked)
{
    const struct error_drawn *e = &errors_drawn[_i];
    int counts[VIEW_DIFFERENCES];
    double millilitres[VIEW_DIFFERENCES];
    draw_prediction(e->left, e->right, e->shift, counts, millilitres);
    for (int kind = VIEW_AGREED; kind < VIEW_DIFFERENCES; kind++) {
        ck_assert_double_eq_tol(millilitres[kind], e->millilitres[kind], 1e-9);
        if (kind != VIEW_AGREED)
            ck_assert_msg((counts[kind] > 50) == (e->millilitres[kind] > 0), "kind %d: %d pixels", kind, counts[kind]);
    }
}
END_TEST

/* Spleen and liver exchanged; then the spleen, of which 3 of 12 layers are missed and 4 are liver. */
START_TEST(organs_taken_for_another_one_are_named)
{
    view_scene scene = {.geometry.shape = {SIDE, SIDE, SIDE}, .geometry.spacing = {5, 5, 5}};
    uint8_t *label = two_organs(1, 6, 0), *exchanged = two_organs(6, 1, 0), *partly = two_organs(1, 6, 0);
    for (int i = 0; i < SIDE * SIDE * SIDE; i++)
        if (partly[i] == 1 && i % SIDE < 13)
            partly[i] = i % SIDE < 9 ? 0 : 6;
    scene.organ_count = AMOS_ORGAN_COUNT - 1;
    for (int i = 0; i < scene.organ_count; i++)
        snprintf(scene.organs[i].title, sizeof scene.organs[i].title, "%s", amos_organ_get(i + 1)->title);
    const struct {
        const uint8_t *prediction;
        const char *remark;
    } rows[] = {{label, ""},
                {exchanged, "Taken for another organ: Spleen (100 % for Liver), Liver (100 % for Spleen)"},
                {partly, "Taken for another organ: Spleen (33 % for Liver)"}};
    scene.label = label;
    for (int i = 0; i < 3; i++) {
        scene.prediction = rows[i].prediction;
        scene.remark[0] = '\0';
        ck_assert_int_eq(view_scene_compare(&scene), 0);
        ck_assert_str_eq(scene.remark, rows[i].remark);
    }
    free(partly);
    free(exchanged);
    free(label);
}
END_TEST

/* An organ that is taken for another one has the other one's colour inside the outline of its own. */
START_TEST(a_prediction_is_filled_with_its_own_colours)
{
    enum { N = 60 };
    static const view_color colors[2] = {{250, 0, 0}, {0, 0, 250}};
    const view_overlay_style filled = {colors, 2, 0.5, 0};
    uint8_t label[N * N];
    view_canvas canvas;
    memset(label, 2, sizeof label);
    ck_assert_int_eq(view_canvas_init(&canvas, N, N, (view_color){0, 0, 0}), 0);
    ck_assert_int_eq(view_overlay_draw(&canvas, (view_rect){0, 0, N, N}, label, N, N, &filled), 0);
    ck_assert_int_eq(pixel(&canvas, 30, 30)[2], 125);
    memset(label, VIEW_CONFUSED, sizeof label);
    ck_assert_int_eq(view_overlay_differences(&canvas, (view_rect){0, 0, N, N}, label, N, N), 0);
    int blue = 0;
    for (int i = 0; i < N * N; i++)
        blue += canvas.rgb[3 * i + 2] == 125 && canvas.rgb[3 * i] == 0;
    ck_assert_int_gt(blue, N * N / 2);
    view_canvas_free(&canvas);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view");
    TCase *scaling = add_case(suite, "scaling", 30);
    tcase_add_test(scaling, scaling_to_the_same_size_changes_nothing);
    tcase_add_loop_test(scaling, a_ramp_stays_a_ramp, 0, 3);
    tcase_add_test(scaling, label_scaling_invents_nothing);
    tcase_add_test(scaling, organs_have_outline_and_fill);
    TCase *scene = add_case(suite, "scene", 60);
    tcase_add_loop_test(scene, parts_fit_and_do_not_overlap, 0, 7);
    tcase_add_test(scene, a_ball_is_drawn_round);
    tcase_add_test(scene, hounsfield_units_are_windowed);
    tcase_add_test(scene, percentiles_leave_out_zero_and_extremes);
    tcase_add_test(scene, the_cuts_go_through_the_organs);
    tcase_add_test(scene, air_and_table_are_cut_off);
    tcase_add_loop_test(scene, thin_volumes_are_drawn, 0, 6);
    tcase_add_test(scene, letters_only_where_the_orientation_is_known);
    tcase_add_test(scene, radiological_letters);
    tcase_add_test(scene, obliquity_is_the_angle);
    TCase *prediction = add_case(suite, "prediction", 30);
    tcase_add_loop_test(prediction, each_kind_of_error_is_marked, 0,
                        (int)(sizeof errors_drawn / sizeof errors_drawn[0]));
    tcase_add_test(prediction, organs_taken_for_another_one_are_named);
    tcase_add_test(prediction, a_prediction_is_filled_with_its_own_colours);
    TCase *asked = add_case(suite, "asked", 60);
    tcase_add_test(asked, slices_are_counted_as_stored);
    tcase_add_test(asked, an_organ_is_cut_where_it_is_largest);
    tcase_add_test(asked, a_montage_goes_through_the_organ);
    tcase_add_test(asked, what_is_not_there_is_refused);
    tcase_add_test(asked, organs_are_as_opaque_as_asked);
    tcase_add_loop_test(asked, grids_fit, 0, 20);
    tcase_add_test(asked, labels_beyond_the_table_have_no_name);
    TCase *spacings = add_thorough_case(suite, "spacings", 60);
    tcase_add_loop_test(spacings, thin_volumes_are_drawn, 6, 24);
    return run_suite(suite);
}
