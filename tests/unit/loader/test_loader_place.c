/* SPDX-License-Identifier: BSD-3-Clause */
/* P07, P21: labels that are stored in another orientation than their image, or without one, give the same samples as if
 * they were stored like it; from files and from the cache. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/cache.h"
#include "support/make/loader_set.h"
#include "support/main.h"
#include "support/tmp.h"

static amos_error err;

/* Stores every label anew: at the same place in `order`, or as it lies without a qform and sform (NULL). */
static void store_labels(const char *root, const char *order)
{
    for (int i = 0; i < LOADER_SET_CASES; i++) {
        char *path = loader_set_path(root, i, 1);
        amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
        amos_labelmap *map;
        options.orientation = order;
        assert_ok(amos_labelmap_open(path, NULL, &options, &map, &err), &err);
        amos_layout layout = *amos_labelmap_layout(map);
        if (!order)
            layout.geometry.source = AMOS_AFFINE_SPACING;
        assert_ok(amos_file_write(path, &layout, amos_labelmap_voxels(map), layout.bytes, NULL, &err), &err);
        amos_labelmap_free(map);
        free(path);
    }
}

/* A checksum of every whole sample of an epoch, in the order of the cases' numbers. */
static void check_samples(const amos_dataset *dataset, const amos_cache *cache, const char *orientation,
                          uint32_t crc[LOADER_SET_CASES])
{
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader;
    o.draw = AMOS_SAMPLING_WHOLE;
    o.threads = 1;
    o.cache = cache;
    o.orientation = cache ? NULL : orientation;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, LOADER_SET_CASES);
    for (int i = 0; i < LOADER_SET_CASES; i++) {
        amos_batch *batch;
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        size_t number = amos_batch_get_sample(batch, 0)->case_index;
        ck_assert_uint_lt(number, LOADER_SET_CASES);
        crc[number] = loader_batch_crc(batch);
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
}

static void check_both(const char *root, const char *name, const char *orientation, uint32_t crc[2][LOADER_SET_CASES])
{
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
    memset(crc, 0, 2 * sizeof *crc);
    check_samples(dataset, NULL, orientation, crc[0]);
#ifdef AMOS_HAVE_LZ4
    amos_cache_options options = AMOS_CACHE_OPTIONS_INIT;
    options.orientation = orientation;
    amos_cache *cache = cache_open(name, &options);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    check_samples(dataset, cache, orientation, crc[1]);
    amos_cache_free(cache);
    ck_assert_mem_eq(crc[0], crc[1], sizeof crc[0]);
#else
    (void)name;
#endif
    amos_dataset_free(dataset);
}

START_TEST(P07_P21_labels_are_read_where_their_images_lie)
{
    static const char *const orders[] = {"RAS", "LPI", "SPR", "AIL", NULL};
    static const char *const asked[] = {NULL, "RAS", "ASL"};
    for (int i = 0; i < 3; i++) {
        char name[64], cache[64];
        uint32_t before[2][LOADER_SET_CASES], after[2][LOADER_SET_CASES];
        snprintf(name, sizeof name, "place-%d-%d", _i, i);
        char *root = loader_set_make(name);
        snprintf(cache, sizeof cache, "place-cache-%d-%d", _i, i);
        check_both(root, cache, asked[i], before);
        store_labels(root, orders[_i]);
        check_both(root, cache, asked[i], after);
        ck_assert_mem_eq(after, before, sizeof before);
        free(root);
    }
}
END_TEST

static void count_lines(void *user, amos_log_level level, const char *message)
{
    static const char *const names[2] = {"(W_NOORIENT).", "(W_TURNED)."};
    for (int i = 0; i < 2 && level == AMOS_LOG_WARNING; i++)
        ((int *)user)[i] += strstr(message, names[i]) != NULL && strncmp(message, "Case amos_0", 11) == 0;
}

/* What is a guess or was turned is said once for each case, from files and from the cache. */
START_TEST(P07_P21_loaders_say_it)
{
    for (int cached = 0; cached < 2; cached++) {
        char name[64];
        snprintf(name, sizeof name, "said-%d-%d", _i, cached);
        char *root = loader_set_make(name);
        store_labels(root, _i ? "SPR" : NULL);
        amos_dataset *dataset;
        amos_loader *loader;
        amos_cache *cache = NULL;
        int lines[2] = {0, 0};
        amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
        o.draw = AMOS_SAMPLING_WHOLE;
        o.log = count_lines;
        o.log_user = lines;
        assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
#ifdef AMOS_HAVE_LZ4
        if (cached) {
            cache = cache_open("said-cache", NULL);
            assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
            o.cache = cache;
        }
#endif
        assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
        ck_assert_int_eq(lines[0], _i ? 0 : LOADER_SET_CASES);
        ck_assert_int_eq(lines[1], _i ? LOADER_SET_CASES : 0);
        for (size_t i = 0; i < LOADER_SET_CASES; i++)
            ck_assert(amos_loader_get_case(loader, i)->warnings & (_i ? AMOS_W_TURNED : AMOS_W_NOORIENT));
        amos_loader_free(loader);
        amos_cache_free(cache);
        amos_dataset_free(dataset);
        free(root);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader place");
    TCase *place = add_case(suite, "place", 60);
    tcase_add_loop_test(place, P07_P21_labels_are_read_where_their_images_lie, 0, 5);
    tcase_add_loop_test(place, P07_P21_loaders_say_it, 0, 2);
    return run_suite(suite);
}
