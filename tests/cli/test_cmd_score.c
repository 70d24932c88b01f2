/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: matching of files, refusals, numbers, and the rules in every output. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

/* Paths are exempt, because their length is arbitrary. */
static void assert_narrow(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strncmp(line, "reference", 9) == 0 || strncmp(line, "prediction", 10) == 0 ||
                          strcspn(line, "\n") <= 80,
                      "wider than 80 columns: %.*s", (int)strcspn(line, "\n"), line);
}

static const cJSON *item(const cJSON *array, int index)
{
    const cJSON *found = cJSON_GetArrayItem(array, index);
    ck_assert_msg(cJSON_IsArray(array) && found, "no item %d", index);
    return found;
}

/* ---- a set and its predictions ---- */

/* `spleen` voxels of organ 1 from the first voxel on, then `liver` voxels of organ 6 from voxel `from` on. */
static void predict(const char *folder, const char *name, int spleen, int from, int liver)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    char *path = small_set_path(folder, name);
    memset(voxels, 1, (size_t)spleen);
    memset(voxels + from, 6, (size_t)liver);
    small_set_write_voxels(path, voxels);
    free(path);
}

static char *make_folder(const char *name)
{
    char *path = tmp_path(name);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    return path;
}

/* The reference has (spleen, liver) voxels: amos_0001 (6, 24), amos_0002 (0, 12), amos_0501 (2, 0). */
static char *perfect(const char *name)
{
    char *folder = make_folder(name);
    predict(folder, "amos_0001.nii.gz", 6, 6, 24);
    predict(folder, "amos_0002.nii.gz", 0, 0, 12);
    predict(folder, "amos_0501.nii.gz", 2, 2, 0);
    return folder;
}

/* Each has an error: half the organs; a missed liver; a false liver. */
static char *wrong(const char *name)
{
    char *folder = make_folder(name);
    predict(folder, "amos_0001.nii.gz", 3, 6, 12);
    predict(folder, "amos_0002.nii.gz", 0, 0, 0);
    predict(folder, "amos_0501.nii.gz", 2, 60, 3);
    return folder;
}

/* Cases c01, c02, ... of 12 voxels of the liver. In the predictions, `step` more of them are missing from case to case,
 * and start anew after four. */
static char *row_of_cases(const char *name, int cases, int step)
{
    char *folder = make_folder(name), file[32];
    for (int i = 1; i <= cases; i++) {
        snprintf(file, sizeof file, "c%02d.nii.gz", i);
        predict(folder, file, 0, 0, 12 - step * (i % 4));
    }
    return folder;
}

static const cJSON *organ_of(const cJSON *result, const char *id, int label)
{
    const cJSON *scored;
    cJSON_ArrayForEach(scored, member(result, "cases"))
    {
        if (strcmp(member_text(scored, "id"), id) == 0)
            return item(member(scored, "organs"), label - 1);
    }
    ck_abort_msg("no case %s", id);
}

static const cJSON *counts_of(const cJSON *result)
{
    return member(result, "counts");
}

/* ---- numbers ---- */

START_TEST(equal_labels_score_one)
{
    char *set = small_set_make("equal"), *folder = perfect("equal_pred");
    struct outcome text = run_amos("score --reference %s --prediction %s", set, folder);
    struct outcome json = run_amos("score -r %s -p %s --json", set, folder);
    assert_exit(&text, 0);
    assert_has(text.out, "convention  deepmind: ");
    assert_has(text.out, "absent      nan: ");
    assert_has(text.out, "missing     error: ");
    assert_has(text.out, "cases       3: 3 scored, 0 missing, 0 refused\n");
    assert_has(text.out, "\nDice (DSC)      1.0000  1.0000  1.0000\n");
    assert_has(text.out, "\nSpleen                  2  1.0000  0.0000  1.0000  1.0000 amos_0001\n");
    assert_has(text.out, "\nPancreas                0       -       -       -       - -\n");
    assert_narrow(text.out);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    ck_assert_str_eq(member_text(result, "convention"), "deepmind");
    const cJSON *spleen = organ_of(result, "amos_0001", 1);
    ck_assert_str_eq(member_text(spleen, "organ"), "spleen");
    ck_assert(member_number(spleen, "dice") == 1 && member_number(spleen, "nsd_1mm") == 1);
    ck_assert(member_number(spleen, "hd95") == 0 && member_number(spleen, "assd") == 0);
    ck_assert(cJSON_IsNull(member(organ_of(result, "amos_0002", 1), "dice")));
    cJSON_Delete(result);
    outcome_free(&text);
    outcome_free(&json);
    free(folder);
    free(set);
}
END_TEST

