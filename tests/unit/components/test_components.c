/* SPDX-License-Identifier: BSD-3-Clause */
/* Connected components against a flood fill, for every connectivity and number of threads. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "components/edges.h"
#include "support/accept.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/model/components.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int connectivities[] = {6, 18, 26};
static amos_error err;

/* ---- volumes ---- */

struct volume {
    int64_t shape[3];
    int64_t count;
    uint8_t *voxels; /* from malloc(), of exactly the needed size */
    double spacing[3];
};

static struct volume volume_make(int64_t x, int64_t y, int64_t z)
{
    struct volume v = {{x, y, z}, x * y * z, must_alloc((size_t)(x * y * z)), {0.75, 0.5, 3}};
    memset(v.voxels, 0, (size_t)v.count);
    return v;
}

static amos_layout layout_of(const struct volume *v)
{
    amos_layout layout = {
        .type = AMOS_TYPE_UINT8, .shape = {v->shape[0], v->shape[1], v->shape[2], 1}, .bytes = (size_t)v->count};
    layout.has_geometry = 1;
    memcpy(layout.geometry.shape, v->shape, sizeof v->shape);
    for (int i = 0; i < 3; i++) {
        layout.geometry.spacing[i] = v->spacing[i];
        layout.geometry.affine[i][i] = i ? v->spacing[i] : -v->spacing[i];
        layout.geometry.affine[i][3] = 10.0 * i;
    }
    layout.geometry.affine[3][3] = 1;
    return layout;
}

static amos_labelmap *map_of(const struct volume *v)
{
    amos_layout layout = layout_of(v);
    amos_labelmap *map;
    assert_ok(amos_labelmap_make(&layout, v->voxels, (size_t)v->count, ACCEPT(.max_label = 255), &map, &err), &err);
    return map;
}

/* Noise of labels 0..most, of which about `share` in 16 are not background, in runs of up to `run` voxels. */
static void fill_noise(struct volume *v, int most, int share, int run, uint64_t seed)
{
    for (int64_t i = 0; i < v->count;) {
        uint8_t label = random_below(&seed, 16) < share ? (uint8_t)(1 + random_below(&seed, most)) : 0;
        for (int64_t n = 1 + random_below(&seed, run); n > 0 && i < v->count; n--)
            v->voxels[i++] = label;
    }
}

/* ---- comparison ---- */

static amos_components *find(const amos_labelmap *map, int connectivity, int threads, uint32_t flags)
{
    amos_components_options options = AMOS_COMPONENTS_OPTIONS_INIT;
    options.connectivity = connectivity;
    options.threads = threads;
    options.flags = flags;
    amos_components *components;
    assert_ok(amos_components_find(map, &options, &components, &err), &err);
    return components;
}

static void assert_part(const struct volume *v, const amos_component *got, const struct component_model *expected)
{
    const amos_layout layout = layout_of(v);
    double mm3 = v->spacing[0] * v->spacing[1] * v->spacing[2] * (double)expected->voxels;
    int64_t first = got->first[0] + v->shape[0] * (got->first[1] + v->shape[1] * got->first[2]);
    ck_assert_int_eq(got->label, expected->label);
    ck_assert_int_eq((int64_t)got->voxels, expected->voxels);
    ck_assert_int_eq(first, expected->first);
    ck_assert_int_eq(got->touches_border, expected->border);
    ck_assert_double_eq_tol(got->mm3, mm3, 1e-9 * mm3);
    ck_assert_double_eq_tol(got->millilitres, mm3 / 1000, 1e-12 * mm3);
    for (int i = 0; i < 3; i++) {
        double centroid = expected->sum[i] / (double)expected->voxels;
        ck_assert_int_eq(got->box.start[i], expected->low[i]);
        ck_assert_int_eq(got->box.stop[i], expected->high[i] + 1);
        ck_assert(got->centroid_voxel[i] == centroid);
        ck_assert_double_eq_tol(got->centroid_mm[i],
                                layout.geometry.affine[i][i] * centroid + layout.geometry.affine[i][3], 1e-9);
    }
}

