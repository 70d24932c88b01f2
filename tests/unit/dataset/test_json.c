/* SPDX-License-Identifier: BSD-3-Clause */
/* dataset.json as JSON: rows J01 to J11, J19 to J22 and J36 of the catalogue of malformed input. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json/syntax.h"
#include "support/main.h"
#include "support/make/tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char good[] =
    "{\"name\": \"AMOS\", \"labels\": {\"0\": \"background\", \"1\": \"liver\"}, \"numTraining\": 1,\n"
    " \"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": "
    "\"./labelsTr/amos_0001.nii.gz\"}],\n \"test\": [\"./imagesTs/amos_0002.nii.gz\"]}";

static void put_bytes(const char *text, size_t length)
{
    FILE *file = fopen(tree_path("dataset.json"), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* Each of the texts is a syntax error that says where. */
static void refuse_each(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        amos_error err;
        tree_json(texts[i]);
        tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "dataset.json: ", &err);
        ck_assert_msg(err.offset >= 0 && strstr(err.message, "line ") != NULL, "no place: %s", err.message);
    }
}

/* Opens with an empty training list and other members, and expects the warnings. */
static void accept_lists(const char *lists, amos_warnings warnings)
{
    tree_lists(lists);
    amos_dataset *ds = tree_open();
    assert_warnings_at(__FILE__, __LINE__, lists, amos_dataset_get_info(ds)->warnings, warnings);
    amos_dataset_free(ds);
}

static void put_nested(int lists)
{
    size_t size = (size_t)lists * 2 + 64;
    char *text = malloc(size);
    ck_assert_ptr_nonnull(text);
    int used = snprintf(text, size, "{\"training\": [], \"x\": ");
    memset(text + used, '[', (size_t)lists);
    memset(text + used + lists, ']', (size_t)lists);
    memcpy(text + used + 2 * lists, "}", 2);
    put_bytes(text, strlen(text));
    free(text);
}

START_TEST(j01_empty)
{
    static const char *const texts[] = {"", " \n\t\r ", "\xef\xbb\xbf"};
    tree_begin("j01");
    refuse_each(texts, COUNT(texts));
}
END_TEST

START_TEST(j02_byte_order_mark)
{
    char text[sizeof good + 3] = "\xef\xbb\xbf";
    tree_begin("j02");
    memcpy(text + 3, good, sizeof good);
    put_bytes(text, strlen(text));
    amos_dataset *ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 2);
    amos_dataset_free(ds);
    put_bytes("\xef\xbb\xbf\xef\xbb\xbf{}", 8);
    amos_error err;
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "byte 3", &err);
}
END_TEST

START_TEST(j03_utf16_and_utf32)
{
    amos_error err;
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {{"\xff\xfe{\0}\0", 6}, {"\xfe\xff\0{\0}", 6}, {"{\0}\0", 4},
                {"\0{\0}", 4},         {"\0\0\0{", 4},        {"{\0\0\0", 4}};
    tree_begin("j03");
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_bytes(rows[i].text, rows[i].length);
        tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "UTF-8", &err);
    }
}
END_TEST

START_TEST(j04_every_prefix)
{
    amos_error err;
    tree_begin("j04");
    for (size_t length = 0; length < sizeof good - 1; length++) {
        put_bytes(good, length);
        tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "dataset.json: line ", &err);
        ck_assert_int_le(err.offset, (int64_t)length);
    }
    put_bytes(good, sizeof good - 1);
    amos_dataset_free(tree_open());
}
END_TEST

START_TEST(j05_trailing_text)
{
    static const char *const texts[] = {"{'training': []} x", "{'training': []}{}", "{'training': []}\n]",
                                        "{'training': []},"};
    tree_begin("j05");
    refuse_each(texts, COUNT(texts));
    tree_json("{'training': []}\n\n");
    amos_dataset_free(tree_open());
}
END_TEST