START_TEST(known_errors_give_known_numbers)
{
    char *set = small_set_make("known"), *folder = wrong("known_pred");
    struct outcome json = run_amos("score -r %s -p %s --json --tolerance 0.5,10", set, folder);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    const cJSON *spleen = organ_of(result, "amos_0001", 1), *missed = organ_of(result, "amos_0002", 6);
    ck_assert(member_number(spleen, "voxels_reference") == 6 && member_number(spleen, "voxels_prediction") == 3);
    ck_assert(member_number(spleen, "dice") == 2.0 * 3 / 9 && member_number(spleen, "jaccard") == 0.5);
    ck_assert(member_number(spleen, "sensitivity") == 0.5 && member_number(spleen, "precision") == 1);
    ck_assert(fabs(member_number(spleen, "millilitres_reference") - 0.12) < 1e-12);
    ck_assert(member_number(spleen, "nsd_10mm") == 1 && member_number(spleen, "nsd_0.5mm") < 1);
    ck_assert(member_number(missed, "dice") == 0 && member_number(missed, "nsd_10mm") == 0);
    ck_assert_str_eq(member_text(missed, "hd95"), "inf");
    ck_assert_str_eq(member_text(organ_of(result, "amos_0501", 6), "assd"), "inf");
    const cJSON *all = item(member(result, "summary"), 0), *organs = member(all, "organs");
    const cJSON *dice = member(item(organs, 5), "dice"), *hd95 = member(item(organs, 5), "hd95");
    ck_assert(member_number(all, "organs_absent_in_one") == 2 && member_number(all, "organs_absent_in_both") == 40);
    ck_assert(member_number(dice, "count") == 3 && fabs(member_number(dice, "mean") - 2.0 / 9) < 1e-15);
    ck_assert(member_number(dice, "median") == 0 && member_number(dice, "worst") == 0);
    ck_assert(fabs(member_number(dice, "sd") - sqrt(4.0 / 27)) < 1e-15);
    ck_assert_str_eq(member_text(dice, "worst_case"), "amos_0002");
    ck_assert(member_number(hd95, "count") == 1 && member_number(hd95, "infinite") == 2);
    ck_assert_str_eq(member_text(hd95, "median"), "inf");
    const cJSON *overall = member(member(all, "mean_of_organs"), "dice");
    ck_assert(member_number(overall, "organs") == 2);
    ck_assert(fabs(member_number(overall, "mean") - ((2.0 / 3 + 1) / 2 + 2.0 / 9) / 2) < 1e-15);
    cJSON_Delete(result);
    outcome_free(&json);
    free(folder);
    free(set);
}
END_TEST

START_TEST(the_rule_for_absent_organs_is_chosen)
{
    char *set = small_set_make("absent"), *folder = perfect("absent_pred");
    struct outcome one = run_amos("score -r %s -p %s --json --absent one --convention medpy", set, folder);
    assert_exit(&one, 0);
    cJSON *result = parse_json(one.out);
    ck_assert_str_eq(member_text(result, "absent"), "one");
    ck_assert_str_eq(member_text(result, "convention"), "medpy");
    const cJSON *pancreas = organ_of(result, "amos_0002", 10);
    ck_assert(member_number(pancreas, "dice") == 1 && member_number(pancreas, "hd95") == 0);
    const cJSON *summary = member(item(member(item(member(result, "summary"), 0), "organs"), 9), "dice");
    ck_assert(member_number(summary, "count") == 3 && member_number(summary, "undefined") == 0);
    cJSON_Delete(result);
    outcome_free(&one);
    free(folder);
    free(set);
}
END_TEST

START_TEST(two_files_are_compared_whatever_their_names)
{
    char *set = small_set_make("files"), *folder = make_folder("files_pred");
    predict(folder, "some name.nii.gz", 3, 6, 24);
    struct outcome json =
        run_amos("score -r %s/labelsTr/amos_0001.nii.gz -p %s/%s --json -j 2", set, folder, "some name.nii.gz");
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    ck_assert(member_number(organ_of(result, "amos_0001", 1), "dice") == 2.0 * 3 / 9);
    cJSON_Delete(result);
    outcome_free(&json);
    free(folder);
    free(set);
}
END_TEST

