/* SPDX-License-Identifier: BSD-3-Clause */
/* amos pack, amos organs and amos export labelmaps. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void run_for(int code, const char *part, const char *words, const char *a, const char *b, const char *c)
{
    struct outcome outcome = run_amos(words, a, b, c);
    assert_exit(&outcome, code);
    assert_has(code ? outcome.err : outcome.out, part);
    outcome_free(&outcome);
}

static void make_folder(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0777), 0);
}

static bool is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* Predictions of the small set: the labels of its cases 1 and 2, of another type, and of the MRI. */
static char *make_predictions(const char *set)
{
    char *folder = small_set_path(set, "predictions");
    static const char *const ids[] = {"Tr/amos_0001", "Tr/amos_0002", "Va/amos_0501"};
    make_folder(folder);
    for (size_t i = 0; i < 3; i++) {
        char from[512], to[512];
        amos_error err;
        amos_volume *volume;
        amos_array *array;
        snprintf(from, sizeof from, "%s/labels%s.nii.gz", set, ids[i]);
        snprintf(to, sizeof to, "%s/%s.nii", folder, ids[i] + 3);
        const amos_read_options as_float = {
            .size = sizeof as_float, .type = AMOS_TYPE_FLOAT32, .orientation = i ? NULL : "RAS"};
        assert_ok(amos_volume_open(from, NULL, &volume, &err), &err);
        assert_ok(amos_volume_load(volume, &as_float, &array, &err), &err);
        const amos_layout *layout = amos_array_layout(array);
        assert_ok(amos_file_write(to, layout, amos_array_data(array), layout->bytes, NULL, &err), &err);
        amos_array_free(array);
        amos_volume_free(volume);
    }
    return folder;
}

/* ---- pack ---- */

/* A member is uint8, has the geometry of its image, and the voxels of the prediction in that order. */
static void assert_member(const char *zip, const char *id, const char *image_path, const char *label_path)
{
    char path[600];
    amos_error err;
    amos_labelmap *got, *expected;
    amos_volume *image, *member_volume;
    amos_geometry a, b;
    snprintf(path, sizeof path, "%s/results/%s.nii.gz", zip, id);
    assert_ok(amos_volume_open(path, NULL, &member_volume, &err), &err);
    assert_ok(amos_volume_open(image_path, NULL, &image, &err), &err);
    ck_assert_int_eq(amos_volume_get_info(member_volume)->type, AMOS_TYPE_UINT8);
    assert_ok(amos_volume_get_geometry(member_volume, &a, &err), &err);
    assert_ok(amos_volume_get_geometry(image, &b, &err), &err);
    ck_assert_mem_eq(a.affine, b.affine, sizeof a.affine);
    assert_ok(amos_labelmap_load(member_volume, NULL, &got, &err), &err);
    assert_ok(amos_labelmap_open(label_path, NULL, NULL, &expected, &err), &err);
    ck_assert_mem_eq(amos_labelmap_voxels(got), amos_labelmap_voxels(expected), SMALL_SET_VOXELS);
    amos_labelmap_free(expected);
    amos_labelmap_free(got);
    amos_volume_free(image);
    amos_volume_free(member_volume);
}

static amos_status count_member(void *user, const char *path, uint64_t bytes)
{
    (void)path;
    ck_assert(bytes > 0);
    ++*(int *)user;
    return AMOS_OK;
}

START_TEST(predictions_are_packed_on_the_grid_of_their_images)
{
    char *set = small_set_make("pack"), *predictions = make_predictions(set), *zip = small_set_path(set, "results.zip");
    struct outcome packed = run_amos("pack -r %s -p %s --task 1 --split training -o %s", set, predictions, zip);
    assert_exit(&packed, 0);
    assert_has(packed.out, "amos_0001: the prediction is stored RAS");
    assert_has(packed.out, "1 prediction of other cases, left out");
    assert_has(packed.out, "the challenge wants exactly 100 cases of task 1");
    assert_has(packed.out, "results.zip: 2 cases");
    outcome_free(&packed);
    static const char *const ids[] = {"amos_0001", "amos_0002"};
    int members = 0;
    amos_error err;
    assert_ok(amos_archive_list(zip, count_member, &members, &err), &err);
    ck_assert_int_eq(members, 2);
    for (int i = 0; i < 2; i++) {
        char image[512], label[512];
        snprintf(image, sizeof image, "%s/imagesTr/%s.nii.gz", set, ids[i]);
        snprintf(label, sizeof label, "%s/labelsTr/%s.nii.gz", set, ids[i]);
        assert_member(zip, ids[i], image, label);
    }
    char *labels = small_set_path(set, ".amos-results.zip.labels.new.tmp");
    ck_assert(!is_there(labels));
    free(labels);
    /* The archive is one that amos score takes. */
    run_for(0, "2 scored", "score -r %s -p %s --split training", set, zip, NULL);
    free(zip);
    free(predictions);
    free(set);
}
END_TEST