static void assert_organs(const amos_components *c, const amos_labelmap *map)
{
    uint64_t first = 0;
    for (int label = 1; label <= amos_labelmap_max_label(map); label++) {
        const amos_component_organ *organ = amos_components_get_organ(c, label);
        ck_assert_int_eq(organ->label, label);
        ck_assert(organ->voxels == amos_labelmap_get_stats(map, label)->voxels);
        ck_assert((organ->count == 0) == (organ->voxels == 0));
        if (!organ->count)
            continue;
        amos_component largest = {.size = sizeof largest};
        ck_assert(organ->first == first);
        assert_ok(amos_components_get(c, organ->first, &largest, &err), &err);
        ck_assert(largest.label == label && largest.voxels == organ->largest);
        first += organ->count;
    }
    ck_assert(first == amos_components_get_info(c)->count);
}

static void assert_components(const struct volume *v, const amos_labelmap *map, int connectivity, int threads)
{
    size_t bytes = (size_t)v->count * sizeof(uint32_t);
    uint32_t *expected = must_alloc(bytes), *numbers = must_alloc(bytes);
    struct component_model *model;
    int64_t count = component_model(v->voxels, v->shape, connectivity, expected, &model);
    amos_components *c = find(map, connectivity, threads, 0);
    ck_assert_int_eq((int64_t)amos_components_get_info(c)->count, count);
    ck_assert_int_eq(amos_components_get_info(c)->connectivity, connectivity);
    assert_ok(amos_components_write_numbers(c, numbers, bytes, &err), &err);
    ck_assert_mem_eq(numbers, expected, bytes);
    for (int64_t i = 0; i < count; i++) {
        amos_component got = {.size = sizeof got};
        assert_ok(amos_components_get(c, (uint64_t)i, &got, &err), &err);
        assert_part(v, &got, &model[i]);
    }
    assert_organs(c, map);
    amos_components_free(c);
    free(model);
    free(numbers);
    free(expected);
}

static void assert_holes(const struct volume *v, const amos_labelmap *map, int connectivity, int threads)
{
    struct component_model *model;
    int64_t count = hole_model(v->voxels, v->shape, connectivity, &model);
    amos_components *c = find(map, connectivity, threads, AMOS_COMPONENTS_HOLES);
    uint64_t of_organs = 0;
    ck_assert_int_eq((int64_t)amos_components_get_info(c)->holes, count);
    for (int64_t i = 0; i < count; i++) {
        amos_component got = {.size = sizeof got};
        assert_ok(amos_components_get_hole(c, (uint64_t)i, &got, &err), &err);
        assert_part(v, &got, &model[i]);
    }
    for (int label = 1; label <= 255; label++)
        of_organs += amos_components_get_organ(c, label)->holes;
    ck_assert_int_eq((int64_t)of_organs, count);
    amos_components_free(c);
    free(model);
}

/* All connectivities, one thread and several. Frees the volume. */
static void assert_volume(struct volume *v)
{
    static const int threads[] = {1, 2, 5};
    amos_labelmap *map = map_of(v);
    for (int i = 0; i < 3; i++)
        for (int t = 0; t < COUNT(threads); t++) {
            assert_components(v, map, connectivities[i], threads[t]);
            assert_holes(v, map, connectivities[i], threads[t]);
        }
    amos_labelmap_free(map);
    free(v->voxels);
}

/* ---- what is found ---- */

static const int64_t shapes[][3] = {{1, 1, 1},   {1, 1, 9},  {9, 1, 1},   {1, 9, 1},   {2, 2, 2},  {1, 7, 8},
                                    {13, 11, 7}, {64, 5, 3}, {65, 4, 4},  {63, 3, 5},  {33, 8, 2}, {130, 3, 3},
                                    {3, 40, 3},  {5, 3, 40}, {200, 2, 2}, {17, 17, 17}};

START_TEST(noise_gives_what_a_flood_fill_gives)
{
    static const int most[] = {1, 3, 255}, share[] = {3, 9, 15}, run[] = {1, 8};
    for (int m = 0; m < COUNT(most); m++)
        for (int s = 0; s < COUNT(share); s++)
            for (int r = 0; r < COUNT(run); r++) {
                struct volume v = volume_make(shapes[_i][0], shapes[_i][1], shapes[_i][2]);
                fill_noise(&v, most[m], share[s], run[r], (uint64_t)(_i * 100 + m * 16 + s * 4 + r));
                assert_volume(&v);
            }
}
END_TEST

/* Every second voxel: each is a component by faces, and all are one by edges. With two labels in turn, each label is one
 * component by edges. */
