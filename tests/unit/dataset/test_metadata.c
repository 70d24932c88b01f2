/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata CSV: its assignment to cases, and the handling of malformed tables. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"
#include "support/make/tree.h"

#define NAME "labeled_data_meta_0000_0599.csv"
#define HEADER \
    "amos_id,Patient's Birth Date,Patient's Sex,Patient's Age,Manufacturer's Model Name,Manufacturer," \
    "Acquisition Date,Site\n"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void begin(const char *name)
{
    tree_begin(name);
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTr/amos_0002.nii.gz", "imagesTs/amos_0507.nii.gz", NULL);
}

static const amos_metadata *metadata_of(const amos_dataset *dataset, const char *id)
{
    const amos_metadata *m = amos_case_get_info(amos_dataset_find(dataset, id))->metadata;
    ck_assert_msg(m != NULL, "no metadata for %s", id);
    return m;
}

/* Opens with a table and expects these warnings. */
static amos_dataset *open_table(const char *csv, amos_warnings warnings)
{
    tree_put(NAME, csv);
    amos_dataset *ds = tree_open();
    assert_warnings_at(__FILE__, __LINE__, csv, amos_dataset_get_info(ds)->warnings, warnings);
    return ds;
}

START_TEST(all_columns)
{
    begin("columns");
    amos_dataset *ds = open_table(HEADER "1,19570203,M,062Y,Aquilion ONE,TOSHIBA,20190801,LGCH\n"
                                         "507,,F,018M,\"Magnetom, \"\"Aera\"\"\",SIEMENS,20200229,\n",
                                  0);
    const amos_metadata *m = metadata_of(ds, "amos_0001");
    ck_assert_int_eq(m->age_years, 62);
    ck_assert_int_eq(m->sex, 'M');
    ck_assert_str_eq(m->model, "Aquilion ONE");
    ck_assert_str_eq(m->maker, "TOSHIBA");
    ck_assert_str_eq(m->date, "20190801");
    ck_assert_str_eq(m->birth, "19570203");
    ck_assert_str_eq(m->site, "LGCH");
    m = metadata_of(ds, "amos_0507");
    ck_assert_int_eq(m->age_years, 1);
    ck_assert_int_eq(m->sex, 'F');
    ck_assert_str_eq(m->model, "Magnetom, \"Aera\"");
    ck_assert_str_eq(m->birth, "");
    ck_assert_str_eq(m->site, "");
    ck_assert_ptr_null(amos_case_get_info(amos_dataset_find(ds, "amos_0002"))->metadata);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(columns_in_any_order_with_crlf_and_bom)
{
    begin("any_order");
    amos_dataset *ds = open_table("\xef\xbb\xbfSite,\"other\", amos_id ,Patient's Sex\r\n"
                                  "A,\"two\r\nlines\", amos_0002 , M\r\n\r\n\nB,,0001,F",
                                  0);
    ck_assert_str_eq(metadata_of(ds, "amos_0002")->site, "A");
    ck_assert_int_eq(metadata_of(ds, "amos_0002")->sex, 'M');
    const amos_metadata *m = metadata_of(ds, "amos_0001");
    ck_assert_str_eq(m->site, "B");
    ck_assert_int_eq(m->sex, 'F');
    ck_assert_int_eq(m->age_years, -1);
    ck_assert_str_eq(m->model, "");
    ck_assert_str_eq(m->date, "");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(ages_sexes_and_dates)
{
    static const struct {
        const char *age;
        int years;
    } ages[] = {{"062Y", 62},  {"62", 62},   {"000Y", 0}, {"011M", 0}, {"024M", 2},  {"051W", 0},
                {"053W", 1},   {"364D", 0},  {"999D", 2}, {"", -1},    {"Y", -1},    {"062X", -1},
                {"062Y ", 62}, {"1234", -1}, {"-5", -1},  {"6.5", -1}, {"062YY", -1}};
    begin("ages");
    for (size_t i = 0; i < COUNT(ages); i++) {
        char csv[512];
        snprintf(csv, sizeof csv, HEADER "1,,x,%s,,,2019-08-01,\n2,,,,,,201908011,\n", ages[i].age);
        amos_dataset *ds = open_table(csv, 0);
        ck_assert_msg(metadata_of(ds, "1")->age_years == ages[i].years, "%s is %d", ages[i].age,
                      metadata_of(ds, "1")->age_years);
        ck_assert_int_eq(metadata_of(ds, "1")->sex, '?');
        ck_assert_str_eq(metadata_of(ds, "1")->date, "");
        ck_assert_str_eq(metadata_of(ds, "2")->date, "");
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(a_case_in_two_splits_has_it_twice)
{
    begin("two_splits");
    tree_volumes("imagesVa/amos_0001.nii.gz", NULL);
    amos_dataset *ds = open_table(HEADER "1,,M,,,,,S\n", AMOS_W_LEAK);
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 0))->metadata->site, "S");
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 1))->metadata->site, "S");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(unusable_tables_warn)
{
    static const char *const tables[] = {"",
                                         "id,Site\n1,A\n",
                                         "\xff",
                                         (HEADER "1,\xff,,,,,,\n"),
                                         "\"amos_id\n1\n",
                                         "amos\"_id\n1\n",
                                         "\"amos_id\"x\n1\n",
                                         "amos_id\r1\n"};
    begin("unusable");
    for (size_t i = 0; i < COUNT(tables); i++) {
        amos_dataset *ds = open_table(tables[i], AMOS_W_METADATA);
        ck_assert_ptr_null(amos_case_get_info(amos_dataset_get(ds, 0))->metadata);
        char *found = tree_findings(ds);
        ck_assert_str_eq(found, "W_METADATA " NAME " \n");
        free(found);
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(faulty_lines_are_left_out)
{
    static const struct {
        const char *lines;
        int first, second; /* whether cases 1 and 2 get metadata */
    } rows[] = {{"1,A\n2\n", 1, 0},          {"1,A\n2,B,C\n", 1, 0},   {"1,A\n1,B\n", 1, 0},
                {"1,A\n9,B\n2,C\n", 1, 1},   {"1,A\n,B\n2,C\n", 1, 1}, {"1,A\n\"2\"x,B\n", 1, 0},
                {"1,A\n2,\"B\n", 1, 0},      {"1,A\n2,B\"\n", 1, 0},   {"x,A\n2,B\n", 0, 1},
                {"1,A\nAMOS_0002,B\n", 1, 0}};
    begin("faulty");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char csv[128];
        snprintf(csv, sizeof csv, "amos_id,Site\n%s", rows[i].lines);
        amos_dataset *ds = open_table(csv, AMOS_W_METADATA);
        const amos_metadata *first = amos_case_get_info(amos_dataset_find(ds, "1"))->metadata;
        ck_assert_msg((first != NULL) == rows[i].first, "%s", csv);
        ck_assert_msg((amos_case_get_info(amos_dataset_find(ds, "2"))->metadata != NULL) == rows[i].second, "%s", csv);
        if (first)
            ck_assert_str_eq(first->site, "A");
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(many_columns_are_malformed)
{
    begin("wide");
    char *csv = malloc(10000);
    ck_assert_ptr_nonnull(csv);
    memset(csv, ',', 9999);
    csv[9999] = '\0';
    amos_dataset_free(open_table(csv, AMOS_W_METADATA));
    free(csv);
}
END_TEST

START_TEST(found_beside_the_tree_or_in_an_archive)
{
    tree_begin("beside");
    tree_volumes("amos22/imagesTr/amos_0001.nii.gz", NULL);
    tree_put(NAME, "amos_id,Site\n1,beside\n");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(metadata_of(ds, "1")->site, "beside");
    amos_dataset_free(ds);
    tree_put("amos22/" NAME, "amos_id,Site\n1,inside\n");
    ds = tree_open();
    ck_assert_str_eq(metadata_of(ds, "1")->site, "inside");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(a_named_table_must_be_readable)
{
    amos_error err;
    begin("named");
    tree_put("other.csv", "amos_id,Site\n1,other\n");
    char path[4096];
    snprintf(path, sizeof path, "%s", tree_path("other.csv"));
    amos_limits limits = {.size = sizeof limits};
    amos_dataset_options options = {.size = sizeof options, .metadata_path = path, .limits = &limits};
    amos_dataset *ds = tree_open_with(&options);
    ck_assert_str_eq(metadata_of(ds, "1")->site, "other");
    amos_dataset_free(ds);
    limits.max_csv_bytes = 5;
    tree_refuse(&options, AMOS_E_LIMIT, "other.csv", &err);
    limits.max_csv_bytes = 0;
    options.metadata_path = tree_path("missing.csv");
    tree_refuse(&options, AMOS_E_OPEN, "missing.csv", &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    options.metadata_path = tree_root();
    tree_refuse(&options, AMOS_E_NOTREG, "regular file", &err);
    options.metadata_path = NULL;
    limits.max_csv_bytes = 5;
    tree_put(NAME, HEADER);
    ds = tree_open_with(&options);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_METADATA);
    amos_dataset_free(ds);
}
END_TEST

static void keep_message(void *user, const amos_finding *finding)
{
    snprintf(user, 256, "%s", finding->message);
}

START_TEST(N01_a_table_that_is_a_pointer_of_Git_LFS)
{
    char message[256] = "";
    amos_error err;
    begin("lfs");
    tree_put(NAME, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 132735\n");
    amos_dataset *ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_METADATA);
    assert_ok(amos_dataset_validate(ds, keep_message, message, &err), &err);
    ck_assert_ptr_nonnull(strstr(message, "this is a Git LFS pointer, not a table; run \"git lfs pull\""));
    amos_dataset_free(ds);
}
END_TEST

struct heard {
    int count;
    char last[1024];
};

static void listen_in(void *user, amos_log_level level, const char *message)
{
    struct heard *heard = user;
    ck_assert_int_eq(level, AMOS_LOG_WARNING);
    snprintf(heard->last, sizeof heard->last, "%s", message);
    heard->count++;
}

START_TEST(the_log_hears_of_it_but_no_patient_text)
{
    struct heard heard = {0};
    const amos_dataset_options options = {.size = sizeof options, .log = listen_in, .log_user = &heard};
    begin("log");
    tree_put(NAME, HEADER "Jane Doe,19570203,F,062Y,,,,\n");
    amos_dataset_free(tree_open_with(&options));
    ck_assert_int_eq(heard.count, 1);
    ck_assert_ptr_nonnull(strstr(heard.last, "line 2"));
    ck_assert_ptr_null(strstr(heard.last, "Doe"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metadata");
    TCase *tables = add_case(suite, "tables", 10);
    tcase_add_test(tables, all_columns);
    tcase_add_test(tables, columns_in_any_order_with_crlf_and_bom);
    tcase_add_test(tables, ages_sexes_and_dates);
    tcase_add_test(tables, a_case_in_two_splits_has_it_twice);
    TCase *faults = add_case(suite, "faults", 10);
    tcase_add_test(faults, unusable_tables_warn);
    tcase_add_test(faults, faulty_lines_are_left_out);
    tcase_add_test(faults, many_columns_are_malformed);
    TCase *places = add_case(suite, "places", 10);
    tcase_add_test(places, found_beside_the_tree_or_in_an_archive);
    tcase_add_test(places, a_named_table_must_be_readable);
    tcase_add_test(places, N01_a_table_that_is_a_pointer_of_Git_LFS);
    tcase_add_test(places, the_log_hears_of_it_but_no_patient_text);
    return run_suite(suite);
}
