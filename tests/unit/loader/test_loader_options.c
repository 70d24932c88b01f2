/* SPDX-License-Identifier: BSD-3-Clause */
/* Options that the loader refuses, and cases that cannot be opened. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/accept.h"
#include "support/make/loader_set.h"
#include "support/main.h"

static char *set;
static amos_dataset *dataset;

static void make_set(void)
{
    amos_error err;
    set = loader_set_make("options");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

#define WITH(...) \
    { \
        .size = sizeof(amos_loader_options), .patch = {8, 8, 8}, __VA_ARGS__ \
    }

static const int bad_organ[] = {16};
static const int no_case_has[] = {9};
static const char *const unknown[] = {"amos_0999"};
static const amos_case_filter none = {.size = sizeof none, .split = AMOS_SPLIT_TEST};
static const amos_case_filter empty = {.size = sizeof empty, .split = AMOS_SPLIT_VALIDATION};

static const struct row {
    amos_loader_options o;
    const char *words; /* in the message */
} rows[] = {
    {{.size = sizeof(amos_loader_options), .patch = {8, 0, 8}}, "patch"},
    {{.size = sizeof(amos_loader_options), .patch = {8, -1, 8}}, "patch"},
    {{.size = sizeof(amos_loader_options), .patch = {65536, 65536, 8}}, "patch"},
    {WITH(.draw = AMOS_SAMPLING_WHOLE), "patch"},
    {WITH(.draw = (amos_sampling)7), "draw"},
    {WITH(.draw = AMOS_SAMPLING_TILES, .foreground = 0.5), "foreground"},
    {WITH(.draw = AMOS_SAMPLING_TILES, .steps = 3), "steps"},
    {WITH(.draw = AMOS_SAMPLING_TILES, .overlap = 1), "overlap"},
    {WITH(.draw = AMOS_SAMPLING_TILES, .overlap = -0.1), "overlap"},
    {WITH(.draw = AMOS_SAMPLING_TILES, .overlap = (double)NAN), "overlap"},
    {{.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE, .batch_size = 2}, "batch_size"},
    {WITH(.border[2] = -1), "border"},
    {WITH(.foreground = 1.5), "foreground"},
    {WITH(.foreground = (double)NAN), "foreground"},
    {WITH(.balanced = 2), "balanced"},
    {WITH(.balanced = 1, .filter = &empty), "balanced"},
    {WITH(.flags = 32), "flag"},
    {WITH(.accept = ACCEPT(.max_label = 256)), "max_label"},
    {WITH(.batch_size = -1), "batch_size"},
    {WITH(.prefetch = 5000), "prefetch"},
    {WITH(.rank = 2, .world_size = 2), "rank"},
    {WITH(.rank = -1), "rank"},
    {WITH(.threads = -2), "threads"},
    {WITH(.steps = -1), "steps"},
    {WITH(.steps = INT32_MAX, .batch_size = 4096, .world_size = 1024), "too long"},
    {WITH(.image_type = (amos_image_type)2), "image_type"},
    {WITH(.label_type = (amos_label_type)4), "label_type"},
    {WITH(.label_type = AMOS_LABEL_TYPE_NONE, .foreground = 0.5), "\"none\""},
    {WITH(.organs = bad_organ, .organ_count = 1), "organs"},
    {WITH(.organ_count = 1), "organ_count"},
    {WITH(.organs = no_case_has, .organ_count = 1), "organs"},
    {WITH(.case_count = 1), "case_count"},
    {WITH(.cases = unknown, .case_count = 1), "amos_0999"},
    {WITH(.cases = unknown), "filter"},
    {WITH(.filter = &none), "filter"},
    {WITH(.orientation = "RASP"), "orientation"},
    {WITH(.pad_value = (double)INFINITY), "pad_value"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void refuse(const amos_loader_options *o, const char *words)
{
    amos_loader *loader = (void *)&rows;
    amos_error err;
    assert_status(amos_loader_open(dataset, o, &loader, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, words);
    ck_assert_ptr_null(loader);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" does not tell of %s", err.message, words);
}

START_TEST(a_bad_option_is_refused)
{
    refuse(&rows[_i].o, rows[_i].words);
}
END_TEST

START_TEST(bad_scaling_is_refused)
{
    static const amos_scaling bad[] = {
        {.size = sizeof(amos_scaling), .scale = (amos_scaling_method)9},
        {.size = sizeof(amos_scaling), .scale = AMOS_SCALING_RANGE},
        {.size = sizeof(amos_scaling), .scale = AMOS_SCALING_RANGE, .low = 5, .high = 5},
        {.size = sizeof(amos_scaling), .scale = AMOS_SCALING_ZSCORE},
        {.size = sizeof(amos_scaling), .scale = AMOS_SCALING_ZSCORE, .deviation = -1},
        {.size = sizeof(amos_scaling), .scale = AMOS_SCALING_CASE_ZSCORE, .low = 1, .high = (double)INFINITY},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        amos_loader_options o = WITH(.ct = &bad[i]);
        refuse(&o, "ct");
        o.ct = NULL;
        o.mri = &bad[i];
        refuse(&o, "mri");
    }
}
END_TEST

START_TEST(bad_changes_are_refused)
{
    static const amos_augment bad[] = {
        {.size = sizeof(amos_augment), .flips = 8},
        {.size = sizeof(amos_augment), .quarter_turns = 4},
        {.size = sizeof(amos_augment), .affine_share = 1.1},
        {.size = sizeof(amos_augment), .rotate_degrees = {0, 181, 0}},
        {.size = sizeof(amos_augment), .zoom_low = 1.2, .zoom_high = 1.1},
        {.size = sizeof(amos_augment), .zoom_low = 0.1, .zoom_high = 1.1},
        {.size = sizeof(amos_augment), .gamma_share = 0.5},
        {.size = sizeof(amos_augment), .gamma_share = 0.5, .gamma_low = 0.01, .gamma_high = 2},
        {.size = sizeof(amos_augment), .noise_share = 0.5, .noise_low = -1},
        {.size = sizeof(amos_augment), .brightness_share = 0.5, .brightness_low = 1},
        {.size = sizeof(amos_augment), .contrast_share = (double)NAN},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const amos_loader_options o = WITH(.augment = &bad[i]);
        refuse(&o, "augment");
    }
}
END_TEST

START_TEST(nothing_is_done_with_nothing)
{
    amos_loader *loader;
    amos_batch *batch;
    amos_error err;
    const amos_loader_options o = WITH(.seed = 1);
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    amos_loader_stats stats = {.size = 1};
    assert_status(amos_loader_open(NULL, &o, &loader, &err), AMOS_E_ARG, &err);
    assert_status(amos_loader_open(dataset, NULL, &loader, &err), AMOS_E_ARG, &err);
    assert_status(amos_loader_open(dataset, &o, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_loader_next(NULL, &batch, &err), AMOS_E_ARG, &err);
    assert_status(amos_loader_seek(NULL, &state, &err), AMOS_E_ARG, &err);
    assert_status(amos_loader_get_state(NULL, &state, &err), AMOS_E_ARG, &err);
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    assert_status(amos_loader_get_stats(loader, &stats, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "size");
    ck_assert_ptr_null(amos_loader_get_info(NULL));
    ck_assert_ptr_null(amos_loader_get_case(NULL, 0));
    ck_assert_ptr_null(amos_batch_get_sample(NULL, 0));
    ck_assert_ptr_null(amos_batch_get_info(NULL));
    ck_assert_int_eq(amos_loader_get_damaged(NULL, 0, &err), AMOS_OK);
    amos_loader_cancel(NULL);
    amos_loader_free(loader);
}
END_TEST

/* ---- cases that cannot be opened ---- */

static int told;

static void count_warning(void *user, amos_log_level level, const char *message)
{
    ck_assert_ptr_eq(user, &told);
    ck_assert_int_eq(level, AMOS_LOG_WARNING);
    told += strstr(message, "amos_0002") != NULL;
}

START_TEST(a_case_without_a_header_is_left_out_at_opening)
{
    char *path = loader_set_path(set, 1, 0);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
    amos_loader *loader;
    amos_error err;
    amos_loader_options o = WITH(.log = count_warning, .log_user = &told);
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    ck_assert_int_eq(told, 1);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, LOADER_SET_CASES - 1);
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.damaged, 1);
    ck_assert_int_ne(amos_loader_get_damaged(loader, 0, &err), AMOS_OK);
    ck_assert_str_eq(err.case_id, "amos_0002");
    amos_loader_free(loader);
    o.flags = AMOS_LOADER_STOP_AT_DAMAGE;
    amos_status status = amos_loader_open(dataset, &o, &loader, &err);
    ck_assert_int_ne(status, AMOS_OK);
    assert_sentence(&err, status, "stop");
    ck_assert_str_eq(err.case_id, "amos_0002");
    ck_assert_ptr_null(loader);
    free(path);
}
END_TEST

static int stop_at_third(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    (void)total;
    return done >= 3;
}

START_TEST(opening_can_be_cancelled)
{
    amos_loader *loader;
    amos_error err;
    const amos_loader_options o = WITH(.progress = {stop_at_third, NULL});
    assert_status(amos_loader_open(dataset, &o, &loader, &err), AMOS_E_CANCEL, &err);
    ck_assert_ptr_null(loader);
}
END_TEST

static int stop_within(void *user, uint64_t done, uint64_t total)
{
    int *calls = user;
    ck_assert_uint_eq(total, LOADER_SET_CASES);
    ck_assert_uint_eq(done, 0);
    return ++*calls == 2;
}

/* Also while the label of the first case is read on the caller's thread. */
START_TEST(opening_with_one_thread_can_be_cancelled)
{
    int calls = 0;
    amos_loader *loader;
    amos_error err;
    const amos_loader_options o = WITH(.balanced = 1, .threads = 1, .progress = {stop_within, &calls});
    assert_status(amos_loader_open(dataset, &o, &loader, &err), AMOS_E_CANCEL, &err);
    ck_assert_int_eq(calls, 2);
    ck_assert_ptr_null(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader options");
    TCase *all = add_case(suite, "options", 20);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_loop_test(all, a_bad_option_is_refused, 0, ROWS);
    tcase_add_test(all, bad_scaling_is_refused);
    tcase_add_test(all, bad_changes_are_refused);
    tcase_add_test(all, nothing_is_done_with_nothing);
    tcase_add_test(all, a_case_without_a_header_is_left_out_at_opening);
    tcase_add_test(all, opening_can_be_cancelled);
    tcase_add_test(all, opening_with_one_thread_can_be_cancelled);
    return run_suite(suite);
}
