/* SPDX-License-Identifier: BSD-3-Clause */
/* `amos view` as people call it: what its options choose, folders of pictures and sheets, and what --json says. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

static char *make_set(const char *name, int cases)
{
    char *set = tmp_path(name);
    struct outcome made =
        run_amos(cases == 4 ? "phantom %s --cases 4 --size 48x40x24" : "phantom %s --cases 1 --size 48x40x24", set);
    assert_exit(&made, 0);
    outcome_free(&made);
    return set;
}

static bool exists(const char *folder, const char *name)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* Width and height of a PNG file. */
static void measure(const char *path, unsigned *width, unsigned *height)
{
    struct bytes png = read_file(path);
    ck_assert_uint_gt(png.size, 100);
    ck_assert_mem_eq(png.data, "\x89PNG\r\n\x1a\n", 8);
    ck_assert_mem_eq(png.data + png.size - 8, "IEND", 4);
    *width = (unsigned)(png.data[18] << 8 | png.data[19]);
    *height = (unsigned)(png.data[22] << 8 | png.data[23]);
    bytes_free(&png);
}

static void assert_refused(struct outcome o, int code, const char *says)
{
    ck_assert_msg(o.code == code, "exit code %d: %s", o.code, o.err);
    ck_assert_msg(strstr(o.err, says) != NULL, "%s", o.err);
    outcome_free(&o);
}

#ifdef AMOS_HAVE_LIBPNG

static cJSON *view_json(const char *words, const char *set, const char *out)
{
    char line[256];
    snprintf(line, sizeof line, "view %%s -o %%s --json %s", words);
    struct outcome o = run_amos(line, set, out);
    assert_exit(&o, 0);
    cJSON *json = parse_json(o.out);
    outcome_free(&o);
    return json;
}

/* What --json says is enough to ask for the same picture again. */
START_TEST(json_says_what_was_drawn)
{
    char *set = make_set("set", 1), *out = tmp_path("one.png");
    char set_case[1200];
    snprintf(set_case, sizeof set_case, "%s/amos_0001", set);
    cJSON *json = view_json("--plane coronal --organ liver --window bone", set_case, out);
    ck_assert_str_eq(member_text(json, "picture"), out);
    ck_assert_str_eq(member_text(json, "case"), "amos_0001");
    ck_assert_str_eq(member_text(json, "modality"), "CT");
    ck_assert_str_eq(member_text(member(json, "window"), "text"), "bone: W 1800  L 400 HU");
    ck_assert_double_eq(member_number(member(json, "window"), "low"), -500);
    ck_assert_double_eq(member_number(member(json, "organ"), "label"), 6);
    const cJSON *slice = cJSON_GetArrayItem(member(json, "slices"), 0);
    ck_assert_int_eq(cJSON_GetArraySize(member(json, "slices")), 1);
    ck_assert_str_eq(member_text(slice, "plane"), "coronal");
    char words[64];
    snprintf(words, sizeof words, "--plane coronal --slice %.0f", member_number(slice, "slice"));
    cJSON *again = view_json(words, set_case, out);
    ck_assert_double_eq(member_number(cJSON_GetArrayItem(member(again, "slices"), 0), "mm"),
                        member_number(slice, "mm"));
    snprintf(words, sizeof words, "--slice y=%.3fmm", member_number(slice, "mm"));
    cJSON *place = view_json(words, set_case, out);
    ck_assert_double_eq(member_number(cJSON_GetArrayItem(member(place, "slices"), 1), "slice"),
                        member_number(slice, "slice"));
    cJSON_Delete(place);
    cJSON_Delete(again);
    cJSON_Delete(json);
    free(out);
    free(set);
}
END_TEST