/* ---- pairing ---- */

START_TEST(names_of_one_case_belong_together)
{
    char *set = small_set_make("names"), *folder = make_folder("names_pred");
    predict(folder, "AMOS_1_pred.nii.gz", 6, 6, 24);
    predict(folder, "amos_0002_0000.nii.gz", 0, 0, 12);
    predict(folder, "AMOS_0501.NII.GZ", 2, 2, 0);
    predict(folder, "amos_0777.nii.gz", 2, 2, 0);
    free(tmp_write("names_pred/dataset.json", "{\"channel_names\": {}}", 21)); /* nnU-Net's */
    free(tmp_write("names_pred/.amos_0001.nii.gz", "hidden", 6));
    struct outcome json = run_amos("score -r %s -p %s --json", set, folder);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    ck_assert(member_number(counts_of(result), "scored") == 3);
    ck_assert(member_number(counts_of(result), "predictions_without_reference") == 1);
    ck_assert(member_number(organ_of(result, "amos_0001", 6), "dice") == 1);
    cJSON_Delete(result);
    outcome_free(&json);
    predict(folder, "amos_0001.nii.gz", 6, 6, 24);
    struct outcome twice = run_amos("score -r %s -p %s --json", set, folder);
    assert_exit(&twice, 1);
    assert_has(twice.err, "Two files belong to the case amos_0001");
    ck_assert_str_eq(twice.out, "");
    outcome_free(&twice);
    free(folder);
    free(set);
}
END_TEST

START_TEST(folders_with_other_names_and_trees_work)
{
    char *set = small_set_make("trees"), *references = make_folder("trees_ref"), *folder = make_folder("trees_pred");
    struct outcome tree = run_amos("score -r %s -p %s", set, set);
    assert_exit(&tree, 0);
    assert_has(tree.out, "3 scored");
    predict(references, "patient_b.nii.gz", 6, 6, 24);
    predict(references, "patient_a.nii", 6, 6, 24);
    predict(folder, "patient_a.nii.gz", 6, 6, 12);
    predict(folder, "patient_b_0000.nii.gz", 6, 6, 24);
    struct outcome json = run_amos("score -r %s -p %s --json", references, folder);
    ck_assert_int_eq(json.code, 0);
    cJSON *result = parse_json(json.out);
    ck_assert(member_number(organ_of(result, "patient_a", 6), "dice") == 2.0 * 12 / 36);
    ck_assert(member_number(organ_of(result, "patient_b", 6), "dice") == 1);
    ck_assert_str_eq(member_text(item(member(result, "cases"), 0), "id"), "patient_a");
    ck_assert(strcmp(member(item(member(result, "cases"), 0), "modality")->valuestring, "unknown") == 0);
    ck_assert_int_eq(cJSON_GetArraySize(member(result, "summary")), 1);
    cJSON_Delete(result);
    outcome_free(&json);
    outcome_free(&tree);
    free(references);
    free(folder);
    free(set);
}
END_TEST

START_TEST(cases_are_chosen_by_split_and_modality)
{
    char *set = small_set_make("choice"), *folder = perfect("choice_pred");
    struct outcome va = run_amos("score -r %s -p %s --split va", set, folder);
    struct outcome ct = run_amos("score -r %s -p %s --modality ct", set, folder);
    struct outcome flat = run_amos("score -r %s -p %s --split va", folder, folder);
    assert_exit(&va, 0);
    assert_has(va.out, "split       validation\n");
    assert_has(va.out, "cases       1: 1 scored");
    assert_has(va.out, "predictions 2 without a reference");
    assert_exit(&ct, 0);
    assert_has(ct.out, "modality    CT\n");
    assert_has(ct.out, "cases       2: 2 scored");
    assert_exit(&flat, 2);
    assert_has(flat.err, "has no splits");
    outcome_free(&va);
    outcome_free(&ct);
    outcome_free(&flat);
    free(folder);
    free(set);
}
END_TEST

/* ---- missing and refused files ---- */

