/* SPDX-License-Identifier: BSD-3-Clause */
/* The reports of info, list, stats, check and dump, for people and as JSON, on small generated files. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/shared.h"
#include "support/tmp.h"
#include "support/make/small_set.h"

static const char *shared;

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void assert_narrow(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 80, "wider than 80 columns: %.*s", (int)strcspn(line, "\n"), line);
}

static const cJSON *item(const cJSON *array, int index)
{
    const cJSON *found = cJSON_GetArrayItem(array, index);
    ck_assert_msg(cJSON_IsArray(array) && found, "no item %d", index);
    return found;
}

static char *write_made(const char *name, const struct nifti_spec *spec)
{
    struct nifti_file file = nifti_make(spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

/* What is not listed as a case is not silent: a copy is left out. */
START_TEST(N11_list_says_that_there_are_remarks)
{
    char *set = small_set_make("remarks"), *json = small_set_path(set, "dataset.json");
    (void)unlink(json);
    free(tmp_write("remarks/imagesTr/amos_0001 (1).nii.gz", "x", 1));
    struct outcome outcome = run_amos("list %s", set);
    ck_assert_int_eq(outcome.code, 0);
    assert_has(outcome.err, "amos_0001 (1).nii.gz: by its name this is a copy");
    ck_assert_ptr_null(strstr(outcome.out, "(1)"));
    assert_has(outcome.out, "\nremarks: W_UNLISTED; see: amos check ");
    outcome_free(&outcome);
    outcome = run_amos("check %s", set);
    assert_has(
        outcome.out,
        "amos_0001 (1).nii.gz: by its name this is a copy of amos_0001.nii.gz, which lies beside it; it is left out.");
    outcome_free(&outcome);
    free(json);
    free(set);
}
END_TEST

/* Whether a suffix is in upper or lower case changes nothing. */
START_TEST(suffixes_in_capitals_are_listed)
{
    char *set = small_set_make("capitals"), *json = small_set_path(set, "dataset.json");
    static const char *const names[] = {"imagesTr/amos_0001", "labelsTr/amos_0001", "imagesVa/amos_0501"};
    (void)unlink(json);
    for (int i = 0; i < 3; i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "%s.nii.gz", names[i]);
        snprintf(to, sizeof to, "%s.NII.GZ", names[i]);
        char *a = small_set_path(set, from), *b = small_set_path(set, to);
        ck_assert_int_eq(rename(a, b), 0);
        free(b);
        free(a);
    }
    struct outcome outcome = run_amos("list %s", set);
    assert_exit(&outcome, 0);
    assert_has(outcome.out, "\n3 cases: 2 CT, 1 MRI; 2 training, 1 validation; 3 labelled\n");
    outcome_free(&outcome);
    outcome = run_amos("check %s", set);
    assert_exit(&outcome, 0);
    assert_has(outcome.out, "6 files checked: 6 good");
    outcome_free(&outcome);
    free(json);
    free(set);
}
END_TEST

/* ---- info ---- */

static const struct nifti_spec oddly_scaled = {
    .big_endian = 1,
    .type = AMOS_TYPE_INT16,
    .dim = {4, 3, 2},
    .slope = 0.1f,
    .inter = -3.25,
    .sform_code = 2,
    .srow = {{-0.78125, 0, 0, 200.5}, {0, 0.78125, 0, -180}, {0, 0, 5, -1000.125}},
    .pixdim = {1, 0.78125, 0.78125, 5},
};

