/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: what it refuses, what it says, and what it leaves behind. Its voxels are compared with those of nibabel
 * and scipy in tests/python/test_scipy_convert.py. */
#define _POSIX_C_SOURCE 200809L
#include <amos/amos.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/opened.h"
#include "support/tmp.h"

static char *root, *image, *label, *out, *folder;
static amos_error err;

static void set_up(void)
{
    char name[32]; /* each test has a process of its own */
    snprintf(name, sizeof name, "convert%d", (int)getpid());
    root = small_set_make(name);
    image = small_set_path(root, "imagesTr/amos_0001.nii.gz");
    label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    out = small_set_path(root, "out.nii.gz");
    folder = small_set_path(root, "made");
}

static void tear_down(void)
{
    free(folder);
    free(out);
    free(label);
    free(image);
    free(root);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void assert_holds(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in: %s", words, text);
}

/* A run that must fail with the words on stderr. */
#define refuse(code, words, ...) \
    do { \
        struct outcome refused = run_amos(__VA_ARGS__); \
        assert_exit(&refused, code); \
        assert_holds(refused.err, words); \
        outcome_free(&refused); \
    } while (0)

/* A run that must succeed with the words on stdout. */
#define agree(words, ...) \
    do { \
        struct outcome agreed = run_amos(__VA_ARGS__); \
        assert_exit(&agreed, 0); \
        assert_holds(agreed.out, words); \
        outcome_free(&agreed); \
    } while (0)

/* ---- outputs ---- */

START_TEST(F43_an_output_that_exists_is_kept)
{
    write_text(out, "mine");
    refuse(1, "the file exists; give --force to replace it", "convert %s -o %s", image, out);
    struct bytes kept = read_file(out);
    ck_assert_mem_eq(kept.data, "mine", 4);
    bytes_free(&kept);
    agree("6 x 5 x 4 int16 LAS -> 6 x 5 x 4 int16 LAS", "convert %s -o %s --force", image, out);
}
END_TEST

START_TEST(F43_an_input_is_never_an_output)
{
    char *link_path = small_set_path(root, "link.nii.gz"), *images = small_set_path(root, "imagesTr");
    refuse(2, "is an input of this command", "convert %s -o %s --force", image, image);
    ck_assert_int_eq(link(image, link_path), 0);
    refuse(2, "is an input of this command", "convert %s -o %s --force", image, link_path);
    refuse(2, "is an input of this command", "convert %s -o %s/ --force", images, images);
    refuse(2, "is an input of this command", "convert %s %s -o %s --force", root, "1", image);
    refuse(2, "is an input of this command", "convert %s -o %s --force", root, root);
    refuse(2, "is an input of this command", "convert %s --like %s -o %s --force", label, image, image);
    struct outcome still = run_amos("check %s", root);
    ck_assert_int_eq(still.code, 0);
    outcome_free(&still);
    free(images);
    free(link_path);
}
END_TEST

/* The output of one file is another input, by another name. */
START_TEST(F43_inputs_of_other_files_are_spared)
{
    char *apart = small_set_path(root, "apart"), *first = small_set_path(root, "apart/amos_0001.nii.gz");
    char *second = small_set_path(root, "second.nii.gz"), *images = small_set_path(root, "imagesTr/");
    ck_assert_int_eq(mkdir(apart, 0777), 0);
    agree("", "convert %s -o %s", image, first);
    ck_assert_int_eq(link(image, second), 0);
    refuse(2, "is an input of this command", "convert %s %s -o %s --force", first, second, images);
    refuse(2, "would both become", "convert %s %s -o %s/", image, first, folder);
    refuse(2, "lie in the folder of the outputs", "convert %s --like %s -o %s/", label, apart, apart);
    free(images);
    free(second);
    free(first);
    free(apart);
}
END_TEST

START_TEST(mistakes_in_the_command_line)
{
    refuse(2, "The output is missing", "convert %s", image);
    refuse(2, "not written to stdout", "convert %s -o -", image);
    refuse(2, "ends neither in .nii nor in .nii.gz", "convert %s -o %s.nrrd", image, out);
    refuse(2, "several inputs", "convert %s -o %s", root, out);
    refuse(2, "exclude each other", "convert %s -o %s --labels --images", image, out);
    refuse(2, "--like gives the whole grid", "convert %s -o %s --like %s --orient RAS", image, out, label);
    refuse(2, "--outside is for voxels", "convert %s -o %s --outside 3", image, out);
    refuse(2, "keep or clean was expected", "convert %s -o %s --header new", image, out);
    refuse(2, "linear, cubic, nearest or bspline", "convert %s -o %s --interpolation best", image, out);
    refuse(2, "20 or 100mm3, or largest", "convert %s -o %s --drop-specks 0", label, out);
    refuse(2, "6, 18 or 26", "convert %s -o %s --connectivity 8", label, out);
    refuse(2, "--drop-specks is for labels", "convert %s -o %s --drop-specks 3", image, out);
    refuse(2, "--relabel is for labels", "convert %s -o %s --relabel 1=2", image, out);
    refuse(1, "E_OPEN", "convert %s/nowhere.nii.gz -o %s", root, out);
    ck_assert(!is_there(out));
}
END_TEST

/* ---- nothing is lost in silence ---- */

START_TEST(values_that_do_not_fit_are_refused)
{
    static const double values[4] = {1, 2.5, -3, 300};
    struct nifti_file file =
        nifti_make(&(struct nifti_spec){.ndim = 3, .dim = {4, 1, 1}, .type = AMOS_TYPE_FLOAT64, .voxels = values});
    char *path = tmp_write_bytes("values.nii", &file.bytes);
    refuse(1, "1 voxels are not whole numbers, and int16 would round them by up to 0.5",
           "convert %s -o %s --type int16", path, out);
    refuse(1, "2 voxels have values that uint8 cannot hold", "convert %s -o %s --type uint8", path, out);
    ck_assert(!is_there(out));
    agree("1 voxel rounded to int16, by up to 0.5", "convert %s -o %s --type int16 --lossy", path, out);
    agree("2 voxels have the nearest value that uint8 holds", "convert %s -o %s --type uint8 --lossy --force", path,
          out);
    agree("some values are rounded to float32", "convert %s -o %s --type float32 --force", path, out);
    free(path);
    nifti_free(&file);
    file = nifti_make(&(struct nifti_spec){
        .ndim = 3, .dim = {2, 1, 1}, .type = AMOS_TYPE_INT16, .voxels = (const int16_t[2]){300, -1}});
    path = tmp_write_bytes("integers.nii", &file.bytes);
    refuse(1, "which uint8 cannot hold", "convert %s -o %s --type uint8 --force", path, out);
    agree("2 voxels have the nearest value", "convert %s -o %s --type uint8 --force --lossy", path, out);
    free(path);
    nifti_free(&file);
}
END_TEST

/* A cubic kernel overshoots beside an edge: said for the type of the file, refused for one that was asked for. */
START_TEST(values_beyond_the_type_by_interpolation)
{
    static const uint8_t values[8] = {255, 255, 255, 255, 0, 0, 0, 0};
    struct nifti_file file =
        nifti_make(&(struct nifti_spec){.ndim = 3, .dim = {8, 1, 1}, .type = AMOS_TYPE_UINT8, .voxels = values});
    char *path = tmp_write_bytes("edge.nii", &file.bytes);
    agree("have the nearest value that uint8 holds", "convert %s -o %s --spacing 0.7,0,0 --interpolation cubic", path,
          out);
    refuse(1, "interpolated values that uint8 cannot hold",
           "convert %s -o %s --spacing 0.7,0,0 --interpolation cubic --type uint8 --force", path, out);
    agree("interpolated values are rounded to int16",
          "convert %s -o %s --spacing 0.7,0,0 --interpolation cubic --type int16 --force", path, out);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(labels_that_would_be_lost_are_named)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    memset(voxels, 6, 60);
    voxels[100] = 11;
    small_set_write_voxels(label, voxels);
    refuse(1, "1 label would have no voxel on the new grid: right_adrenal_gland", "convert %s -o %s --spacing 9,9,9",
           label, out);
    ck_assert(!is_there(out));
    agree("no voxel of Right adrenal gland is left", "convert %s -o %s --spacing 9,9,9 --lossy", label, out);
}
END_TEST

/* Labels keep their values in every type that is asked for. */
START_TEST(labels_of_every_type)
{
    static const amos_type types[] = {AMOS_TYPE_INT16,   AMOS_TYPE_UINT16,  AMOS_TYPE_INT32,
                                      AMOS_TYPE_UINT32,  AMOS_TYPE_INT64,   AMOS_TYPE_UINT64,
                                      AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64, AMOS_TYPE_UINT8};
    const char *name = amos_type_name(types[_i]);
    unsigned char voxels[SMALL_SET_VOXELS], *found;
    amos_volume *volume;
    size_t bytes;
    for (int i = 0; i < SMALL_SET_VOXELS; i++)
        voxels[i] = (unsigned char)(i * 7 % 16);
    small_set_write_voxels(label, voxels);
    agree(name, "convert %s -o %s --type %s", label, out, name);
    assert_ok(amos_volume_open(out, NULL, &volume, &err), &err);
    ck_assert_int_eq(amos_volume_get_info(volume)->type, types[_i]);
    found = read_all(volume, AMOS_TYPE_UINT8, &bytes);
    ck_assert_uint_eq(bytes, sizeof voxels);
    ck_assert_int_eq(memcmp(found, voxels, bytes), 0);
    free(found);
    amos_volume_free(volume);
}
END_TEST

START_TEST(no_label_is_taken_for_an_image)
{
    small_set_write_label(label, 16);
    refuse(1, "E_LABEL", "convert %s -o %s", label, out);
    agree("uint8", "convert %s -o %s --max-label 16", label, out);
    agree("uint8", "convert %s -o %s --images --force", label, out);
}
END_TEST

START_TEST(specks_are_dropped_and_counted)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    amos_labelmap *map;
    memset(voxels, 6, 30);
    voxels[60] = voxels[119] = 6;
    voxels[90] = 1; /* all of its organ */
    small_set_write_voxels(label, voxels);
    agree("2 components with 2 voxels dropped", "convert %s -o %s --drop-specks 5", label, out);
    assert_ok(amos_labelmap_open(out, NULL, NULL, &map, &err), &err);
    ck_assert_int_eq((int)amos_labelmap_get_stats(map, 6)->voxels, 30);
    ck_assert_int_eq((int)amos_labelmap_get_stats(map, 1)->voxels, 1);
    amos_labelmap_free(map);
    agree("2 components", "convert %s -o %s --drop-specks 100mm3 --force", label, out);
    agree("2 components", "convert %s -o %s --drop-specks largest --connectivity 6 --force", label, out);
}
END_TEST

