/* SPDX-License-Identifier: BSD-3-Clause */
/* What a loader tells: the cases that it leaves out, orientations that differ, voxels that are no numbers; and batches
 * that are kept. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/main.h"
#include "support/make/cache.h"
#include "support/make/loader_set.h"
#include "support/tmp.h"

static amos_error err;

/* ---- a log ---- */

struct book {
    char text[8192];
    size_t length;
    int warnings;
};

static void note(void *user, amos_log_level level, const char *message)
{
    struct book *book = user;
    book->warnings += level == AMOS_LOG_WARNING;
    int n = snprintf(book->text + book->length, sizeof book->text - book->length, "%s\n", message);
    book->length += (size_t)n;
    ck_assert_uint_lt(book->length, sizeof book->text);
}

static void assert_noted(const struct book *book, const char *words)
{
    ck_assert_msg(strstr(book->text, words) != NULL, "\"%s\" is not in:\n%s", words, book->text);
}

/* ---- cases that are left out ---- */

static void write_json(const char *tree)
{
    static const char text[] =
        "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\", \"2\": \"liver\"}, \"training\": ["
        "{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": \"./labelsTr/amos_0001.nii.gz\"},"
        "{\"image\": \"./imagesTr/amos_0002.nii.gz\", \"label\": \"./labelsTr/amos_0002.nii.gz\"},"
        "{\"image\": \"./imagesTr/amos_0003.nii.gz\", \"label\": \"./labelsTr/amos_0003.nii.gz\"},"
        "{\"image\": \"./imagesTr/amos_0004.nii.gz\", \"label\": \"./labelsTr/amos_0004.nii.gz\"},"
        "{\"image\": \"./imagesTr/amos_0005.nii.gz\", \"label\": \"./labelsTr/amos_0005.nii.gz\"}],"
        "\"test\": [\"./imagesTs/amos_0006.nii.gz\"]}";
    char name[64];
    const struct bytes json = {(unsigned char *)(uintptr_t)text, sizeof text - 1, 0};
    snprintf(name, sizeof name, "%s/dataset.json", tree);
    free(tmp_write_bytes(name, &json));
}

/* 1: good; 2: no label file; 3: no image file; 4: the image is no image; 5: without the spleen; 6: a test case. */
static amos_dataset *make_tree(void)
{
    static uint8_t spleen[8 * 8 * 8], liver[8 * 8 * 8];
    const struct nifti_spec spec = {.dim = {8, 8, 8}, .type = AMOS_TYPE_INT16},
                            odd = {.dim = {8, 8, 8}, .type = AMOS_TYPE_RGB24};
    memset(spleen, 1, sizeof spleen);
    memset(liver, 2, sizeof liver);
    cache_case_write("tree", "Tr", 1, &spec, spleen);
    cache_case_write("tree", "Tr", 2, &spec, NULL);
    cache_case_write("tree", "Tr", 3, &spec, spleen);
    cache_case_write("tree", "Tr", 4, &odd, spleen);
    cache_case_write("tree", "Tr", 5, &spec, liver);
    cache_case_write("tree", "Ts", 6, &spec, NULL);
    write_json("tree");
    char *image = tmp_path("tree/imagesTr/amos_0003.nii.gz");
    ck_assert_int_eq(remove(image), 0);
    free(image);
    return cache_tree_open("tree");
}

struct told {
    const char *id;
    amos_omission reason;
    const char *words; /* in the message */
};

static void assert_left_out(const amos_loader *loader, const struct told *expected, size_t count)
{
    ck_assert_uint_eq(amos_loader_get_info(loader)->left_out_count, count);
    for (size_t i = 0; i < count; i++) {
        const amos_loader_left_out *l = amos_loader_get_left_out(loader, i);
        ck_assert_str_eq(l->id, expected[i].id);
        ck_assert_int_eq(l->reason, expected[i].reason);
        ck_assert_msg(strstr(l->message, expected[i].words) != NULL, "%s", l->message);
        ck_assert_int_eq(l->message[strlen(l->message) - 1], '.');
        ck_assert_uint_eq(l->case_index, (size_t)(l->id[8] - '1'));
    }
    ck_assert_ptr_null(amos_loader_get_left_out(loader, count));
    ck_assert_ptr_null(amos_loader_get_left_out(NULL, 0));
}