START_TEST(a_missing_prediction_is_an_error_unless_told)
{
    char *set = small_set_make("missing"), *folder = perfect("missing_pred");
    char *gone = small_set_path(folder, "amos_0001.nii.gz");
    ck_assert_int_eq(unlink(gone), 0);
    struct outcome error = run_amos("score -r %s -p %s", set, folder);
    assert_exit(&error, 1);
    assert_has(error.err, "The case amos_0001 has no prediction here.");
    assert_has(error.err, "1 of 3 predictions is missing");
    ck_assert_str_eq(error.out, "");
    struct outcome skip = run_amos("score -r %s -p %s --missing skip", set, folder);
    assert_exit(&skip, 0);
    assert_has(skip.out, "cases       3: 2 scored, 1 missing (left out), 0 refused\nmissing     amos_0001\n");
    struct outcome zero = run_amos("score -r %s -p %s --missing zero --json", set, folder);
    assert_exit(&zero, 0);
    cJSON *result = parse_json(zero.out);
    ck_assert_str_eq(member_text(result, "missing"), "zero");
    ck_assert(member_number(counts_of(result), "scored") == 2 && member_number(counts_of(result), "missing") == 1);
    ck_assert(member_number(organ_of(result, "amos_0001", 6), "dice") == 0);
    ck_assert_str_eq(member_text(organ_of(result, "amos_0001", 6), "hd95"), "inf");
    ck_assert(cJSON_IsNull(member(organ_of(result, "amos_0001", 2), "dice")));
    cJSON_Delete(result);
    outcome_free(&error);
    outcome_free(&skip);
    outcome_free(&zero);
    free(gone);
    free(folder);
    free(set);
}
END_TEST

/* Ten are named, the others counted. */
START_TEST(many_missing_predictions_are_counted)
{
    char *set = row_of_cases("many", 14, 0), *folder = row_of_cases("many_pred", 1, 0);
    struct outcome error = run_amos("score -r %s -p %s", set, folder);
    assert_exit(&error, 1);
    ck_assert_str_eq(error.out, "");
    assert_has(error.err, "The case c11 has no prediction here.\n");
    ck_assert_ptr_null(strstr(error.err, "c12"));
    assert_has(error.err, "many_pred: 3 more cases have no prediction here.\n");
    assert_has(error.err, "13 of 14 predictions are missing; --missing zero");
    outcome_free(&error);
    free(folder);
    free(set);
}
END_TEST

START_TEST(nothing_to_score_is_said)
{
    char *set = small_set_make("nothing"), *empty = make_folder("nothing_pred"), *other = make_folder("nothing_other");
    predict(other, "amos_0700.nii.gz", 1, 1, 1);
    struct outcome none = run_amos("score -r %s -p %s", set, other);
    assert_exit(&none, 1);
    assert_has(none.err, "None of the 3 cases has a prediction here; files such as amos_0001.nii.gz");
    struct outcome no_set = run_amos("score -r %s -p %s", set, empty);
    assert_exit(&no_set, 1);
    assert_has(no_set.err, "the folder is empty; volumes or a data set were expected.");
    struct outcome filtered = run_amos("score -r %s -p %s --split va --modality ct", set, other);
    assert_exit(&filtered, 1);
    assert_has(filtered.err, "No label of the split validation of the modality CT was found here; omit --split");
    outcome_free(&filtered);
    struct outcome absent = run_amos("score -r %s -p %s/nowhere", set, empty);
    assert_exit(&absent, 1);
    assert_has(absent.err, "/nowhere: The file or folder cannot be opened: No such file or directory.");
    outcome_free(&none);
    outcome_free(&no_set);
    outcome_free(&absent);
    free(other);
    free(empty);
    free(set);
}
END_TEST

static void write_packed(const char *name, struct nifti_file file)
{
    struct bytes packed = gzip_of(&file.bytes);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
}