START_TEST(a_case_is_its_image_or_its_label)
{
    agree("int16", "convert %s 1 -o %s", root, out);
    agree("uint8", "convert %s 1 -o %s --label --force", root, out);
}
END_TEST

/* ---- folders ---- */

START_TEST(F44_a_folder_is_continued)
{
    char *made = small_set_path(folder, "imagesTr/amos_0001.nii.gz");
    agree("6 files converted, 0 already there", "convert %s -o %s", root, folder);
    agree("0 files converted, 6 already there", "convert %s -o %s", root, folder);
    ck_assert_int_eq(unlink(made), 0);
    agree("1 file converted, 5 already there", "convert %s -o %s -j 2", root, folder);
    refuse(1, "was made by other options", "convert %s -o %s --orient RAS", root, folder);
    agree("6 files converted", "convert %s -o %s --orient RAS --force", root, folder);
    agree("0 files converted, 6 already there", "convert %s -o %s --orient RAS", root, folder);
    free(made);
}
END_TEST

static void assert_same_file(const char *a, const char *b)
{
    struct bytes one = read_file(a), other = read_file(b);
    ck_assert_uint_eq(one.size, other.size);
    ck_assert_mem_eq(one.data, other.data, one.size);
    bytes_free(&one);
    bytes_free(&other);
}

