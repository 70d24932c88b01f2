/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases that a loader or a cache cannot use: they are left out and reported with the reason; and their replacements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/bytes.h"
#include "support/make/cache.h"
#include "support/make/loader_set.h"
#include "support/main.h"
#include "support/tmp.h"

static amos_error err;

static void assert_says(amos_status status, const char *words)
{
    assert_sentence(&err, status, words);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" does not say \"%s\"", err.message, words);
}

/* ---- images of another kind ---- */

static const struct odd {
    struct nifti_spec spec;
    amos_status loader, cache; /* AMOS_OK: usable */
    const char *words;         /* in the messages */
} odd_images[] = {
    {{.ndim = 4, .dim = {12, 10, 8, 2}}, AMOS_E_UNSUPPORTED, AMOS_E_UNSUPPORTED, "2 frames"},
    {{.dim = {12, 10, 8}, .type = AMOS_TYPE_RGB24}, AMOS_E_UNSUPPORTED, AMOS_E_UNSUPPORTED, "type rgb24"},
    {{.dim = {12, 10, 8}, .type = AMOS_TYPE_COMPLEX64}, AMOS_E_UNSUPPORTED, AMOS_E_UNSUPPORTED, "type complex64"},
    {{.version = 2, .dim = {1, 1, 16777217}}, AMOS_OK, AMOS_E_LIMIT, "16777217 voxels"},
};
enum { ODD_IMAGES = sizeof odd_images / sizeof odd_images[0] };

static void write_odd(const char *tree, const struct nifti_spec *odd)
{
    const struct nifti_spec good = {.dim = {12, 10, 8}, .type = AMOS_TYPE_INT16};
    cache_case_write(tree, "Tr", 1, &good, NULL);
    cache_case_write(tree, "Tr", 2, odd, NULL);
}

START_TEST(a_loader_leaves_out_images_of_another_kind)
{
    const struct odd *odd = &odd_images[_i];
    write_odd("odd", &odd->spec);
    amos_dataset *dataset = cache_tree_open("odd");
    amos_loader_options o = {
        .size = sizeof o, .patch = {8, 8, 8}, .label_type = AMOS_LABEL_TYPE_NONE, .batch_size = 2, .threads = 2};
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, odd->loader ? 1 : 2);
    amos_status status = amos_loader_get_damaged(loader, 0, &err);
    ck_assert_int_eq(status, odd->loader);
    if (status) {
        assert_says(status, odd->words);
        ck_assert_str_eq(err.case_id, "amos_0002");
    }
    amos_batch *batch;
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    ck_assert_int_eq(amos_batch_get_info(batch)->count, 2);
    amos_batch_free(batch);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

#ifdef AMOS_HAVE_LZ4

