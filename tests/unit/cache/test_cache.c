/* SPDX-License-Identifier: BSD-3-Clause */
/* The cache of decoded cases: its voxels are those of the files, and its information about them is right. */
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/make/cache.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

/* A name that is unique to this test and number; static storage. */
static const char *numbered(const char *name, int number)
{
    static char names[4][64];
    static int next;
    char *out = names[next++ % 4];
    snprintf(out, sizeof names[0], "%s-%d", name, number);
    return out;
}

/* ---- boxes ---- */

static amos_volume *open_image(const amos_case *c)
{
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(amos_case_get_info(c)->image_path, NULL, &volume, &err), &err);
    return volume;
}

/* Both ways of reading write the same bytes, and no others. */
static void assert_same_read(const amos_cache_entry *entry, const amos_volume *volume, const amos_read_options *o)
{
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(volume, o, &layout, &err), &err);
    unsigned char *a = must_alloc(layout.bytes), *b = must_alloc(layout.bytes);
    memset(a, 0x5a, layout.bytes);
    memset(b, 0x5a, layout.bytes);
    amos_status expected = amos_volume_read(volume, o, a, layout.bytes, NULL);
    assert_status(amos_cache_entry_read_image(entry, o, b, layout.bytes, &err), expected, &err);
    ck_assert(expected || memcmp(a, b, layout.bytes) == 0);
    free(a);
    free(b);
}

/* Strides of a result with its axes in another order and backwards. */
static void odd_strides(amos_read_options *o, size_t item)
{
    int64_t n[3];
    for (int i = 0; i < 3; i++)
        n[i] = o->box.stop[i] - o->box.start[i];
    o->strides[2] = (int64_t)item;
    o->strides[1] = -o->strides[2] * n[2];
    o->strides[0] = 3 * (int64_t)item * n[2] * n[1];
    o->strides[3] = o->strides[0] * n[0];
    o->offset = -o->strides[1] * (n[1] - 1);
}

static const amos_type stored_types[] = {AMOS_TYPE_INT8,    AMOS_TYPE_UINT8,  AMOS_TYPE_INT16, AMOS_TYPE_UINT16,
                                         AMOS_TYPE_INT32,   AMOS_TYPE_UINT32, AMOS_TYPE_INT64, AMOS_TYPE_UINT64,
                                         AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64};

/* Caches an image of such voxels as the only case of a tree, and reads all of it, and boxes, in all ways. */
static void compare_boxes(const char *name, int number, struct nifti_spec *spec, const amos_cache_options *options)
{
    static const amos_type types[] = {AMOS_TYPE_STORED, AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64, AMOS_TYPE_INT16};
    char folder[32];
    snprintf(folder, sizeof folder, "%s-cache", name);
    nifti_set_sform(spec, "LPI", (double[3]){0.75, 0.75, 5}, (double[3]){-50, 20, 300});
    cache_case_write(numbered(name, number), "Tr", 1, spec, NULL);
    amos_dataset *dataset = cache_tree_open(numbered(name, number));
    amos_cache *cache = cache_open(numbered(folder, number), options);
    const amos_case *c = amos_dataset_get(dataset, 0);
    amos_cache_entry *entry = cache_entry_built(cache, c, AMOS_CACHE_BUILT);
    amos_volume *volume = open_image(c);
    uint64_t random = 1;
    for (int i = 0; i < 200; i++) {
        amos_read_options o = {.size = sizeof o, .type = types[i % 4], .flags = i % 8 == 3 ? AMOS_READ_SATURATE : 0};
        o.orientation = i % 3 == 0 ? orientation_name(i % 48) : NULL;
        amos_layout whole;
        ck_assert_int_eq(amos_volume_get_layout(volume, &o, &whole, NULL), AMOS_OK);
        if (i >= 8)
            random_box(&random, whole.shape, &o.box);
        if (i >= 8 && i % 5 == 0)
            odd_strides(&o, amos_type_bytes(whole.type));
        assert_same_read(entry, volume, &o);
    }
    amos_volume_free(volume);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}

