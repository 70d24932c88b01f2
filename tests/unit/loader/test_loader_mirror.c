/* SPDX-License-Identifier: BSD-3-Clause */
/* Flips along the patient's left-right axis: refused where labels tell left from right, unless the caller decides; and
 * labels that are exchanged in mirrored samples. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/main.h"
#include "support/make/cache.h"
#include "support/tmp.h"

enum { SIDE = 8, VOXELS = SIDE * SIDE * SIDE };

static amos_error err;

/* ---- cases ---- */

/* Labels 0 to 15 at random; the image has the label and the place, so that a voxel is known by its value. */
static void write_oriented(const char *tree, int number, const char *orientation)
{
    static int16_t voxels[VOXELS];
    static uint8_t labels[VOXELS];
    for (int i = 0; i < VOXELS; i++) {
        labels[i] = (uint8_t)((i * 7 + i / SIDE * 3) % 16);
        voxels[i] = (int16_t)i;
    }
    struct nifti_spec spec = {.dim = {SIDE, SIDE, SIDE}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    if (orientation)
        nifti_set_sform(&spec, orientation, (double[3]){1, 1, 1}, (double[3]){0, 0, 0});
    else
        spec.no_forms = 1;
    cache_case_write(tree, "Tr", number, &spec, labels);
}

static amos_dataset *one_case(const char *orientation)
{
    const char *name = orientation ? orientation : "unknown";
    write_oriented(name, 1, orientation);
    return cache_tree_open(name);
}

static amos_loader_options whole(const amos_augment *augment)
{
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    o.draw = AMOS_SAMPLING_WHOLE;
    o.augment = augment;
    o.threads = 1;
    return o;
}

/* ---- refusing ---- */

static const struct refusal {
    const char *orientation;
    amos_augment augment;
    amos_label_type label;
    const char *words; /* in the refusal; NULL: accepted */
} refusals[] = {
    {"LAS", {.flips = AMOS_FLIP_X}, AMOS_LABEL_TYPE_UINT8, "the x axis"},
    {"LAS", {.flips = AMOS_FLIP_Y | AMOS_FLIP_Z}, AMOS_LABEL_TYPE_UINT8, NULL},
    {"LAS", {.flips = AMOS_FLIP_Y, .quarter_turns = 1}, AMOS_LABEL_TYPE_UINT8, "the x axis"},
    {"LAS", {.flips = AMOS_FLIP_Z, .quarter_turns = 1}, AMOS_LABEL_TYPE_UINT8, NULL},
    {"LAS", {.flips = AMOS_FLIP_X}, AMOS_LABEL_TYPE_NONE, NULL},
    {"LAS", {.flips = AMOS_FLIP_X, .mirror = AMOS_MIRROR_KEEP}, AMOS_LABEL_TYPE_UINT8, NULL},
    {"LAS", {.flips = AMOS_FLIP_X, .mirror = AMOS_MIRROR_EXCHANGE}, AMOS_LABEL_TYPE_UINT8, NULL},
    {"PIR", {.flips = AMOS_FLIP_Z}, AMOS_LABEL_TYPE_INT64, "the z axis"},
    {"PIR", {.flips = AMOS_FLIP_X | AMOS_FLIP_Y}, AMOS_LABEL_TYPE_INT64, NULL},
    {"ARS", {.flips = 7}, AMOS_LABEL_TYPE_ONEHOT, "the y axis"},
    {NULL, {.flips = AMOS_FLIP_Z}, AMOS_LABEL_TYPE_UINT8, "orientation is not known"},
    {NULL, {.flips = 7, .mirror = AMOS_MIRROR_KEEP}, AMOS_LABEL_TYPE_UINT8, NULL},
    {NULL, {.quarter_turns = 1}, AMOS_LABEL_TYPE_UINT8, NULL},
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

START_TEST(a_flip_between_left_and_right_is_refused)
{
    const struct refusal *r = &refusals[_i];
    amos_augment augment = r->augment;
    augment.size = sizeof augment;
    amos_dataset *dataset = one_case(r->orientation);
    amos_loader_options o = whole(&augment);
    o.label_type = r->label;
    amos_loader *loader;
    amos_status status = amos_loader_open(dataset, &o, &loader, &err);
    assert_status(status, r->words ? AMOS_E_ARG : AMOS_OK, &err);
    if (r->words) {
        assert_sentence(&err, status, r->words);
        ck_assert_msg(strstr(err.message, r->words) && strstr(err.message, "\"keep\""), "%s", err.message);
        ck_assert_str_eq(err.case_id, "amos_0001");
    }
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

/* The orientation that samples have decides, not that of the file. */
START_TEST(the_orientation_of_the_samples_decides)
{
    const amos_augment z = {.size = sizeof z, .flips = AMOS_FLIP_Z};
    amos_dataset *dataset = one_case("PIR");
    amos_loader_options o = whole(&z);
    o.orientation = "LAS";
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- exchanging ---- */

static const int given[][2] = {{4, 9}, {15, 1}};
static const uint8_t of_amos[16] = {0, 1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 12, 11, 13, 14, 15};
static const uint8_t of_caller[16] = {0, 15, 2, 3, 9, 5, 6, 7, 8, 4, 10, 11, 12, 13, 14, 1};

static const struct exchange {
    const char *orientation;
    int axis, turns;
    amos_label_type label;
    const uint8_t *partner; /* NULL: labels are kept */
} exchanges[] = {
    {"LAS", 0, 0, AMOS_LABEL_TYPE_UINT8, of_amos},   {"RAS", 0, 1, AMOS_LABEL_TYPE_INT64, of_amos},
    {"ALS", 1, 0, AMOS_LABEL_TYPE_ONEHOT, of_amos},  {"ALS", 1, 1, AMOS_LABEL_TYPE_UINT8, of_caller},
    {"PIR", 2, 0, AMOS_LABEL_TYPE_INT64, of_caller}, {"PIR", 2, 1, AMOS_LABEL_TYPE_ONEHOT, of_caller},
    {"LAS", 0, 1, AMOS_LABEL_TYPE_ONEHOT, NULL},
};
enum { EXCHANGES = sizeof exchanges / sizeof exchanges[0] };

static int label_of(const amos_batch_info *b, amos_label_type type, int64_t at)
{
    const uint8_t *bytes = b->label.data;
    int found = 0;
    if (type == AMOS_LABEL_TYPE_UINT8)
        return bytes[at];
    if (type == AMOS_LABEL_TYPE_INT64)
        return (int)((const int64_t *)b->label.data)[at];
    for (int plane = 0; plane < 16; plane++) {
        ck_assert(bytes[plane * VOXELS + at] <= 1);
        found += bytes[plane * VOXELS + at] ? plane + 100 : 0; /* exactly one plane */
    }
    return found - 100;
}

/* The image says which voxel of the file each voxel of the sample is. */
static void check_labels(const struct exchange *e, const amos_batch_info *b, int mirrored)
{
    for (int64_t at = 0; at < VOXELS; at++) {
        int i = (int)((const float *)b->image.data)[at], label = (i * 7 + i / SIDE * 3) % 16;
        ck_assert_int_eq(label_of(b, e->label, at), mirrored && e->partner ? e->partner[label] : label);
    }
}

START_TEST(labels_of_mirrored_samples_are_exchanged)
{
    const struct exchange *e = &exchanges[_i];
    amos_augment augment = {.size = sizeof augment, .flips = 7, .quarter_turns = e->turns};
    augment.mirror = e->partner ? AMOS_MIRROR_EXCHANGE : AMOS_MIRROR_KEEP;
    augment.pairs = e->partner == of_caller ? given : NULL;
    augment.pair_count = e->partner == of_caller ? 2 : 0;
    amos_dataset *dataset = one_case(e->orientation);
    amos_loader_options o = whole(&augment);
    o.label_type = e->label;
    amos_loader *loader;
    amos_batch *batch;
    int seen[2] = {0, 0};
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int n = 0; n < 120; n++) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            continue;
        const amos_batch_sample *s = amos_batch_get_sample(batch, 0);
        bool odd = (s->flips & 1) != (s->flips >> 1 & 1);
        ck_assert_int_eq(s->mirrored, e->turns && e->axis < 2 ? odd : s->flips >> e->axis & 1);
        check_labels(e, amos_batch_get_info(batch), s->mirrored);
        seen[s->mirrored]++;
        amos_batch_free(batch);
    }
    ck_assert(seen[0] > 10 && seen[1] > 10);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

/* The label that a patch had to contain is in it, under the number that it has there. */
START_TEST(a_forced_organ_is_in_its_sample)
{
    static const int kidney[] = {2};
    const amos_augment x = {.size = sizeof x, .flips = AMOS_FLIP_X, .mirror = AMOS_MIRROR_EXCHANGE};
    amos_dataset *dataset = one_case("LAS");
    amos_loader_options o = {.size = sizeof o, .patch = {3, 3, 3}, .foreground = 1, .augment = &x, .threads = 1};
    o.organs = kidney;
    o.organ_count = 1;
    amos_loader *loader;
    amos_batch *batch;
    int seen[16] = {0};
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int n = 0; n < 100; n++) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            continue;
        const amos_batch_sample *s = amos_batch_get_sample(batch, 0);
        const amos_batch_info *b = amos_batch_get_info(batch);
        ck_assert_ptr_nonnull(memchr(b->label.data, s->organ, b->label.bytes));
        ck_assert_int_eq(s->organ, s->mirrored ? 3 : 2);
        seen[s->organ]++;
        amos_batch_free(batch);
    }
    ck_assert(seen[2] > 10 && seen[3] > 10);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- pairs by name ---- */

static const struct naming {
    const char *labels; /* of dataset.json */
    int refused;
} namings[] = {
    {"{\"0\": \"background\", \"1\": \"Lung_Left\", \"2\": \"heart\", \"3\": \"lung right\"}", 1},
    {"{\"background\": 0, \"lung_left\": 1, \"heart\": 2, \"lung_right\": 3}", 1},
    {"{\"0\": \"background\", \"1\": \"left\", \"2\": \"Right\"}", 1},
    {"{\"0\": \"background\", \"1\": \"liver\", \"2\": \"bright spot\", \"3\": \"bleft spot\"}", 0},
    {"{\"0\": \"background\", \"1\": \"left atrium\", \"2\": \"liver\"}", 0},
};
enum { NAMINGS = sizeof namings / sizeof namings[0] };

START_TEST(pairs_are_found_by_name)
{
    const amos_augment x = {.size = sizeof x, .flips = AMOS_FLIP_X};
    static const char form[] = "{\"labels\": %s, \"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", "
                               "\"label\": \"./labelsTr/amos_0001.nii.gz\"}]}";
    char text[1024];
    struct bytes json = {(unsigned char *)text, 0, 0};
    write_oriented("named", 1, "RAS");
    json.size = (size_t)snprintf(text, sizeof text, form, namings[_i].labels);
    free(tmp_write_bytes("named/dataset.json", &json));
    amos_dataset *dataset = cache_tree_open("named");
    amos_loader_options o = whole(&x);
    amos_loader *loader;
    assert_status(amos_loader_open(dataset, &o, &loader, &err), namings[_i].refused ? AMOS_E_ARG : AMOS_OK, &err);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(pairs_that_are_none_are_refused)
{
    static const int bad[][2][2] = {
        {{0, 1}, {2, 3}}, {{1, 16}, {2, 3}}, {{1, 1}, {2, 3}}, {{1, 2}, {2, 3}}, {{1, 2}, {2, 1}}};
    amos_dataset *dataset = one_case("LAS");
    amos_loader *loader;
    for (size_t i = 0; i <= sizeof bad / sizeof bad[0]; i++) {
        amos_augment augment = {.size = sizeof augment, .pair_count = 2};
        augment.pairs = i < sizeof bad / sizeof bad[0] ? bad[i] : NULL;
        amos_loader_options o = whole(&augment);
        assert_status(amos_loader_open(dataset, &o, &loader, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, "pairs");
        ck_assert_ptr_nonnull(strstr(err.message, "pairs"));
    }
    amos_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader mirror");
    TCase *all = add_case(suite, "mirror", 20);
    tcase_add_loop_test(all, a_flip_between_left_and_right_is_refused, 0, REFUSALS);
    tcase_add_test(all, the_orientation_of_the_samples_decides);
    tcase_add_loop_test(all, labels_of_mirrored_samples_are_exchanged, 0, EXCHANGES);
    tcase_add_test(all, a_forced_organ_is_in_its_sample);
    tcase_add_loop_test(all, pairs_are_found_by_name, 0, NAMINGS);
    tcase_add_test(all, pairs_that_are_none_are_refused);
    return run_suite(suite);
}