START_TEST(info_json_has_every_field)
{
    const float slope = 0.1f; /* the constant itself may be a double (FLT_EVAL_METHOD 1, as on s390x) */
    char *path = write_made("odd.nii", &oddly_scaled);
    struct outcome outcome = run_amos("info --json %s", path);
    assert_exit(&outcome, 0);
    cJSON *info = parse_json(outcome.out);
    ck_assert_str_eq(member_text(info, "path"), path);
    ck_assert_str_eq(member_text(info, "dtype"), "int16");
    ck_assert_str_eq(member_text(info, "byte_order"), "big");
    ck_assert_str_eq(member_text(info, "affine_source"), "sform");
    ck_assert_str_eq(member_text(info, "orientation"), "LAS");
    ck_assert_str_eq(member_text(info, "geometry_status"), "OK");
    ck_assert_str_eq(member_text(member(info, "units"), "space"), "mm");
    ck_assert_int_eq(cJSON_IsFalse(member(info, "compressed")), 1);
    ck_assert_double_eq(member_number(info, "slope"), (double)slope); /* bit for bit */
    ck_assert_double_eq(member_number(info, "inter"), -3.25);
    ck_assert_double_eq(member_number(info, "frames"), 1);
    ck_assert_double_eq(member_number(info, "nifti_version"), 1);
    ck_assert_double_eq(member_number(info, "vox_offset"), 352);
    ck_assert_double_eq(member_number(info, "qform_code"), 0);
    ck_assert_double_eq(member_number(info, "sform_code"), 2);
    ck_assert_double_eq(member_number(info, "header_extensions"), 0);
    ck_assert_double_eq(item(member(info, "shape"), 0)->valuedouble, 4);
    ck_assert_double_eq(item(member(info, "spacing"), 2)->valuedouble, 5);
    ck_assert_double_eq(item(member(info, "pixdim"), 1)->valuedouble, 0.78125);
    ck_assert_int_eq(cJSON_GetArraySize(member(info, "warnings")), 0);
    ck_assert_int_eq(cJSON_GetArraySize(member(info, "affine")), 4);
    ck_assert_double_eq(item(item(member(info, "affine"), 2), 3)->valuedouble, -1000.125);
    ck_assert_double_eq(item(item(member(info, "affine"), 3), 3)->valuedouble, 1);
    cJSON_Delete(info);
    outcome_free(&outcome);
    free(path);
}
END_TEST

START_TEST(info_without_geometry_gives_null)
{
    struct nifti_spec spec = oddly_scaled;
    spec.srow[0][0] = NAN;
    char *path = write_made("nowhere.nii", &spec);
    struct outcome json = run_amos("info --json %s", path), text = run_amos("info %s", path);
    assert_exit(&json, 0);
    cJSON *info = parse_json(json.out);
    ck_assert_int_eq(cJSON_IsNull(member(info, "affine")), 1);
    ck_assert_int_eq(cJSON_IsNull(member(info, "spacing")), 1);
    ck_assert_int_eq(cJSON_IsNull(member(info, "orientation")), 1);
    ck_assert_str_eq(member_text(info, "geometry_status"), "E_GEOM");
    assert_has(member_text(info, "geometry_message"), path);
    assert_exit(&text, 0);
    assert_has(text.out, "  geometry     none (E_GEOM): ");
    cJSON_Delete(info);
    outcome_free(&json);
    outcome_free(&text);
    free(path);
}
END_TEST

START_TEST(info_goes_on_after_a_bad_file)
{
    char *path = write_made("good.nii", &oddly_scaled);
    struct outcome text = run_amos("info %s/none.nii %s", tmp_dir(), path);
    struct outcome json = run_amos("info %s/none.nii %s --json", tmp_dir(), path);
    assert_exit(&text, 1);
    assert_has(text.err, "/none.nii: ");
    assert_has(text.err, "E_OPEN");
    assert_has(text.out, "orientation  LAS: x to the left, y to the front, z to the head\n");
    assert_has(text.out, "value = 0.100000001 * stored - 3.25\n");
    assert_narrow(text.out + strcspn(text.out, "\n"));
    assert_exit(&json, 1);
    cJSON *array = parse_json(json.out);
    ck_assert_int_eq(cJSON_GetArraySize(array), 1);
    ck_assert_str_eq(member_text(item(array, 0), "path"), path);
    cJSON_Delete(array);
    outcome_free(&text);
    outcome_free(&json);
    free(path);
}
END_TEST

START_TEST(odd_file_names_give_valid_json_and_no_escapes)
{
    char *path = write_made("a\xff\"\x1b[31m\n.nii", &oddly_scaled);
    struct outcome json = run_amos("info --json %s", path), text = run_amos("info %s", path);
    assert_exit(&json, 0);
    cJSON *info = parse_json(json.out);
    assert_has(member_text(info, "path"), "/a\\xff\"\x1b[31m\n.nii");
    assert_exit(&text, 0);
    assert_has(text.out, "\"\\x1b[31m\\x0a.nii\n");
    ck_assert_ptr_null(strchr(text.out, '\x1b'));
    cJSON_Delete(info);
    outcome_free(&json);
    outcome_free(&text);
    free(path);
}
END_TEST

