/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: raw data sets of nnU-Net, lists of MONAI, CSV. tests/install/interchange.py checks the same outputs by the
 * rules of those programs. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "export/folds.h"
#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define TASK1 "Dataset218_AMOS2022_postChallenge_task1"
#define TASK2 "Dataset219_AMOS2022_postChallenge_task2"

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static char *below(const char *folder, const char *name)
{
    return small_set_path(folder, name);
}

static bool is_there(const char *folder, const char *name)
{
    struct stat about;
    char *path = below(folder, name);
    bool there = lstat(path, &about) == 0;
    free(path);
    return there;
}

static cJSON *json_of(const char *folder, const char *name)
{
    char *path = below(folder, name);
    struct bytes text = read_file(path);
    cJSON *value = cJSON_ParseWithLength((const char *)text.data, text.size);
    ck_assert_msg(value != NULL, "%s", path);
    bytes_free(&text);
    free(path);
    return value;
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char *path = below(folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
}

/* Runs, and asserts exit code and a part of a stream: stdout if the code is 0. */
static void run_for(int code, const char *part, const char *words, const char *a, const char *b, const char *c)
{
    struct outcome outcome = run_amos(words, a, b, c);
    assert_exit(&outcome, code);
    assert_has(code ? outcome.err : outcome.out, part);
    outcome_free(&outcome);
}

/* A phantom of 8 cases, two of them MRI. */
static char *make_phantom(const char *name)
{
    char *set = tmp_path(name);
    struct outcome made = run_amos("phantom %s --cases 12 --size 24x20x16 --predictions", set);
    assert_exit(&made, 0);
    outcome_free(&made);
    return set;
}

/* ---- folds ---- */

/* sklearn 1.2.1: [test for _, test in KFold(5, shuffle=True, random_state=12345).split(range(n))] */
static const struct known_folds {
    size_t items, folds;
    const char *of; /* the fold of each item */
} known_folds[] = {
    {5, 5, "03421"},
    {6, 5, "234010"},
    {23, 5, "14404421030213211020233"},
    {10, 3, "0120121020"},
    {64, 2, "1101000101110110111000010001010101101111110000000110000100101111"},
};

START_TEST(folds_are_those_of_sklearn)
{
    const struct known_folds *row = &known_folds[_i];
    size_t fold_of[64];
    char got[65] = "";
    ck_assert(folds_deal(row->items, row->folds, FOLDS_SEED, fold_of));
    for (size_t i = 0; i < row->items; i++)
        got[i] = (char)('0' + fold_of[i]);
    ck_assert_str_eq(got, row->of);
}
END_TEST

static struct made_cases {
    amos_case_info infos[40];
    amos_metadata metadata[40];
    const amos_case_info *items[40];
} made;

/* Three quarters CT; two sites, three scanners; every fifth case without metadata. */
static void make_cases(void)
{
    static const char *const sites[] = {"A", "B"}, *const models[] = {"x", "y", "z"};
    for (int i = 0; i < 40; i++) {
        made.metadata[i] = (amos_metadata){.site = sites[i % 2], .maker = "m", .model = models[i % 3]};
        made.infos[i] = (amos_case_info){.modality = i % 4 ? AMOS_MODALITY_CT : AMOS_MODALITY_MRI,
                                         .metadata = i % 5 ? &made.metadata[i] : NULL};
        made.items[i] = &made.infos[i];
    }
}

static int count_in(const struct folds *folds, size_t fold, int (*has)(int))
{
    int count = 0;
    for (size_t i = 0; i < 40; i++)
        count += folds_of(folds, i) == (int)fold && has((int)i);
    return count;
}

static int any(int i)
{
    return i >= 0;
}

static int is_mri(int i)
{
    return i % 4 == 0;
}

static int is_nowhere(int i)
{
    return i % 5 == 0;
}

START_TEST(strata_are_dealt_evenly)
{
    struct folds folds;
    const struct fold_choice choice = {FOLDS_STRATIFIED, NULL};
    make_cases();
    ck_assert(folds_make(&choice, 5, made.items, 40, &folds));
    ck_assert_uint_eq(folds.count, 5);
    for (size_t fold = 0; fold < 5; fold++) {
        ck_assert_int_eq(count_in(&folds, fold, any), 8);
        ck_assert_int_eq(count_in(&folds, fold, is_mri), 2);
        ck_assert_int_ge(count_in(&folds, fold, is_nowhere), 1); /* 2 MRI and 6 CT, each dealt in turn */
    }
    folds_free(&folds);
}
END_TEST

/* ---- nnU-Net ---- */

START_TEST(a_raw_data_set_names_its_files)
{
    char *set = make_phantom("named"), *raw = tmp_path("named_raw");
    run_for(0, "6 cases to train with, named by their paths; 2 to predict; 5 folds", "export nnunet %s -o %s --task ct",
            set, raw, NULL);
    char *folder = below(raw, TASK1);
    cJSON *json = json_of(folder, "dataset.json");
    ck_assert_str_eq(member_text(member(json, "channel_names"), "0"), "CT");
    ck_assert_str_eq(member_text(json, "file_ending"), ".nii.gz");
    ck_assert(member_number(json, "numTraining") == 6);
    ck_assert(member_number(member(json, "labels"), "arota") == 8);
    ck_assert(member_number(member(json, "labels"), "background") == 0);
    ck_assert_int_eq(cJSON_GetArraySize(member(json, "dataset")), 6);
    ck_assert(!is_there(folder, "imagesTr") && is_there(folder, "splits_final.json"));
    cJSON_Delete(json);
    cJSON *splits = json_of(folder, "splits_final.json");
    ck_assert_int_eq(cJSON_GetArraySize(splits), 5);
    cJSON_Delete(splits);
    /* The links lead to the images. */
    char *link = below(folder, "imagesTs/amos_0008_0000.nii.gz"), *image = below(set, "imagesTs/amos_0008.nii.gz");
    char *to = realpath(link, NULL), *real = realpath(image, NULL);
    ck_assert_str_eq(to, real);
    free(real);
    free(to);
    free(image);
    free(link);
    free(folder);
    free(raw);
    free(set);
}
END_TEST

/* What `amos dump` gives of image and label of both. */
static void assert_same_case(const char *a, const char *b, const char *id, const char *options)
{
    static const char *const parts[] = {"", "--label"};
    char words[160];
    for (int i = 0; i < 2; i++) {
        snprintf(words, sizeof words, "dump %%s %s %s %s --orient RAS -o %%s", id, parts[i], options);
        char *first = tmp_path("first.raw"), *second = tmp_path("second.raw");
        struct outcome x = run_amos(words, a, first), y = run_amos(words, b, second);
        assert_exit(&x, 0);
        assert_exit(&y, 0);
        struct bytes p = read_file(first), q = read_file(second);
        ck_assert(p.size > 0 && p.size == q.size && memcmp(p.data, q.data, p.size) == 0);
        bytes_free(&q);
        bytes_free(&p);
        outcome_free(&y);
        outcome_free(&x);
        free(second);
        free(first);
    }
}

static void assert_same_geometry(const char *a, const char *b, const char *id)
{
    amos_dataset *sets[2];
    amos_pair *pairs[2];
    amos_geometry geometry[2];
    amos_error err;
    const amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_ALLOW_ABSOLUTE};
    for (int i = 0; i < 2; i++) {
        assert_ok(amos_dataset_open(i ? b : a, &options, &sets[i], &err), &err);
        assert_ok(amos_pair_open_case(amos_dataset_find(sets[i], id), NULL, &pairs[i], &err), &err);
        assert_ok(amos_volume_get_geometry(amos_pair_get_info(pairs[i])->image, &geometry[i], &err), &err);
        amos_pair_free(pairs[i]);
        amos_dataset_free(sets[i]);
    }
    ck_assert_mem_eq(geometry[0].affine, geometry[1].affine, sizeof geometry[0].affine);
}