START_TEST(the_same_predictions_give_the_same_archive)
{
    char *set = small_set_make("same"), *predictions = make_predictions(set);
    char *one = small_set_path(set, "one.zip"), *two = small_set_path(set, "two.zip");
    run_for(0, "1 case", "pack -r %s -p %s --task 2 -o %s -j 1", set, predictions, one);
    run_for(0, "1 case", "pack -r %s -p %s --task 2 -o %s -j 4", set, predictions, two);
    struct bytes a = read_file(one), b = read_file(two);
    ck_assert(a.size == b.size && memcmp(a.data, b.data, a.size) == 0);
    bytes_free(&b);
    bytes_free(&a);
    free(two);
    free(one);
    free(predictions);
    free(set);
}
END_TEST

static void remove_one(const char *predictions)
{
    char *path = small_set_path(predictions, "amos_0002.nii");
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

static void write_bad_value(const char *predictions)
{
    char *path = small_set_path(predictions, "amos_0002.nii");
    unsigned char voxels[SMALL_SET_VOXELS] = {16};
    small_set_write_voxels(path, voxels);
    free(path);
}

static void write_other_place(const char *predictions)
{
    char *path = small_set_path(predictions, "amos_0002.nii");
    const unsigned char voxels[SMALL_SET_VOXELS] = {1};
    amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {6, 5, 4, 1}, .has_geometry = 1};
    layout.geometry = (amos_geometry){.shape = {6, 5, 4},
                                      .spacing = {2, 2, 5},
                                      .affine = {{-2, 0, 0, -43}, {0, 2, 0, 20}, {0, 0, 5, 300}, {0, 0, 0, 1}},
                                      .source = AMOS_AFFINE_SFORM,
                                      .orientation = "LAS"};
    amos_error err;
    assert_ok(amos_file_write(path, &layout, voxels, sizeof voxels, NULL, &err), &err);
    free(path);
}

static void write_other_shape(const char *predictions)
{
    char *path = small_set_path(predictions, "amos_0002.nii");
    const unsigned char voxels[60] = {1};
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {6, 5, 2, 1}};
    amos_error err;
    assert_ok(amos_file_write(path, &layout, voxels, sizeof voxels, NULL, &err), &err);
    free(path);
}

static const struct bad_prediction {
    void (*make)(const char *predictions);
    const char *words;
} bad_predictions[] = {{remove_one, "The case amos_0002 has no prediction here"},
                       {write_bad_value, "E_LABEL"},
                       {write_other_place, "E_PAIR_GEOM"},
                       {write_other_shape, "E_PAIR_SHAPE"}};

START_TEST(F42_a_prediction_that_does_not_fit_is_refused)
{
    char name[32];
    snprintf(name, sizeof name, "bad%d", _i);
    char *set = small_set_make(name), *predictions = make_predictions(set), *zip = small_set_path(set, "results.zip");
    bad_predictions[_i].make(predictions);
    run_for(1, bad_predictions[_i].words, "pack -r %s -p %s --task 1 --split training -o %s", set, predictions, zip);
    ck_assert(!is_there(zip));
    run_for(1, bad_predictions[_i].words, "pack -r %s -p %s --check --split training", set, predictions, NULL);
    free(zip);
    free(predictions);
    free(set);
}
END_TEST

START_TEST(checks_need_no_labels_and_write_nothing)
{
    char *set = small_set_make("check"), *predictions = make_predictions(set);
    char *label = small_set_path(set, "labelsVa/amos_0501.nii.gz");
    ck_assert_int_eq(unlink(label), 0);
    run_for(0, "1 prediction; all are on the grids of their images", "pack -r %s -p %s --check", set, predictions,
            NULL);
    char *empty = small_set_path(predictions, "amos_0501.nii");
    small_set_write_label(empty, 0);
    run_for(0, "amos_0501: the prediction has no organ", "pack -r %s -p %s --check", set, predictions, NULL);
    struct outcome json = run_amos("pack -r %s -p %s --check --task 2 --json", set, predictions);
    assert_exit(&json, 0);
    cJSON *value = parse_json(json.out);
    ck_assert(cJSON_IsTrue(member(value, "good")) && member_number(value, "challenge_cases") == 120);
    ck_assert(cJSON_IsTrue(member(member(value, "cases")->child, "empty")));
    cJSON_Delete(value);
    outcome_free(&json);
    free(empty);
    free(label);
    free(predictions);
    free(set);
}
END_TEST

