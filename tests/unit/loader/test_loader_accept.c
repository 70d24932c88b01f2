/* SPDX-License-Identifier: BSD-3-Clause */
/* The largest label of the data set's own table is the default of pairs, caches and loaders; what they accept is told
 * and counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4
enum { HAS_CACHE = 1 };
#else
enum { HAS_CACHE = 0 };
#endif

static amos_error err;
static char *root, *folder;
static amos_dataset *dataset;

/* The first label has voxels of 16, which dataset.json names, and of `other`. */
static void make_set(const char *name, int other)
{
    char json[1024] = "{\"labels\": {", path[256];
    unsigned char voxels[SMALL_SET_VOXELS] = {0, 16, 16, 1, (unsigned char)other};
    root = small_set_make(name);
    folder = small_set_path(root, "cache");
    for (int label = 0; label <= 16; label++)
        snprintf(json + strlen(json), sizeof json - strlen(json), "\"%d\": \"organ %d\"%s", label, label,
                 label < 16 ? ", " : "}, ");
    snprintf(json + strlen(json), sizeof json - strlen(json),
             "\"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": "
             "\"./labelsTr/amos_0001.nii.gz\"}]}");
    snprintf(path, sizeof path, "%s/dataset.json", name);
    free(tmp_write(path, json, strlen(json)));
    char *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    small_set_write_voxels(label, voxels);
    free(label);
    assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
}

static void drop_set(void)
{
    amos_dataset_free(dataset);
    free(folder);
    free(root);
}

static amos_cache *open_cache(const amos_accept *accept, amos_status expected)
{
    const amos_cache_options options = {.size = sizeof options, .accept = accept};
    amos_cache *cache;
    assert_ok(amos_cache_open(folder, &options, &cache, &err), &err);
    assert_status(amos_cache_build_case(cache, amos_dataset_get(dataset, 0), NULL, &err), expected, &err);
    return cache;
}

static char logged[4096];

static void take_log(void *user, amos_log_level level, const char *message)
{
    (void)user;
    (void)level;
    strncat(logged, message, sizeof logged - strlen(logged) - 1);
}

/* The planes of a one-hot label from files or from a cache; 0 if the loader could not be opened. */
static int64_t planes(const amos_cache *cache, const amos_accept *accept, amos_status expected, uint64_t accepted)
{
    const amos_loader_options options = {.size = sizeof options,
                                         .cache = cache,
                                         .accept = accept,
                                         .flags = AMOS_LOADER_STOP_AT_DAMAGE,
                                         .patch = {6, 5, 4},
                                         .label_type = AMOS_LABEL_TYPE_ONEHOT,
                                         .log = take_log,
                                         .threads = 1};
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    amos_loader *loader = NULL;
    amos_batch *batch = NULL;
    amos_status status = amos_loader_open(dataset, &options, &loader, &err);
    if (!status)
        status = amos_loader_next(loader, &batch, &err);
    assert_status(status, expected, &err);
    int64_t count = batch ? amos_batch_get_info(batch)->label.shape[1] : 0;
    if (loader)
        assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.accepted, accepted);
    amos_batch_free(batch);
    amos_loader_free(loader);
    return count;
}

START_TEST(labels_reach_to_those_of_the_data_set)
{
    make_set("own-labels", 0);
    const amos_case *c = amos_dataset_get(dataset, 0);
    const amos_pair_options narrow = {.size = sizeof narrow, .accept = ACCEPT(.max_label = 15)};
    amos_pair *pair;
    amos_array *image;
    amos_labelmap *label;
    ck_assert_int_eq(amos_case_get_info(c)->max_label, 16);
    for (int i = 0; i < 2; i++) {
        assert_ok(amos_pair_open_case(c, i ? &narrow : NULL, &pair, &err), &err);
        assert_status(amos_pair_load(pair, NULL, NULL, &image, &label, &err), i ? AMOS_E_LABEL : AMOS_OK, &err);
        if (!i)
            ck_assert_int_eq(amos_labelmap_max_label(label), 16);
        amos_array_free(image);
        amos_labelmap_free(label);
        amos_pair_free(pair);
    }
    ck_assert_msg(strstr(err.message, "--max-label 16") != NULL, "%s", err.message);
    ck_assert_int_eq(planes(NULL, NULL, AMOS_OK, 0), 17);
    ck_assert_int_eq(planes(NULL, ACCEPT(.max_label = 20), AMOS_OK, 0), 21);
    ck_assert_int_eq(planes(NULL, ACCEPT(.max_label = 15), AMOS_E_LABEL, 0), 0);
    drop_set();
}
END_TEST