START_TEST(j06_j07_no_json)
{
    static const char *const texts[] = {"{'training': [],}",
                                        "{'training': [1,]}",
                                        "{'training': [,]}",
                                        "{,}",
                                        "{'training': [] 'a': 1}",
                                        "{'training' []}",
                                        "{'training': [1 2]}",
                                        "{training: []}",
                                        "{'training': [}",
                                        "{'training': []]",
                                        "{'training': [], // no\n'a': 1}",
                                        "{/* no */'training': []}",
                                        "{'training': [], 'a': NaN}",
                                        "{'training': [], 'a': Infinity}",
                                        "{'training': [], 'a': -Infinity}",
                                        "{'training': [], 'a': +1}",
                                        "{'training': [], 'a': 0x10}",
                                        "{'training': [], 'a': .5}",
                                        "{'training': [], 'a': 1.}",
                                        "{'training': [], 'a': 1e}",
                                        "{'training': [], 'a': 1e+}",
                                        "{'training': [], 'a': -}",
                                        "{'training': [], 'a': 0123}",
                                        "{'training': [], 'a': -01}",
                                        "{'training': [], 'a': 00}",
                                        "{'training': [], 'a': True}",
                                        "{'training': [], 'a': nul}",
                                        "{'training': [], 'a': nulll}",
                                        "{'training': [], 'a': '\\x'}",
                                        "{'training': [], 'a': '\\u12g4'}",
                                        "{'training': [], 'a': '\\u00zz'}",
                                        "{'training': [], 'a': '\\u12'}",
                                        "{'training': [], 'a': '\\",
                                        "{'training': [], 'a': '\\u",
                                        "}",
                                        "]",
                                        ":",
                                        "\v{}"};
    amos_error err;
    tree_begin("j06");
    refuse_each(texts, COUNT(texts));
    put_bytes("{\n 'training': []}", 18);
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "line 2, byte 3: ", &err);
    ck_assert_int_eq(err.offset, 3);
}
END_TEST

START_TEST(j08_odd_numbers)
{
    static const char *const numbers[] = {
        "1e999", "-1e999", "9223372036854775807", "1.5e-300",
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890"};
    tree_begin("j08");
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char lists[256];
        snprintf(lists, sizeof lists, "'training': [], 'other': [%s, {'a': %s}]", numbers[i], numbers[i]);
        accept_lists(lists, 0);
        snprintf(lists, sizeof lists, "'training': [], 'numTraining': %s", numbers[i]);
        accept_lists(lists, AMOS_W_COUNT);
    }
    accept_lists("'training': [], 'numTraining': -0", 0);
}
END_TEST

START_TEST(j09_depth)
{
    amos_error err;
    tree_begin("j09");
    put_nested(AMOSI_JSON_DEPTH - 1);
    amos_dataset_free(tree_open());
    static const int depths[] = {AMOSI_JSON_DEPTH, 1000, 1001, 200000};
    for (size_t i = 0; i < COUNT(depths); i++) {
        put_nested(depths[i]);
        tree_refuse(NULL, AMOS_E_LIMIT, "64 levels", &err);
    }
}
END_TEST

START_TEST(j10_limits)
{
    amos_error err;
    amos_limits limits = {.size = sizeof limits, .max_json_bytes = sizeof good - 1, .max_json_nodes = 12};
    const amos_dataset_options options = {.size = sizeof options, .limits = &limits};
    tree_begin("j10");
    tree_put("dataset.json", good);
    amos_dataset_free(tree_open_with(&options));
    limits.max_json_nodes = 11;
    tree_refuse(&options, AMOS_E_LIMIT, "more than 11 values", &err);
    limits.max_json_nodes = 12;
    limits.max_json_bytes = sizeof good - 2;
    tree_refuse(&options, AMOS_E_LIMIT, "bytes", &err);
    ck_assert_int_eq(truncate(tree_path("dataset.json"), ((off_t)64 << 20) + 1), 0);
    tree_refuse(NULL, AMOS_E_LIMIT, "67108864", &err);
    size_t zeros = 1000000;
    char *text = malloc(2 * zeros + 64);
    ck_assert_ptr_nonnull(text);
    size_t used = (size_t)sprintf(text, "{\"training\": [], \"x\": [0");
    for (size_t i = 1; i < zeros; i++, used += 2)
        memcpy(text + used, ",0", 2);
    memcpy(text + used, "]}", 2);
    put_bytes(text, used + 2);
    free(text);
    tree_refuse(NULL, AMOS_E_LIMIT, "more than 1000000 values", &err);
}
END_TEST