/* The last of six files are made by several threads each. */
START_TEST(threads_change_no_byte)
{
    static const char *const names[] = {"imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz"};
    agree("6 files converted", "convert %s -o %s -j 1 --orient RAS", root, folder);
    static const char *const threads[] = {"2", "5", "16"};
    for (size_t n = 0; n < sizeof threads / sizeof threads[0]; n++) {
        char *other = small_set_path(root, threads[n]);
        agree("6 files converted", "convert %s -o %s -j %s --orient RAS", root, other, threads[n]);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            char *alone = small_set_path(folder, names[i]), *together = small_set_path(other, names[i]);
            assert_same_file(alone, together);
            free(together);
            free(alone);
        }
        free(other);
    }
}
END_TEST

/* The names of labels are the data set's own; renumbered labels would have wrong ones. */
START_TEST(dataset_json_comes_along)
{
    static const char table[] = "{\"labels\": {\"0\": \"background\", \"1\": \"portal vein\", \"2\": \"b\", "
                                "\"3\": \"c\", \"4\": \"d\", \"5\": \"e\", \"6\": \"liver\"}, "
                                "\"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", "
                                "\"label\": \"./labelsTr/amos_0001.nii.gz\"}]}";
    char *json = small_set_path(root, "dataset.json"), *copy = small_set_path(folder, "dataset.json");
    write_text(json, table);
    agree("2 files converted", "convert %s -o %s", root, folder);
    struct bytes text = read_file(copy);
    ck_assert(text.size == sizeof table - 1 && memcmp(text.data, table, text.size) == 0);
    bytes_free(&text);
    agree("2 already there", "convert %s -o %s", root, folder);
    write_text(copy, "{}");
    refuse(1, "is another than that of the data set", "convert %s -o %s", root, folder);
    agree("already there", "convert %s -o %s --force", root, folder);
    struct outcome outcome = run_amos("convert %s -o %s/renumbered --relabel 1=2,6=6", root, root);
    ck_assert_int_eq(outcome.code, 0);
    assert_holds(outcome.err, "The table of labels is not copied, because labels were renumbered");
    outcome_free(&outcome);
    free(copy);
    free(json);
}
END_TEST