/* C1 controls, bidirectional marks and bytes that are not UTF-8 are escaped for people. JSON has them as \uNNNN, which reads
 * back. The control characters that stand for ends of lines inside the command make none. */
START_TEST(names_cannot_steer_terminal_or_reader)
{
    char *path = write_made("b\x01\x02\xC2\x9B\xE2\x80\xAE\x7f\x9b\xC3\xA4.nii", &oddly_scaled);
    struct outcome json = run_amos("info --json %s", path), text = run_amos("info %s", path);
    struct outcome bad = run_amos("info %s.nii", path);
    assert_exit(&json, 0);
    cJSON *info = parse_json(json.out);
    assert_has(member_text(info, "path"), "/b\x01\x02\xC2\x9B\xE2\x80\xAE\x7f\\x9b\xC3\xA4.nii");
    assert_has(json.out, "/b\\u0001\\u0002\\u009b\\u202e\\u007f\\\\x9b\xC3\xA4.nii");
    assert_exit(&text, 0);
    assert_has(text.out, "/b\\x01\\x02\\xc2\\x9b\\xe2\\x80\\xae\\x7f\\x9b\xC3\xA4.nii\n");
    assert_exit(&bad, 1);
    ck_assert_ptr_null(strchr(bad.err, '\x02'));
    ck_assert_ptr_null(strstr(bad.err, "\xE2\x80\xAE"));
    ck_assert_ptr_eq(strchr(bad.err, '\n'), strrchr(bad.err, '\n'));
    cJSON_Delete(info);
    outcome_free(&bad);
    outcome_free(&json);
    outcome_free(&text);
    free(path);
}
END_TEST

/* ---- list ---- */

START_TEST(list_shows_and_filters_cases)
{
    char *root = small_set_make("list"), *label = small_set_path(root, "labelsTr/amos_0002.nii.gz");
    unlink(label);
    struct outcome all = run_amos("list %s", root);
    assert_exit(&all, 0);
    assert_has(all.out, "amos_0001  training    CT ");
    assert_has(all.out, "missing");
    assert_has(all.out, "\n3 cases: 2 CT, 1 MRI; 2 training, 1 validation; 2 labelled, 1 label missing\n"
                        "files are missing; see: amos check ");
    assert_narrow(all.out);
    struct outcome mri = run_amos("list %s --modality mri", root),
                   labelled = run_amos("list --labelled --split=tr %s", root);
    assert_has(mri.out, "\n1 case: 1 MRI; 1 validation; 1 labelled\n");
    assert_has(labelled.out, "\n1 case: 1 CT; 1 training; 1 labelled\n");
    outcome_free(&all);
    outcome_free(&mri);
    outcome_free(&labelled);
    free(label);
    free(root);
}
END_TEST

START_TEST(list_json_has_paths_and_metadata)
{
    static const char csv[] = "amos_id,Patient's Birth Date,Patient's Sex,Patient's Age,Manufacturer's Model Name,"
                              "Manufacturer,Acquisition Date,Site\n1,19500101,F,062Y,Aquilion ONE,TOSHIBA,20160101,A\n";
    char *root = small_set_make("listjson");
    free(tmp_write("listjson/labeled_data_meta_0000_0599.csv", csv, strlen(csv)));
    struct outcome outcome = run_amos("list %s --json", root), text = run_amos("list %s", root);
    assert_exit(&outcome, 0);
    cJSON *array = parse_json(outcome.out);
    ck_assert_int_eq(cJSON_GetArraySize(array), 3);
    const cJSON *first = item(array, 0), *last = item(array, 2);
    ck_assert_str_eq(member_text(first, "id"), "amos_0001");
    ck_assert_str_eq(member_text(first, "split"), "training");
    ck_assert_str_eq(member_text(first, "modality"), "CT");
    ck_assert_int_eq(cJSON_IsTrue(member(first, "has_label")), 1);
    ck_assert_int_eq(access(member_text(first, "image"), R_OK), 0);
    ck_assert_int_eq(access(member_text(first, "label"), R_OK), 0);
    ck_assert_double_eq(member_number(member(first, "metadata"), "age_years"), 62);
    ck_assert_str_eq(member_text(member(first, "metadata"), "sex"), "F");
    ck_assert_int_eq(cJSON_IsNull(member(last, "metadata")), 1);
    ck_assert_double_eq(member_number(last, "number"), 501);
    assert_has(text.out, "TOSHIBA Aquilion ONE\n");
    assert_narrow(text.out);
    cJSON_Delete(array);
    outcome_free(&outcome);
    outcome_free(&text);
    free(root);
}
END_TEST