START_TEST(j11_long_list_in_linear_time)
{
    enum { CASES = 200000 };
    tree_begin("j11");
    char *text = malloc(CASES * 48 + 64);
    ck_assert_ptr_nonnull(text);
    size_t used = (size_t)sprintf(text, "{\"training\": [], \"test\": [");
    for (int i = 0; i < CASES; i++)
        used += (size_t)sprintf(text + used, "%s\"%d/amos_%d.nii\"", i ? "," : "", i % 100, CASES - i);
    memcpy(text + used, "]}", 2);
    put_bytes(text, used + 2);
    free(text);
    amos_dataset *ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, CASES);
    ck_assert_int_eq(amos_case_get_info(amos_dataset_find(ds, "1"))->number, 1);
    ck_assert_int_eq(amos_case_get_info(amos_dataset_find(ds, "amos_7777"))->number, 7777);
    ck_assert_ptr_nonnull(amos_dataset_find(ds, "amos_77777"));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(j19_nul)
{
    static const char *const texts[] = {"{'training': [{'image': 'a\\u0000b', 'label': 'c'}]}",
                                        "{'training': [], 'x\\u0000': 1}", "{'training': [], 'x': ['\\u0000']}"};
    tree_begin("j19");
    refuse_each(texts, COUNT(texts));
    static const char raw[] = "{\"training\": [], \"x\": \"a\0b\"}";
    amos_error err;
    put_bytes(raw, sizeof raw - 1);
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "control character", &err);
    static const char between[] = "{\"training\": [],\0 \"x\": 1}";
    put_bytes(between, sizeof between - 1);
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "byte 16", &err);
    put_bytes("{\"training\": []}\0", 17);
    tree_refuse(NULL, AMOS_E_JSON_SYNTAX, "byte 16", &err);
    tree_json("{'training': [], 'test': ['x\\\\u0000.nii']}");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 0))->id,
                     "u0000"); /* what follows a backslash, as of a path of Windows */
    amos_dataset_free(ds);
}
END_TEST

START_TEST(j20_j21_j22_characters)
{
    static const char *const texts[] = {"{'training': [], 'x': '\xff'}",
                                        "{'training': [], 'x': '\xc3'}",
                                        "{'training': [], 'x': '\xc0\x80'}",
                                        "{'training': [], 'x': '\xe0\x80\x80'}",
                                        "{'training': [], 'x': '\xed\xa0\x80'}",
                                        "{'training': [], 'x': '\xf4\x90\x80\x80'}",
                                        "{'training': [], 'x': '\xf8\x88\x80\x80\x80'}",
                                        "{'training': [], 'x': 'a\nb'}",
                                        "{'training': [], 'x': 'a\tb'}",
                                        "{'training': [], 'x': 'a\x01z'}",
                                        "{'training': [], 'x': '\\ud800'}",
                                        "{'training': [], 'x': '\\udc00'}",
                                        "{'training': [], 'x': '\\ud800\\ud800'}",
                                        "{'training': [], 'x': '\\ud800x'}",
                                        "{'training': [], 'x': '\\ud800\\n'}",
                                        "{'training': [], 'x': '\\ud800\\u0041'}"};
    tree_begin("j20");
    refuse_each(texts, COUNT(texts));
    tree_json("{'training': [], 'test': ['b\xc3\xa4\\uD83D\\ude00\\u00E4\\n.nii'], "
              "'x': '\xe0\xa0\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\x7f'}");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 0))->id, "b\xc3\xa4\xf0\x9f\x98\x80\xc3\xa4\n");
    amos_dataset_free(ds);
}
END_TEST

/* cJSON would read a fraction with the locale's decimal point, which another thread may change; so no fraction is
 * passed to it. */
START_TEST(j36_no_fraction_is_parsed)
{
    char text[] = "[1.5, -2.25e10, 7, -7, 1E2, 123456789012345, 1234567890123456, \"1.5\", 0.0]";
    amos_error err;
    assert_ok(amosi_json_check(text, strlen(text), 100, "x", &err), &err);
    ck_assert_str_eq(text, "[9e9, 9e9     , 7, -7, 9e9, 123456789012345, 9e9             , \"1.5\", 9e9]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *rows = add_case(suite, "rows", 60);
    tcase_add_test(rows, j01_empty);
    tcase_add_test(rows, j02_byte_order_mark);
    tcase_add_test(rows, j03_utf16_and_utf32);
    tcase_add_test(rows, j04_every_prefix);
    tcase_add_test(rows, j05_trailing_text);
    tcase_add_test(rows, j06_j07_no_json);
    tcase_add_test(rows, j08_odd_numbers);
    tcase_add_test(rows, j09_depth);
    tcase_add_test(rows, j10_limits);
    tcase_add_test(rows, j11_long_list_in_linear_time);
    tcase_add_test(rows, j19_nul);
    tcase_add_test(rows, j20_j21_j22_characters);
    tcase_add_test(rows, j36_no_fraction_is_parsed);
    return run_suite(suite);
}