/* The table lies in the tree, or beside it. */
START_TEST(the_metadata_come_along)
{
    static const char table[] = "amos_id,Patient's Sex,Patient's Age\namos_0001,F,062Y\n";
    char *path =
        _i ? tmp_path("labeled_data_meta_0000_0599.csv") : small_set_path(root, "labeled_data_meta_0000_0599.csv");
    char *copy = small_set_path(folder, "labeled_data_meta_0000_0599.csv");
    write_text(path, table);
    agree("6 files converted", "convert %s -o %s", root, folder);
    struct bytes text = read_file(copy);
    ck_assert(text.size == sizeof table - 1 && memcmp(text.data, table, text.size) == 0);
    bytes_free(&text);
    write_text(copy, "another");
    refuse(1, "is another than that of the data set", "convert %s -o %s", root, folder);
    ck_assert_int_eq(remove(path), 0);
    free(copy);
    free(path);
}
END_TEST

/* What is remembered of it has the whole name. */
START_TEST(F44_a_name_that_begins_with_a_blank)
{
    char *odd = small_set_path(root, "odd"), *one = small_set_path(root, "odd/ a.nii.gz"),
         *other = small_set_path(root, "odd/ b.nii.gz");
    ck_assert_int_eq(mkdir(odd, 0777), 0);
    ck_assert_int_eq(rename(image, one), 0);
    ck_assert_int_eq(rename(label, other), 0);
    agree("2 files converted, 0 already there", "convert %s -o %s", odd, folder);
    agree("0 files converted, 2 already there", "convert %s -o %s", odd, folder);
    free(other);
    free(one);
    free(odd);
}
END_TEST

/* Lines that no run wrote are left out; those before them count. */
START_TEST(F44_a_record_with_wrong_lines)
{
    static const char wrong[] = "whole 1 2\nbegun imagesTr/amos_0001.nii.gz\nbegun -1 imagesTr/amos_0001.nii.gz\n"
                                "begun 11112222333344445 imagesTr/amos_0001.nii.gz\nwhole 1 2 3\n"
                                "whole 1 99999999999999999999 3 imagesTr/amos_0001.nii.gz\nwhole \nbegun\n\n"
                                "whole 1 0x2 3 imagesTr/amos_0001.nii.gz\nended 1 imagesTr/amos_0001.nii.gz\n";
    char *record = small_set_path(folder, ".amos-convert");
    agree("6 files converted", "convert %s -o %s", root, folder);
    struct bytes text = read_file(record);
    bytes_add(&text, wrong, sizeof wrong); /* with the NUL */
    write_text(record, (char *)text.data);
    agree("0 files converted, 6 already there", "convert %s -o %s", root, folder);
    bytes_free(&text);
    free(record);
}
END_TEST

START_TEST(F44_what_changed_is_no_longer_the_same)
{
    char *made = small_set_path(folder, "labelsTr/amos_0002.nii.gz");
    char *input = small_set_path(root, "labelsTr/amos_0002.nii.gz");
    agree("6 files converted", "convert %s -o %s", root, folder);
    small_set_write_label(input, 3);
    refuse(1, "labelsTr/amos_0002.nii.gz: the file exists, and was made by other options or of another input",
           "convert %s -o %s", root, folder);
    agree("1 file converted, 5 already there", "convert %s -o %s --force", root, folder);
    small_set_truncate(made, 3);
    refuse(1, "the file exists", "convert %s -o %s", root, folder);
    free(input);
    free(made);
}
END_TEST