START_TEST(cases_that_are_left_out_are_listed_with_the_reason)
{
    static const struct told expected[] = {
        {"amos_0002", AMOS_OMISSION_NO_LABEL, "labelsTr/amos_0002.nii.gz does not exist"},
        {"amos_0003", AMOS_OMISSION_NO_IMAGE, "imagesTr/amos_0003.nii.gz does not exist"},
        {"amos_0004", AMOS_OMISSION_DAMAGED, "type rgb24"},
        {"amos_0006", AMOS_OMISSION_UNLABELLED, "imagesTs/amos_0006.nii.gz"},
    };
    struct book book = {.length = 0};
    amos_dataset *dataset = make_tree();
    amos_loader_options o = {.size = sizeof o, .patch = {4, 4, 4}, .threads = 1, .log = note, .log_user = &book};
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 2);
    assert_left_out(loader, expected, 4);
    ck_assert_int_eq(book.warnings, 4); /* three cases, and how many there are; a test case is no surprise */
    assert_noted(&book, "4 of 6 cases are left out");
    assert_noted(&book, "Case amos_0002 is left out: ");
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(organs_filter_and_list_are_reasons_too)
{
    static const struct told expected[] = {
        {"amos_0005", AMOS_OMISSION_ORGANS, "labelsTr/amos_0005.nii.gz has none of the organs"},
        {"amos_0006", AMOS_OMISSION_FILTER, "filter excludes it"},
    };
    static const int spleen[] = {1};
    static const char *const ids[] = {"6", "5", "1", "amos_0006", "1"};
    const amos_case_filter training = {.size = sizeof training, .split = AMOS_SPLIT_TRAINING};
    amos_dataset *dataset = make_tree();
    amos_loader_options o = {.size = sizeof o, .patch = {4, 4, 4}, .threads = 1, .filter = &training};
    o.organs = spleen;
    o.organ_count = 1;
    o.cases = ids;
    o.case_count = 5;
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 1);
    assert_left_out(loader, expected, 2);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(images_alone_need_no_label)
{
    static const struct told expected[] = {
        {"amos_0003", AMOS_OMISSION_NO_IMAGE, "does not exist"},
        {"amos_0004", AMOS_OMISSION_DAMAGED, "type rgb24"},
    };
    amos_dataset *dataset = make_tree();
    amos_loader_options o = {.size = sizeof o, .patch = {4, 4, 4}, .threads = 1, .label_type = AMOS_LABEL_TYPE_NONE};
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    assert_left_out(loader, expected, 2);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(where_none_is_left_the_first_reason_is_told)
{
    static const char *const id[] = {"2"};
    amos_dataset *dataset = make_tree();
    amos_loader_options o = {.size = sizeof o, .patch = {4, 4, 4}, .cases = id, .case_count = 1};
    amos_loader *loader;
    assert_status(amos_loader_open(dataset, &o, &loader, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "none");
    ck_assert_ptr_nonnull(strstr(err.message, "amos_0002.nii.gz does not exist"));
    amos_dataset_free(dataset);
}
END_TEST

/* ---- orientations ---- */

START_TEST(orientations_that_differ_are_told)
{
    char *set = loader_set_make("mixed");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    for (int turned = 0; turned < 2; turned++) {
        struct book book = {.length = 0};
        amos_loader_options o = {.size = sizeof o, .patch = {4, 4, 4}, .log = note, .log_user = &book};
        o.orientation = turned ? "LAS" : NULL;
        amos_loader *loader;
        assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
        ck_assert_int_eq(amos_loader_get_info(loader)->orientation_count, turned ? 1 : 3);
        ck_assert_int_eq(book.warnings, !turned);
        if (!turned)
            assert_noted(&book, "3 orientations (3 LAS, 2 RAS, 1 LPS)");
        amos_loader_free(loader);
    }
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

/* ---- voxels that are no numbers ---- */

enum { NAN_SIDE = 6, NAN_VOXELS = NAN_SIDE * NAN_SIDE * NAN_SIDE };

/* Three voxels are not finite; the others are their place. */
static amos_dataset *make_nan(const char *tree)
{
    static float voxels[NAN_VOXELS];
    static uint8_t labels[NAN_VOXELS];
    for (int i = 0; i < NAN_VOXELS; i++)
        voxels[i] = (float)i;
    voxels[7] = NAN;
    voxels[50] = INFINITY;
    voxels[200] = -INFINITY;
    const struct nifti_spec spec = {.dim = {NAN_SIDE, NAN_SIDE, NAN_SIDE}, .type = AMOS_TYPE_FLOAT32, .voxels = voxels};
    cache_case_write(tree, "Tr", 1, &spec, labels);
    return cache_tree_open(tree);
}

static void check_values(const amos_batch_info *b, bool replaced)
{
    const float *v = b->image.data;
    for (int i = 0; i < NAN_VOXELS; i++) {
        bool odd = i == 7 || i == 50 || i == 200;
        ck_assert(!odd || replaced || !isfinite(v[i]));
        ck_assert(!odd || !replaced || (v[i] >= -5.0f && v[i] <= -5.0f));
        ck_assert(odd || (v[i] >= (float)i && v[i] <= (float)i));
    }
}

static void draw_nan(const amos_dataset *dataset, const amos_cache *cache, bool replaced)
{
    struct book book = {.length = 0};
    amos_loader_options o = {.size = sizeof o, .draw = AMOS_SAMPLING_WHOLE, .threads = 1, .cache = cache};
    o.flags = replaced ? AMOS_LOADER_REPLACE_NAN | AMOS_LOADER_PAD : 0;
    o.pad_value = -5;
    o.log = note;
    o.log_user = &book;
    amos_loader *loader;
    amos_batch *batch;
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < 3; i++) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            continue;
        check_values(amos_batch_get_info(batch), replaced);
        ck_assert_uint_eq(amos_batch_get_sample(batch, 0)->not_finite, 3);
        amos_batch_free(batch);
    }
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.not_finite, 6);
    ck_assert_int_eq(book.warnings, 1);
    assert_noted(&book, replaced ? "they are replaced" : "AMOS_LOADER_REPLACE_NAN");
    amos_loader_free(loader);
}