START_TEST(what_does_not_fit_is_refused_and_counted)
{
    char *set = small_set_make("refused"), *folder = perfect("refused_pred");
    char *sixteen = small_set_path(folder, "amos_0501.nii.gz");
    unsigned char zeros[SMALL_SET_VOXELS] = {0};
    struct nifti_spec shape = {.dim = {6, 4, 5}, .voxels = zeros}, place = {.dim = {6, 5, 4}, .voxels = zeros};
    nifti_set_sform(&shape, "LAS", (double[3]){2, 2, 5}, (double[3]){-50, 20, 300});
    nifti_set_sform(&place, "LAS", (double[3]){2, 2, 5}, (double[3]){-50, 20, 303});
    write_packed("refused_pred/amos_0001.nii.gz", nifti_make(&shape));
    write_packed("refused_pred/amos_0002.nii.gz", nifti_make(&place));
    struct outcome json = run_amos("score -r %s -p %s --json", set, folder);
    ck_assert_int_eq(json.code, 1);
    assert_has(json.err, "(E_PAIR_SHAPE)");
    assert_has(json.err, "3 mm");
    assert_has(json.err, "(E_PAIR_GEOM)");
    assert_has(json.err, "\namos: score: 2 of 3 cases were refused and are in no mean; the messages above say why.\n");
    cJSON *result = parse_json(json.out);
    ck_assert(member_number(counts_of(result), "refused") == 2 && member_number(counts_of(result), "scored") == 1);
    const cJSON *refused = item(member(result, "cases"), 1);
    ck_assert_str_eq(member_text(refused, "state"), "refused");
    ck_assert_str_eq(member_text(refused, "status"), "E_PAIR_GEOM");
    ck_assert(cJSON_IsNull(member(refused, "organs")));
    cJSON_Delete(result);
    small_set_write_label(sixteen, 16);
    struct outcome none = run_amos("score -r %s -p %s", set, folder);
    ck_assert_int_eq(none.code, 1);
    assert_has(none.err, "(E_LABEL)");
    assert_has(none.err, "No case could be scored; the messages above say why.\n");
    ck_assert_ptr_null(strstr(none.out, "Spleen")); /* no empty tables */
    assert_has(none.out, "cases       3: 0 scored, 0 missing, 3 refused\nrefused     amos_0001\n");
    outcome_free(&json);
    outcome_free(&none);
    free(sixteen);
    free(folder);
    free(set);
}
END_TEST

/* ---- outputs ---- */

START_TEST(threads_do_not_change_a_byte)
{
    static const char *const forms[] = {"", "--json", "--csv", "--bootstrap 50 --json"};
    char *set = small_set_make("threads"), *folder = wrong("threads_pred");
    for (int i = 0; i < 4; i++) {
        char words[200];
        snprintf(words, sizeof words, "score -r %%s -p %%s %s -j 1", forms[i]);
        struct outcome one = run_amos(words, set, folder);
        words[strlen(words) - 1] = '3';
        struct outcome three = run_amos(words, set, folder);
        assert_exit(&one, 0);
        ck_assert_str_eq(one.out, three.out);
        outcome_free(&one);
        outcome_free(&three);
    }
    free(folder);
    free(set);
}
END_TEST

START_TEST(an_output_file_holds_what_stdout_would)
{
    char *set = small_set_make("output"), *folder = wrong("output_pred"), *file = tmp_path("output.json");
    struct outcome direct = run_amos("score -r %s -p %s --json", set, folder);
    struct outcome table = run_amos("score -r %s -p %s", set, folder);
    struct outcome both = run_amos("score -r %s -p %s --json -o %s", set, folder, file);
    struct bytes written = read_file(file);
    assert_exit(&both, 0);
    ck_assert_str_eq(both.out, table.out);
    ck_assert_uint_eq(written.size, strlen(direct.out));
    ck_assert_mem_eq(written.data, direct.out, written.size);
    bytes_free(&written);
    struct outcome alone = run_amos("score -r %s -p %s --force -o %s", set, folder, file);
    written = read_file(file);
    assert_exit(&alone, 0);
    ck_assert_str_eq(alone.out, "");
    ck_assert_uint_eq(written.size, strlen(table.out));
    bytes_free(&written);
    outcome_free(&direct);
    outcome_free(&table);
    outcome_free(&both);
    outcome_free(&alone);
    free(file);
    free(folder);
    free(set);
}
END_TEST

static int count_letters(const char *line, char letter)
{
    int count = 0;
    for (; *line && *line != '\n'; line++)
        count += *line == letter;
    return count;
}