/* However the files come into the target, it reads back as the same data. */
static const struct way {
    const char *options, *reading;
} ways[] = {{"", "--absolute-paths"}, {"--paths relative", "--absolute-paths"}, {"--copy", ""}, {"--hardlink", ""},
            {"--symlink", ""},        {"--symlink --paths relative", ""}};

START_TEST(the_round_trip_gives_the_same_voxels)
{
    char words[160], name[32];
    snprintf(name, sizeof name, "trip%d", _i);
    char *set = make_phantom(name), *raw = below(set, "raw"), *folder = below(raw, TASK2);
    snprintf(words, sizeof words, "export nnunet %%s -o %%s --task ct+mri %s", ways[_i].options);
    run_for(0, "8 cases to train with", words, set, raw, NULL);
    assert_same_case(set, folder, "amos_0001", ways[_i].reading);
    assert_same_case(set, folder, "amos_0507", ways[_i].reading);
    assert_same_geometry(set, folder, "amos_0001");
    snprintf(words, sizeof words, "check %%s %s -j 1", ways[_i].reading);
    run_for(0, "0 bad", words, folder, NULL, NULL);
    snprintf(words, sizeof words, "score -r %%s -p %%s/predictions %s -j 1", ways[_i].reading);
    run_for(0, "8 scored", words, folder, set, NULL);
    free(folder);
    free(raw);
    free(set);
}
END_TEST