START_TEST(voxels_that_are_not_finite_are_counted_and_can_be_replaced)
{
    amos_dataset *dataset = make_nan("nan");
    draw_nan(dataset, NULL, false);
    draw_nan(dataset, NULL, true);
#ifdef AMOS_HAVE_LZ4
    amos_cache *cache = cache_open("nan-cache", NULL);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    draw_nan(dataset, cache, false);
    draw_nan(dataset, cache, true);
    amos_cache_free(cache);
#endif
    amos_dataset_free(dataset);
}
END_TEST

/* Rotated samples interpolate what was replaced. */
START_TEST(rotated_samples_have_only_numbers_then)
{
    const amos_augment turned = {.size = sizeof turned, .affine_share = 1, .rotate_degrees = {20, 20, 20}};
    amos_dataset *dataset = make_nan("nan-rotated");
    amos_loader_options o = {.size = sizeof o, .draw = AMOS_SAMPLING_WHOLE, .augment = &turned, .threads = 1};
    for (int replaced = 0; replaced < 2; replaced++) {
        amos_loader *loader;
        amos_batch *batch;
        o.flags = replaced ? AMOS_LOADER_REPLACE_NAN : 0;
        assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        const float *v = amos_batch_get_info(batch)->image.data;
        int odd = 0;
        for (int i = 0; i < NAN_VOXELS; i++)
            odd += isfinite(v[i]) ? 0 : 1;
        ck_assert(replaced ? odd == 0 : odd > 3);
        ck_assert_uint_eq(amos_batch_get_sample(batch, 0)->not_finite, 3);
        amos_batch_free(batch);
        amos_loader_free(loader);
    }
    amos_dataset_free(dataset);
}
END_TEST