START_TEST(a_box_is_that_of_the_file)
{
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = stored_types[_i], .slope = 0.5, .inter = -3, .seed = 7};
    amos_cache_options options = body_options();
    compare_boxes("boxes", _i, &spec, &options);
}
END_TEST

/* Chunks along x are read together if they fit into 256 KiB. A row of these is larger, and finally a single chunk
 * is. */
START_TEST(chunks_may_be_too_large_to_be_read_at_once)
{
    static const int64_t widths[] = {20, 60, 90, 190};
    struct nifti_spec spec = {.dim = {190, 24, 9}, .type = AMOS_TYPE_FLOAT64, .seed = 5};
    const amos_cache_options options = {.size = sizeof options, .chunk = {widths[_i], 24, 9}};
    compare_boxes("large", _i, &spec, &options);
}
END_TEST

START_TEST(labels_and_what_is_known_of_them)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("labels", &options);
    uint8_t *voxels = must_alloc(BODY_VOXELS);
    amos_labelmap *map = NULL;
    amos_error err;
    assert_ok(amos_cache_entry_read_labels(o.entry, NULL, voxels, BODY_VOXELS, &err), &err);
    ck_assert_mem_eq(voxels, body_make()->labels, BODY_VOXELS);
    assert_ok(amos_labelmap_open(amos_case_get_info(o.c)->label_path, NULL, NULL, &map, &err), &err);
    for (int label = 0; label <= 15; label++) {
        const amos_organ_stats *a = amos_labelmap_get_stats(map, label),
                               *b = amos_cache_entry_get_organ(o.entry, label);
        ck_assert_int_eq(a->label, b->label);
        ck_assert_int_eq(a->present, b->present);
        ck_assert_uint_eq(a->voxels, b->voxels);
        ck_assert_int_eq(a->touches_border, b->touches_border);
        ck_assert_mem_eq(&a->box, &b->box, sizeof a->box);
        ck_assert(a->millilitres == b->millilitres);
        for (int i = 0; i < 3; i++) {
            ck_assert(a->centroid_voxel[i] == b->centroid_voxel[i] || (isnan(a->centroid_voxel[i]) && !b->present));
            ck_assert(a->centroid_mm[i] == b->centroid_mm[i] || (isnan(a->centroid_mm[i]) && !b->present));
        }
    }
    ck_assert_ptr_null(amos_cache_entry_get_organ(o.entry, 16));
    ck_assert_ptr_null(amos_cache_entry_get_organ(o.entry, -1));
    amos_labelmap_free(map);
    free(voxels);
    body_close(&o);
}
END_TEST

START_TEST(positions_lie_in_their_organs)
{
    static const size_t expected[4] = {0, 50, 9, 1};
    amos_cache_options options = body_options();
    struct body_opened o = body_open("positions", &options);
    for (int label = 0; label <= 255; label++) {
        size_t count = 99;
        const int32_t(*at)[3] = amos_cache_entry_get_positions(o.entry, label, &count);
        ck_assert_uint_eq(count, label <= 3 ? expected[label] : 0);
        ck_assert((at == NULL) == (count == 0));
        double mean = 0;
        for (size_t i = 0; i < count; i++) {
            ck_assert_int_eq(body_label(at[i][0], at[i][1], at[i][2]), label);
            for (size_t k = 0; k < i; k++)
                ck_assert(memcmp(at[i], at[k], sizeof at[i]) != 0);
            mean += (double)at[i][2] / (double)count;
        }
        if (label == 1) /* 12 x 12 x 8 voxels, the middle of their z is 7.5 */
            ck_assert_double_lt(fabs(mean - 7.5), 0.2);
    }
    body_close(&o);
}
END_TEST

/* ---- statistics ---- */