START_TEST(csv_has_the_rules_in_every_line)
{
    char *set = small_set_make("csv"), *folder = wrong("csv_pred");
    char *gone = small_set_path(folder, "amos_0002.nii.gz");
    ck_assert_int_eq(unlink(gone), 0);
    struct outcome csv = run_amos("score -r %s -p %s --csv --missing skip --convention monai", set, folder);
    int lines = 0, columns = count_letters(csv.out, ',');
    assert_exit(&csv, 0);
    assert_has(csv.out, "id,split,modality,state,convention,convention_source,absent,missing,label,organ,");
    assert_has(
        csv.out,
        "\namos_0001,training,CT,scored,monai,MONAI 1.5.0 (2025-06-13),nan,skip,1,spleen,6,3,3,0.6666666666666666,");
    assert_has(csv.out, "\namos_0002,training,CT,missing,monai,MONAI 1.5.0 (2025-06-13),nan,skip,,");
    assert_has(csv.out, ",The prediction is missing.\n");
    assert_has(csv.out, ",inf,");
    assert_has(csv.out, ",nan,");
    for (const char *line = csv.out; *line; line = strchr(line, '\n') + 1, lines++)
        ck_assert_int_eq(count_letters(line, ','), columns);
    ck_assert_int_eq(lines, 1 + 15 + 1 + 15);
    outcome_free(&csv);
    free(gone);
    free(folder);
    free(set);
}
END_TEST

/* A cell that a spreadsheet would run, letters that turn the text around, and an end of line. */
START_TEST(csv_is_harmless_in_a_spreadsheet)
{
    static const char *const names[] = {"=1+2.nii.gz", "+a.nii.gz",     "-1.nii.gz",
                                        "@a,b.nii.gz", " =x.nii.gz",    "\xE2\x80\xAEz.nii.gz",
                                        "\t=y.nii.gz", "plain-=.nii.gz"};
    static const char *const cells[] = {"\n\"'=1+2\",", "\n\"'+a\",",          "\n\"'-1\",", "\n\"'@a,b\",",
                                        "\n\"' =x\",",  "\n\\xe2\\x80\\xaez,", "\n\\x09=y,", "\nplain-=,"};
    char *set = make_folder("harmless"), *folder = make_folder("harmless_pred");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        predict(set, names[i], 0, 0, 12);
        predict(folder, names[i], 0, 0, 6);
    }
    struct outcome csv = run_amos("score -r %s -p %s --csv", set, folder);
    assert_exit(&csv, 0);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        assert_has(csv.out, cells[i]);
    ck_assert_ptr_null(strchr(csv.out, '\t'));
    assert_has(csv.out, ",-0.5,"); /* numbers are as they were */
    struct outcome json = run_amos("score -r %s -p %s --json", set, folder);
    assert_exit(&json, 0);
    assert_has(json.out, "\"\\u202ez\""); /* each case is printed alone, by the same rule */
    outcome_free(&json);
    outcome_free(&csv);
    free(folder);
    free(set);
}
END_TEST

START_TEST(intervals_are_seeded)
{
    char *set = row_of_cases("seeded", 10, 0), *folder = row_of_cases("seeded_pred", 10, 2);
    struct outcome first = run_amos("score -r %s -p %s --bootstrap 200", set, folder);
    struct outcome again = run_amos("score -r %s -p %s --bootstrap 200 --seed 1", set, folder);
    struct outcome other = run_amos("score -r %s -p %s --bootstrap 200 --seed 9", set, folder);
    assert_exit(&first, 0);
    ck_assert_str_eq(first.out, again.out);
    ck_assert_str_ne(first.out, other.out);
    assert_narrow(first.out);
    assert_has(first.out, "intervals   95 % of the means of 200 samples of the cases, seed 1; none (-)\n");
    outcome_free(&first);
    outcome_free(&again);
    outcome_free(&other);
    free(folder);
    free(set);
}
END_TEST

/* Whether the mean of organs, and that of the liver, have an interval, in JSON and in the table. */
static void check_interval(int cases, bool expected)
{
    char name[32];
    snprintf(name, sizeof name, "few%d", cases);
    char *set = row_of_cases(name, cases, 0);
    strcat(name, "_pred");
    char *folder = row_of_cases(name, cases, 2);
    struct outcome json = run_amos("score -r %s -p %s --bootstrap 50 --json", set, folder);
    struct outcome text = run_amos("score -r %s -p %s --bootstrap 50", set, folder);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    const cJSON *all = item(member(result, "summary"), 0);
    const cJSON *liver = member(member(item(member(all, "organs"), 5), "dice"), "interval");
    const cJSON *mean = member(member(member(all, "mean_of_organs"), "dice"), "interval");
    ck_assert_int_eq(cJSON_IsArray(liver), expected);
    ck_assert_int_eq(cJSON_IsNull(liver), !expected);
    ck_assert_int_eq(cJSON_IsArray(mean), expected);
    ck_assert_int_eq(cJSON_IsNull(mean), !expected);
    ck_assert(cJSON_IsNull(member(member(item(member(all, "organs"), 0), "dice"), "interval")));
    ck_assert(member_number(member(result, "bootstrap"), "least_cases") == 10);
    const char *line = strstr(text.out, "\nLiver ");
    ck_assert_ptr_nonnull(line);
    size_t length = strcspn(line + 1, "\n");
    ck_assert_int_eq(line[length] == '-', !expected); /* the last column */
    cJSON_Delete(result);
    outcome_free(&text);
    outcome_free(&json);
    free(folder);
    free(set);
}

