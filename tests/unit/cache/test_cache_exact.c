/* SPDX-License-Identifier: BSD-3-Clause */
/* Doubles that few digits cannot hold come back from a cache entry exactly: its voxels and geometry are those of the
 * file, bit for bit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/number.h"
#include "support/make/cache.h"
#include "support/main.h"
#include "support/opened.h"

START_TEST(a_zero_keeps_its_sign)
{
    char text[AMOSI_NUMBER_BYTES];
    ck_assert_str_eq(amosi_number_write_exact(text, -0.0), "-0.0");
    ck_assert_str_eq(amosi_number_write_exact(text, 0.0), "0");
    ck_assert_str_eq(amosi_number_write_exact(text, 0.1 + 0.2), "0.30000000000000004");
}
END_TEST

#ifdef AMOS_HAVE_LZ4

#define SIDE 12

/* Doubles whose 15 digits are another number, and some at the edges. */
static const struct hard {
    double slope, inter;
} hard[] = {
    {0.6487439870834351, -1024.0000000000002},
    {0.1 + 0.2, 1.0 / 3},
    {-2.2889290540769014e-4, 7.5000999999999998},
    {-3, -0.0}, /* -3 * 0 + -0.0 is -0.0 */
    {5e-324, 0},
    {1.7976931348623157e+300, 1e-300},
    {0.30000000000000004, 9007199254740993e-3},
    {1.0000000000000002, 123456.78901234567},
};

static void write_hard(const char *tree, int number, const struct hard *h)
{
    int16_t voxels[SIDE * SIDE * SIDE];
    uint8_t labels[SIDE * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE * SIDE; i++) {
        voxels[i] = (int16_t)(i * 37 % 4001 - 2000);
        labels[i] = (uint8_t)(i % 16);
    }
    struct nifti_spec spec = {.version = 2, .dim = {SIDE, SIDE, SIDE}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    spec.slope = h->slope;
    spec.inter = h->inter;
    nifti_set_sform(&spec, "LPS", (double[3]){0.1 + 0.2, 2.0 / 3, 5.0000000000000009},
                    (double[3]){-100.00000000000001, 1.0 / 3, -0.1 - 0.2});
    cache_case_write(tree, "Tr", number, &spec, labels);
}

static double *entry_values(const amos_cache_entry *entry, size_t voxels)
{
    const amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_FLOAT64};
    double *values = must_alloc(voxels * sizeof *values);
    amos_error err;
    assert_ok(amos_cache_entry_read_image(entry, &read, values, voxels * sizeof *values, &err), &err);
    return values;
}

static void assert_same_geometry(const amos_geometry *a, const amos_geometry *b)
{
    ck_assert(memcmp(a->spacing, b->spacing, sizeof a->spacing) == 0);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++)
            ck_assert_msg(a->affine[i][k] == b->affine[i][k], "affine[%d][%d] is %.17g, not %.17g", i, k,
                          a->affine[i][k], b->affine[i][k]);
}

START_TEST(an_entry_gives_the_bytes_of_its_file)
{
    char tree[32];
    amos_error err;
    snprintf(tree, sizeof tree, "hard-%d", _i);
    write_hard(tree, 1, &hard[_i]);
    amos_dataset *dataset = cache_tree_open(tree);
    const amos_case *c = amos_dataset_get(dataset, 0);
    amos_cache *cache = cache_open("hard-cache", NULL);
    amos_cache_entry *entry = cache_entry_built(cache, c, AMOS_CACHE_BUILT);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    amos_volume *volume;
    size_t bytes;
    assert_ok(amos_volume_open(amos_case_get_info(c)->image_path, NULL, &volume, &err), &err);
    ck_assert(memcmp(&info->slope, &hard[_i].slope, sizeof info->slope) == 0);
    ck_assert(memcmp(&info->inter, &hard[_i].inter, sizeof info->inter) == 0);
    double *file = read_all(volume, AMOS_TYPE_FLOAT64, &bytes), *cached = entry_values(entry, bytes / sizeof *file);
    ck_assert_uint_eq(bytes, sizeof(double) * SIDE * SIDE * SIDE);
    ck_assert_msg(memcmp(file, cached, bytes) == 0, "the entry's values differ from the file's");
    amos_geometry geometry;
    assert_ok(amos_volume_get_geometry(volume, &geometry, &err), &err);
    assert_same_geometry(&info->layout.geometry, &geometry);
    assert_same_geometry(&info->source, &geometry);
    free(cached);
    free(file);
    amos_volume_free(volume);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* The first patch of a loader, from files or from a cache; from malloc(). */
static float *patch_of(const amos_dataset *dataset, const amos_cache *cache, size_t *bytes)
{
    const amos_loader_options o = {.size = sizeof o,
                                   .cache = cache,
                                   .patch = {SIDE, SIDE, SIDE},
                                   .steps = 1,
                                   .batch_size = 1,
                                   .threads = 1,
                                   .label_type = AMOS_LABEL_TYPE_NONE};
    amos_loader *loader = NULL;
    amos_batch *batch = NULL;
    amos_error err;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    const amos_tensor *image = &amos_batch_get_info(batch)->image;
    *bytes = sizeof(float) * SIDE * SIDE * SIDE;
    float *voxels = must_alloc(*bytes);
    memcpy(voxels, image->data, *bytes);
    amos_batch_free(batch);
    amos_loader_free(loader);
    return voxels;
}

/* "The same bytes with or without a cache". */
START_TEST(a_loader_gives_the_same_bytes_from_both)
{
    char tree[32];
    size_t bytes;
    snprintf(tree, sizeof tree, "batches-%d", _i);
    write_hard(tree, 1, &hard[_i]);
    amos_dataset *dataset = cache_tree_open(tree);
    amos_cache *cache = cache_open("batches-cache", NULL);
    amos_cache_entry_free(cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT));
    float *files = patch_of(dataset, NULL, &bytes), *cached = patch_of(dataset, cache, &bytes);
    ck_assert_int_eq(memcmp(files, cached, bytes), 0);
    free(cached);
    free(files);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(voxels_without_a_value_are_counted)
{
    static float voxels[SIDE * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE * SIDE; i++)
        voxels[i] = i % 100 == 7 ? NAN : i % 500 == 9 ? -INFINITY : (float)i;
    struct nifti_spec spec = {.dim = {SIDE, SIDE, SIDE}, .type = AMOS_TYPE_FLOAT32, .voxels = voxels};
    nifti_set_sform(&spec, "RAS", (double[3]){1, 1, 1}, (double[3]){0, 0, 0});
    cache_case_write("gaps", "Tr", 1, &spec, NULL);
    amos_dataset *dataset = cache_tree_open("gaps");
    amos_cache *cache = cache_open("gaps-cache", NULL);
    amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT);
    ck_assert_uint_eq(amos_cache_entry_get_info(entry)->not_finite, 18 + 4);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "losses", 20), voxels_without_a_value_are_counted);
    tcase_add_loop_test(add_case(suite, "batches", 20), a_loader_gives_the_same_bytes_from_both, 0,
                        (int)(sizeof hard / sizeof hard[0]));
    tcase_add_loop_test(add_case(suite, "entries", 20), an_entry_gives_the_bytes_of_its_file, 0,
                        (int)(sizeof hard / sizeof hard[0]));
}

#else

static void add_tests(Suite *suite)
{
    (void)suite;
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache_exact");
    tcase_add_test(add_case(suite, "numbers", 10), a_zero_keeps_its_sign);
    add_tests(suite);
    return run_suite(suite);
}