static int by_number(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static double percentile(const double *sorted, size_t n, double share)
{
    double rank = share * (double)(n - 1);
    size_t low = (size_t)rank;
    return low + 1 < n ? sorted[low] + (rank - (double)low) * (sorted[low + 1] - sorted[low]) : sorted[low];
}

static void assert_near(double got, double expected, double within)
{
    ck_assert_msg(fabs(got - expected) <= within, "%.10g instead of %.10g", got, expected);
}

static void assert_intensity(const amos_intensity *got, double *values, size_t n, double within)
{
    double sum = 0, spread = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    for (size_t i = 0; i < n; i++)
        spread += (values[i] - sum / (double)n) * (values[i] - sum / (double)n);
    qsort(values, n, sizeof *values, by_number);
    ck_assert_uint_eq(got->voxels, n);
    assert_near(got->mean, sum / (double)n, 1e-9 * (1 + fabs(sum / (double)n)));
    assert_near(got->std, sqrt(spread / (double)n), 1e-6);
    assert_near(got->min, values[0], within);
    assert_near(got->max, values[n - 1], within);
    assert_near(got->percentile_00_5, percentile(values, n, 0.005), within);
    assert_near(got->median, percentile(values, n, 0.5), within);
    assert_near(got->percentile_99_5, percentile(values, n, 0.995), within);
}

/* The body's image in another type and scale, and its statistics by a plain sort. */
static const struct scaled {
    amos_type type;
    double slope, inter;
    int number; /* 500 and above: an MRI */
} scales[] = {{AMOS_TYPE_INT16, 0, 0, 1},   {AMOS_TYPE_INT16, 2, 10, 1},      {AMOS_TYPE_INT16, -1, 5, 1},
              {AMOS_TYPE_FLOAT32, 0, 0, 1}, {AMOS_TYPE_INT32, 0.25, -7, 1},   {AMOS_TYPE_FLOAT64, -3, 0, 1},
              {AMOS_TYPE_INT16, 0, 0, 501}, {AMOS_TYPE_FLOAT32, 1, 1001, 501}};

START_TEST(statistics_are_those_of_a_plain_sort)
{
    const struct scaled *s = &scales[_i];
    const struct body *body = body_make();
    long double *numbers = must_alloc(BODY_VOXELS * sizeof *numbers);
    double *values = must_alloc(BODY_VOXELS * sizeof *values), *some = must_alloc(BODY_VOXELS * sizeof *some);
    double slope = s->slope != 0 ? s->slope : 1, threshold = -500;
    size_t in_body = 0, in_organs = 0;
    for (size_t n = 0; n < BODY_VOXELS; n++) {
        numbers[n] = body->image[n];
        some[n] = values[n] = slope * body->image[n] + s->inter;
    }
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = s->type, .slope = s->slope, .inter = s->inter};
    spec.voxels = stored_voxels(numbers, BODY_VOXELS, s->type);
    cache_case_write(numbered("statistics", _i), "Tr", s->number, &spec, body->labels);
    amos_dataset *dataset = cache_tree_open(numbered("statistics", _i));
    amos_cache *cache = cache_open(numbered("statistics-cache", _i), NULL);
    amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    double within = s->type == AMOS_TYPE_INT16 ? 0 : 1200 * fabs(slope) / 65536 + 1e-9;
    if (s->number >= 500) {
        qsort(some, BODY_VOXELS, sizeof *some, by_number);
        threshold = 0.1 * percentile(some, BODY_VOXELS, 0.995);
    }
    for (size_t n = 0; n < BODY_VOXELS; n++)
        if (values[n] > threshold)
            some[in_body++] = values[n];
    assert_intensity(&info->body, some, in_body, within);
    for (size_t n = 0; n < BODY_VOXELS; n++)
        if (body->labels[n])
            some[in_organs++] = values[n];
    assert_intensity(&info->organs, some, in_organs, within);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free((void *)(uintptr_t)spec.voxels);
    free(numbers);
    free(values);
    free(some);
}
END_TEST