START_TEST(the_channel_chooses_the_normalisation)
{
    char *set = make_phantom("channel"), *raw = tmp_path("channel_raw");
    run_for(0, "\"training\":\t2", "export nnunet %s -o %s --task mri --id 7 --name AMOS_MRI --json", set, raw, NULL);
    run_for(0, "8 cases", "export nnunet %s -o %s --task ct+mri", set, raw, NULL);
    static const char *const names[][2] = {{"Dataset007_AMOS_MRI", "MRI"}, {TASK2, "either_CT_or_MR"}};
    for (int i = 0; i < 2; i++) {
        char *folder = below(raw, names[i][0]);
        cJSON *json = json_of(folder, "dataset.json");
        ck_assert_str_eq(member_text(member(json, "channel_names"), "0"), names[i][1]);
        cJSON_Delete(json);
        free(folder);
    }
    free(raw);
    free(set);
}
END_TEST

/* ---- splits ---- */

static void assert_fold(const cJSON *fold, const char *part, int count, const char *first)
{
    const cJSON *list = member(fold, part);
    ck_assert_int_eq(cJSON_GetArraySize(list), count);
    ck_assert_str_eq(cJSON_GetStringValue(list->child), first);
}

START_TEST(splits_come_from_the_data_set_or_a_file)
{
    char *set = make_phantom("splits"), *raw = tmp_path("splits_raw"), *folder = below(raw, TASK1);
    char *file = tmp_path("own.json"), *preprocessed = tmp_path("preprocessed");
    run_for(0, "1 fold", "export nnunet %s -o %s --task ct --split official", set, raw, NULL);
    cJSON *splits = json_of(folder, "splits_final.json");
    assert_fold(splits->child, "train", 4, "amos_0001");
    assert_fold(splits->child, "val", 2, "amos_0006");
    cJSON_Delete(splits);
    write_text(tmp_dir(), "own.json", "[{\"train\": [\"amos_0012\"], \"val\": [\"amos_0001\", \"amos_0006\"]}]");
    struct outcome own =
        run_amos("export nnunet %s -o %s --task ct --force --split %s --preprocessed %s", set, raw, file, preprocessed);
    assert_exit(&own, 0);
    outcome_free(&own);
    char *there = below(preprocessed, TASK1);
    splits = json_of(there, "splits_final.json");
    assert_fold(splits->child, "train", 1, "amos_0012");
    assert_fold(splits->child, "val", 2, "amos_0001");
    cJSON_Delete(splits);
    free(there);
    free(preprocessed);
    free(file);
    free(folder);
    free(raw);
    free(set);
}
END_TEST