START_TEST(F40_an_archive_that_exists_is_kept)
{
    char *set = small_set_make("kept"), *predictions = make_predictions(set), *zip = small_set_path(set, "results.zip");
    run_for(0, "1 case", "pack -r %s -p %s --task 2 -o %s", set, predictions, zip);
    run_for(1, "This is there already", "pack -r %s -p %s --task 2 -o %s", set, predictions, zip);
    run_for(0, "1 case", "pack -r %s -p %s --task 2 --force -o %s", set, predictions, zip);
    run_for(2, "is an input of this command", "pack -r %s -p %s --task 2 --force -o %s", set, zip, zip);
    free(zip);
    free(predictions);
    free(set);
}
END_TEST

static const struct mistake {
    const char *words, *says;
} mistakes[] = {{"pack -r %s --task 1 -o x.zip", "--reference or --prediction is missing"},
                {"pack -r %s -p %s -o x.zip", "--task is missing"},
                {"pack -r %s -p %s --task 1", "--output is missing"},
                {"pack -r %s -p %s --task 1 -o -", "--output cannot be"},
                {"pack -r %s -p %s --check -o x.zip", "--check writes nothing"},
                {"pack -r %s -p %s --task 1 -o x.csv", "promises CSV"},
                {"organs -r %s --format itksnap -o x.json", "promises JSON"},
                {"export labelmaps %s", "--output is missing"}};

START_TEST(mistakes_are_explained)
{
    char *set = small_set_make("mistakes");
    run_for(2, mistakes[_i].says, mistakes[_i].words, set, set, NULL);
    free(set);
}
END_TEST

/* ---- organs ---- */

/* The liver of AMOS, in each format. */
static const struct format {
    const char *name, *line;
} formats[] = {{"table", "    6  liver                #a15d6c\n"},
               {"itksnap", "    6   161   93  108        1  1  1    \"liver\"\n"},
               {"slicer", "\n6 liver 161 93 108 255\n"},
               {"fsleyes", "\n6 0.63137 0.36471 0.42353 liver\n"},
               {"niivue", "\"labels\":\t[\"background\", \"spleen\", \"right_kidney\""},
               {"mitk", "\"name\":\t\"liver\",\n\t\t\t\t\t\"value\":\t6,\n\t\t\t\t\t\"color\":\t[161, 93, 108]"},
               {"json", "\"label\":\t6,\n\t\t\"name\":\t\"liver\",\n\t\t\"title\":\t\"Liver\""}};

START_TEST(viewers_get_names_and_colours)
{
    char words[64];
    snprintf(words, sizeof words, "organs --format %s", formats[_i].name);
    run_for(0, formats[_i].line, words, NULL, NULL, NULL);
}
END_TEST

START_TEST(a_data_set_has_its_own_names_and_amos_colours)
{
    char *set = small_set_make("names"), *json = small_set_path(set, "dataset.json");
    FILE *file = fopen(json, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert(fputs("{\"labels\": {\"0\": \"background\", \"1\": \"big \\\"tumour\\\"\", \"2\": \"Liver\"},"
                    "\"training\": []}",
                    file) >= 0);
    fclose(file);
    run_for(0, "    2   161   93  108        1  1  1    \"Liver\"\n", "organs --format itksnap -r %s", set, NULL, NULL);
    run_for(0, "\"big 'tumour'\"\n", "organs --format itksnap -r %s", set, NULL, NULL);
    run_for(0, "\n1 big_'tumour' ", "organs --format slicer -r %s", set, NULL, NULL);
    free(json);
    free(set);
}
END_TEST

/* ---- masks ---- */

static void write_mask(const char *tree, const char *subject, const char *organ, int first, int count)
{
    char path[512];
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    memset(voxels + first, 1, (size_t)count);
    snprintf(path, sizeof path, "%s/%s/segmentations/%s.nii", tree, subject, organ);
    small_set_write_voxels(path, voxels);
}

/* Two subjects: liver 10 voxels and spleen 6, of which 2 are in both; the second has no spleen. */
static char *make_subjects(const char *name)
{
    char *tree = tmp_path(name), path[512];
    static const char *const subjects[] = {"s0001", "s0002"};
    make_folder(tree);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", tree, subjects[i]);
        make_folder(path);
        snprintf(path, sizeof path, "%s/%s/segmentations", tree, subjects[i]);
        make_folder(path);
        snprintf(path, sizeof path, "%s/%s/ct.nii", tree, subjects[i]);
        small_set_write_label(path, 5);
        write_mask(tree, subjects[i], "liver", 0, 10);
    }
    write_mask(tree, "s0001", "spleen", 8, 6);
    return tree;
}

static uint64_t voxels_of(const char *folder, const char *name, int label)
{
    char *path = small_set_path(folder, name);
    amos_error err;
    amos_labelmap *map;
    assert_ok(amos_labelmap_open(path, NULL, NULL, &map, &err), &err);
    uint64_t voxels = amos_labelmap_get_stats(map, label)->voxels;
    amos_labelmap_free(map);
    free(path);
    return voxels;
}

