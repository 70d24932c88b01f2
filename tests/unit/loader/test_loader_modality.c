/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases whose modality is unknown: a loader does nothing to them that depends on it, unless the caller chose what. */
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/loader_set.h"

static char *set;
static amos_dataset *dataset;

/* Of amos_0001 (40 x 36 x 20) nothing is known. */
static void make_set(void)
{
    amos_error err;
    static const amos_modality_override unknown = {"amos_0001", AMOS_MODALITY_UNKNOWN};
    const amos_dataset_options options = {.size = sizeof options, .modality = &unknown, .modality_count = 1};
    set = loader_set_make("modality");
    assert_ok(amos_dataset_open(set, &options, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

static const amos_scaling range = {.size = sizeof range, .scale = AMOS_SCALING_RANGE, .low = -100, .high = 100};
static const amos_scaling other = {.size = sizeof other, .scale = AMOS_SCALING_RANGE, .low = 3, .high = 5};
static const amos_scaling of_case = {.size = sizeof of_case, .scale = AMOS_SCALING_CASE_ZSCORE};
static const amos_augment affine = {.size = sizeof affine, .affine_share = 0.5, .rotate_degrees = {5, 5, 5}};
static const amos_case_filter only_mri = {.size = sizeof only_mri, .modality = AMOS_MODALITY_MRI};

#define WITH(...) \
    { \
        .size = sizeof(amos_loader_options), .patch = {8, 8, 8}, .threads = 1, __VA_ARGS__ \
    }

static const struct row {
    amos_loader_options o;
    const char *words; /* of the refusal; NULL: none */
} rows[] = {
    {WITH(.seed = 1), NULL},
    {WITH(.ct = &range), "scaling `unknown`"},
    {WITH(.mri = &range), "scaling `unknown`"},
    {WITH(.ct = &range, .mri = &range), "scaling `unknown`"}, /* equal, but chosen for something else */
    {WITH(.ct = &range, .unknown = &other), NULL},
    {WITH(.ct = &range, .mri = &range, .unknown = &of_case), NULL},
    {WITH(.mri = &range, .filter = &only_mri), NULL},
    {WITH(.border = {1, 0, 0}), "pad_value"},
    {WITH(.augment = &affine), "pad_value"},
    {WITH(.flags = AMOS_LOADER_REPLACE_NAN), "pad_value"},
    {WITH(.flags = AMOS_LOADER_REPLACE_NAN | AMOS_LOADER_PAD), NULL},
    {WITH(.flags = AMOS_LOADER_PAD, .border = {1, 0, 0}), NULL},
    {WITH(.flags = AMOS_LOADER_PAD, .augment = &affine), NULL},
    {{.size = sizeof(amos_loader_options), .patch = {8, 8, 21}}, "pad_value"},
    {{.size = sizeof(amos_loader_options), .patch = {8, 8, 21}, .flags = AMOS_LOADER_PAD}, NULL},
    {{.size = sizeof(amos_loader_options), .patch = {41, 8, 8}, .draw = AMOS_SAMPLING_TILES}, "pad_value"},
    {{.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE}, NULL},
};

START_TEST(what_depends_on_it_is_chosen_or_refused)
{
    const struct row *row = &rows[_i];
    amos_loader *loader;
    amos_error err;
    amos_status status = amos_loader_open(dataset, &row->o, &loader, &err);
    if (!row->words) {
        assert_ok(status, &err);
    } else {
        assert_status(status, AMOS_E_ARG, &err);
        ck_assert_msg(strstr(err.message, row->words) && strstr(err.message, "amos_0001"), "%s", err.message);
        ck_assert_str_eq(err.case_id, "amos_0001");
    }
    amos_loader_free(loader);
}
END_TEST

START_TEST(its_own_scaling_is_used)
{
    const amos_loader_options o = WITH(.ct = &range, .mri = &range, .unknown = &other, .steps = 60);
    amos_loader *loader;
    amos_batch *batch;
    amos_error err;
    int seen = 0;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    while (assert_ok(amos_loader_next(loader, &batch, &err), &err), batch) {
        const amos_batch_sample *sample = amos_batch_get_sample(batch, 0);
        int unknown = strcmp(sample->case_id, "amos_0001") == 0;
        ck_assert_int_eq(sample->modality == AMOS_MODALITY_UNKNOWN, unknown);
        ck_assert_float_eq(sample->clip_low, unknown ? 3 : -100);
        seen |= 1 << unknown;
        amos_batch_free(batch);
    }
    ck_assert_int_eq(seen, 3);
    amos_loader_free(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader_modality");
    TCase *unknown = add_case(suite, "unknown", 30);
    tcase_add_unchecked_fixture(unknown, make_set, free_set);
    tcase_add_loop_test(unknown, what_depends_on_it_is_chosen_or_refused, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(unknown, its_own_scaling_is_used);
    return run_suite(suite);
}