START_TEST(list_of_no_directory_fails)
{
    struct outcome none = run_amos("list %s/none", tmp_dir());
    assert_exit(&none, 1);
    ck_assert_str_eq(none.out, "");
    assert_has(none.err, "/none: ");
    outcome_free(&none);
}
END_TEST

/* ---- stats ---- */

START_TEST(stats_of_a_data_set)
{
    char *root = small_set_make("stats");
    struct outcome one = run_amos("stats -j1 --json %s", root), four = run_amos("stats --threads=4 --json %s", root);
    struct outcome text = run_amos("stats %s", root);
    assert_exit(&one, 0);
    ck_assert_str_eq(one.out, four.out);
    cJSON *report = parse_json(one.out);
    const cJSON *cases = member(report, "cases"), *organs = member(report, "organs");
    ck_assert_str_eq(member_text(report, "dataset"), "AMOS");
    ck_assert_int_eq(cJSON_GetArraySize(cases), 3);
    const cJSON *image = member(item(cases, 1), "image"), *label = member(item(cases, 0), "label");
    ck_assert_double_eq(member_number(image, "min"), 20);
    ck_assert_double_eq(member_number(image, "max"), 139);
    ck_assert_double_eq_tol(member_number(image, "mean"), 79.5, 1e-9);
    ck_assert_double_eq(member_number(image, "finite"), SMALL_SET_VOXELS);
    ck_assert_int_eq(cJSON_GetArraySize(member(label, "organs")), 15);
    const cJSON *liver = item(member(label, "organs"), 5);
    ck_assert_str_eq(member_text(liver, "organ"), "liver");
    ck_assert_double_eq(member_number(liver, "voxels"), 24);
    ck_assert_double_eq_tol(member_number(liver, "millilitres"), 0.48, 1e-9);
    ck_assert_int_eq(cJSON_IsNull(member(item(member(label, "organs"), 1), "box")), 1);
    ck_assert_double_eq(member_number(item(organs, 5), "cases"), 2);
    ck_assert_double_eq_tol(member_number(item(organs, 5), "mean"), 0.36, 1e-9);
    ck_assert_double_eq_tol(member_number(item(organs, 5), "sd"), sqrt(0.0288), 1e-9);
    ck_assert_str_eq(member_text(item(organs, 5), "max_case"), "amos_0001");
    assert_exit(&text, 0);
    assert_narrow(text.out);
    assert_has(text.out, "amos_0002  training     CT    1/15       0.2         20        139       79.5\n");
    assert_has(text.out, "\nLiver                  2/3 ");
    cJSON_Delete(report);
    outcome_free(&one);
    outcome_free(&four);
    outcome_free(&text);
    free(root);
}
END_TEST

/* The four ways to name one label give the same organs. */
START_TEST(stats_of_a_case_or_label)
{
    char *root = small_set_make("onecase"), *file = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    static const char *const words[] = {"stats --json %s 1", "stats --json %s amos_0001", "stats --json %s/0001",
                                        "stats --json %s"};
    for (int i = 0; i < 4; i++) {
        struct outcome outcome = run_amos(words[i], i == 3 ? file : root);
        assert_exit(&outcome, 0);
        cJSON *report = parse_json(outcome.out);
        const cJSON *organs = member(member(report, "label"), "organs");
        ck_assert_double_eq(member_number(item(organs, 0), "voxels"), 6);
        ck_assert_ptr_eq(cJSON_GetObjectItemCaseSensitive(report, "cases"), NULL);
        cJSON_Delete(report);
        outcome_free(&outcome);
    }
    struct outcome text = run_amos("stats %s 1 501", root), none = run_amos("stats %s 77", root);
    assert_exit(&text, 0);
    assert_has(text.out, "amos_0001, CT, training\n");
    assert_has(text.out, "\namos_0501, MRI, validation\n");
    assert_exit(&none, 1);
    assert_has(none.err, "There is no case \"77\"");
    outcome_free(&text);
    outcome_free(&none);
    free(file);
    free(root);
}
END_TEST