START_TEST(a_cache_refuses_images_of_another_kind)
{
    const struct odd *odd = &odd_images[_i];
    write_odd("odd-cached", &odd->spec);
    amos_dataset *dataset = cache_tree_open("odd-cached");
    amos_cache *cache = cache_open("odd-cache", NULL);
    amos_cache_outcome outcome;
    amos_status status = amos_cache_build_case(cache, amos_dataset_get(dataset, 1), &outcome, &err);
    assert_status(status, odd->cache, &err);
    ck_assert_int_eq(outcome, status ? AMOS_CACHE_FAILED : AMOS_CACHE_BUILT);
    if (status)
        assert_says(status, odd->words);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- settings that do not fit an image ---- */

static const struct unfit {
    struct nifti_spec spec;
    amos_cache_options options;
    amos_status status;
    const char *words;
} unfit_settings[] = {
    {{.dim = {12, 10, 8}, .no_forms = 1, .pixdim = {1, 0, 1, 1}},
     {.size = sizeof(amos_cache_options), .spacing = {1, 1, 1}},
     AMOS_E_GEOM,
     "no usable spacing"},
    {{.dim = {12, 10, 8}, .no_forms = 1, .pixdim = {1, 1, 1e4, 1}},
     {.size = sizeof(amos_cache_options), .spacing = {1, 0.001, 1}},
     AMOS_E_LIMIT,
     "100000000 voxels"},
    {{.dim = {10, 10, 10}, .no_forms = 1, .pixdim = {1, 1e3, 1e3, 1e3}},
     {.size = sizeof(amos_cache_options), .spacing = {0.001, 0.001, 0.001}},
     AMOS_E_LIMIT,
     "address space"},
    {{.dim = {60, 50, 40}}, {.size = sizeof(amos_cache_options), .chunk = {1, 1, 1}}, AMOS_E_LIMIT, "65536 chunks"},
};
enum { UNFIT_SETTINGS = sizeof unfit_settings / sizeof unfit_settings[0] };

START_TEST(a_cache_explains_settings_that_do_not_fit_an_image)
{
    const struct unfit *unfit = &unfit_settings[_i];
    cache_case_write("unfit", "Tr", 1, &unfit->spec, NULL);
    amos_dataset *dataset = cache_tree_open("unfit");
    amos_cache *cache = cache_open("unfit-cache", &unfit->options);
    amos_status status = amos_cache_build_case(cache, amos_dataset_get(dataset, 0), NULL, &err);
    assert_status(status, unfit->status, &err);
    assert_says(status, unfit->words);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* The caller's options open the files for the cache: limits, and the folder of indexes. */
START_TEST(a_cache_opens_files_by_its_options)
{
    struct nifti_spec spec = {.dim = {12, 10, 8}, .type = AMOS_TYPE_INT16};
    cache_case_write("opened", "Tr", 1, &spec, NULL);
    amos_dataset *dataset = cache_tree_open("opened");
    char *indices = tmp_path("opened-indices");
    amos_limits limits = {.size = sizeof limits, .max_uncompressed = 1000};
    amos_volume_options volume = {.size = sizeof volume, .limits = &limits, .index_folder = indices};
    amos_cache_options options = {.size = sizeof options, .volume = &volume};
    amos_cache *cache = cache_open("opened-cache", &options);
    limits.max_uncompressed = 0; /* they were copied */
    memset(indices, 'x', strlen(indices));
    assert_status(amos_cache_build_case(cache, amos_dataset_get(dataset, 0), NULL, &err), AMOS_E_LIMIT, &err);
    amos_cache_free(cache);
    volume.limits = NULL;
    cache = cache_open("opened-cache", &options);
    assert_ok(amos_cache_build_case(cache, amos_dataset_get(dataset, 0), NULL, &err), &err);
    amos_cache_free(cache);
    free(indices);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- entries that do not fit a loader ---- */

START_TEST(an_entry_with_larger_labels_is_left_out)
{
    char *set = loader_set_make("larger");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    amos_cache *cache = cache_open("larger-cache", NULL);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    amos_loader_options o = {.size = sizeof o, .patch = {8, 8, 8}, .accept = ACCEPT(.max_label = 5), .cache = cache};
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, LOADER_SET_CASES - 2);
    for (size_t i = 0; i < 2; i++) {
        assert_status(amos_loader_get_damaged(loader, i, &err), AMOS_E_LABEL, &err);
        assert_says(AMOS_E_LABEL, "the loader's max_label is 5");
        ck_assert_str_eq(err.case_id, i ? "amos_0501" : "amos_0003");
    }
    amos_loader_free(loader);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

/* The same file, rewritten with another shape, has an entry of the same name. */
START_TEST(an_entry_that_changes_after_opening_is_noticed)
{
    struct nifti_spec spec = {.dim = {12, 10, 8}, .type = AMOS_TYPE_INT16};
    cache_case_write("changing", "Tr", 1, &spec, NULL);
    amos_dataset *dataset = cache_tree_open("changing");
    amos_cache *cache = cache_open("changing-cache", NULL);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    amos_loader_options o = {.size = sizeof o,
                             .patch = {8, 8, 8},
                             .label_type = AMOS_LABEL_TYPE_NONE,
                             .flags = AMOS_LOADER_STOP_AT_DAMAGE,
                             .cache = cache};
    amos_loader *loader;
    amos_batch *batch;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    spec.dim[1] = 11;
    cache_case_write("changing", "Tr", 1, &spec, NULL);
    amos_cache_outcome outcome;
    assert_ok(amos_cache_build_case(cache, amos_dataset_get(dataset, 0), &outcome, &err), &err);
    ck_assert_int_eq(outcome, AMOS_CACHE_REBUILT);
    assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_CHANGED, &err);
    assert_says(AMOS_E_CHANGED, "changed after the loader was opened");
    ck_assert_str_eq(err.case_id, "amos_0001");
    amos_loader_free(loader);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

#endif

/* ---- replacements ---- */

/* Organ 6 is in two cases, and one of them cannot be read: the other is drawn instead, and organ 2 as often as
 * before. */
START_TEST(a_case_with_the_organ_stands_in)
{
    static const int organs[] = {2, 6};
    char *set = loader_set_make("standing");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    char *image = loader_set_path(set, 2, 0);
    loader_set_damage(image);
    amos_loader_options o = {.size = sizeof o,
                             .patch = {8, 6, 4},
                             .organs = organs,
                             .organ_count = 2,
                             .balanced = 1,
                             .foreground = 1,
                             .patches_per_case = 1,
                             .steps = 80,
                             .threads = 2};
    amos_loader *loader;
    amos_batch *batch;
    int visits[2] = {0}, samples = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (;;) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            break;
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int i = 0; i < info->count; i++, samples++) {
            ck_assert_str_ne(amos_batch_get_sample(batch, i)->case_id, "amos_0003");
            visits[0] += amos_batch_get_sample(batch, i)->organ == 2;
            visits[1] += amos_batch_get_sample(batch, i)->organ == 6 &&
                         strcmp(amos_batch_get_sample(batch, i)->case_id, "amos_0501") == 0;
        }
        amos_batch_free(batch);
    }
    ck_assert_int_gt(samples, 0);
    ck_assert_int_eq(visits[0], samples / 2);
    ck_assert_int_eq(visits[1], samples / 2);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(image);
    free(set);
}
END_TEST

START_TEST(a_case_whose_organs_cannot_be_listed_is_left_out)
{
    char *set = loader_set_make("unlisted");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    char *label = loader_set_path(set, 0, 1);
    loader_set_damage(label);
    amos_loader_options o = {.size = sizeof o, .patch = {8, 8, 8}, .balanced = 1};
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    assert_status(amos_loader_get_damaged(loader, 0, &err), AMOS_E_GZ_CRC, &err);
    ck_assert_str_eq(err.case_id, "amos_0001");
    for (size_t i = 0; i < amos_loader_get_info(loader)->case_count; i++)
        ck_assert_str_ne(amos_loader_get_case(loader, i)->id, "amos_0001");
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(label);
    free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader cases");
    TCase *cases = add_case(suite, "cases", 30);
    tcase_add_loop_test(cases, a_loader_leaves_out_images_of_another_kind, 0, ODD_IMAGES);
    tcase_add_test(cases, a_case_with_the_organ_stands_in);
    tcase_add_test(cases, a_case_whose_organs_cannot_be_listed_is_left_out);
#ifdef AMOS_HAVE_LZ4
    TCase *cached = add_case(suite, "cached", 30);
    tcase_add_loop_test(cached, a_cache_refuses_images_of_another_kind, 0, ODD_IMAGES);
    tcase_add_loop_test(cached, a_cache_explains_settings_that_do_not_fit_an_image, 0, UNFIT_SETTINGS);
    tcase_add_test(cached, a_cache_opens_files_by_its_options);
    tcase_add_test(cached, an_entry_with_larger_labels_is_left_out);
    tcase_add_test(cached, an_entry_that_changes_after_opening_is_noticed);
#endif
    return run_suite(suite);
}