START_TEST(few_cases_have_no_intervals)
{
    check_interval(1, false);
    check_interval(9, false);
    check_interval(10, true);
}
END_TEST

START_TEST(the_worst_cases_are_drawn)
{
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    char *set = small_set_make("worst"), *folder = wrong("worst_pred"), *pictures = tmp_path("worst_png");
    struct outcome drawn = run_amos("score -r %s -p %s --worst 2 --pictures %s", set, folder, pictures);
#ifdef AMOS_HAVE_LIBPNG
    char *first = small_set_path(pictures, "amos_0002.png"), *second = small_set_path(pictures, "amos_0501.png");
    char *third = small_set_path(pictures, "amos_0001.png");
    assert_exit(&drawn, 0);
    struct bytes png = read_file(first), other = read_file(second);
    ck_assert(png.size > 1000 && memcmp(png.data, signature, sizeof signature) == 0);
    ck_assert(other.size > 1000 && memcmp(other.data, signature, sizeof signature) == 0);
    ck_assert_int_ne(access(third, F_OK), 0);
    bytes_free(&png);
    bytes_free(&other);
    free(first);
    free(second);
    free(third);
#else
    (void)signature;
    assert_exit(&drawn, 2);
#endif
    outcome_free(&drawn);
    free(pictures);
    free(folder);
    free(set);
}
END_TEST

static const char *const mistakes[] = {
    "score",
    "score --reference a",
    "score -r a -p b --json --csv",
    "score -r a -p b --tolerance -1",
    "score -r a -p b --tolerance 1,x",
    "score -r a -p b --convention elastix",
    "score -r a -p b --absent zero",
    "score -r a -p b --missing none",
    "score -r a -p b --worst 3",
    "score -r a -p b --bootstrap 0",
    "score -r a -p b c",
    "score -r /tmp -p /dev/null",
    "score-compare a.json",
};

START_TEST(a_mistake_in_the_words_is_exit_2)
{
    struct outcome outcome = run_amos(mistakes[_i]);
    assert_exit(&outcome, 2);
    ck_assert_str_eq(outcome.out, "");
    outcome_free(&outcome);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cmd_score");
    TCase *numbers = add_case(suite, "numbers", 20);
    tcase_add_test(numbers, equal_labels_score_one);
    tcase_add_test(numbers, known_errors_give_known_numbers);
    tcase_add_test(numbers, the_rule_for_absent_organs_is_chosen);
    tcase_add_test(numbers, two_files_are_compared_whatever_their_names);
    TCase *pairing = add_case(suite, "pairing", 20);
    tcase_add_test(pairing, names_of_one_case_belong_together);
    tcase_add_test(pairing, folders_with_other_names_and_trees_work);
    tcase_add_test(pairing, cases_are_chosen_by_split_and_modality);
    TCase *refusing = add_case(suite, "refusing", 20);
    tcase_add_test(refusing, a_missing_prediction_is_an_error_unless_told);
    tcase_add_test(refusing, many_missing_predictions_are_counted);
    tcase_add_test(refusing, nothing_to_score_is_said);
    tcase_add_test(refusing, what_does_not_fit_is_refused_and_counted);
    tcase_add_loop_test(refusing, a_mistake_in_the_words_is_exit_2, 0, sizeof mistakes / sizeof mistakes[0]);
    TCase *output = add_case(suite, "output", 30);
    tcase_add_test(output, threads_do_not_change_a_byte);
    tcase_add_test(output, an_output_file_holds_what_stdout_would);
    tcase_add_test(output, csv_has_the_rules_in_every_line);
    tcase_add_test(output, csv_is_harmless_in_a_spreadsheet);
    tcase_add_test(output, intervals_are_seeded);
    tcase_add_test(output, few_cases_have_no_intervals);
    tcase_add_test(output, the_worst_cases_are_drawn);
    return run_suite(suite);
}