START_TEST(checkerboards_have_the_most_components)
{
    for (int labels = 1; labels <= 2; labels++) {
        struct volume v = volume_make(21, 10, 9);
        for (int64_t i = 0; i < v.count; i++) {
            int64_t odd = (i % 21 + i / 21 % 10 + i / 210) % 2;
            v.voxels[i] = (uint8_t)(odd ? 1 : labels - 1 ? 2 : 0);
        }
        amos_labelmap *map = map_of(&v);
        amos_components *faces = find(map, 6, 2, 0), *edges = find(map, 18, 2, 0);
        ck_assert_int_eq((int64_t)amos_components_get_info(faces)->count, labels == 2 ? v.count : v.count / 2);
        ck_assert_int_eq((int64_t)amos_components_get_info(edges)->count, labels);
        amos_components_free(edges);
        amos_components_free(faces);
        amos_labelmap_free(map);
        assert_volume(&v);
    }
}
END_TEST

START_TEST(an_empty_map_and_a_full_one)
{
    for (int label = 0; label <= 255; label += 255) {
        struct volume v = volume_make(40, 6, 5);
        memset(v.voxels, label, (size_t)v.count);
        amos_labelmap *map = map_of(&v);
        amos_components *c = find(map, 0, 0, AMOS_COMPONENTS_HOLES);
        ck_assert_int_eq((int64_t)amos_components_get_info(c)->count, label != 0);
        ck_assert_int_eq((int64_t)amos_components_get_info(c)->holes, 0);
        ck_assert_int_eq(amos_components_get_info(c)->connectivity, 26);
        amos_components_free(c);
        amos_labelmap_free(map);
        assert_volume(&v);
    }
}
END_TEST

/* All 255 labels at once: one box each, and a copy of every second one. */
START_TEST(all_labels_at_once)
{
    struct volume v = volume_make(64, 16, 17);
    for (int label = 1; label <= 255; label++)
        for (int copy = 0; copy <= label % 2; copy++)
            memset(v.voxels + (label % 16) * 4 + 64 * (label / 16) + copy * 64 * 16 * 9, label, 3);
    amos_labelmap *map = map_of(&v);
    amos_components *c = find(map, 26, 3, 0);
    for (int label = 1; label <= 255; label++)
        ck_assert_int_eq((int)amos_components_get_organ(c, label)->count, 1 + label % 2);
    amos_components_free(c);
    amos_labelmap_free(map);
    assert_volume(&v);
}
END_TEST

/* A box of label 2 around background is a hole of 2; around background and label 3, it is none; and a hole that reaches
 * the border is none. */
START_TEST(a_hole_is_enclosed_by_one_organ)
{
    struct volume v = volume_make(12, 7, 6);
    for (int64_t z = 1; z < 5; z++)
        for (int64_t y = 1; y < 6; y++)
            memset(v.voxels + 12 * (y + 7 * z) + 1, 2, 10);
    v.voxels[3 + 12 * (3 + 7 * 2)] = v.voxels[4 + 12 * (3 + 7 * 2)] = 0; /* a hole of two voxels */
    v.voxels[7 + 12 * (3 + 7 * 2)] = 0;                                  /* and one beside label 3 */
    v.voxels[8 + 12 * (3 + 7 * 2)] = 3;
    v.voxels[5 + 12 * (3 + 7 * 4)] = 0; /* a dent */
    amos_labelmap *map = map_of(&v);
    amos_components *c = find(map, 26, 1, AMOS_COMPONENTS_HOLES);
    amos_component hole = {.size = sizeof hole};
    ck_assert_int_eq((int64_t)amos_components_get_info(c)->holes, 1);
    ck_assert_int_eq((int64_t)amos_components_get_organ(c, 2)->holes, 1);
    assert_ok(amos_components_get_hole(c, 0, &hole, &err), &err);
    ck_assert_int_eq(hole.label, 2);
    ck_assert_int_eq((int64_t)hole.voxels, 2);
    ck_assert(hole.first[0] == 3 && hole.first[1] == 3 && hole.first[2] == 2);
    amos_components_free(c);
    amos_labelmap_free(map);
    assert_volume(&v);
}
END_TEST