START_TEST(a_fingerprint_counts_each_case_the_same)
{
    amos_cache_options options = body_options();
    body_write("fingerprint", 2);
    struct body_opened o = body_open("fingerprint", &options);
    amos_fingerprint f = AMOS_FINGERPRINT_INIT;
    amos_error err;
    assert_ok(amos_cache_get_fingerprint(o.cache, o.dataset, NULL, &f, &err), &err);
    ck_assert_uint_eq(f.cases, 1); /* the other has no entry */
    ck_assert_uint_eq(f.left_out, 1);
    const amos_intensity *organs = &amos_cache_entry_get_info(o.entry)->organs;
    ck_assert_uint_eq(f.foreground.voxels, organs->voxels);
    assert_near(f.foreground.mean, organs->mean, 1e-9);
    assert_near(f.foreground.std, organs->std, 1e-9);
    assert_near(f.foreground.median, organs->median, 1);
    assert_near(f.foreground.percentile_99_5, organs->percentile_99_5, 1);
    assert_ok(amos_cache_build_case(o.cache, amos_dataset_get(o.dataset, 1), NULL, &err), &err);
    assert_ok(amos_cache_get_fingerprint(o.cache, o.dataset, NULL, &f, &err), &err);
    ck_assert_uint_eq(f.cases, 2);
    assert_near(f.foreground.mean, organs->mean, 1e-9);
    assert_near(f.median_spacing[0], 0.75, 0);
    assert_near(f.median_spacing[2], 5, 0);
    assert_near(f.median_shape[1], 29, 0);
    f.size = 1;
    assert_status(amos_cache_get_fingerprint(o.cache, o.dataset, NULL, &f, &err), AMOS_E_ARG, &err);
    body_close(&o);
}
END_TEST

/* ---- preprocessing ---- */

START_TEST(a_case_is_turned_when_it_is_built)
{
    amos_cache_options options = body_options();
    options.orientation = "ras";
    struct body_opened o = body_open("turned", &options);
    amos_volume *volume = open_image(o.c);
    const amos_read_options as = {.size = sizeof as, .orientation = "RAS"};
    int16_t *a = must_alloc(BODY_VOXELS * 2), *b = must_alloc(BODY_VOXELS * 2);
    amos_error err;
    assert_ok(amos_volume_read(volume, &as, a, BODY_VOXELS * 2, &err), &err);
    assert_ok(amos_cache_entry_read_image(o.entry, NULL, b, BODY_VOXELS * 2, &err), &err);
    ck_assert_mem_eq(a, b, BODY_VOXELS * 2);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(o.entry);
    ck_assert_str_eq(info->layout.geometry.orientation, "RAS");
    ck_assert_str_eq(info->source.orientation, "LAS");
    amos_layout layout;
    assert_ok(amos_volume_get_layout(volume, &as, &layout, &err), &err);
    ck_assert_mem_eq(&layout.geometry.affine, &info->layout.geometry.affine, sizeof layout.geometry.affine);
    size_t count;
    const int32_t *at = amos_cache_entry_get_positions(o.entry, 3, &count)[0];
    ck_assert_int_eq(at[0], 37 - 1 - 11);
    ck_assert_int_eq(at[1], 20);
    ck_assert_int_eq(at[2], 14);
    amos_volume_free(volume);
    free(a);
    free(b);
    body_close(&o);
}
END_TEST