START_TEST(masks_become_label_maps)
{
    char *tree = make_subjects("subjects"), *out = tmp_path("merged");
    struct outcome merged = run_amos("export labelmaps %s -o %s", tree, out);
    assert_exit(&merged, 0);
    assert_has(merged.out, "2 cases, 2 organs");
    assert_has(merged.out, "2 voxels are in the masks of several organs");
    outcome_free(&merged);
    ck_assert_uint_eq(voxels_of(out, "labelsTr/s0001.nii.gz", 1), 10);
    ck_assert_uint_eq(voxels_of(out, "labelsTr/s0001.nii.gz", 2), 4);
    ck_assert_uint_eq(voxels_of(out, "labelsTr/s0002.nii.gz", 2), 0);
    run_for(0, "2 cases: 2 CT; 2 training; 2 labelled", "list %s", out, NULL, NULL);
    run_for(0, "2 pairs checked: 2 good", "check %s", out, NULL, NULL);
    run_for(0, "    1  liver       #a15d6c\n", "organs -r %s", out, NULL, NULL);
    run_for(1, "This is there already", "export labelmaps %s -o %s", tree, out, NULL);
    run_for(0, "2 cases", "export labelmaps %s -o %s --force --copy", tree, out, NULL);
    free(out);
    free(tree);
}
END_TEST

START_TEST(masks_of_cases_with_a_verdict)
{
    char *tree = make_subjects("judged"), *out = tmp_path("judged_out"), *verdicts = tmp_path("verdicts.jsonl"),
         *left_out = tmp_path("judged_out/labelsTr/s0001.nii.gz");
    FILE *file = fopen(verdicts, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert(fputs("{\"case\": \"s0002\", \"verdict\": \"pass\"}\n{\"case\": \"s0001\", \"verdict\": \"fail\"}\n",
                    file) >= 0);
    ck_assert_int_eq(fclose(file), 0);
    run_for(0, "1 cases, 2 organs", "export labelmaps %s -o %s --only pass,none --verdicts %s", tree, out, verdicts);
    ck_assert(!is_there(left_out));
    ck_assert_uint_eq(voxels_of(out, "labelsTr/s0002.nii.gz", 1), 10);
    run_for(1, "None of the 2 cases has the modality and a verdict",
            "export labelmaps %s -o %s2 --only unsure --verdicts %s", tree, out, verdicts);
    run_for(2, "export labelmaps: --verdicts needs the verdicts that are meant",
            "export labelmaps %s -o %s2 --verdicts %s", tree, out, verdicts);
    free(left_out);
    free(verdicts);
    free(out);
    free(tree);
}
END_TEST

START_TEST(J46_masks_that_do_not_fit_are_refused)
{
    char *tree = make_subjects("bad_subjects"), *out = tmp_path("bad_merged");
    char *mask = small_set_path(tree, "s0002/segmentations/liver.nii");
    small_set_write_label(mask, 3);
    run_for(1, "s0002: ", "export labelmaps %s -o %s", tree, out, NULL);
    ck_assert(!is_there(out));
    struct outcome skipped = run_amos("export labelmaps %s -o %s --on-fault skip", tree, out);
    ck_assert_int_eq(skipped.code, 0);
    assert_has(skipped.out, "1 cases, 2 organs; 1 left out");
    outcome_free(&skipped);
    char *set = small_set_make("no_masks");
    run_for(1, "No case has masks", "export labelmaps %s -o %s/out", set, set, NULL);
    free(set);
    free(mask);
    free(out);
    free(tree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pack");
    TCase *pack = add_case(suite, "pack", 10);
    tcase_add_test(pack, predictions_are_packed_on_the_grid_of_their_images);
    tcase_add_test(pack, the_same_predictions_give_the_same_archive);
    tcase_add_loop_test(pack, F42_a_prediction_that_does_not_fit_is_refused, 0, COUNT(bad_predictions));
    tcase_add_test(pack, checks_need_no_labels_and_write_nothing);
    tcase_add_test(pack, F40_an_archive_that_exists_is_kept);
    tcase_add_loop_test(pack, mistakes_are_explained, 0, COUNT(mistakes));
    TCase *organs = add_case(suite, "organs", 10);
    tcase_add_loop_test(organs, viewers_get_names_and_colours, 0, COUNT(formats));
    tcase_add_test(organs, a_data_set_has_its_own_names_and_amos_colours);
    TCase *masks = add_case(suite, "masks", 10);
    tcase_add_test(masks, masks_become_label_maps);
    tcase_add_test(masks, masks_of_cases_with_a_verdict);
    tcase_add_test(masks, J46_masks_that_do_not_fit_are_refused);
    return run_suite(suite);
}