START_TEST(stats_goes_on_after_a_bad_case)
{
    char *root = small_set_make("badcase"), *file = small_set_path(root, "imagesTr/amos_0001.nii.gz");
    small_set_truncate(file, 12);
    struct outcome text = run_amos("stats %s", root), json = run_amos("stats --json %s", root);
    assert_exit(&text, 1);
    assert_has(text.err, "E_GZ_TRUNC");
    assert_has(text.out, "amos_0001  training     CT    2/15       0.6          -          -          -\n");
    assert_has(text.out, "\namos_0002 ");
    assert_exit(&json, 1);
    cJSON *report = parse_json(json.out);
    ck_assert_str_eq(member_text(member(item(member(report, "cases"), 0), "image"), "status"), "E_GZ_TRUNC");
    ck_assert_str_eq(member_text(member(item(member(report, "cases"), 1), "image"), "status"), "OK");
    cJSON_Delete(report);
    outcome_free(&text);
    outcome_free(&json);
    free(file);
    free(root);
}
END_TEST

/* ---- check ---- */

/* The object on the line about a path with a status; ends the test if there is none. Every line must be an object. */
static cJSON *find_line(const char *text, const char *path, const char *status)
{
    cJSON *found = NULL;
    char *copy = strdup(text);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
        cJSON *object = parse_json(line);
        ck_assert_int_eq(cJSON_IsArray(member(object, "warnings")), 1);
        const cJSON *message = member(object, "message");
        bool good = strcmp(member_text(object, "status"), "OK") == 0;
        ck_assert(good || (cJSON_IsString(message) && message->valuestring[0]));
        size_t length = strlen(member_text(object, "path")), wanted = strlen(path);
        bool same = length >= wanted && strcmp(member_text(object, "path") + length - wanted, path) == 0;
        if (!found && same && strcmp(member_text(object, "status"), status) == 0)
            found = object;
        else
            cJSON_Delete(object);
    }
    free(copy);
    ck_assert_msg(found != NULL, "no line about %s with %s in: %s", path, status, text);
    return found;
}

static void assert_line(const char *text, const char *path, const char *status)
{
    cJSON_Delete(find_line(text, path, status));
}

START_TEST(check_of_a_good_data_set)
{
    char *root = small_set_make("good");
    struct outcome text = run_amos("check %s", root), json = run_amos("check -j 3 --json %s", root);
    ck_assert_str_eq(text.out, "6 files checked: 6 good, 0 bad\n3 pairs checked: 3 good, 0 bad\n"
                               "1 data set checked: 0 faults, 0 warnings\n");
    assert_exit(&json, 0);
    assert_line(json.out, "/imagesVa/amos_0501.nii.gz", "OK");
    assert_line(json.out, "/labelsTr/amos_0002.nii.gz", "OK");
    outcome_free(&text);
    outcome_free(&json);
    free(root);
}
END_TEST

START_TEST(check_finds_what_is_wrong)
{
    char *root = small_set_make("bad");
    char *cut = small_set_path(root, "imagesTr/amos_0001.nii.gz"),
         *label = small_set_path(root, "labelsTr/amos_0002.nii.gz");
    char *gone = small_set_path(root, "imagesVa/amos_0501.nii.gz"),
         *extra = small_set_path(root, "labelsTr/amos_0033.nii.gz");
    small_set_truncate(cut, 4);
    small_set_write_label(label, 99);
    small_set_write_label(extra, 3);
    unlink(gone);
    struct outcome text = run_amos("check %s", root), json = run_amos("check --json %s", root);
    ck_assert_int_eq(text.code, 1);
    assert_has(text.out, "E_GZ_TRUNC ");
    assert_has(text.out, "6 files checked: 4 good, 2 bad\n"); /* the unlisted file is read too */
    ck_assert_int_eq(json.code, 1);
    assert_line(json.out, "/imagesTr/amos_0001.nii.gz", "E_GZ_TRUNC");
    assert_line(json.out, "/labelsTr/amos_0001.nii.gz", "OK");
    assert_line(json.out, "/labelsTr/amos_0002.nii.gz", "E_LABEL");
    assert_line(json.out, "/imagesVa/amos_0501.nii.gz", "E_OPEN");
    cJSON *unlisted = find_line(json.out, "/labelsTr/amos_0033.nii.gz", "OK");
    ck_assert_str_eq(item(member(unlisted, "warnings"), 0)->valuestring, "W_UNLISTED");
    cJSON_Delete(unlisted);
    outcome_free(&text);
    outcome_free(&json);
    free(cut);
    free(label);
    free(gone);
    free(extra);
    free(root);
}
END_TEST