START_TEST(a_case_is_cropped_to_its_body)
{
    amos_cache_options options = body_options();
    options.flags = AMOS_CACHE_CROP_BODY;
    struct body_opened o = body_open("cropped", &options);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(o.entry);
    const amos_box expected = {{5, 4, 3}, {30, 25, 18}};
    ck_assert_mem_eq(&info->crop, &expected, sizeof expected);
    ck_assert_int_eq(info->layout.shape[0], 25);
    ck_assert_int_eq(info->layout.shape[1], 21);
    ck_assert_int_eq(info->layout.shape[2], 15);
    int16_t voxel;
    amos_read_options one = {.size = sizeof one, .box = {{10, 11, 12}, {11, 12, 13}}};
    amos_error err;
    assert_ok(amos_cache_entry_read_image(o.entry, &one, &voxel, 2, &err), &err);
    ck_assert_int_eq(voxel, body_image(15, 15, 15));
    double here[3], there[3];
    amos_geometry_to_mm(&info->layout.geometry, (double[3]){0, 0, 0}, here);
    amos_geometry_to_mm(&info->source, (double[3]){5, 4, 3}, there);
    for (int i = 0; i < 3; i++)
        assert_near(here[i], there[i], 1e-9);
    ck_assert_uint_eq(amos_cache_entry_get_organ(o.entry, 1)->voxels, 12 * 12 * 8);
    ck_assert_int_eq(amos_cache_entry_get_organ(o.entry, 1)->box.start[0], 3);
    body_close(&o);
}
END_TEST

/* A second, smaller object above the threshold, such as a table, is not part of the body. */
START_TEST(a_table_is_no_body)
{
    const struct body *body = body_make();
    int16_t *image = must_alloc(BODY_VOXELS * 2);
    memcpy(image, body->image, BODY_VOXELS * 2);
    for (int64_t z = 0; z < body_shape[2]; z++)
        for (int64_t x = 0; x < body_shape[0]; x++)
            image[(z * body_shape[1] + 27) * body_shape[0] + x] = 300;
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = AMOS_TYPE_INT16, .voxels = image};
    cache_case_write("table", "Tr", 1, &spec, NULL);
    amos_cache_options options = body_options();
    options.flags = AMOS_CACHE_CROP_BODY;
    amos_dataset *dataset = cache_tree_open("table");
    amos_cache *cache = cache_open("table-cache", &options);
    amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT);
    const amos_box expected = {{5, 4, 3}, {30, 25, 18}};
    const amos_box *crop = &amos_cache_entry_get_info(entry)->crop;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(crop->start[i], expected.start[i]);
        ck_assert_int_eq(crop->stop[i], expected.stop[i]);
    }
    ck_assert_int_eq(amos_cache_entry_get_info(entry)->has_labels, 0);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(image);
}
END_TEST

/* An image that is a linear function of position must stay that function: both interpolations reproduce it away
 * from the border. The label of a new voxel is that of the nearest old one. */
