/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that accept unusual labels: the same in every command that reads labels; what was accepted is counted. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4
enum { HAS_CACHE = 1 };
#else
enum { HAS_CACHE = 0 };
#endif

#ifdef AMOS_HAVE_LIBPNG
enum { HAS_PICTURES = 1 };
#else
enum { HAS_PICTURES = 0 };
#endif

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %.2000s", part, text);
}

/* Writes a label of the small set's shape and place, with these first values, as float32; returns its path. */
static char *write_label(const char *name, const float *values, size_t count)
{
    float voxels[SMALL_SET_VOXELS] = {0};
    struct nifti_spec spec = {.dim = {6, 5, 4}, .type = AMOS_TYPE_FLOAT32, .voxels = voxels};
    memcpy(voxels, values, count * sizeof *values);
    nifti_set_sform(&spec, "LAS", (double[3]){2, 2, 5}, (double[3]){-50, 20, 300});
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

static double number_at(const cJSON *object, const char *name, const char *count)
{
    return member_number(member(object, name), count);
}

/* ---- stats of a file ---- */

static const struct row {
    float value;
    const char *refused; /* in the message without an option */
    const char *options; /* which accept it */
    const char *count;   /* that becomes 1 in the JSON; NULL: none */
    const char *said;    /* in the text; NULL: nothing is */
} rows[] = {
    {6.0005F, "--round-labels (round_within) accepts it", "--round-labels", "rounded",
     "voxels: rounded 1 (by up to 0.0005)"},
    {5.985F, "--round-labels=0.02", "--round-labels=0.02", "rounded", "voxels: rounded 1"},
    {16, "--max-label 16 accepts it", "--max-label 16", NULL, NULL},
    {255, "--ignore 255 leaves it out", "--ignore 255", "ignored", "voxels: ignored 1"},
    {-1, "--ignore -1 leaves it out", "--ignore=-1,255", "ignored", "ignored 1"},
    {500, "--relabel 500=N gives it another label", "--relabel 500=6,*=*", "relabelled", "voxels: relabelled 1"},
    {500, "--relabel 500=N", "--relabel 500=liver,1=1", "relabelled", "voxels: relabelled 1"},
    {500, "--relabel 500=N", "--relabel 1=1,*=0", "relabelled", "voxels: relabelled 1"},
};

START_TEST(stats_accepts_what_it_is_told_to)
{
    const struct row *row = &rows[_i];
    char *path = write_label("odd.nii", (float[]){1, row->value}, 2), words[128];
    struct outcome refused = run_amos("stats %s", path);
    assert_exit(&refused, 1);
    assert_has(refused.err, row->refused);
    snprintf(words, sizeof words, "stats %%s %s", row->options);
    struct outcome text = run_amos(words, path);
    assert_exit(&text, 0);
    if (row->said)
        assert_has(text.out, row->said);
    else
        ck_assert_ptr_null(strstr(text.out, "voxels: "));
    snprintf(words, sizeof words, "stats %%s --json %s", row->options);
    struct outcome json = run_amos(words, path);
    assert_exit(&json, 0);
    cJSON *object = parse_json(json.out);
    const cJSON *accepted = member(member(object, "label"), "accepted");
    static const char *const counts[] = {"rounded", "ignored", "relabelled"};
    for (int i = 0; i < 3; i++)
        ck_assert(member_number(accepted, counts[i]) == (row->count && strcmp(row->count, counts[i]) == 0));
    cJSON_Delete(object);
    outcome_free(&json);
    outcome_free(&text);
    outcome_free(&refused);
    free(path);
}
END_TEST

/* What nibabel leaves behind if it chooses a slope: no label is an integer. */
START_TEST(a_label_with_a_slope_is_rounded)
{
    int16_t voxels[SMALL_SET_VOXELS];
    for (int i = 0; i < SMALL_SET_VOXELS; i++)
        voxels[i] = (int16_t)(i ? -32768 : 32767); /* 0 and 15, by nibabel's slope and intercept */
    struct nifti_spec spec = {
        .dim = {6, 5, 4}, .type = AMOS_TYPE_INT16, .voxels = voxels, .slope = 2.2888853e-04, .inter = 7.500114};
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes("slope.nii", &file.bytes);
    struct outcome refused = run_amos("stats %s", path), good = run_amos("stats %s --round-labels", path);
    assert_exit(&refused, 1);
    ck_assert_ptr_null(strstr(refused.err, "value 15;"));
    assert_has(refused.err, "--round-labels (round_within) accepts it");
    assert_exit(&good, 0);
    assert_has(good.out, "voxels: rounded 120 (by up to 0.000105)");
    outcome_free(&good);
    outcome_free(&refused);
    nifti_free(&file);
    free(path);
}
END_TEST

/* ---- tables in files ---- */

static const struct table_row {
    const char *name, *text;
    int code;
    const char *says; /* on stderr if it fails */
} tables[] = {
    {"t.json", "{\"500\": 6, \"1\": \"spleen\"}", 0, NULL},
    {"t.json", "{\"500\": \"Liver\", \"*\": \"*\"}", 0, NULL},
    {"t.json", "{\"500\": 6, \"*\": 0}", 0, NULL},
    {"t.csv", "from,to\n500,6\n# kept\n1,1\n", 0, NULL},
    {"t.csv", "500;liver\r\n\r\n1;spleen\r\n", 0, NULL},
    {"t.csv", "\"500\",\"liver\"\n\"*\",\"*\"", 0, NULL},
    {"t.json", "{\"500\": 6.5}", 1, "\"6.5\" stands in a table of labels"},
    {"t.json", "{\"500\": [6]}", 1, "after it a label"},
    {"t.json", "[500, 6]", 1, "--relabel"},
    {"t.json", "{\"500\": 6", 1, "not a JSON object"},
    {"t.json", "{\"liver\": 6}", 1, "an integer, the value in the file"},
    {"t.csv", "500,6\n500,7\n", 1, "Line 2 has \"500\" in a table of labels; each value once"},
    {"t.csv", "500,livver\n", 1, "Line 1 has \"livver\""},
    {"t.csv", "500\n", 1, "VALUE,LABEL was expected"},
    {"t.csv", "a,b\n", 1, "is empty"},
    {"t.csv", "", 1, "is empty"},
};

START_TEST(tables_are_read_from_files)
{
    const struct table_row *row = &tables[_i];
    char *label = write_label("odd.nii", (float[]){1, 500}, 2),
         *table = tmp_write(row->name, row->text, strlen(row->text));
    struct outcome outcome = run_amos("stats %s --relabel %s", label, table);
    assert_exit(&outcome, row->code);
    if (row->code && strcmp(row->says, "--relabel") != 0)
        assert_has(outcome.err, row->says);
    else if (!row->code)
        assert_has(outcome.out, "relabelled");
    outcome_free(&outcome);
    free(table);
    free(label);
}
END_TEST

START_TEST(a_table_that_is_not_there_is_told)
{
    struct outcome outcome = run_amos("stats x.nii --relabel %s/absent.csv", tmp_dir());
    assert_exit(&outcome, 1);
    assert_has(outcome.err, "absent.csv: The table of labels cannot be read: No such file or directory.");
    outcome_free(&outcome);
}
END_TEST

/* ---- frames ---- */

START_TEST(a_frame_is_chosen)
{
    uint8_t voxels[48] = {0};
    voxels[30] = 6;
    const struct nifti_spec spec = {.ndim = 4, .dim = {4, 3, 2, 2}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes("frames.nii", &file.bytes);
    struct outcome refused = run_amos("stats %s", path), first = run_amos("stats %s --frame 0", path),
                   second = run_amos("stats %s --frame 1", path), beyond = run_amos("stats %s --frame 2", path);
    assert_exit(&refused, 1);
    assert_has(refused.err, "2 frames");
    assert_has(refused.err, "argmax");
    assert_has(refused.err, "--frame N");
    assert_exit(&first, 0);
    assert_has(first.out, "0 of 15 organs");
    assert_exit(&second, 0);
    assert_has(second.out, "1 of 15 organs");
    assert_exit(&beyond, 1);
    assert_has(beyond.err, "frame 2 was asked for; there are 2");
    outcome_free(&beyond);
    outcome_free(&second);
    outcome_free(&first);
    outcome_free(&refused);
    nifti_free(&file);
    free(path);
}
END_TEST

/* ---- the data set's own table, in every command ---- */

/* The small set with a table to 16 and a label that has it; returns its root. */
static char *tumour_set(const char *name)
{
    char json[2048] = "{\"labels\": {", path[128];
    char *root = small_set_make(name), *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    unsigned char voxels[SMALL_SET_VOXELS] = {1, 1, 1, 16, 16, 16, 16, 6};
    for (int i = 0; i <= 16; i++)
        snprintf(json + strlen(json), sizeof json - strlen(json), "\"%d\": \"%s\"%s", i,
                 i == 16 ? "tumour" : amos_organ_get(i)->dataset_name, i < 16 ? ", " : "}, ");
    snprintf(json + strlen(json), sizeof json - strlen(json),
             "\"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": "
             "\"./labelsTr/amos_0001.nii.gz\"}]}");
    snprintf(path, sizeof path, "%s/dataset.json", name);
    free(tmp_write(path, json, strlen(json)));
    small_set_write_voxels(label, voxels);
    free(label);
    return root;
}

static const char *const commands[] = {
    "check %s/amos_0001",
    "stats %s/amos_0001",
    "score --reference %s --prediction %s/labelsTr",
    "score --reference %s/labelsTr --prediction %s/labelsTr", /* the data set is the folder above */
    "check %s/labelsTr",
    "stats %s/labelsTr",
    "cache build %s --split training --folder %s/cache",
    "view %s/amos_0001 -o %s/picture.png",
};

START_TEST(the_data_sets_own_labels_are_the_default)
{
    char *root = tumour_set("own"), words[256];
    if ((strstr(commands[_i], "cache") && !HAS_CACHE) || (strstr(commands[_i], "view") && !HAS_PICTURES))
        return;
    struct outcome good = run_amos(commands[_i], root, root);
    ck_assert_msg(good.code == 0, "%s: %s%s", commands[_i], good.out, good.err);
    snprintf(words, sizeof words, "%s --max-label 15", commands[_i]);
    struct outcome bad = run_amos(words, root, root);
    ck_assert_int_eq(bad.code, 1);
    ck_assert_msg(strstr(bad.err, "--max-label 16 accepts it") || strstr(bad.out, "--max-label 16 accepts it"), "%s%s",
                  bad.out, bad.err);
    outcome_free(&bad);
    outcome_free(&good);
    free(root);
}
END_TEST

/* ---- check of labels ---- */

/* Six predictions: usual, 16, 255, -1, NaN, and close to 6. */
static char *predictions(const char *folder)
{
    static const float values[] = {6, 16, 255, -1, NAN, 6.00005F};
    for (int i = 0; i < 6; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/case_%d.nii", folder, i);
        free(write_label(name, (float[]){1, values[i]}, 2));
    }
    return tmp_path(folder);
}

static const struct folder_row {
    const char *name;
    int is_label;
} folders[] = {
    {"labelsTr", 1},      {"labelsVa", 1}, {"labelsTs", 1},    {"Labels", 1},   {"predictions", 1},
    {"predictionsTs", 1}, {"preds", 1},    {"preds_fold0", 1}, {"seg-3d", 1},   {"inferTs", 1},
    {"masks", 1},         {"images", 0},   {"imagesTr", 0},    {"labelled", 0}, {"labeled", 0},
    {"segregated", 0},    {"results", 0},  {"predictable", 0}, {"unlabels", 0},
};

/* nnU-Net's folder of predictions may have any name. */
START_TEST(predictions_of_nnunet_are_known_by_the_file_beside_them)
{
    char *folder = predictions("fold_all");
    struct outcome before = run_amos("check %s", folder);
    assert_has(before.out, "6 files checked: 6 good, 0 bad");
    free(tmp_write("fold_all/predict_from_raw_data_args.json", "{}", 2));
    struct outcome after = run_amos("check %s", folder);
    assert_has(after.out, "6 files checked: 1 good, 5 bad");
    assert_has(after.out, "6 of the files were checked as labels");
    outcome_free(&after);
    outcome_free(&before);
    free(folder);
}
END_TEST

START_TEST(folders_of_labels_are_known_by_name)
{
    char *folder = predictions(folders[_i].name);
    struct outcome plain = run_amos("check %s", folder), labels = run_amos("check --labels %s", folder),
                   images = run_amos("check --images %s", folder), one = run_amos("check %s/case_1.nii --json", folder);
    assert_has(folders[_i].is_label ? plain.out : images.out,
               folders[_i].is_label ? "6 files checked: 1 good, 5 bad" : "6 good");
    assert_has(plain.out,
               folders[_i].is_label ? "6 of the files were checked as labels" : "6 files checked: 6 good, 0 bad");
    ck_assert_int_eq(plain.code, folders[_i].is_label);
    assert_has(labels.out, "6 files checked: 1 good, 5 bad");
    assert_has(images.out, "6 files checked: 6 good, 0 bad");
    ck_assert_int_eq(one.code, folders[_i].is_label);
    assert_has(one.out, folders[_i].is_label ? "\"role\":\"label\"" : "\"role\":\"image\"");
    outcome_free(&one);
    outcome_free(&images);
    outcome_free(&labels);
    outcome_free(&plain);
    free(folder);
}
END_TEST

/* Whatever its folder is called, an image is not taken for a bad label. */
START_TEST(an_image_among_labels_is_an_image)
{
    float voxels[SMALL_SET_VOXELS];
    for (int i = 0; i < SMALL_SET_VOXELS; i++)
        voxels[i] = (float)(i * 20 - 1024);
    char *path = write_label("predictions/image.nii", voxels, SMALL_SET_VOXELS);
    struct outcome plain = run_amos("check %s --json", path), labels = run_amos("check %s --labels", path);
    assert_exit(&plain, 0);
    assert_has(plain.out, "\"role\":\"image\"");
    ck_assert_int_eq(labels.code, 1);
    assert_has(labels.out, "it may be an image");
    outcome_free(&labels);
    outcome_free(&plain);
    free(path);
}
END_TEST

START_TEST(check_counts_what_it_accepts)
{
    char *folder = predictions("preds");
    struct outcome text = run_amos("check %s --ignore 255,-1 --round-labels --max-label 16", folder),
                   json = run_amos("check %s/case_2.nii --ignore 255 --json", folder);
    ck_assert_int_eq(text.code, 1);
    assert_has(text.out, "6 files checked: 5 good (3 with warnings), 1 bad");
    assert_has(text.out, "/case_2.nii: values of the label were ignored: 1 voxel\n");
    assert_has(text.out, "/case_5.nii: values of the label were rounded to integers: 1 voxel, by up to 5.01e-05\n");
    assert_exit(&json, 0);
    cJSON *object = parse_json(json.out);
    ck_assert(number_at(object, "accepted", "ignored") == 1);
    cJSON_Delete(object);
    outcome_free(&json);
    outcome_free(&text);
    free(folder);
}
END_TEST

/* ---- scores ---- */

START_TEST(a_score_says_what_it_accepted)
{
    char *reference = write_label("reference.nii", (float[]){1, 1, 255, 255, 6}, 5),
         *prediction = write_label("prediction.nii", (float[]){1, 1.001F, 1, 0, 6}, 5);
    struct outcome refused = run_amos("score -r %s -p %s", reference, prediction);
    ck_assert_int_eq(refused.code, 1);
    assert_has(refused.err, "--ignore 255");
    struct outcome text = run_amos("score -r %s -p %s --ignore 255 --round-labels", reference, prediction),
                   json = run_amos("score -r %s -p %s --ignore 255 --round-labels --json", reference, prediction);
    assert_exit(&text, 0);
    assert_has(text.out, "accepted    values of labels within 0.01");
    assert_has(text.out, "predictions voxels of 1 case: rounded 1 (by up to 0.001)");
    assert_has(text.out, "2 voxels, which the reference ignores, are in no measure");
    assert_exit(&json, 0);
    cJSON *object = parse_json(json.out);
    const cJSON *scored = cJSON_GetArrayItem(member(object, "cases"), 0);
    ck_assert(number_at(object, "accept", "round_within") == 0.01);
    ck_assert(number_at(scored, "accepted_reference", "ignored") == 2);
    ck_assert(number_at(scored, "accepted_prediction", "rounded") == 1);
    ck_assert(member_number(scored, "voxels_left_out") == 2);
    ck_assert(member_number(cJSON_GetArrayItem(member(scored, "organs"), 0), "dice") == 1);
    cJSON_Delete(object);
    outcome_free(&json);
    outcome_free(&text);
    outcome_free(&refused);
    free(prediction);
    free(reference);
}
END_TEST

/* A network that numbers the organs in another way: its 6 is the spleen, 1 in the reference. */
START_TEST(predictions_may_have_a_table_of_their_own)
{
    char *reference = write_label("reference.nii", (float[]){1, 1, 6, 6, 6}, 5),
         *prediction = write_label("prediction.nii", (float[]){6, 6, 9, 9, 9, 7}, 6);
    struct outcome both = run_amos("score -r %s -p %s --relabel 6=1,9=6,*=* --json", reference, prediction),
                   own = run_amos("score -r %s -p %s --relabel-prediction 6=spleen,9=liver,*=0 --json", reference,
                                  prediction);
    assert_exit(&both, 0);
    assert_exit(&own, 0);
    for (int i = 0; i < 2; i++) {
        cJSON *object = parse_json(i ? own.out : both.out);
        const cJSON *scored = cJSON_GetArrayItem(member(object, "cases"), 0), *organs = member(scored, "organs");
        ck_assert((member_number(cJSON_GetArrayItem(organs, 0), "dice") == 1) == i);
        ck_assert((member_number(cJSON_GetArrayItem(organs, 5), "voxels_reference") == 3) == i);
        ck_assert(number_at(scored, "accepted_reference", "relabelled") == (i ? 0 : 3));
        ck_assert(number_at(scored, "accepted_prediction", "relabelled") == (i ? 6 : 5));
        cJSON_Delete(object);
    }
    outcome_free(&own);
    outcome_free(&both);
    free(prediction);
    free(reference);
}
END_TEST

START_TEST(a_cache_says_what_it_accepted)
{
    char *root = small_set_make("odd-set"), *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    if (!HAS_CACHE)
        return;
    small_set_write_label(label, 255);
    struct outcome refused = run_amos("cache build %s --folder %s/cache", root, root),
                   text = run_amos("cache build %s --folder %s/cache --ignore 255", root, root),
                   json = run_amos("cache build %s --folder %s/cache --ignore 255 --split training --json", root, root);
    ck_assert_int_eq(refused.code, 1);
    assert_has(refused.err, "--ignore 255");
    assert_exit(&text, 0);
    assert_has(text.out, "voxels of 1 label: ignored 1");
    assert_exit(&json, 0);
    assert_has(json.out, "\"ignored\":1");
    outcome_free(&json);
    outcome_free(&text);
    outcome_free(&refused);
    free(label);
    free(root);
}
END_TEST

START_TEST(a_view_says_what_it_accepted)
{
    if (!HAS_PICTURES)
        return;
    char *label = write_label("odd.nii", (float[]){1, 255, 6}, 3);
    struct outcome refused = run_amos("view --label %s -o %s/p.png", label, tmp_dir()),
                   good = run_amos("view --label %s -o %s/p.png --ignore 255", label, tmp_dir());
    ck_assert_int_eq(refused.code, 1);
    assert_has(refused.err, "--ignore 255");
    ck_assert_int_eq(good.code, 0);
    assert_has(good.err, "Voxels of the label: ignored 1.");
    outcome_free(&good);
    outcome_free(&refused);
    free(label);
}
END_TEST

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("cli_accept");
    TCase *files = add_case(suite, "files", 20);
    tcase_add_loop_test(files, stats_accepts_what_it_is_told_to, 0, ROWS(rows));
    tcase_add_test(files, a_label_with_a_slope_is_rounded);
    tcase_add_loop_test(files, tables_are_read_from_files, 0, ROWS(tables));
    tcase_add_test(files, a_table_that_is_not_there_is_told);
    tcase_add_test(files, a_frame_is_chosen);
    TCase *own = add_case(suite, "own", 20);
    tcase_add_loop_test(own, the_data_sets_own_labels_are_the_default, 0, ROWS(commands));
    TCase *checks = add_case(suite, "check", 20);
    tcase_add_loop_test(checks, folders_of_labels_are_known_by_name, 0, ROWS(folders));
    tcase_add_test(checks, predictions_of_nnunet_are_known_by_the_file_beside_them);
    tcase_add_test(checks, an_image_among_labels_is_an_image);
    tcase_add_test(checks, check_counts_what_it_accepts);
    TCase *others = add_case(suite, "others", 20);
    tcase_add_test(others, a_score_says_what_it_accepted);
    tcase_add_test(others, predictions_may_have_a_table_of_their_own);
    tcase_add_test(others, a_cache_says_what_it_accepted);
    tcase_add_test(others, a_view_says_what_it_accepted);
    return run_suite(suite);
}