START_TEST(check_compares_image_and_label)
{
    char *root = small_set_make("pairs"), *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    struct nifti_spec spec = {.dim = {6, 5, 3}, .seed = 1};
    unsigned char zeros[90] = {0};
    spec.voxels = zeros;
    unlink(label);
    free(write_made("pairs/labelsTr/amos_0001.nii.gz", &spec)); /* not compressed: W_SUFFIX */
    struct outcome json = run_amos("check --json %s", root);
    ck_assert_int_eq(json.code, 1);
    cJSON *file = find_line(json.out, "/labelsTr/amos_0001.nii.gz", "OK");
    cJSON *pair = find_line(json.out, "/labelsTr/amos_0001.nii.gz", "E_PAIR_SHAPE");
    ck_assert_str_eq(item(member(file, "warnings"), 0)->valuestring, "W_SUFFIX");
    ck_assert_str_eq(member_text(pair, "kind"), "pair");
    ck_assert_str_eq(member_text(pair, "case"), "amos_0001");
    cJSON_Delete(file);
    cJSON_Delete(pair);
    outcome_free(&json);
    free(label);
    free(root);
}
END_TEST

START_TEST(check_of_files)
{
    char *good = write_made("single.nii", &oddly_scaled);
    struct outcome text = run_amos("check %s %s/absent.nii %s/nowhere.nii", good, tmp_dir(), tmp_dir());
    struct nifti_spec spec = oddly_scaled;
    spec.srow[2][2] = INFINITY;
    free(write_made("nowhere.nii", &spec));
    struct outcome json = run_amos("check --json %s %s/absent.nii %s/nowhere.nii", good, tmp_dir(), tmp_dir());
    ck_assert_int_eq(text.code, 1);
    ck_assert_str_eq(text.err, "");
    assert_has(text.out, "3 files checked: 1 good, 2 bad\n");
    ck_assert_int_eq(json.code, 1);
    assert_line(json.out, "/single.nii", "OK");
    assert_line(json.out, "/absent.nii", "E_OPEN");
    assert_line(json.out, "/nowhere.nii", "E_GEOM");
    outcome_free(&text);
    outcome_free(&json);
    free(good);
}
END_TEST