START_TEST(F44_damaged_files_are_rows)
{
    char *bad = small_set_path(root, "imagesTr/amos_0002.nii.gz");
    char *gone = small_set_path(folder, "imagesTr/amos_0002.nii.gz");
    char *good = small_set_path(folder, "labelsVa/amos_0501.nii.gz");
    small_set_truncate(bad, 20);
    struct outcome outcome = run_amos("convert %s -o %s -j 2", root, folder);
    assert_exit(&outcome, 1);
    assert_holds(outcome.out, "5 files converted, 0 already there, 1 failed");
    assert_holds(outcome.err, "imagesTr/amos_0002.nii.gz: ");
    ck_assert(!is_there(gone) && is_there(good));
    outcome_free(&outcome);
    outcome = run_amos("convert %s -o %s --json", root, folder);
    ck_assert_int_eq(outcome.code, 1);
    int failed = 0, kept = 0;
    for (char *line = strtok(outcome.out, "\n"); line; line = strtok(NULL, "\n")) {
        cJSON *row = parse_json(line);
        const bool is_failed = strcmp(member_text(row, "outcome"), "failed") == 0;
        failed += is_failed;
        kept += strcmp(member_text(row, "outcome"), "kept") == 0;
        ck_assert(is_failed == (member(row, "message")->valuestring != NULL));
        cJSON_Delete(row);
    }
    ck_assert_int_eq(failed, 1);
    ck_assert_int_eq(kept, 5);
    outcome_free(&outcome);
    free(good);
    free(gone);
    free(bad);
}
END_TEST

START_TEST(F44_a_missing_reference_is_a_row)
{
    char *labels = small_set_path(root, "labelsTr"), *images = small_set_path(root, "imagesTr");
    char *one = small_set_path(root, "imagesTr/amos_0001.nii.gz"),
         *other = small_set_path(root, "imagesTr/amos_0001_0000.nii.gz");
    char *second = small_set_path(root, "imagesTr/amos_0002.nii.gz");
    ck_assert_int_eq(rename(one, other), 0); /* nnU-Net's name */
    ck_assert_int_eq(unlink(second), 0);
    struct outcome outcome = run_amos("convert %s --like %s -o %s/", labels, images, folder);
    assert_exit(&outcome, 1);
    assert_holds(outcome.err, "amos_0002.nii.gz: its reference is missing");
    assert_holds(outcome.out, "1 file converted, 0 already there, 1 failed");
    outcome_free(&outcome);
    free(second);
    free(other);
    free(one);
    free(images);
    free(labels);
}
END_TEST

START_TEST(F44_a_folder_without_volumes)
{
    char *empty = small_set_path(root, "empty");
    ck_assert_int_eq(mkdir(empty, 0777), 0);
    struct outcome outcome = run_amos("convert %s -o %s", empty, folder);
    ck_assert_int_eq(outcome.code, 1);
    ck_assert(!is_there(folder));
    outcome_free(&outcome);
    free(empty);
}
END_TEST

START_TEST(an_index_is_made_on_the_way)
{
    char *home = small_set_path(root, "indexes");
    setenv("AMOS_INDEX_DIR", home, 1);
    agree("", "convert %s -o %s --index", image, out);
    unsetenv("AMOS_INDEX_DIR");
    free(home);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("convert");
    TCase *all = add_case(suite, "convert", 60);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, F43_an_output_that_exists_is_kept);
    tcase_add_test(all, F43_an_input_is_never_an_output);
    tcase_add_test(all, F43_inputs_of_other_files_are_spared);
    tcase_add_test(all, mistakes_in_the_command_line);
    tcase_add_test(all, values_that_do_not_fit_are_refused);
    tcase_add_test(all, values_beyond_the_type_by_interpolation);
    tcase_add_test(all, labels_that_would_be_lost_are_named);
    tcase_add_loop_test(all, labels_of_every_type, 0, 9);
    tcase_add_test(all, no_label_is_taken_for_an_image);
    tcase_add_test(all, specks_are_dropped_and_counted);
    tcase_add_test(all, a_case_is_its_image_or_its_label);
    tcase_add_test(all, F44_a_folder_is_continued);
    tcase_add_test(all, threads_change_no_byte);
    tcase_add_test(all, dataset_json_comes_along);
    tcase_add_loop_test(all, the_metadata_come_along, 0, 2);
    tcase_add_test(all, F44_a_name_that_begins_with_a_blank);
    tcase_add_test(all, F44_a_record_with_wrong_lines);
    tcase_add_test(all, F44_what_changed_is_no_longer_the_same);
    tcase_add_test(all, F44_damaged_files_are_rows);
    tcase_add_test(all, F44_a_missing_reference_is_a_row);
    tcase_add_test(all, F44_a_folder_without_volumes);
    tcase_add_test(all, an_index_is_made_on_the_way);
    return run_suite(suite);
}