START_TEST(the_kernels_find_the_same_edges)
{
    uint8_t row[300] = {0};
    for (size_t n = 0; n < 260; n++) {
        uint64_t seed = n, found[8], expected[8] = {0};
        for (size_t i = 0; i < sizeof row; i++)
            row[i] = i && random_below(&seed, 1 + (int64_t)n % 9) ? row[i - 1] : (uint8_t)random_below(&seed, 3);
        uint8_t *exact = must_alloc(n + 1);
        memcpy(exact, row + n % 11, n + 1);
        for (size_t i = 0; i < n; i++)
            expected[i / 64] |= (uint64_t)(exact[i] != exact[i + 1]) << i % 64;
        const struct amosi_edges_kernels *sets[] = {amosi_edges(), &amosi_edges_plain};
        for (int k = 0; k < 2; k++) {
            memset(found, 0, sizeof found);
            sets[k]->edges(exact, n, found);
            ck_assert_msg(memcmp(found, expected, sizeof found) == 0, "%s, %zu voxels", sets[k]->name, n);
        }
        free(exact);
    }
}
END_TEST

/* ---- dropping ---- */

static amos_labelmap *drop(const amos_labelmap *map, int connectivity, const amos_drop_options *options,
                           amos_dropped *dropped)
{
    amos_components *c = find(map, connectivity, 2, 0);
    amos_labelmap *clean;
    assert_ok(amos_components_drop(c, map, options, &clean, dropped, &err), &err);
    amos_components_free(c);
    return clean;
}

/* What the model keeps of noise. */
static void assert_dropped(const struct volume *v, const amos_labelmap *map, int connectivity,
                           const amos_drop_options *options)
{
    uint32_t *numbers = must_alloc((size_t)v->count * sizeof *numbers);
    struct component_model *model;
    amos_dropped dropped = {.size = sizeof dropped};
    int64_t gone = 0, voxels = 0, count = component_model(v->voxels, v->shape, connectivity, numbers, &model);
    double mm3 = v->spacing[0] * v->spacing[1] * v->spacing[2];
    uint8_t *is_gone = must_alloc((size_t)count + 1);
    for (int64_t i = 0; i < count; i++) {
        bool small = (options->flags & AMOS_DROP_ALL_BUT_LARGEST) || (uint64_t)model[i].voxels < options->min_voxels ||
                     (double)model[i].voxels * mm3 < options->min_mm3;
        is_gone[i] = small && i && model[i - 1].label == model[i].label;
        gone += is_gone[i];
        voxels += is_gone[i] ? model[i].voxels : 0;
    }
    amos_labelmap *clean = drop(map, connectivity, options, &dropped);
    for (int64_t i = 0; i < v->count; i++)
        ck_assert_int_eq(amos_labelmap_voxels(clean)[i], numbers[i] && is_gone[numbers[i] - 1] ? 0 : v->voxels[i]);
    ck_assert_int_eq((int64_t)dropped.components, gone);
    ck_assert_int_eq((int64_t)dropped.voxels, voxels);
    for (int label = 1; label <= 255; label++)
        ck_assert(amos_labelmap_get_stats(clean, label)->present == amos_labelmap_get_stats(map, label)->present);
    amos_labelmap_free(clean);
    free(is_gone);
    free(model);
    free(numbers);
}

START_TEST(small_components_are_dropped_and_no_organ_is_lost)
{
    static const amos_drop_options rules[] = {
        {sizeof(amos_drop_options), 0, 0, 0},
        {sizeof(amos_drop_options), 0, 2, 0},
        {sizeof(amos_drop_options), 0, 10, 0},
        {sizeof(amos_drop_options), 0, 0, 5.7},
        {sizeof(amos_drop_options), AMOS_DROP_ALL_BUT_LARGEST, 0, 0},
        {sizeof(amos_drop_options), 0, UINT64_MAX, 0},
    };
    for (int seed = 0; seed < 4; seed++) {
        struct volume v = volume_make(23, 11, 9);
        fill_noise(&v, seed % 2 ? 4 : 1, 7, 4, (uint64_t)seed);
        amos_labelmap *map = map_of(&v);
        for (int i = 0; i < COUNT(rules); i++)
            for (int n = 0; n < 3; n++)
                assert_dropped(&v, map, connectivities[n], &rules[i]);
        amos_labelmap_free(map);
        free(v.voxels);
    }
}
END_TEST

static void assert_same_stats(const amos_organ_stats *one, const amos_organ_stats *other)
{
    ck_assert_int_eq((int64_t)one->voxels, (int64_t)other->voxels);
    ck_assert_mem_eq(&one->box, &other->box, sizeof one->box);
    ck_assert_int_eq(one->touches_border, other->touches_border);
    ck_assert_mem_eq(one->centroid_voxel, other->centroid_voxel, sizeof one->centroid_voxel);
    ck_assert_mem_eq(one->centroid_mm, other->centroid_mm, sizeof one->centroid_mm);
}