static const struct bad_split {
    const char *text, *words;
} bad_splits[] = {
    {"{}", "no list of 1 to 64 folds"},
    {"[]", "no list of 1 to 64 folds"},
    {"[{\"train\": [\"amos_0001\"]}]", "no cases in a list \"val\""},
    {"[{\"train\": [], \"val\": [\"amos_0001\"]}]", "no cases in a list \"train\""},
    {"[{\"train\": [1], \"val\": [\"amos_0001\"]}]", "an id that is not a text"},
    {"[{\"train\": [\"amos_0001\"], \"val\": [\"amos_0001\"]}]", "names this case twice: amos_0001"},
    {"[{\"train\": [\"amos_9999\"], \"val\": [\"amos_0001\"]}]", "there is no labelled case amos_9999"},
    {"[{\"train\": [\"amos_0001\"], \"val\": [NaN]}]", "E_JSON_SYNTAX"},
};

START_TEST(F35_a_file_of_splits_is_checked)
{
    char *set = small_set_make("bad_splits"), *raw = tmp_path("bad_splits_raw"), *file = tmp_path("bad.json");
    write_text(tmp_dir(), "bad.json", bad_splits[_i].text);
    run_for(1, bad_splits[_i].words, "export nnunet %s -o %s --task ct --split %s", set, raw, file);
    ck_assert(!is_there(raw, TASK1) && !is_there(raw, ".amos-" TASK1 ".new.tmp"));
    free(file);
    free(raw);
    free(set);
}
END_TEST

/* Such a data set opens, but its files are none of the system. */
START_TEST(a_folder_cannot_be_a_stream)
{
    run_for(2, "--output cannot be \"-\", as a folder is made; name it.", "export nnunet %s --task ct -o -%s%s",
            tmp_dir(), "", "");
    run_for(2, "--output cannot be \"-\", as a folder is made; name it.", "export labelmaps %s -o -%s%s", tmp_dir(), "",
            "");
}
END_TEST

START_TEST(F38_a_data_set_in_an_archive_is_refused_or_copied)
{
    char *set = small_set_make("zipped"), *zip = below(set, "set.zip"), *raw = below(set, "raw");
    amos_error err;
    amos_archive_writer *archive;
    static const char *const names[] = {"imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz"};
    assert_ok(amos_archive_writer_open(zip, NULL, &archive, &err), &err);
    for (int i = 0; i < COUNT(names); i++) {
        char *path = below(set, names[i]);
        struct bytes file = read_file(path);
        assert_ok(amos_archive_writer_add(archive, names[i], file.data, file.size, &err), &err);
        bytes_free(&file);
        free(path);
    }
    assert_ok(amos_archive_writer_finish(archive, &err), &err);
    amos_archive_writer_free(archive);
    run_for(0, "1 case", "list %s", zip, NULL, NULL);
    run_for(1, "--copy, which copies files out of it", "export nnunet %s -o %s --task ct", zip, raw, NULL);
    run_for(1, "lies in a ZIP archive", "export nnunet %s -o %s --task ct --hardlink", zip, raw, NULL);
    run_for(0, "1 cases to train with, copied", "export nnunet %s -o %s --task ct --copy", zip, raw, NULL);
    for (int i = 0; i < COUNT(names); i++) {
        char *path = below(set, names[i]), *folder = below(raw, TASK1), name[60];
        snprintf(name, sizeof name, i ? "labelsTr/amos_0001.nii.gz" : "imagesTr/amos_0001_0000.nii.gz");
        char *copy = below(folder, name);
        struct bytes file = read_file(path), copied = read_file(copy);
        ck_assert(file.size == copied.size && memcmp(file.data, copied.data, file.size) == 0);
        bytes_free(&file);
        bytes_free(&copied);
        free(copy);
        free(folder);
        free(path);
    }
    run_for(1, "lies in a ZIP archive", "export labelmaps %s -o %s", zip, raw, NULL);
    free(raw);
    free(zip);
    free(set);
}
END_TEST

/* ---- faults of cases ---- */

static void damage_label(const char *set)
{
    char *path = below(set, "labelsTr/amos_0002.nii.gz");
    small_set_write_label(path, 77);
    free(path);
}