/* Replaces the first occurrence of a text in a file. */
static void replace_in(const char *folder, const char *name, const char *from, const char *to)
{
    char path[1200], whole[1200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct bytes text = read_file(path);
    bytes_add_fill(&text, 0, 1);
    const char *all = (const char *)text.data, *found = strstr(all, from);
    ck_assert_ptr_nonnull(found);
    size_t bytes = text.size + strlen(to);
    char *changed = must_alloc(bytes);
    int length = snprintf(changed, bytes, "%.*s%s%s", (int)(found - all), all, to, found + strlen(from));
    snprintf(whole, sizeof whole, "%s/%s", strrchr(folder, '/') + 1, name);
    free(tmp_write(whole, changed, (size_t)length));
    free(changed);
    bytes_free(&text);
}

/* Another data set's table: 10 is the portal vein, 11 the pancreas. */
START_TEST(organs_have_the_names_of_their_data_set)
{
    char *set = make_set("named", 1), *out = tmp_path("named.png");
    replace_in(set, "dataset.json", "\"10\": \"pancreas\"", "\"10\": \"portal vein\"");
    replace_in(set, "dataset.json", "\"11\": \"right adrenal gland\"", "\"11\": \"pancreas\"");
    static const struct {
        const char *organ, *name;
        int label;
    } rows[] = {{"pancreas", "pancreas", 11},
                {"portal vein", "portal vein", 10},
                {"10", "portal vein", 10},
                {"liver", "Liver", 6}};
    for (int i = 0; i < 4; i++) {
        struct outcome o = run_amos("view %s 1 -o %s --json --size 400 --organ %s", set, out, rows[i].organ);
        assert_exit(&o, 0);
        cJSON *json = parse_json(o.out);
        ck_assert_str_eq(member_text(member(json, "organ"), "name"), rows[i].name);
        ck_assert_double_eq(member_number(member(json, "organ"), "label"), rows[i].label);
        cJSON_Delete(json);
        outcome_free(&o);
    }
    assert_refused(run_amos("view %s 1 -o %s --organ %s", set, out, "right adrenal gland"), 1, "There is no organ");
    free(out);
    free(set);
}
END_TEST

START_TEST(windows_have_names)
{
    static const struct {
        const char *window;
        double low, high;
    } rows[] = {{"abdomen", -160, 240}, {"liver", -45, 105}, {"mediastinum", -125, 225}, {"lung", -1350, 150},
                {"bone", -500, 1300},   {"spine", -75, 175}, {"brain", 0, 80},           {"vessels", 0, 600},
                {"40,400", -160, 240},  {"-12.5,25", -25, 0}};
    char *set = make_set("set", 1), *out = tmp_path("window.png");
    char words[64];
    snprintf(words, sizeof words, "amos_0001 --window %s --size 400", rows[_i].window);
    cJSON *json = view_json(words, set, out);
    ck_assert_double_eq(member_number(member(json, "window"), "low"), rows[_i].low);
    ck_assert_double_eq(member_number(member(json, "window"), "high"), rows[_i].high);
    cJSON_Delete(json);
    free(out);
    free(set);
}
END_TEST

START_TEST(hounsfield_windows_are_refused_for_mri)
{
    char *set = make_set("set", 4), *out = tmp_path("mri.png");
    assert_refused(run_amos("view %s 507 -o %s --window bone", set, out), 1, "--window 300,600");
    ck_assert_int_ne(access(out, F_OK), 0);
    struct outcome own = run_amos("view %s 507 -o %s --window 300,600", set, out);
    assert_exit(&own, 0);
    outcome_free(&own);
    struct outcome said = run_amos("view %s 507 -o %s --window bone --modality ct", set, out);
    assert_exit(&said, 0);
    outcome_free(&said);
    free(out);
    free(set);
}
END_TEST

START_TEST(a_picture_has_the_size_that_is_asked_for)
{
    static const char *const words[] = {"", "--size 400", "--size 2500 --plane axial", "--size 900 --montage 5x2"};
    static const unsigned widths[] = {1920, 400, 2500, 900};
    char *set = make_set("set", 1), *out = tmp_path("size.png");
    char line[128];
    unsigned width, height;
    snprintf(line, sizeof line, "view %%s 1 -o %%s %s", words[_i]);
    struct outcome o = run_amos(line, set, out);
    assert_exit(&o, 0);
    measure(out, &width, &height);
    ck_assert_uint_eq(width, widths[_i]);
    ck_assert_uint_lt(height, 3 * width);
    outcome_free(&o);
    free(out);
    free(set);
}
END_TEST

static void assert_same_files(const char *a, const char *b, const char *name)
{
    char left[1200], right[1200];
    snprintf(left, sizeof left, "%s/%s", a, name);
    snprintf(right, sizeof right, "%s/%s", b, name);
    struct bytes x = read_file(left), y = read_file(right);
    ck_assert_uint_eq(x.size, y.size);
    ck_assert_mem_eq(x.data, y.data, x.size);
    bytes_free(&x);
    bytes_free(&y);
}

/* A picture for each case, and a row of the sheet, with the same bytes with any number of threads. */
START_TEST(a_data_set_gives_a_folder_and_a_sheet)
{
    static const char *const names[] = {"amos_0001.png", "amos_0004.png", "amos_0507.png", "amos_0006.png",
                                        "sheet.png"};
    char *set = make_set("set", 4), *one = tmp_path("one"), *three = tmp_path("three");
    struct outcome o = run_amos("view %s -o %s/ --sheet %s.png -j 1 --size 500", set, one, one);
    assert_exit(&o, 0);
    ck_assert_msg(strstr(o.out, "one/: 4 pictures\n") != NULL, "%s", o.out);
    outcome_free(&o);
    ck_assert_int_eq(mkdir(three, 0777), 0);
    o = run_amos("view %s -o %s --sheet %s/sheet.png -j 3 --size 500 --json", set, three, three);
    assert_exit(&o, 0);
    cJSON *json = parse_json(o.out);
    ck_assert_int_eq(cJSON_GetArraySize(json), 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(member_text(cJSON_GetArrayItem(json, i), "status"), "OK");
        assert_same_files(one, three, names[i]);
    }
    char sheet[1200], moved[1200];
    unsigned width, height;
    snprintf(sheet, sizeof sheet, "%s.png", one);
    snprintf(moved, sizeof moved, "%s/sheet.png", one);
    ck_assert_int_eq(rename(sheet, moved), 0);
    assert_same_files(one, three, "sheet.png");
    measure(moved, &width, &height);
    ck_assert_uint_eq(width, 500);
    ck_assert_uint_gt(height, 4 * 98);
    cJSON_Delete(json);
    outcome_free(&o);
    free(three);
    free(one);
    free(set);
}
END_TEST

/* A folder of volumes is drawn too; a file that cannot be read is named, and the others are drawn. */
START_TEST(a_flat_folder_is_drawn_as_far_as_it_can_be)
{
    char *set = make_set("set", 4), *out = tmp_path("flat");
    char folder[1200];
    snprintf(folder, sizeof folder, "%s/labelsTr", set);
    free(tmp_write("set/labelsTr/broken.nii.gz", "no gzip", 7));
    struct outcome o = run_amos("view %s -o %s/ --sheet %s.png --size 400", folder, out, out);
    ck_assert_int_eq(o.code, 1);
    ck_assert_msg(strstr(o.out, "3 pictures, 1 not drawn") != NULL, "%s", o.out);
    ck_assert_msg(strstr(o.err, "broken.nii.gz") != NULL, "%s", o.err);
    ck_assert(exists(out, "amos_0001.png") && exists(out, "amos_0507.png") && !exists(out, "broken.png"));
    ck_assert(exists(out, "../flat.png"));
    outcome_free(&o);
    free(out);
    free(set);
}
END_TEST

START_TEST(a_case_without_the_organ_is_said_and_counted)
{
    char *set = make_set("set", 4), *out = tmp_path("bladders");
    struct outcome o = run_amos("view %s -o %s/ --organ bladder --split training --size 400", set, out);
    ck_assert_int_eq(o.code, 1);
    ck_assert_msg(strstr(o.out, "2 pictures, 1 not drawn") != NULL, "%s", o.out);
    ck_assert_msg(strstr(o.err, "amos_0507") != NULL && strstr(o.err, "no voxel of \"bladder\"") != NULL, "%s", o.err);
    outcome_free(&o);
    free(out);
    free(set);
}
END_TEST

START_TEST(words_that_do_not_fit_are_refused)
{
    static const struct {
        const char *words, *says;
    } rows[] = {
        {"--slice 3.5", "a voxel index from 0"},
        {"--slice -1", "a voxel index from 0"},
        {"--slice x=1,x=2", "a voxel index from 0"},
        {"--slice x=1,", "a voxel index from 0"},
        {"--slice nan", "a voxel index from 0"},
        {"--plane oblique", "axial, coronal, sagittal or all"},
        {"--window bones", "LEVEL,WIDTH such as 40,400, or abdomen, liver"},
        {"--window 40,0", "abdomen, liver"},
        {"--window 40,nan", "abdomen, liver"},
        {"--window 40", "brain, vessels or percentiles was expected"},
        {"--montage 3", "such as 4x3"},
        {"--montage 0x3", "such as 4x3"},
        {"--montage 21x1", "such as 4x3"},
        {"--opacity 1.5", "a number from 0 to 1"},
        {"--size 10", "an integer from 400 to 4096"},
        {"--montage 2x2 --slice 3", "exclude each other"},
        {"--montage 2x2 --plane all", "--plane axial, coronal or sagittal"},
        {"--outline --opacity 0.5", "exclude each other"},
        {"--json", "both go to stdout"},
        {"--sheet -", "both go to stdout"},
    };
    char *set = make_set("set", 1), line[128];
    snprintf(line, sizeof line, "view %%s 1 -o - %s", rows[_i].words);
    assert_refused(run_amos(line, set), 2, rows[_i].says);
    free(set);
}
END_TEST

START_TEST(several_pictures_need_several_places)
{
    char *set = make_set("set", 4), *out = tmp_path("out.png"), *folder = tmp_path("same");
    assert_refused(run_amos("view %s -o %s", set, out), 2, "-o DIR/");
    assert_refused(run_amos("view %s 1 4 -o %s", set, out), 2, "2 operands were given");
    assert_refused(run_amos("view %s 1 4 -o %s/ --label %s", set, folder, out), 2, "--label is a label of one image");
    assert_refused(run_amos("view %s/labelsTr %s/imagesTr -o %s/", set, set, folder), 1, "would both be amos_0001.png");
    assert_refused(run_amos("view %s 1", set), 2, "--sheet");
    assert_refused(run_amos("view %s 1 -o %s --sheet %s", set, out, out), 2, "cannot both go to");
    assert_refused(run_amos("view %s --sheet %s --montage 20x5", set, out), 2, "no room for 100 slices");
    ck_assert_int_ne(access(folder, F_OK), 0);
    ck_assert_int_ne(access(out, F_OK), 0);
    free(folder);
    free(out);
    free(set);
}
END_TEST

#else

START_TEST(without_libpng_it_says_so)
{
    char *set = make_set("set", 1), *out = tmp_path("out");
    assert_refused(run_amos("view %s -o %s/", set, out), 2, "libpng");
    ck_assert(!exists(out, ""));
    free(out);
    free(set);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("view_asked");
    TCase *command = add_case(suite, "command", 60);
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(command, json_says_what_was_drawn);
    tcase_add_test(command, organs_have_the_names_of_their_data_set);
    tcase_add_loop_test(command, windows_have_names, 0, 10);
    tcase_add_test(command, hounsfield_windows_are_refused_for_mri);
    tcase_add_loop_test(command, a_picture_has_the_size_that_is_asked_for, 0, 4);
    tcase_add_test(command, a_data_set_gives_a_folder_and_a_sheet);
    tcase_add_test(command, a_flat_folder_is_drawn_as_far_as_it_can_be);
    tcase_add_test(command, a_case_without_the_organ_is_said_and_counted);
    tcase_add_loop_test(command, words_that_do_not_fit_are_refused, 0, 20);
    tcase_add_test(command, several_pictures_need_several_places);
#else
    tcase_add_test(command, without_libpng_it_says_so);
    (void)assert_refused;
    (void)measure;
#endif
    return run_suite(suite);
}