START_TEST(resampling_keeps_places)
{
    float *image = must_alloc(BODY_VOXELS * sizeof *image);
    size_t n = 0;
    for (int64_t z = 0; z < body_shape[2]; z++)
        for (int64_t y = 0; y < body_shape[1]; y++)
            for (int64_t x = 0; x < body_shape[0]; x++)
                image[n++] = (float)(3 * x - 2 * y + 5 * z);
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = AMOS_TYPE_FLOAT32, .voxels = image};
    nifti_set_sform(&spec, "PSR", (double[3]){0.75, 1, 5}, (double[3]){-50, 20, 300});
    cache_case_write(numbered("resampled", _i), "Tr", 1, &spec, body_make()->labels);
    amos_cache_options options = body_options();
    options.spacing[0] = 1.1;
    options.spacing[2] = 1.9; /* y keeps its spacing */
    options.interpolation = _i ? AMOS_INTERPOLATION_CUBIC : AMOS_INTERPOLATION_LINEAR;
    amos_dataset *dataset = cache_tree_open(numbered("resampled", _i));
    amos_cache *cache = cache_open(numbered("resampled-cache", _i), &options);
    amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    const int64_t *s = info->layout.shape;
    ck_assert_int_eq(s[0], 25); /* 37 * 0.75 / 1.1 = 25.2 */
    ck_assert_int_eq(s[1], 29);
    ck_assert_int_eq(s[2], 55); /* 21 * 5 / 1.9 = 55.3 */
    float *voxels = must_alloc(info->layout.bytes);
    uint8_t *labels = must_alloc(info->layout.bytes / 4);
    amos_error err;
    assert_ok(amos_cache_entry_read_image(entry, NULL, voxels, info->layout.bytes, &err), &err);
    assert_ok(amos_cache_entry_read_labels(entry, NULL, labels, info->layout.bytes / 4, &err), &err);
    n = 0;
    for (int64_t z = 0; z < s[2]; z++)
        for (int64_t y = 0; y < s[1]; y++)
            for (int64_t x = 0; x < s[0]; x++, n++) {
                double at[3] = {(double)x * 1.1 / 0.75 + (36 - 24 * 1.1 / 0.75) / 2, (double)y,
                                (double)z * 1.9 / 5 + (20 - 54 * 1.9 / 5) / 2};
                double mm[3], expected[3];
                amos_geometry_to_mm(&info->layout.geometry, (double[3]){(double)x, (double)y, (double)z}, mm);
                amos_geometry_to_mm(&info->source, at, expected);
                for (int i = 0; i < 3; i++)
                    assert_near(mm[i], expected[i], 1e-4);
                if (at[0] >= 1 && at[0] <= 35 && at[2] >= 1 && at[2] <= 19)
                    assert_near(voxels[n], 3 * at[0] - 2 * at[1] + 5 * at[2], 1e-4);
                int64_t from[3];
                for (int i = 0; i < 3; i++) {
                    from[i] = (int64_t)floor(at[i] + 0.5);
                    from[i] = from[i] < 0 ? 0 : from[i] >= body_shape[i] ? body_shape[i] - 1 : from[i];
                }
                ck_assert_int_eq(labels[n], body_label(from[0], from[1], from[2]));
            }
    free(voxels);
    free(labels);
    free(image);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- threads ---- */

struct reader {
    pthread_t thread;
    const amos_cache_entry *entry;
    uint64_t seed;
};

static void *read_boxes(void *argument)
{
    struct reader *r = argument;
    int16_t *voxels = malloc(BODY_VOXELS * 2);
    intptr_t wrong = voxels == NULL;
    for (int i = 0; i < 100 && !wrong; i++) {
        amos_read_options o = {.size = sizeof o};
        random_box(&r->seed, body_shape, &o.box);
        wrong = amos_cache_entry_read_image(r->entry, &o, voxels, BODY_VOXELS * 2, NULL) != AMOS_OK ||
                voxels[0] != body_image(o.box.start[0], o.box.start[1], o.box.start[2]);
    }
    free(voxels);
    return (void *)wrong;
}