static void remove_label(const char *set)
{
    char *path = below(set, "labelsTr/amos_0002.nii.gz");
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

static void truncate_image(const char *set)
{
    char *path = below(set, "imagesTr/amos_0002.nii.gz");
    small_set_truncate(path, 20);
    free(path);
}

/* Another shape, by another data set's label. */
static void other_shape(const char *set)
{
    char *other = make_phantom("other_shape"), *from = below(other, "labelsTr/amos_0001.nii.gz");
    char *to = below(set, "labelsTr/amos_0002.nii.gz");
    ck_assert_int_eq(rename(from, to), 0);
    free(to);
    free(from);
    free(other);
}

static const struct bad_case {
    void (*make)(const char *set);
    const char *words;
} bad_cases[] = {{damage_label, "E_LABEL"},
                 {remove_label, "the label file is missing"},
                 {truncate_image, "E_GZ_TRUNC"},
                 {other_shape, "E_PAIR_SHAPE"}};

START_TEST(F36_a_case_with_a_fault_stops_or_is_left_out)
{
    char name[32];
    snprintf(name, sizeof name, "bad_case%d", _i);
    char *set = small_set_make(name), *raw = below(set, "raw");
    bad_cases[_i].make(set);
    run_for(1, bad_cases[_i].words, "export nnunet %s -o %s --task ct", set, raw, NULL);
    ck_assert(!is_there(raw, TASK1));
    struct outcome skipped = run_amos("export nnunet %s -o %s --task ct --on-fault skip", set, raw);
    ck_assert_int_eq(skipped.code, 0);
    assert_has(skipped.err, "amos_0002: ");
    assert_has(skipped.err, bad_cases[_i].words);
    assert_has(skipped.out, "1 cases to train with");
    assert_has(skipped.out, "1 left out");
    outcome_free(&skipped);
    free(raw);
    free(set);
}
END_TEST

static const struct bad_table {
    const char *labels, *words;
} bad_tables[] = {
    {"{\"0\": \"background\", \"1\": \"a\", \"6\": \"b\"}", "label 2 has no name"},
    {"{\"0\": \"background\", \"1\": \"a\", \"2\": \"a\"}", "label 2 has the name of another label"},
    {"{\"0\": \"x\", \"1\": \"background\"}", "label 1 has the name of another label"},
    {"{\"0\": \"background\", \"1\": \"ignore\", \"2\": \"a\"}", "label 1 is named \"ignore\""},
};

START_TEST(F37_a_table_that_nnunet_cannot_hold_is_refused)
{
    char text[512], *set = small_set_make("bad_table"), *raw = below(set, "raw");
    snprintf(text, sizeof text,
             "{\"labels\": %s, \"training\": [{\"image\": \"imagesTr/amos_0001.nii.gz\","
             "\"label\": \"labelsTr/amos_0001.nii.gz\"}]}",
             bad_tables[_i].labels);
    write_text(set, "dataset.json", text);
    run_for(1, bad_tables[_i].words, "export nnunet %s -o %s --task ct", set, raw, NULL);
    ck_assert(!is_there(raw, TASK1));
    free(raw);
    free(set);
}
END_TEST

START_TEST(F38_names_that_the_target_cannot_hold)
{
    char *set = small_set_make("cash $HOME"), *raw = tmp_path("dollar_raw");
    run_for(1, "the path holds \"$\"", "export nnunet %s -o %s --task ct", set, raw, NULL);
    run_for(0, "linked", "export nnunet %s -o %s --task ct --symlink", set, raw, NULL);
    char *from = below(set, "imagesTr/amos_0002.nii.gz"), *to = below(set, "imagesTr/amos_0002.nii");
    ck_assert_int_eq(rename(from, to), 0);
    run_for(1, "all files of the target must end in .nii.gz", "export nnunet %s -o %s --task ct --symlink --force", set,
            raw, NULL);
    run_for(2, "--name cannot be", "export nnunet %s -o %s --task ct+mri --name %s", set, raw, "a b");
    free(to);
    free(from);
    free(raw);
    free(set);
}
END_TEST

START_TEST(F39_ids_that_clash_are_refused)
{
    char *set = small_set_make("clash"), *raw = below(set, "raw"), *taken = below(set, "raw/Dataset218_Mine");
    write_text(set, "dataset.json",
               "{\"labels\": {\"0\": \"background\", \"1\": \"a\"}, \"training\": [{\"image\": "
               "\"imagesTr/amos_0001.nii.gz\", \"label\": \"labelsTr/amos_0001.nii.gz\"}], \"test\": "
               "[\"imagesTs/amos_0001.nii.gz\"]}");
    struct outcome leak = run_amos("export nnunet %s -o %s --task ct", set, raw);
    ck_assert_int_eq(leak.code, 1);
    assert_has(leak.err, "The case amos_0001 is both in the training and in the test split");
    outcome_free(&leak);
    char *other = small_set_make("clash2");
    ck_assert_int_eq(mkdir(raw, 0777), 0);
    ck_assert_int_eq(mkdir(taken, 0777), 0);
    run_for(1, "Dataset218_Mine has the number of " TASK1, "export nnunet %s -o %s --task ct", other, raw, NULL);
    free(other);
    free(taken);
    free(raw);
    free(set);
}
END_TEST

/* ---- the target ---- */

START_TEST(F40_a_target_that_exists_is_kept_or_replaced_whole)
{
    char *set = small_set_make("exists"), *raw = below(set, "raw"), *folder = below(raw, TASK1);
    run_for(0, "2 cases", "export nnunet %s -o %s --task ct --copy", set, raw, NULL);
    run_for(1, "This is there already; --force replaces it", "export nnunet %s -o %s --task ct", set, raw, NULL);
    ck_assert(is_there(folder, "labelsTr/amos_0001.nii.gz"));
    run_for(0, "named by their paths", "export nnunet %s -o %s --task ct --force", set, raw, NULL);
    ck_assert(!is_there(folder, "labelsTr") && !is_there(raw, ".amos-" TASK1 ".old.tmp"));
    /* What an export has not written is not removed. */
    write_text(folder, "notes.txt", "mine");
    run_for(1, "an export has not written", "export nnunet %s -o %s --task ct --force", set, raw, NULL);
    ck_assert(is_there(folder, "notes.txt"));
    free(folder);
    free(raw);
    free(set);
}
END_TEST

/* The data set that is exported is the target. */
START_TEST(F40_the_data_are_never_replaced)
{
    char *set = small_set_make("itself"), *raw = below(set, "raw"), *folder = below(raw, TASK1);
    run_for(0, "2 cases", "export nnunet %s -o %s --task ct --copy", set, raw, NULL);
    run_for(1, "holds the data set that is exported", "export nnunet %s -o %s --task ct --force", folder, raw, NULL);
    ck_assert(is_there(folder, "labelsTr/amos_0001.nii.gz"));
    free(folder);
    free(raw);
    free(set);
}
END_TEST

START_TEST(F41_what_a_killed_export_left_goes)
{
    char *set = small_set_make("killed"), *raw = below(set, "raw"), *left = below(raw, ".amos-" TASK1 ".new.tmp");
    char *old = below(raw, ".amos-" TASK1 ".old.tmp"), *folder = below(raw, TASK1);
    ck_assert(mkdir(raw, 0777) == 0 && mkdir(left, 0777) == 0);
    write_text(left, "dataset.json", "{");
    run_for(0, "2 cases", "export nnunet %s -o %s --task ct", set, raw, NULL);
    ck_assert(!is_there(raw, ".amos-" TASK1 ".new.tmp"));
    /* It was killed between the two renames: what was to be replaced is there again. */
    ck_assert_int_eq(rename(folder, old), 0);
    run_for(1, "This is there already", "export nnunet %s -o %s --task ct", set, raw, NULL);
    ck_assert(!is_there(raw, ".amos-" TASK1 ".old.tmp") && is_there(folder, "dataset.json"));
    free(folder);
    free(old);
    free(left);
    free(raw);
    free(set);
}
END_TEST

/* A signal during a copy: it goes on to its end or leaves nothing. */
START_TEST(F41_a_signal_leaves_nothing)
{
    char *set = make_phantom("signalled"), *raw = below(set, "raw");
    signal(SIGTERM, SIG_DFL); /* Check's handler, which a child has until it is the command, would end this test */
    for (int round = 0; round < 8; round++) {
        int status;
        pid_t pid = start_amos("export nnunet %s -o %s --task ct --copy --headers-only --force", set, raw);
        const struct timespec meanwhile = {.tv_nsec = 2000000 * round};
        nanosleep(&meanwhile, NULL);
        kill(pid, SIGTERM);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(!is_there(raw, ".amos-" TASK1 ".new.tmp") && !is_there(raw, ".amos-" TASK1 ".old.tmp"));
        if (is_there(raw, TASK1)) {
            char *folder = below(raw, TASK1);
            ck_assert(is_there(folder, "dataset.json") && is_there(folder, "labelsTr/amos_0016.nii.gz"));
            free(folder);
        }
    }
    free(raw);
    free(set);
}
END_TEST

/* ---- lists ---- */

START_TEST(a_datalist_has_the_splits_or_folds)
{
    char *set = make_phantom("lists"), *plain = below(set, "list.json"), *folds = below(set, "folds.json");
    run_for(0, "6 training, 2 validation and 4 test cases", "export monai %s -o %s", set, plain, NULL);
    cJSON *list = json_of(set, "list.json");
    const cJSON *item = member(list, "training")->child;
    ck_assert_str_eq(member_text(item, "image"), "imagesTr/amos_0001.nii.gz");
    ck_assert_str_eq(member_text(item, "label"), "labelsTr/amos_0001.nii.gz");
    ck_assert_str_eq(member_text(item, "id"), "amos_0001");
    ck_assert_str_eq(member_text(item, "modality"), "CT");
    ck_assert_str_eq(member_text(item, "site"), "Phantom");
    ck_assert(member_number(item, "age") > 0 && cJSON_GetArraySize(member(item, "spacing")) == 3);
    ck_assert_ptr_null(cJSON_GetObjectItem(item, "fold"));
    ck_assert_ptr_null(cJSON_GetObjectItem(member(list, "test")->child, "label"));
    cJSON_Delete(list);
    run_for(0, "8 training, 0 validation and 4 test cases; 5 folds",
            "export monai %s -o %s --format auto3dseg --split stratified", set, folds, NULL);
    list = json_of(set, "folds.json");
    int of[5] = {0};
    cJSON_ArrayForEach(item, member(list, "training")) of[(int)member_number(item, "fold")]++;
    for (int i = 0; i < 5; i++)
        ck_assert_int_ge(of[i], 1);
    ck_assert_int_eq(cJSON_GetArraySize(member(list, "testing")), 4);
    cJSON_Delete(list);
    run_for(1, "This is there already", "export monai %s -o %s", set, plain, NULL);
    run_for(0, "8 training", "export monai %s -o %s --split official --force", set, plain, NULL);
    list = json_of(set, "list.json");
    cJSON_ArrayForEach(item, member(list, "training"))
    {
        bool validates = strstr(member_text(item, "image"), "imagesVa") != NULL;
        ck_assert(member_number(item, "fold") == (validates ? 0 : 1));
    }
    cJSON_Delete(list);
    free(folds);
    free(plain);
    free(set);
}
END_TEST

/* A list is read back as a data set. */
START_TEST(a_datalist_is_a_dataset_json)
{
    char *set = make_phantom("listed"), *list = below(set, "list.json");
    run_for(0, "test cases", "export monai %s -o %s", set, list, NULL);
    run_for(0, "12 cases: 8 CT, 4 MRI; 6 training, 2 validation, 4 test; 8 labelled",
            "list %s --dataset-json list.json", set, NULL, NULL);
    free(list);
    free(set);
}
END_TEST

START_TEST(a_table_has_a_line_for_each_case)
{
    char *set = small_set_make("csv"), line[600];
    struct outcome csv = run_amos("export csv %s --split official", set);
    assert_exit(&csv, 0);
    char *real = realpath(set, NULL);
    snprintf(
        line, sizeof line,
        "\namos_0501,validation,MRI,%s/imagesVa/amos_0501.nii.gz,%s/labelsVa/amos_0501.nii.gz,0,6,5,4,2,2,5,,,,,,\n",
        real, real);
    assert_has(csv.out, line);
    ck_assert_int_eq(strncmp(csv.out, "id,split,modality,image,label,fold,", 35), 0);
    outcome_free(&csv);
    free(real);
    free(set);
}
END_TEST

/* ---- the command line ---- */

static const struct mistake {
    const char *words, *says;
    int code;
} mistakes[] = {
    {"export nnunet %s --task ct", "--output is missing", 2},
    {"export nnunet %s -o raw", "--task is missing", 2},
    {"export nnunet %s -o raw --task ct --copy --symlink", "use one of them", 2},
    {"export nnunet %s -o raw --task mri", "--id and --name are needed", 2},
    {"export nnunet %s -o raw --task ct --split stratfied", "nnunet, official, stratified", 2},
    {"export monai %s -o list.csv", "promises CSV", 2},
    {"export monai %s --format auto3dseg", "cannot be parted into 5 folds", 1},
    {"export csv %s --modality unknown", "None of the 3 cases is unknown", 1},
    {"export nnunet %s/imagesTr -o raw --task ct", "part of a data set", 1},
};

START_TEST(mistakes_are_explained)
{
    char *set = small_set_make("mistakes");
    run_for(mistakes[_i].code, mistakes[_i].says, mistakes[_i].words, set, NULL, NULL);
    free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("export");
    TCase *folds = add_case(suite, "folds", 10);
    tcase_add_loop_test(folds, folds_are_those_of_sklearn, 0, COUNT(known_folds));
    tcase_add_test(folds, strata_are_dealt_evenly);
    tcase_add_test(folds, splits_come_from_the_data_set_or_a_file);
    tcase_add_loop_test(folds, F35_a_file_of_splits_is_checked, 0, COUNT(bad_splits));
    TCase *nnunet = add_case(suite, "nnunet", 20);
    tcase_add_test(nnunet, a_raw_data_set_names_its_files);
    tcase_add_loop_test(nnunet, the_round_trip_gives_the_same_voxels, 0, COUNT(ways));
    tcase_add_test(nnunet, the_channel_chooses_the_normalisation);
    tcase_add_loop_test(nnunet, F36_a_case_with_a_fault_stops_or_is_left_out, 0, COUNT(bad_cases));
    tcase_add_loop_test(nnunet, F37_a_table_that_nnunet_cannot_hold_is_refused, 0, COUNT(bad_tables));
    tcase_add_test(nnunet, F38_names_that_the_target_cannot_hold);
    tcase_add_test(nnunet, F38_a_data_set_in_an_archive_is_refused_or_copied);
    tcase_add_test(nnunet, a_folder_cannot_be_a_stream);
    tcase_add_test(nnunet, F39_ids_that_clash_are_refused);
    TCase *target = add_case(suite, "target", 20);
    tcase_add_test(target, F40_a_target_that_exists_is_kept_or_replaced_whole);
    tcase_add_test(target, F40_the_data_are_never_replaced);
    tcase_add_test(target, F41_what_a_killed_export_left_goes);
    tcase_add_test(target, F41_a_signal_leaves_nothing);
    TCase *lists = add_case(suite, "lists", 20);
    tcase_add_test(lists, a_datalist_has_the_splits_or_folds);
    tcase_add_test(lists, a_datalist_is_a_dataset_json);
    tcase_add_test(lists, a_table_has_a_line_for_each_case);
    TCase *words = add_case(suite, "words", 10);
    tcase_add_loop_test(words, mistakes_are_explained, 0, COUNT(mistakes));
    return run_suite(suite);
}