/* ---- batches that are kept ---- */

START_TEST(a_loader_that_may_grow_gives_all_batches_of_an_epoch)
{
    char *set = loader_set_make("kept");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    amos_loader_options o = {.size = sizeof o, .patch = {16, 16, 8}, .batch_size = 2, .flags = AMOS_LOADER_GROW};
    o.threads = _i;
    amos_loader *loader;
    amos_batch *kept[32];
    uint32_t crc[32];
    int n = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (;; n++) {
        assert_ok(amos_loader_next(loader, &kept[n], &err), &err);
        if (!kept[n])
            break;
        crc[n] = loader_batch_crc(kept[n]);
    }
    ck_assert_int_eq(n, 12);
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.copies, 10);
    ck_assert_uint_eq(stats.batches, 12);
    amos_loader_free(loader);
    o.flags = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < n; i++) {
        amos_batch *again;
        assert_ok(amos_loader_next(loader, &again, &err), &err);
        ck_assert_uint_eq(loader_batch_crc(again), crc[i]);
        ck_assert_uint_eq(loader_batch_crc(kept[i]), crc[i]); /* outlives its loader */
        ck_assert_uint_eq(amos_batch_get_info(kept[i])->step, (uint64_t)i);
        ck_assert_str_eq(amos_batch_get_sample(kept[i], 1)->case_id, amos_batch_get_sample(again, 1)->case_id);
        ck_assert_uint_eq((uintptr_t)amos_batch_get_info(kept[i])->image.data % 64, 0);
        amos_batch_free(again);
        amos_batch_free(kept[i]);
    }
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

/* The last batch of a rank that has nothing left: no values, whatever the types. */
START_TEST(an_empty_batch_can_be_kept_too)
{
    char *set = loader_set_make("empty");
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
    amos_loader_options o = {.size = sizeof o, .draw = AMOS_SAMPLING_WHOLE, .flags = AMOS_LOADER_GROW, .hold = 1};
    o.rank = 3;
    o.world_size = 4;
    o.label_type = AMOS_LABEL_TYPE_ONEHOT;
    amos_loader *loader;
    amos_batch *kept[2];
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < 2; i++)
        assert_ok(amos_loader_next(loader, &kept[i], &err), &err);
    const amos_batch_info *info = amos_batch_get_info(kept[1]);
    ck_assert_int_eq(info->count, 0);
    ck_assert_int_eq(info->image.shape[0], 0);
    ck_assert_int_eq(info->label.shape[1], 16);
    ck_assert_uint_eq(info->image.bytes, 0);
    ck_assert_ptr_nonnull(info->image.data);
    ck_assert_ptr_nonnull(info->label.data);
    for (int i = 0; i < 2; i++)
        amos_batch_free(kept[i]);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader told");
    TCase *all = add_case(suite, "told", 20);
    tcase_add_test(all, cases_that_are_left_out_are_listed_with_the_reason);
    tcase_add_test(all, organs_filter_and_list_are_reasons_too);
    tcase_add_test(all, images_alone_need_no_label);
    tcase_add_test(all, where_none_is_left_the_first_reason_is_told);
    tcase_add_test(all, orientations_that_differ_are_told);
    tcase_add_test(all, voxels_that_are_not_finite_are_counted_and_can_be_replaced);
    tcase_add_test(all, rotated_samples_have_only_numbers_then);
    tcase_add_loop_test(all, a_loader_that_may_grow_gives_all_batches_of_an_epoch, 1, 3);
    tcase_add_test(all, an_empty_batch_can_be_kept_too);
    return run_suite(suite);
}