START_TEST(entries_reach_to_those_of_the_data_set)
{
    make_set("own-entries", 0);
    amos_cache *cache = open_cache(NULL, AMOS_OK), *wide = open_cache(ACCEPT(.max_label = 20), AMOS_OK);
    amos_cache_entry *entry;
    assert_ok(amos_cache_entry_open(cache, amos_dataset_get(dataset, 0), &entry, &err), &err);
    ck_assert_int_eq(amos_cache_entry_get_info(entry)->max_label, 16);
    ck_assert_uint_eq(amos_cache_entry_get_organ(entry, 16)->voxels, 2);
    ck_assert_ptr_nonnull(strstr(amos_cache_entry_get_info(entry)->settings, "labels to 16,"));
    amos_cache_entry_free(entry);
    ck_assert_int_eq(planes(cache, NULL, AMOS_OK, 0), 17);
    ck_assert_int_eq(planes(wide, NULL, AMOS_OK, 0), 21);
    ck_assert_int_eq(planes(wide, ACCEPT(.max_label = 16), AMOS_OK, 0), 17);
    ck_assert_int_eq(planes(cache, ACCEPT(.round_within = 0.01), AMOS_E_ARG, 0), 0);
    ck_assert_msg(strstr(err.message, "option of the cache") != NULL, "%s", err.message);
    amos_cache_free(open_cache(ACCEPT(.max_label = 15), AMOS_E_LABEL));
    amos_cache_free(wide);
    amos_cache_free(cache);
    drop_set();
}
END_TEST

static const int64_t ignore[] = {255};

START_TEST(what_a_loader_accepts_is_told_once)
{
    make_set("accepted", 255);
    ck_assert_int_eq(planes(NULL, NULL, AMOS_E_LABEL, 0), 0);
    ck_assert_msg(strstr(err.message, "--ignore 255") != NULL, "%s", err.message);
    logged[0] = '\0';
    ck_assert_int_eq(planes(NULL, ACCEPT(.ignore = ignore, .ignore_count = 1), AMOS_OK, 1), 17);
    ck_assert_msg(strstr(logged, "amos_0001: of the voxels of its label 0 were rounded (by up to 0), 1 ignored and 0 "
                                 "relabelled.") != NULL,
                  "%s", logged);
    drop_set();
}
END_TEST

START_TEST(what_an_entry_accepted_is_recorded)
{
    make_set("recorded", 255);
    amos_cache_free(open_cache(NULL, AMOS_E_LABEL));
    amos_cache *cache = open_cache(ACCEPT(.ignore = ignore, .ignore_count = 1), AMOS_OK);
    amos_cache_entry *entry;
    assert_ok(amos_cache_entry_open(cache, amos_dataset_get(dataset, 0), &entry, &err), &err);
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    ck_assert_uint_eq(info->accepted.ignored, 1);
    ck_assert_uint_eq(info->accepted.rounded, 0);
    assert_warnings(info->label_warnings, AMOS_W_IGNORED);
    ck_assert_ptr_nonnull(strstr(info->settings, "labels to 16, 1 value ignored,"));
    amos_cache_entry_free(entry);
    ck_assert_int_eq(planes(cache, NULL, AMOS_OK, 1), 17);
    amos_cache_free(cache);
    drop_set();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader_accept");
    TCase *files = add_case(suite, "files", 20);
    tcase_add_test(files, labels_reach_to_those_of_the_data_set);
    tcase_add_test(files, what_a_loader_accepts_is_told_once);
    TCase *caches = add_case(suite, "caches", 20);
    if (HAS_CACHE) {
        tcase_add_test(caches, entries_reach_to_those_of_the_data_set);
        tcase_add_test(caches, what_an_entry_accepted_is_recorded);
    }
    return run_suite(suite);
}