START_TEST(threads_read_one_entry)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("threads", &options);
    struct reader readers[5];
    for (int i = 0; i < 5; i++) {
        readers[i] = (struct reader){.entry = o.entry, .seed = (uint64_t)i};
        ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_boxes, &readers[i]), 0);
    }
    for (int i = 0; i < 5; i++) {
        void *wrong;
        ck_assert_int_eq(pthread_join(readers[i].thread, &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
    body_close(&o);
}
END_TEST

/* ---- other tools ---- */

static const char script[] =
    "import sys, numpy, zarr\n"
    "store = zarr.open(zarr.ZipStore(sys.argv[1], mode='r'), mode='r')\n"
    "image = numpy.fromfile(sys.argv[2], '<i2').reshape(21, 29, 37)\n"
    "labels = numpy.fromfile(sys.argv[3], 'u1').reshape(21, 29, 37)\n"
    "assert store['0'].dtype == '<i2' and (store['0'][:] == image).all()\n"
    "assert store['labels/organs/0'].dtype == 'u1' and (store['labels/organs/0'][:] == labels).all()\n"
    "at, values, next = store['positions'][:], store['values'][:], 0\n"
    "assert (image[at[:, 2], at[:, 1], at[:, 0]] == values).all()\n"
    "about = store.attrs['amos']\n"
    "for organ in about['labels']:\n"
    "    mine = at[next:next + organ['positions']]\n"
    "    next += organ['positions']\n"
    "    assert organ['voxels'] == (labels == organ['label']).sum()\n"
    "    assert (labels[mine[:, 2], mine[:, 1], mine[:, 0]] == organ['label']).all()\n"
    "organs, body = image[labels > 0].astype(float), image[image > -500].astype(float)\n"
    "for name, voxels in ('organs', organs), ('body', body):\n"
    "    found = about[name]\n"
    "    assert found['voxels'] == voxels.size and abs(found['mean'] - voxels.mean()) < 1e-9\n"
    "    assert abs(found['std'] - voxels.std()) < 1e-9\n"
    "    wanted = numpy.percentile(voxels, [0.5, 50, 99.5])\n"
    "    assert numpy.allclose([found[k] for k in ('percentile_00_5', 'median', 'percentile_99_5')], wanted)\n";

START_TEST(zarr_in_python_reads_the_same)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("python", &options);
    const struct body *body = body_make();
    struct bytes image = {0};
    for (int i = 0; i < BODY_VOXELS; i++)
        bytes_add_u16le(&image, (uint16_t)body->image[i]);
    char *path = cache_only_path(o.cache), *text = tmp_write("check.py", script, strlen(script));
    char *a = tmp_write_bytes("image.raw", &image), *b = tmp_write("labels.raw", body->labels, BODY_VOXELS);
    char words[4096];
    snprintf(words, sizeof words, "/usr/bin/python3 '%s' '%s' '%s' '%s'", text, path, a, b);
    ck_assert_int_eq(system(words), 0); // NOLINT(cert-env33-c): a test's own words
    bytes_free(&image);
    free(path);
    free(text);
    free(a);
    free(b);
    body_close(&o);
}
END_TEST

/* Python with zarr and numpy is no small package: `make check` asks for it. */
static bool has_zarr(void)
{
    if (system("/usr/bin/python3 -c 'import zarr, numpy' 2>/dev/null") == 0) // NOLINT(cert-env33-c): a test's own words
        return true;
    printf("Skipped: what zarr in Python reads, because there is no python3-zarr.\n");
    fflush(stdout);
    return false;
}

static void add_tests(Suite *suite)
{
    TCase *reading = add_case(suite, "reading", 30);
    tcase_add_loop_test(reading, a_box_is_that_of_the_file, 0, 10);
    tcase_add_loop_test(reading, chunks_may_be_too_large_to_be_read_at_once, 0, 4);
    tcase_add_test(reading, labels_and_what_is_known_of_them);
    tcase_add_test(reading, positions_lie_in_their_organs);
    if (has_zarr())
        tcase_add_test(reading, zarr_in_python_reads_the_same);
    TCase *statistics = add_case(suite, "statistics", 30);
    tcase_add_loop_test(statistics, statistics_are_those_of_a_plain_sort, 0, (int)(sizeof scales / sizeof scales[0]));
    tcase_add_test(statistics, a_fingerprint_counts_each_case_the_same);
    TCase *preparing = add_case(suite, "preparing", 30);
    tcase_add_test(preparing, a_case_is_turned_when_it_is_built);
    tcase_add_test(preparing, a_case_is_cropped_to_its_body);
    tcase_add_test(preparing, a_table_is_no_body);
    tcase_add_loop_test(preparing, resampling_keeps_places, 0, 2);
    TCase *threads = add_case(suite, "threads", 30);
    tcase_add_test(threads, threads_read_one_entry);
}

#else

START_TEST(without_lz4_nothing_is_cached)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "without LZ4");
    ck_assert_ptr_null(cache);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), without_lz4_nothing_is_cached);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache");
    add_tests(suite);
    return run_suite(suite);
}
