/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: what is in a report, which cases are in it, what is kept of an earlier one, and what is refused. The voxels are
 * checked by tests/install/report.py. */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/folder.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static char *set, *out; /* the data set and the report of a test */

static void begin(void)
{
    char name[2][32];
    snprintf(name[0], sizeof name[0], "set%d", (int)getpid());
    snprintf(name[1], sizeof name[1], "out%d", (int)getpid());
    set = small_set_make(name[0]);
    out = tmp_path(name[1]);
}

static void end(void)
{
    free(set);
    free(out);
}

static const char *in(const char *root, const char *name)
{
    static char paths[4][1024];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static bool is_there(const char *name)
{
    return access(in(out, name), F_OK) == 0;
}

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

/* Runs `amos report SET -o OUT` with further words. Returns what it printed as JSON. */
static cJSON *report_with(const char *words)
{
    char all[256];
    snprintf(all, sizeof all, "report %%s -o %%s --json %s", words);
    struct outcome outcome = run_amos(all, set, out); /* an odd data set is noted on stderr */
    ck_assert_msg(outcome.code == 0, "exit code %d: %s", outcome.code, outcome.err);
    cJSON *said = parse_json(outcome.out);
    outcome_free(&outcome);
    return said;
}

static void assert_said(const char *words, int made, int kept, int files)
{
    cJSON *said = report_with(words);
    ck_assert_msg((int)member_number(said, "made") == made && (int)member_number(said, "kept") == kept &&
                      (int)member_number(said, "files") == files,
                  "%s: made %g, kept %g, files %g", words, member_number(said, "made"), member_number(said, "kept"),
                  member_number(said, "files"));
    cJSON_Delete(said);
}

static void refuse(int code, const char *part, const char *words)
{
    char all[256];
    snprintf(all, sizeof all, "report %%s %s", words);
    struct outcome outcome = run_amos(all, set, out);
    assert_exit(&outcome, code);
    assert_has(outcome.err, part);
    outcome_free(&outcome);
}

/* A file of the report as a text; from malloc(). */
static char *text_of(const char *name)
{
    struct bytes content = read_file(in(out, name));
    char *text = must_alloc(content.size + 1);
    memcpy(text, content.data, content.size);
    text[content.size] = '\0';
    bytes_free(&content);
    return text;
}

/* The object that a script hands to the viewer. */
static cJSON *read_set(void)
{
    static const char call[] = "amosViewer.set(", close[] = ");\n";
    char *text = text_of("set.js");
    size_t length = strlen(text);
    ck_assert(strncmp(text, call, strlen(call)) == 0 && strcmp(text + length - strlen(close), close) == 0);
    text[length - strlen(close)] = '\0';
    cJSON *object = parse_json(text + strlen(call));
    free(text);
    return object;
}

static const cJSON *row_of(const cJSON *object, int index)
{
    const cJSON *row = cJSON_GetArrayItem(member(object, "cases"), index);
    ck_assert_ptr_nonnull(row);
    return row;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- what is in it ---- */

START_TEST(a_report_has_its_files_and_rows)
{
    static const char *const files[] = {
        "index.html",  "viewer.js",          "viewer.css",         "set.js",
        "report.json", "cases/amos_0001.js", "cases/amos_0002.js", "cases/amos_0501.js"};
    assert_said("", 3, 0, 3);
    for (int i = 0; i < COUNT(files); i++)
        ck_assert_msg(is_there(files[i]), "%s is missing", files[i]);
    ck_assert(!is_there("report.journal"));
    cJSON *shown = read_set();
    const cJSON *row = row_of(shown, 0);
    ck_assert_str_eq(member_text(shown, "kind"), "report");
    ck_assert_int_eq(cJSON_GetArraySize(member(shown, "labels")), 15);
    ck_assert_int_eq(cJSON_GetArraySize(member(shown, "cases")), 3);
    ck_assert_str_eq(member_text(row, "id"), "amos_0001");
    ck_assert_str_eq(member_text(row, "file"), "cases/amos_0001.js");
    ck_assert_str_eq(member_text(row, "modality"), "ct");
    ck_assert_double_eq(cJSON_GetArrayItem(member(row, "volumes"), 0)->valuedouble, 0.12);
    ck_assert_double_eq(cJSON_GetArrayItem(member(row, "volumes"), 5)->valuedouble, 0.48);
    ck_assert(cJSON_IsNull(cJSON_GetArrayItem(member(row, "volumes"), 1)));
    ck_assert(cJSON_IsNull(member(row, "scores")) && cJSON_IsNull(member(row, "fault")));
    cJSON_Delete(shown);
}
END_TEST

START_TEST(a_browser_without_scripts_gets_tables)
{
    cJSON_Delete(report_with(""));
    char *page = text_of("index.html");
    assert_has(page, "<th scope=\"row\">amos_0501</th>");
    assert_has(page, "<caption>Volumes in millilitres</caption>");
    ck_assert_ptr_null(strstr(page, "<caption>Dice</caption>"));
    ck_assert_ptr_null(strstr(page, "<!--amos:"));
    assert_has(page, "<script src=\"set.js\" defer></script>");
    free(page);
}
END_TEST

START_TEST(threads_change_nothing)
{
    cJSON_Delete(report_with("-j 1"));
    uint64_t one = folder_digest(out);
    cJSON_Delete(report_with("-j 4 --force"));
    ck_assert(folder_digest(out) == one);
}
END_TEST

/* ---- which cases ---- */

START_TEST(options_choose_cases)
{
    static const struct {
        const char *words;
        int cases;
    } choices[] = {{"--split validation", 1}, {"--modality ct", 2},     {"--cases 1-2", 2},
                   {"--cases 2,501", 2},      {"--cases amos_0501", 1}, {"--cases 1-600 --split training", 2}};
    for (int i = 0; i < COUNT(choices); i++) {
        char words[100];
        snprintf(words, sizeof words, "%s --force", choices[i].words);
        assert_said(words, choices[i].cases, 0, choices[i].cases);
        cJSON *shown = read_set();
        ck_assert_int_eq(cJSON_GetArraySize(member(shown, "cases")), choices[i].cases);
        cJSON_Delete(shown);
    }
}
END_TEST

/* Predictions: the labels, but for a case whose organ is elsewhere, and one that is missing. */
static char *make_predictions(void)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    char *folder = small_set_path(set, "predictions");
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    memset(voxels, 6, 8);
    small_set_write_voxels(in(folder, "amos_0002.nii"), voxels);
    memset(voxels, 1, 3);
    small_set_write_voxels(in(folder, "amos_0501.nii"), voxels);
    return folder;
}

START_TEST(the_worst_cases_have_pictures)
{
    char *folder = make_predictions();
    struct outcome outcome = run_amos("report %s -p %s -o %s --worst 1", set, folder, out);
    assert_exit(&outcome, 0);
    outcome_free(&outcome);
    ck_assert(is_there("cases/amos_0501.js") && !is_there("cases/amos_0001.js") && !is_there("cases/amos_0002.js"));
    cJSON *shown = read_set();
    const cJSON *scores = member(row_of(shown, 1), "scores");
    ck_assert(cJSON_IsNull(member(row_of(shown, 0), "scores")) && cJSON_IsNull(member(row_of(shown, 0), "file")));
    ck_assert_double_eq(cJSON_GetArrayItem(cJSON_GetArrayItem(scores, 0), 5)->valuedouble, 0.8);
    ck_assert(cJSON_IsTrue(member(row_of(shown, 2), "has_prediction")) &&
              cJSON_IsString(member(row_of(shown, 2), "file")));
    cJSON_Delete(shown);
    outcome = run_amos("report %s -p %s -o %s --worst 2 --json", set, folder, out);
    assert_exit(&outcome, 0);
    cJSON *said = parse_json(outcome.out);
    ck_assert(member_number(said, "files") == 2 && member_number(said, "made") == 1 && is_there("cases/amos_0002.js"));
    cJSON_Delete(said);
    outcome_free(&outcome);
    free(folder);
}
END_TEST

/* ---- what is kept ---- */

START_TEST(what_has_not_changed_is_kept)
{
    assert_said("", 3, 0, 3);
    uint64_t first = folder_digest(out);
    assert_said("", 0, 3, 3);
    ck_assert(folder_digest(out) == first);
    small_set_write_label(in(set, "labelsTr/amos_0002.nii.gz"), 6);
    assert_said("", 1, 2, 3);
    ck_assert(folder_digest(out) != first);
    assert_said("--size 16", 3, 0, 3);
    assert_said("--max-label 20", 3, 0, 3);
}
END_TEST

START_TEST(a_file_that_is_not_whole_is_made_again)
{
    static const char *const damages[] = {"", "amosViewer.case(\"amos_0001\", {});\n"};
    assert_said("", 3, 0, 3);
    uint64_t first = folder_digest(out);
    for (int i = 0; i < COUNT(damages); i++) {
        write_text(in(out, "cases/amos_0001.js"), damages[i]);
        assert_said("", 1, 2, 3);
        ck_assert(folder_digest(out) == first);
    }
    ck_assert_int_eq(unlink(in(out, "cases/amos_0501.js")), 0);
    assert_said("", 1, 2, 3);
    ck_assert(folder_digest(out) == first);
}
END_TEST

START_TEST(files_of_cases_that_are_left_out_go)
{
    assert_said("", 3, 0, 3);
    write_text(in(out, "cases/notes.txt"), "mine");
    assert_said("--cases 2", 0, 1, 1);
    ck_assert(!is_there("cases/amos_0001.js") && is_there("cases/amos_0002.js") && is_there("cases/notes.txt"));
}
END_TEST

#define OTHER(id, key, file, bytes, quality) \
    ("{\"id\":" id ",\"key\":" key ",\"file\":" file ",\"bytes\":" bytes ",\"sha256\":\"00\",\"quality\":" quality \
     ",\"row\":{}}\n")

/* Nobody but amos writes these files, but anybody may have changed them. */
START_TEST(a_manifest_of_another_hand_does_no_harm)
{
    static const char *const lines[] = {OTHER("\"amos_0001\"", "\"00\"", "\"cases/../../keep.js\"", "1", "null"),
                                        OTHER("\"x\"", "\"00\"", "\"/keep.js\"", "1e300", "{}"),
                                        OTHER("7", "0", "[]", "-1", "null"),
                                        "{\"id\":\"x\",\"quality\":[],\"row\":[]}\n",
                                        "{\"report\":{\"format\":7,\"data_set\":[]}}\n",
                                        "{\"report\":\n",
                                        "{\"id\":\"amos_0001\",\"key\"\n",
                                        "\xff\xfe]]]]\n,,,\n"};
    char *keep = tmp_path("keep.js");
    write_text(keep, "mine");
    assert_said("", 3, 0, 3);
    uint64_t first = folder_digest(out);
    for (int i = 0; i < COUNT(lines); i++) {
        write_text(in(out, "report.json"), lines[i]);
        write_text(in(out, "report.journal"), lines[i]);
        assert_said("", 3, 0, 3);
        ck_assert_msg(folder_digest(out) == first, "line %d", i);
        ck_assert_int_eq(access(keep, F_OK), 0);
    }
    free(keep);
}
END_TEST

/* ---- damaged cases ---- */

START_TEST(F45_a_damaged_case_is_a_row_with_its_reason)
{
    static const struct {
        const char *file;
        bool drawn; /* there is still a picture */
    } damages[] = {{"imagesTr/amos_0002.nii.gz", false}, {"labelsTr/amos_0002.nii.gz", true}};
    for (int i = 0; i < COUNT(damages); i++) {
        const char *path = in(set, damages[i].file);
        struct bytes whole = read_file(path);
        small_set_truncate(path, 9);
        struct outcome outcome = run_amos("report %s -o %s", set, out);
        assert_exit(&outcome, 1);
        assert_has(outcome.err, damages[i].file);
        outcome_free(&outcome);
        cJSON *shown = read_set();
        assert_has(member_text(row_of(shown, 1), "fault"), "E_GZ_TRUNC");
        ck_assert_int_eq(cJSON_IsString(member(row_of(shown, 1), "file")), damages[i].drawn);
        ck_assert_int_eq(is_there("cases/amos_0002.js"), damages[i].drawn);
        cJSON_Delete(shown);
        FILE *file = fopen(path, "wb");
        ck_assert(file && fwrite(whole.data, 1, whole.size, file) == whole.size && fclose(file) == 0);
        bytes_free(&whole);
        assert_said("", 1, 2, 3);
    }
}
END_TEST

/* ---- names ---- */

static void add_image(const char *tree, const char *id)
{
    char name[1024];
    int16_t voxels[24] = {0};
    struct nifti_spec spec = {.dim = {4, 3, 2}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    snprintf(name, sizeof name, "%s/imagesTr/%s.nii.gz", tree, id);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
}

static const char *const hostile[] = {"<script>alert(1)<",
                                      "a\" onload=\"alert(1)",
                                      "a'b&amp;c",
                                      "two\nlines",
                                      "\xe2\x80\xa8line",
                                      "\xe2\x80\xaexyz",
                                      "\xf0\x9f\x98\x80",
                                      "bad\xff",
                                      "-rf",
                                      "a%2fb#c?d",
                                      "Case",
                                      "case"};

/* Names that are not UTF-8, or that steer text, are shown as escapes. */
START_TEST(N22_hostile_names_stay_texts)
{
    free(set);
    set = tmp_path("hostile");
    for (int i = 0; i < COUNT(hostile); i++)
        add_image("hostile", hostile[i]);
    assert_said("", COUNT(hostile), 0, COUNT(hostile));
    char *page = text_of("index.html"), *script = text_of("set.js");
    ck_assert_ptr_null(strstr(page, "<script>alert"));
    assert_has(page, "&lt;script&gt;alert(1)&lt;");
    assert_has(page, "a&quot; onload=&quot;alert(1)");
    ck_assert_ptr_null(strchr(script, '<'));
    ck_assert_ptr_null(strstr(script, "\xe2\x80\xa8"));
    cJSON *shown = read_set();
    int rows = 0;
    for (const cJSON *row = member(shown, "cases")->child; row; row = row->next) {
        const char *file = member_text(row, "file");
        ck_assert_msg(is_there(file) &&
                          strspn(file + 6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                              strlen(file + 6),
                      "%s", file);
        for (const cJSON *other = row->next; other; other = other->next)
            ck_assert_str_ne(file, member_text(other, "file"));
        rows++;
    }
    ck_assert_int_eq(rows, COUNT(hostile));
    cJSON_Delete(shown);
    free(page);
    free(script);
}
END_TEST

START_TEST(two_cases_of_one_id_are_two)
{
    free(set);
    set = tmp_path("twice");
    add_image("twice", "amos_0001");
    struct bytes content = read_file(in(set, "imagesTr/amos_0001.nii.gz"));
    free(tmp_write_bytes("twice/imagesTs/amos_0001.nii.gz", &content));
    bytes_free(&content);
    assert_said("", 2, 0, 2);
    cJSON *shown = read_set();
    ck_assert_str_eq(member_text(row_of(shown, 0), "id"), "amos_0001 (training)");
    ck_assert_str_eq(member_text(row_of(shown, 1), "id"), "amos_0001 (test)");
    cJSON_Delete(shown);
}
END_TEST

/* ---- refusals ---- */

START_TEST(wrong_options_are_refused)
{
    refuse(2, "--output is missing", "");
    refuse(2, "as a report is a folder", "-o -");
    refuse(2, "--worst needs --prediction", "-o %s --worst 3");
    refuse(2, "no case \"999\"", "-o %s --cases 1,999");
    refuse(2, "no case \"600-700\"", "-o %s --cases 600-700");
    refuse(1, "No case is left", "-o %s --cases 501 --split training");
    refuse(2, "from 16 to 4096", "-o %s --size 3");
    ck_assert_int_ne(access(out, F_OK), 0);
}
END_TEST

START_TEST(F46_a_folder_that_is_no_report_is_refused)
{
    ck_assert_int_eq(mkdir(out, 0777), 0);
    write_text(in(out, "index.html"), "mine");
    refuse(1, "is no report (it has no report.json); give another folder, or --force", "-o %s");
    char *page = text_of("index.html");
    ck_assert_str_eq(page, "mine");
    free(page);
    assert_said("--force", 3, 0, 3);
}
END_TEST

START_TEST(an_empty_folder_is_filled)
{
    ck_assert_int_eq(mkdir(out, 0777), 0);
    assert_said("", 3, 0, 3);
}
END_TEST

START_TEST(F46_the_report_of_another_data_set_is_refused)
{
    assert_said("", 3, 0, 3);
    uint64_t first = folder_digest(out);
    add_image("other", "amos_0007");
    free(set);
    set = tmp_path("other");
    refuse(1, "has a report of another data set, AMOS; give another folder, or --force", "-o %s");
    ck_assert(folder_digest(out) == first);
    assert_said("--force", 1, 0, 1);
    ck_assert(!is_there("cases/amos_0001.js"));
}
END_TEST

START_TEST(F46_two_at_once_are_refused)
{
    assert_said("", 3, 0, 3);
    int journal = open(in(out, "report.journal"), O_WRONLY | O_CREAT, 0666);
    ck_assert(journal >= 0 && flock(journal, LOCK_EX | LOCK_NB) == 0);
    refuse(1, "Another process is writing this report", "-o %s");
    close(journal);
    assert_said("", 0, 3, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *reports = add_case(suite, "reports", 20);
    tcase_add_checked_fixture(reports, begin, end);
    tcase_add_test(reports, a_report_has_its_files_and_rows);
    tcase_add_test(reports, a_browser_without_scripts_gets_tables);
    tcase_add_test(reports, threads_change_nothing);
    tcase_add_test(reports, options_choose_cases);
    tcase_add_test(reports, the_worst_cases_have_pictures);
    tcase_add_test(reports, what_has_not_changed_is_kept);
    tcase_add_test(reports, a_file_that_is_not_whole_is_made_again);
    tcase_add_test(reports, files_of_cases_that_are_left_out_go);
    tcase_add_test(reports, a_manifest_of_another_hand_does_no_harm);
    tcase_add_test(reports, F45_a_damaged_case_is_a_row_with_its_reason);
    tcase_add_test(reports, N22_hostile_names_stay_texts);
    tcase_add_test(reports, two_cases_of_one_id_are_two);
    tcase_add_test(reports, wrong_options_are_refused);
    tcase_add_test(reports, F46_a_folder_that_is_no_report_is_refused);
    tcase_add_test(reports, an_empty_folder_is_filled);
    tcase_add_test(reports, F46_the_report_of_another_data_set_is_refused);
    tcase_add_test(reports, F46_two_at_once_are_refused);
    return run_suite(suite);
}