/* Those that a map with its voxels has: of noise, mostly background or mostly labels, so that few voxels make the box. */
START_TEST(statistics_are_those_of_the_new_voxels)
{
    for (int seed = 0; seed < 8; seed++) {
        struct volume v = volume_make(9 + seed, 5, 4);
        fill_noise(&v, seed % 2 ? 3 : 1, seed < 4 ? 5 : 15, 3, (uint64_t)seed);
        const amos_drop_options options = {sizeof options, 0, 4, 0};
        amos_labelmap *map = map_of(&v), *clean = drop(map, 6, &options, NULL);
        memcpy(v.voxels, amos_labelmap_voxels(clean), (size_t)v.count);
        amos_labelmap *fresh = map_of(&v);
        ck_assert_uint_eq(amos_labelmap_layout(clean)->warnings, amos_labelmap_layout(fresh)->warnings);
        for (int label = 0; label <= amos_labelmap_max_label(fresh); label++)
            assert_same_stats(amos_labelmap_get_stats(clean, label), amos_labelmap_get_stats(fresh, label));
        amos_labelmap_free(fresh);
        amos_labelmap_free(clean);
        amos_labelmap_free(map);
        free(v.voxels);
    }
}
END_TEST

START_TEST(the_new_map_has_its_own_statistics)
{
    struct volume v = volume_make(10, 6, 6);
    memset(v.voxels + 10, 4, 7);
    v.voxels[10 * 6 * 3 + 45] = 4;
    amos_labelmap *map = map_of(&v);
    amos_dropped dropped = {.size = sizeof dropped};
    amos_drop_options options = AMOS_DROP_OPTIONS_INIT;
    options.min_voxels = 2;
    amos_labelmap *clean = drop(map, 26, &options, &dropped);
    const amos_organ_stats *stats = amos_labelmap_get_stats(clean, 4);
    ck_assert_int_eq((int64_t)stats->voxels, 7);
    ck_assert_int_eq(stats->box.stop[2], 1);
    ck_assert_int_eq((int64_t)amos_labelmap_get_stats(clean, 0)->voxels, v.count - 7);
    ck_assert(dropped.components == 1 && dropped.voxels == 1 && dropped.labels == 1);
    ck_assert_int_eq((int64_t)amos_labelmap_get_stats(map, 4)->voxels, 8);
    amos_labelmap_free(clean);
    amos_labelmap_free(map);
    free(v.voxels);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(bad_arguments_are_refused)
{
    struct volume v = volume_make(5, 4, 3);
    amos_labelmap *map = map_of(&v);
    amos_components *c = find(map, 26, 1, 0);
    amos_component one = {.size = sizeof one};
    uint32_t numbers[60];
    static const amos_components_options wrong[] = {{sizeof wrong[0], 2, 0, 0},
                                                    {sizeof wrong[0], 0, 8, 0},
                                                    {sizeof wrong[0], 0, -26, 0},
                                                    {sizeof wrong[0], 0, 0, -1}};
    for (int i = 0; i < COUNT(wrong); i++) {
        amos_components *found = c;
        assert_status(amos_components_find(map, &wrong[i], &found, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, "find");
        ck_assert_ptr_null(found);
    }
    amos_components *none = c;
    assert_status(amos_components_find(NULL, NULL, &none, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(none);
    assert_status(amos_components_get(c, 0, &one, &err), AMOS_E_ARG, &err);
    assert_status(amos_components_get_hole(c, 0, &one, &err), AMOS_E_ARG, &err);
    assert_status(amos_components_get(NULL, 0, &one, &err), AMOS_E_ARG, &err);
    assert_status(amos_components_write_numbers(c, numbers, sizeof numbers - 1, &err), AMOS_E_ARG, &err);
    assert_ok(amos_components_write_numbers(c, numbers, sizeof numbers, &err), &err);
    ck_assert_ptr_null(amos_components_get_organ(c, 0));
    ck_assert_ptr_null(amos_components_get_organ(c, 256));
    ck_assert_ptr_null(amos_components_get_organ(NULL, 1));
    ck_assert_ptr_null(amos_components_get_info(NULL));
    amos_components_free(c);
    amos_components_free(NULL);
    amos_labelmap_free(map);
    free(v.voxels);
}
END_TEST

START_TEST(a_map_without_voxels_has_no_components)
{
    struct volume v = volume_make(5, 4, 3);
    amos_layout layout = layout_of(&v);
    amos_volume *volume;
    amos_labelmap *map;
    amos_components *c;
    const amos_labelmap_options options = {.size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY};
    char *path = tmp_path("components.nii");
    assert_ok(amos_file_write(path, &layout, v.voxels, (size_t)v.count, NULL, &err), &err);
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_ok(amos_labelmap_load(volume, &options, &map, &err), &err);
    assert_status(amos_components_find(map, NULL, &c, &err), AMOS_E_ARG, &err);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    free(path);
    free(v.voxels);
}
END_TEST

START_TEST(components_of_another_map_are_refused)
{
    struct volume v = volume_make(5, 4, 3);
    v.voxels[7] = 1;
    amos_labelmap *map = map_of(&v), *clean = map;
    v.voxels[7] = 2;
    amos_labelmap *other = map_of(&v);
    amos_components *c = find(map, 26, 1, 0);
    amos_drop_options options = AMOS_DROP_OPTIONS_INIT;
    assert_status(amos_components_drop(c, other, NULL, &clean, NULL, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(clean);
    amos_labelmap_free(other);
    v.voxels[7] = 1;
    v.voxels[30] = 1; /* beside the same run, another one */
    other = map_of(&v);
    assert_status(amos_components_drop(c, other, NULL, &clean, NULL, &err), AMOS_E_ARG, &err);
    options.flags = 2;
    assert_status(amos_components_drop(c, map, &options, &clean, NULL, &err), AMOS_E_ARG, &err);
    options = (amos_drop_options){.size = sizeof options, .min_mm3 = (double)NAN};
    assert_status(amos_components_drop(c, map, &options, &clean, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_components_drop(c, map, NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    amos_components_free(c);
    amos_labelmap_free(other);
    amos_labelmap_free(map);
    free(v.voxels);
}
END_TEST

/* Volumes are not known, sizes in voxels are. */
START_TEST(without_geometry_only_voxels_count)
{
    const uint8_t voxels[8] = {1, 0, 1, 1, 0, 0, 0, 2};
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {8, 1, 1, 1}, .bytes = 8};
    amos_labelmap *map, *clean;
    amos_component one = {.size = sizeof one};
    assert_ok(amos_labelmap_make(&layout, voxels, 8, NULL, &map, &err), &err);
    amos_components *c = find(map, 26, 1, 0);
    assert_ok(amos_components_get(c, 0, &one, &err), &err);
    ck_assert(one.voxels == 2 && one.mm3 == 0 && isnan(one.centroid_mm[0]) && one.centroid_voxel[0] == 2.5);
    amos_drop_options options = {.size = sizeof options, .min_mm3 = 1};
    assert_status(amos_components_drop(c, map, &options, &clean, NULL, &err), AMOS_E_GEOM, &err);
    assert_sentence(&err, AMOS_E_GEOM, "drop");
    options = (amos_drop_options){.size = sizeof options, .min_voxels = 2};
    assert_ok(amos_components_drop(c, map, &options, &clean, NULL, &err), &err);
    ck_assert_int_eq((int64_t)amos_labelmap_get_stats(clean, 1)->voxels, 2);
    amos_labelmap_free(clean);
    amos_components_free(c);
    amos_labelmap_free(map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("components");
    TCase *found = add_case(suite, "found", 60);
    tcase_add_loop_test(found, noise_gives_what_a_flood_fill_gives, 0, COUNT(shapes));
    tcase_add_test(found, checkerboards_have_the_most_components);
    tcase_add_test(found, an_empty_map_and_a_full_one);
    tcase_add_test(found, all_labels_at_once);
    tcase_add_test(found, a_hole_is_enclosed_by_one_organ);
    tcase_add_test(found, the_kernels_find_the_same_edges);
    TCase *dropped = add_case(suite, "dropped", 30);
    tcase_add_test(dropped, small_components_are_dropped_and_no_organ_is_lost);
    tcase_add_test(dropped, the_new_map_has_its_own_statistics);
    tcase_add_test(dropped, statistics_are_those_of_the_new_voxels);
    TCase *refused = add_case(suite, "refused", 10);
    tcase_add_test(refused, bad_arguments_are_refused);
    tcase_add_test(refused, a_map_without_voxels_has_no_components);
    tcase_add_test(refused, components_of_another_map_are_refused);
    tcase_add_test(refused, without_geometry_only_voxels_count);
    return run_suite(suite);
}