/* Only volumes, in the order of their names; a pair counts once. */
START_TEST(check_of_a_plain_folder)
{
    static const char *const names[] = {"plain/b.nii", "plain/a.nii", "plain/C.NII", "plain/.hidden.nii",
                                        "plain/below/d.nii"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        free(write_made(names[i], &oddly_scaled));
    struct nifti_spec spec = oddly_scaled;
    spec.pair = 1;
    struct nifti_file pair = nifti_make(&spec);
    free(tmp_write_bytes("plain/p.hdr", &pair.bytes));
    free(tmp_write_bytes("plain/p.img", &pair.image));
    free(tmp_write("plain/readme.txt", "x", 1));
    char *folder = tmp_path("plain"), *broken = tmp_write("plain/z.nii.gz", "x", 1);
    struct outcome json = run_amos("check --json %s", folder), text = run_amos("check %s/", folder);
    ck_assert_int_eq(json.code, 1);
    assert_line(json.out, "/plain/C.NII", "OK");
    assert_line(json.out, "/plain/p.hdr", "OK");
    assert_line(json.out, "/plain/z.nii.gz", "E_GZ_TRUNC");
    const char *at[] = {strstr(json.out, "/C.NII"), strstr(json.out, "/a.nii"), strstr(json.out, "/b.nii"),
                        strstr(json.out, "/p.hdr"), strstr(json.out, "/z.nii.gz")};
    for (int i = 0; i < 5; i++)
        ck_assert(at[i] && (i == 0 || at[i - 1] < at[i]));
    assert_has(text.out, "5 files checked: 4 good, 1 bad\n");
    ck_assert_ptr_null(strstr(text.out, "data set"));
    ck_assert_ptr_null(strstr(text.out, "//"));
    ck_assert_int_eq(unlink(broken), 0);
    struct outcome good = run_amos("check %s", folder);
    assert_exit(&good, 0);
    assert_has(good.out, "4 files checked: 4 good, 0 bad\n");
    outcome_free(&good);
    outcome_free(&json);
    outcome_free(&text);
    nifti_free(&pair);
    free(broken);
    free(folder);
}
END_TEST

START_TEST(check_of_a_folder_without_volumes)
{
    free(tmp_write("empty/readme.txt", "x", 1));
    char *folder = tmp_path("empty");
    struct outcome json = run_amos("check --json %s", folder);
    ck_assert_int_eq(json.code, 1);
    assert_line(json.out, "/empty", "E_OPEN");
    outcome_free(&json);
    free(folder);
}
END_TEST

START_TEST(check_can_be_strict)
{
    char *root = small_set_make("strict"), *image = small_set_path(root, "imagesTr/amos_0001.nii.gz");
    FILE *stream = fopen(image, "ab");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs("more", stream), 0);
    ck_assert_int_eq(fclose(stream), 0);
    struct outcome loose = run_amos("check --json %s", image), strict = run_amos("check --json --strict %s", image);
    assert_exit(&loose, 0);
    cJSON *line = find_line(loose.out, image, "OK");
    ck_assert_str_eq(item(member(line, "warnings"), 0)->valuestring, "W_TRAILING");
    ck_assert_int_eq(strict.code, 1);
    assert_line(strict.out, image, "E_GZ_TRAIL");
    cJSON_Delete(line);
    outcome_free(&loose);
    outcome_free(&strict);
    free(image);
    free(root);
}
END_TEST

START_TEST(real_data_is_listed_and_checked)
{
    char *root = shared_path("amos-mini");
    struct outcome list = run_amos("list %s", root), check = run_amos("check %s", root);
    assert_exit(&list, 0);
    assert_has(list.out, "amos_0018  training    CT ");
    assert_narrow(list.out);
    assert_exit(&check, 0);
    assert_has(check.out, "10 files checked: 10 good");
    outcome_free(&list);
    outcome_free(&check);
    free(root);
}
END_TEST

int main(void)
{
    shared = shared_data("amos list and check of real cases");
    Suite *suite = suite_create("cli_reports");
    TCase *info = add_case(suite, "info", 20);
    tcase_add_test(info, N11_list_says_that_there_are_remarks);
    tcase_add_test(info, suffixes_in_capitals_are_listed);
    tcase_add_test(info, info_json_has_every_field);
    tcase_add_test(info, info_without_geometry_gives_null);
    tcase_add_test(info, info_goes_on_after_a_bad_file);
    tcase_add_test(info, odd_file_names_give_valid_json_and_no_escapes);
    tcase_add_test(info, names_cannot_steer_terminal_or_reader);
    TCase *list = add_case(suite, "list", 20);
    tcase_add_test(list, list_shows_and_filters_cases);
    tcase_add_test(list, list_json_has_paths_and_metadata);
    tcase_add_test(list, list_of_no_directory_fails);
    TCase *stats = add_case(suite, "stats", 20);
    tcase_add_test(stats, stats_of_a_data_set);
    tcase_add_test(stats, stats_of_a_case_or_label);
    tcase_add_test(stats, stats_goes_on_after_a_bad_case);
    TCase *check = add_case(suite, "check", 60);
    tcase_add_test(check, check_of_a_good_data_set);
    tcase_add_test(check, check_finds_what_is_wrong);
    tcase_add_test(check, check_compares_image_and_label);
    tcase_add_test(check, check_of_files);
    tcase_add_test(check, check_of_a_plain_folder);
    tcase_add_test(check, check_of_a_folder_without_volumes);
    tcase_add_test(check, check_can_be_strict);
    if (shared)
        tcase_add_test(check, real_data_is_listed_and_checked);
    return run_suite(suite);
}
