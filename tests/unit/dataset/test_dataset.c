/* SPDX-License-Identifier: BSD-3-Clause */
/* The data set and its cases: folders, order, finding, filters, labels, options. dataset.json has test_manifest.c. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <amos/organ.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"
#include "support/shared.h"
#include "support/tmp.h"
#include "support/make/tree.h"

static const amos_case *case_of(const amos_dataset *dataset, const char *id)
{
    const amos_case *c = amos_dataset_find(dataset, id);
    ck_assert_msg(c != NULL, "there is no case %s", id);
    return c;
}

/* The ids in order, each followed by a space. */
static const char *ids_of(const amos_dataset *dataset, const amos_case_filter *filter)
{
    static char text[4096];
    amos_error err;
    text[0] = '\0';
    const amos_case *c = NULL;
    do {
        assert_ok(amos_dataset_next(dataset, filter, &c, &err), &err);
        if (c) {
            strcat(text, amos_case_get_info(c)->id);
            strcat(text, " ");
        }
    } while (c);
    return text;
}

static void put_mixed_folders(void)
{
    tree_volumes("imagesTr/amos_0018.nii.gz", "labelsTr/amos_0018.nii.gz", "imagesTr/amos_0507.nii.gz",
                 "labelsTr/amos_0507.nii", "imagesVa/amos_0008.nii", "imagesTs/amos_0405.nii.gz",
                 "imagesTs/amos_5437.nii.gz", NULL);
    ck_assert_int_eq(mkdir(tree_path("labelsTs"), 0777), 0);
}

START_TEST(folders_alone_make_a_data_set)
{
    tree_begin("folders_alone");
    put_mixed_folders();
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(amos_dataset_get_info(ds)->root, tree_root());
    ck_assert_str_eq(amos_dataset_get_info(ds)->name, "folders_alone");
    ck_assert_ptr_null(amos_dataset_get_info(ds)->json_path);
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    ck_assert_str_eq(ids_of(ds, NULL), "amos_0008 amos_0018 amos_0405 amos_0507 amos_5437 ");
    const amos_case *c = case_of(ds, "amos_0507");
    ck_assert_int_eq(amos_case_get_info(c)->split, AMOS_SPLIT_TRAINING);
    ck_assert_int_eq(amos_case_get_info(c)->modality, AMOS_MODALITY_MRI);
    ck_assert_str_eq(amos_case_get_info(c)->image_path, tree_path("imagesTr/amos_0507.nii.gz"));
    ck_assert_str_eq(amos_case_get_info(c)->label_path, tree_path("labelsTr/amos_0507.nii"));
    ck_assert(amos_case_get_info(c)->has_image && amos_case_get_info(c)->has_label);
    c = case_of(ds, "amos_0008");
    ck_assert_int_eq(amos_case_get_info(c)->split, AMOS_SPLIT_VALIDATION);
    ck_assert_int_eq(amos_case_get_info(c)->modality, AMOS_MODALITY_CT);
    ck_assert_ptr_null(amos_case_get_info(c)->label_path);
    ck_assert(!amos_case_get_info(c)->has_label);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "405"))->split, AMOS_SPLIT_TEST);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(hidden_and_foreign_files_are_no_cases)
{
    tree_begin("hidden_files");
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTr/._amos_0001.nii.gz", "imagesTr/.amos_0002.nii.gz",
                 "imagesTr/readme.txt", "imagesTr/.nii.gz", "imagesTr/amos_0003.nii.gz.part",
                 "__MACOSX/imagesTr/amos_0004.nii.gz", "imagesTr/sub/amos_0005.nii.gz", "other/amos_0006.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(ids_of(ds, NULL), "amos_0001 ");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(ids_order_by_number_then_text)
{
    tree_begin("id_order");
    tree_volumes("imagesTr/amos_0100.nii.gz", "imagesTr/amos_20.nii.gz", "imagesTr/amos-20.nii.gz",
                 "imagesTr/amos.nii.gz", "imagesTr/20.nii.gz", "imagesTr/b.nii", "imagesTr/amos_7000.nii.gz",
                 "imagesTr/x99999999999999999999.nii", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(ids_of(ds, NULL), "20 amos amos-20 b x99999999999999999999 amos_20 amos_0100 amos_7000 ");
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "x99999999999999999999"))->number, -1);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos"))->number, -1);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos"))->modality, AMOS_MODALITY_UNKNOWN);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "20"))->number, -1);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_7000"))->number, 7000);
    for (size_t i = 0; i < amos_dataset_get_info(ds)->count; i++) {
        const amos_case *c = amos_dataset_get(ds, i);
        ck_assert_uint_eq(amos_case_get_info(c)->index, i);
        ck_assert_ptr_eq(amos_dataset_find(ds, amos_case_get_info(c)->id), c);
    }
    ck_assert_ptr_null(amos_dataset_get(ds, amos_dataset_get_info(ds)->count));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(the_number_of_amos_alone_counts)
{
    tree_begin("numbers");
    tree_volumes("imagesTr/amos_0507_0000.nii.gz", "imagesTr/AMOS_0018_0001.nii.gz", "imagesTr/word_0501.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(ids_of(ds, NULL), "word_0501 AMOS_0018_0001 amos_0507 ");
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_0507"))->number, 507);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "507"))->modality, AMOS_MODALITY_MRI);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "18"))->modality, AMOS_MODALITY_CT);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "word_0501"))->modality, AMOS_MODALITY_UNKNOWN);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "word_0501"))->number, -1);
    ck_assert_ptr_null(amos_dataset_find(ds, "501"));
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_MODALITY);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(cases_are_found_by_id_or_number)
{
    tree_begin("find");
    put_mixed_folders();
    amos_dataset *ds = tree_open();
    const amos_case *c = amos_dataset_get(ds, 1);
    ck_assert_ptr_eq(amos_dataset_find(ds, "amos_0018"), c);
    ck_assert_ptr_eq(amos_dataset_find(ds, "18"), c);
    ck_assert_ptr_eq(amos_dataset_find(ds, "0018"), c);
    static const char *const wrong[] = {"amos_18", "AMOS_0018", "amos_0018.nii.gz",    "", "-18", "+18", "18 ",
                                        "19",      "amos_0",    "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(amos_dataset_find(ds, wrong[i]) == NULL, "found %s", wrong[i]);
    ck_assert_ptr_null(amos_dataset_find(ds, NULL));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(filters_take_what_they_say)
{
    tree_begin("filters");
    put_mixed_folders();
    tree_volumes("labelsVa/amos_0409.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    static const struct {
        amos_case_filter filter;
        const char *ids;
    } rows[] = {
        {{sizeof(amos_case_filter), 0, 0, 0, 0, NULL, 0},
         "amos_0008 amos_0018 amos_0405 amos_0409 amos_0507 amos_5437 "},
        {{sizeof(amos_case_filter), AMOS_SPLIT_TRAINING, 0, 0, 0, NULL, 0}, "amos_0018 amos_0507 "},
        {{sizeof(amos_case_filter), AMOS_SPLIT_TEST, AMOS_MODALITY_CT, 0, 0, NULL, 0}, "amos_0405 amos_5437 "},
        {{sizeof(amos_case_filter), 0, AMOS_MODALITY_UNKNOWN, 0, 0, NULL, 0}, ""},
        {{sizeof(amos_case_filter), 0, AMOS_MODALITY_CT, 0, 0, NULL, 0},
         "amos_0008 amos_0018 amos_0405 amos_0409 amos_5437 "},
        {{sizeof(amos_case_filter), 0, 0, 1, 0, NULL, 0}, "amos_0018 amos_0409 amos_0507 "},
        {{sizeof(amos_case_filter), 0, 0, -1, 0, NULL, 0}, "amos_0008 amos_0405 amos_5437 "},
        {{sizeof(amos_case_filter), 0, 0, 0, -1, NULL, 0}, "amos_0409 "},
        {{sizeof(amos_case_filter), 0, 0, 1, 1, NULL, 0}, "amos_0018 amos_0507 "},
        {AMOS_CASE_FILTER_INIT, "amos_0008 amos_0018 amos_0405 amos_0409 amos_0507 amos_5437 "},
        {{offsetof(amos_case_filter, modality), AMOS_SPLIT_TRAINING, 99, 99, 99, NULL, 0}, "amos_0018 amos_0507 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_str_eq(ids_of(ds, &rows[i].filter), rows[i].ids);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(next_refuses_what_it_cannot_follow)
{
    tree_begin("next");
    put_mixed_folders();
    amos_dataset *ds = tree_open(), *other = tree_open();
    amos_error err;
    const amos_case *c = amos_dataset_get(ds, 0);
    assert_status(amos_dataset_next(ds, &(amos_case_filter){.has_label = 1}, &c, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "a filter without its size");
    ck_assert_ptr_nonnull(strstr(err.message, "sizeof(amos_case_filter)"));
    ck_assert_ptr_null(c); /* a loop that looks at the case alone ends */
    c = amos_dataset_get(other, 0);
    assert_status(amos_dataset_next(ds, NULL, &c, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "a case of another data set");
    ck_assert_ptr_null(c);
    c = amos_dataset_get(ds, 0);
    assert_status(amos_dataset_next(NULL, NULL, &c, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(c);
    assert_status(amos_dataset_next(ds, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_dataset_next(ds, NULL, NULL, NULL), AMOS_E_ARG, NULL);
    c = amos_dataset_get(ds, amos_dataset_get_info(ds)->count - 1);
    assert_ok(amos_dataset_next(ds, NULL, &c, &err), &err);
    ck_assert_ptr_null(c); /* after the last case */
    amos_dataset_free(other);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(options_with_their_initializer_are_the_defaults)
{
    tree_begin("initializer");
    put_mixed_folders();
    static const amos_dataset_options options = AMOS_DATASET_OPTIONS_INIT, zero = {.size = sizeof zero};
    amos_dataset *ds;
    amos_error err;
    ck_assert_mem_eq(&options, &zero, sizeof zero);
    assert_ok(amos_dataset_open(tree_root(), &options, &ds, &err), &err);
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 5);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(a_label_without_an_image_is_not_lost)
{
    tree_begin("orphan_label");
    tree_volumes("labelsTr/amos_0003.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    const amos_case *c = case_of(ds, "amos_0003");
    ck_assert(!amos_case_get_info(c)->has_image);
    ck_assert(amos_case_get_info(c)->has_label);
    ck_assert_str_eq(amos_case_get_info(c)->image_path, tree_path("imagesTr/amos_0003.nii.gz"));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(the_compressed_one_of_two_volumes_counts)
{
    tree_begin("two_volumes");
    tree_volumes("imagesTr/amos_0003.nii", "imagesTr/amos_0003.nii.gz", "imagesTr/amos_0004.nii", NULL);
    amos_dataset *ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_UNLISTED);
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 2);
    ck_assert_str_eq(amos_case_get_info(case_of(ds, "amos_0003"))->image_path, tree_path("imagesTr/amos_0003.nii.gz"));
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_UNLISTED imagesTr/amos_0003.nii amos_0003\n");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(the_case_of_a_suffix_does_not_matter)
{
    tree_begin("suffix_case");
    tree_volumes("imagesTr/amos_0001.NII.GZ", "labelsTr/amos_0001.nii.gz", "imagesTr/amos_0002.Nii",
                 "labelsTr/amos_0002.NII", "imagesTr/amos_0003.nii", "imagesTr/amos_0003.NII.GZ",
                 "imagesTr/._amos_0004.NII.GZ", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(ids_of(ds, NULL), "amos_0001 amos_0002 amos_0003 ");
    ck_assert_str_eq(amos_case_get_info(case_of(ds, "1"))->image_path, tree_path("imagesTr/amos_0001.NII.GZ"));
    ck_assert_str_eq(amos_case_get_info(case_of(ds, "1"))->label_path, tree_path("labelsTr/amos_0001.nii.gz"));
    ck_assert_str_eq(amos_case_get_info(case_of(ds, "2"))->label_path, tree_path("labelsTr/amos_0002.NII"));
    ck_assert_str_eq(amos_case_get_info(case_of(ds, "3"))->image_path, tree_path("imagesTr/amos_0003.NII.GZ"));
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_UNLISTED);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(an_unpacked_archive_is_entered)
{
    tree_begin("archive");
    tree_volumes("amos22/imagesTr/amos_0001.nii.gz", "__MACOSX/amos22/._imagesTr", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(amos_dataset_get_info(ds)->root, tree_path("amos22"));
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 1);
    amos_dataset_free(ds);
    tree_volumes("imagesVa/amos_0002.nii.gz", NULL);
    ds = tree_open();
    ck_assert_str_eq(amos_dataset_get_info(ds)->root, tree_root());
    ck_assert_str_eq(ids_of(ds, NULL), "amos_0002 ");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(no_data_set_is_refused_with_advice)
{
    amos_error err;
    amos_dataset *ds;
    tree_begin("nothing_here");
    tree_put("readme.txt", "hello");
    tree_refuse(NULL, AMOS_E_OPEN, "imagesTr", &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_str_eq(err.path, tree_root());
    ck_assert_ptr_nonnull(strstr(err.message, "dataset.json"));
    assert_status(amos_dataset_open(tree_path("missing"), NULL, &ds, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    assert_status(amos_dataset_open(tree_path("readme.txt"), NULL, &ds, &err), AMOS_E_NOTREG, &err);
    assert_sentence(&err, AMOS_E_NOTREG, "a file instead of a folder");
    ck_assert_int_eq(symlink("loop", tree_path("loop")), 0);
    assert_status(amos_dataset_open(tree_path("loop"), NULL, &ds, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ELOOP);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    amos_error err;
    amos_dataset *ds = (amos_dataset *)&err;
    tree_begin("arguments");
    put_mixed_folders();
    assert_status(amos_dataset_open(NULL, NULL, &ds, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(ds);
    assert_status(amos_dataset_open("", NULL, &ds, &err), AMOS_E_ARG, &err);
    assert_status(amos_dataset_open(tree_root(), NULL, NULL, &err), AMOS_E_ARG, &err);
    tree_refuse(&(amos_dataset_options){0}, AMOS_E_ARG, "sizeof(amos_dataset_options)", &err);
    amos_dataset_options options = {.size = sizeof options, .flags = 4};
    tree_refuse(&options, AMOS_E_ARG, "flags", &err);
    options = (amos_dataset_options){.size = sizeof options, .modality_count = 1};
    tree_refuse(&options, AMOS_E_ARG, "modality", &err);
    amos_modality_override override = {"amos_0018", AMOS_MODALITY_ANY};
    options.modality = &override;
    tree_refuse(&options, AMOS_E_ARG, "override 0", &err);
    override = (amos_modality_override){NULL, AMOS_MODALITY_CT};
    tree_refuse(&options, AMOS_E_ARG, "override 0", &err);
    amos_limits limits = {.size = 1};
    options = (amos_dataset_options){.size = sizeof options, .limits = &limits};
    tree_refuse(&options, AMOS_E_ARG, "amos_limits", &err);
    assert_status(amos_dataset_open(NULL, NULL, &ds, NULL), AMOS_E_ARG, NULL);
}
END_TEST

START_TEST(null_is_answered)
{
    amos_dataset_free(NULL);
    ck_assert_ptr_null(amos_dataset_get_info(NULL));
    ck_assert_ptr_null(amos_dataset_label_name(NULL, 0));
    ck_assert_ptr_null(amos_dataset_get(NULL, 0));
    ck_assert_ptr_null(amos_dataset_find(NULL, "18"));
    ck_assert_ptr_null(amos_case_get_info(NULL));
    amos_error err;
    assert_status(amos_dataset_validate(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

START_TEST(option_structs_of_other_versions_work)
{
    amos_error err;
    struct {
        amos_dataset_options known;
        uint64_t later;
    } longer = {.known = {.size = sizeof longer}};
    tree_begin("option_sizes");
    put_mixed_folders();
    amos_dataset_free(tree_open_with(&longer.known));
    longer.later = 1;
    tree_refuse(&longer.known, AMOS_E_ARG, "newer libamos", &err);
    amos_dataset_options shorter = {.size = offsetof(amos_dataset_options, json_name), .json_name = "not read"};
    amos_dataset_free(tree_open_with(&shorter));
}
END_TEST

START_TEST(modalities_can_be_overridden)
{
    tree_begin("override");
    put_mixed_folders();
    char id[] = "amos_5437";
    amos_modality_override overrides[] = {
        {id, AMOS_MODALITY_MRI}, {"8", AMOS_MODALITY_MRI}, {"amos_9999", AMOS_MODALITY_MRI}};
    amos_dataset_options options = {.size = sizeof options, .modality = overrides, .modality_count = 3};
    amos_dataset *ds = tree_open_with(&options);
    memset(id, 'x', sizeof id - 1);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_5437"))->modality, AMOS_MODALITY_MRI);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_0008"))->modality, AMOS_MODALITY_MRI);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_0018"))->modality, AMOS_MODALITY_CT);
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_0507"))->modality, AMOS_MODALITY_MRI);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(folders_alone_have_the_labels_of_amos)
{
    tree_begin("default_labels");
    put_mixed_folders();
    amos_dataset *ds = tree_open();
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, 15);
    for (int i = 0; i < AMOS_ORGAN_COUNT; i++)
        ck_assert_str_eq(amos_dataset_label_name(ds, i), amos_organ_get(i)->dataset_name);
    ck_assert_ptr_null(amos_dataset_label_name(ds, -1));
    ck_assert_ptr_null(amos_dataset_label_name(ds, 16));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(beneath_keeps_links_inside)
{
    amos_error err;
    const amos_dataset_options beneath = {.size = sizeof beneath, .flags = AMOS_DATASET_BENEATH};
    tree_begin("outside");
    tree_volumes("amos_0002.nii.gz", NULL);
    char outside[4096];
    snprintf(outside, sizeof outside, "%s", tree_path("amos_0002.nii.gz"));
    tree_begin("beneath");
    tree_volumes("imagesTr/amos_0001.nii.gz", NULL);
    ck_assert_int_eq(symlink("amos_0001.nii.gz", tree_path("imagesTr/amos_0003.nii.gz")), 0);
    ck_assert_int_eq(symlink("imagesTr", tree_path("imagesVa")), 0);
    amos_dataset *ds = tree_open_with(&beneath);
    ck_assert(amos_case_get_info(case_of(ds, "amos_0003"))->has_image);
    amos_dataset_free(ds);
    ck_assert_int_eq(symlink(outside, tree_path("imagesTr/amos_0002.nii.gz")), 0);
    tree_refuse(&beneath, AMOS_E_PATH, "amos_0002", &err);
    ck_assert_str_eq(err.case_id, "amos_0002");
    ds = tree_open();
    ck_assert(amos_case_get_info(case_of(ds, "amos_0002"))->has_image);
    amos_dataset_free(ds);
    ck_assert_int_eq(unlink(tree_path("imagesTr/amos_0002.nii.gz")), 0);
    ck_assert_int_eq(symlink("/nowhere/amos_0002.nii.gz", tree_path("imagesTr/amos_0002.nii.gz")), 0);
    tree_refuse(&beneath, AMOS_E_PATH, "amos_0002", &err);
    ck_assert_int_eq(unlink(tree_path("imagesTr/amos_0002.nii.gz")), 0);
    ck_assert_int_eq(symlink(".", tree_path("labelsTr")), 0);
    amos_dataset_free(tree_open_with(&beneath));
    ck_assert_int_eq(unlink(tree_path("labelsTr")), 0);
    ck_assert_int_eq(symlink("..", tree_path("labelsTr")), 0);
    tree_refuse(&beneath, AMOS_E_PATH, "labelsTr", &err);
}
END_TEST

START_TEST(odd_names_are_bytes)
{
    tree_begin("odd_names");
    tree_volumes("imagesTr/a\nb_0007.nii.gz", "imagesTr/\xff\xfe_0008.nii", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(ids_of(ds, NULL), "a\nb_0007 \xff\xfe_0008 ");
    ck_assert(amos_case_get_info(case_of(ds, "a\nb_0007"))->has_image);
    amos_dataset_free(ds);
}
END_TEST

static void *open_in_thread(void *user)
{
    amos_dataset **ds = user;
    amos_error err;
    return amos_dataset_open(tree_root(), NULL, ds, &err) ? NULL : user;
}

START_TEST(a_small_stack_suffices)
{
    tree_begin("small_stack");
    put_mixed_folders();
    pthread_attr_t attr;
    pthread_t thread;
    amos_dataset *ds = NULL;
    void *result;
    ck_assert_int_eq(pthread_attr_init(&attr), 0);
    set_small_stack(&attr);
    ck_assert_int_eq(pthread_create(&thread, &attr, open_in_thread, &ds), 0);
    ck_assert_int_eq(pthread_join(thread, &result), 0);
    ck_assert_ptr_nonnull(result);
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 5);
    amos_dataset_free(ds);
    pthread_attr_destroy(&attr);
}
END_TEST

START_TEST(out_of_descriptors_is_an_error_that_passes)
{
    amos_error err;
    struct rlimit old, none;
    tree_begin("descriptors");
    put_mixed_folders();
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    amos_dataset *ds;
    amos_status status = amos_dataset_open(tree_root(), NULL, &ds, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_status(status, AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, EMFILE);
    amos_dataset_free(tree_open());
}
END_TEST

/* As an ordinary user, because root may read anything. */
START_TEST(a_forbidden_folder_is_an_error)
{
    amos_error err;
    tree_begin("forbidden");
    put_mixed_folders();
    ck_assert_int_eq(chmod(tree_path("imagesVa"), 0), 0);
    ck_assert_int_eq(chmod(tmp_dir(), 0755), 0);
    int was_root = geteuid() == 0;
    if (was_root)
        ck_assert_int_eq(seteuid(65534), 0);
    amos_dataset *ds;
    amos_status status = amos_dataset_open(tree_root(), NULL, &ds, &err);
    if (was_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(tree_path("imagesVa"), 0755), 0);
    assert_status(status, AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, EACCES);
    ck_assert_ptr_nonnull(strstr(err.path, "imagesVa"));
}
END_TEST

START_TEST(five_thousand_cases_are_opened)
{
    tree_begin("many");
    for (int i = 0; i < 5000; i++) {
        char name[64];
        snprintf(name, sizeof name, "imagesTr/amos_%04d.nii.gz", i * 7919 % 5000);
        tree_put(name, "");
        memcpy(name, "labelsTr", 8);
        if (i % 2)
            tree_put(name, "");
    }
    amos_dataset *ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 5000);
    size_t labels = 0;
    for (int i = 0; i < 5000; i++) {
        const amos_case *c = amos_dataset_get(ds, (size_t)i);
        char id[32];
        snprintf(id, sizeof id, "amos_%04d", i);
        ck_assert_str_eq(amos_case_get_info(c)->id, id);
        ck_assert_ptr_eq(amos_dataset_find(ds, id), c);
        ck_assert(amos_case_get_info(c)->has_image);
        labels += (size_t)amos_case_get_info(c)->has_label;
    }
    ck_assert_uint_eq(labels, 2500);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(splits_and_modalities_are_parsed)
{
    amos_error err;
    amos_split split;
    amos_modality modality;
    static const char *const splits[][2] = {{"training", "training"},
                                            {"Train", "training"},
                                            {"tr", "training"},
                                            {"VALIDATION", "validation"},
                                            {"val", "validation"},
                                            {"va", "validation"},
                                            {"test", "test"},
                                            {"Ts", "test"},
                                            {"any", "any"}};
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        assert_ok(amos_split_parse(splits[i][0], &split, &err), &err);
        ck_assert_str_eq(amos_split_name(split), splits[i][1]);
    }
    static const char *const modalities[][2] = {
        {"CT", "CT"}, {"ct", "CT"}, {"MRI", "MRI"}, {"mr", "MRI"}, {"Any", "any"}};
    for (size_t i = 0; i < sizeof modalities / sizeof modalities[0]; i++) {
        assert_ok(amos_modality_parse(modalities[i][0], &modality, &err), &err);
        ck_assert_str_eq(amos_modality_name(modality), modalities[i][1]);
    }
    split = AMOS_SPLIT_TEST;
    assert_status(amos_split_parse("tests\n", &split, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "a wrong split");
    ck_assert_int_eq(split, AMOS_SPLIT_ANY);
    assert_status(amos_split_parse(NULL, &split, &err), AMOS_E_ARG, &err);
    assert_status(amos_split_parse("test", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_modality_parse("PET", &modality, &err), AMOS_E_ARG, &err);
    assert_status(amos_modality_parse("", &modality, &err), AMOS_E_ARG, &err);
    assert_status(amos_modality_parse("CT", NULL, &err), AMOS_E_ARG, &err);
    ck_assert_str_eq(amos_split_name((amos_split)9), "?");
    ck_assert_str_eq(amos_modality_name((amos_modality)9), "?");
}
END_TEST

START_TEST(the_shared_tree_is_what_it_says)
{
    char *path = shared_path("amos-mini");
    amos_dataset *ds;
    amos_error err;
    assert_ok(amos_dataset_open(path, NULL, &ds, &err), &err);
    free(path);
    ck_assert_str_eq(amos_dataset_get_info(ds)->name, "AMOS");
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    ck_assert_str_eq(ids_of(ds, NULL), "amos_0018 amos_0302 amos_0311 amos_0405 amos_0508 amos_0551 ");
    ck_assert_str_eq(amos_dataset_label_name(ds, 8), "arota");
    amos_case_filter labelled = {.size = sizeof labelled, .has_label = 1, .has_image = 1};
    ck_assert_str_eq(ids_of(ds, &labelled), "amos_0018 amos_0302 amos_0311 amos_0508 ");
    ck_assert_int_eq(amos_case_get_info(case_of(ds, "amos_0311"))->split, AMOS_SPLIT_VALIDATION);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset");
    TCase *folders = add_case(suite, "folders", 10);
    tcase_add_test(folders, folders_alone_make_a_data_set);
    tcase_add_test(folders, hidden_and_foreign_files_are_no_cases);
    tcase_add_test(folders, a_label_without_an_image_is_not_lost);
    tcase_add_test(folders, the_compressed_one_of_two_volumes_counts);
    tcase_add_test(folders, the_case_of_a_suffix_does_not_matter);
    tcase_add_test(folders, an_unpacked_archive_is_entered);
    tcase_add_test(folders, no_data_set_is_refused_with_advice);
    tcase_add_test(folders, folders_alone_have_the_labels_of_amos);
    tcase_add_test(folders, beneath_keeps_links_inside);
    tcase_add_test(folders, odd_names_are_bytes);
    TCase *cases = add_case(suite, "cases", 30);
    tcase_add_test(cases, ids_order_by_number_then_text);
    tcase_add_test(cases, the_number_of_amos_alone_counts);
    tcase_add_test(cases, cases_are_found_by_id_or_number);
    tcase_add_test(cases, filters_take_what_they_say);
    tcase_add_test(cases, next_refuses_what_it_cannot_follow);
    tcase_add_test(cases, options_with_their_initializer_are_the_defaults);
    tcase_add_test(cases, modalities_can_be_overridden);
    tcase_add_test(cases, splits_and_modalities_are_parsed);
    TCase *many = add_thorough_case(suite, "many", 30);
    tcase_add_test(many, five_thousand_cases_are_opened);
    TCase *calls = add_case(suite, "calls", 10);
    tcase_add_test(calls, wrong_arguments_are_refused);
    tcase_add_test(calls, null_is_answered);
    tcase_add_test(calls, option_structs_of_other_versions_work);
    tcase_add_test(calls, a_small_stack_suffices);
    tcase_add_test(calls, out_of_descriptors_is_an_error_that_passes);
    tcase_add_test(calls, a_forbidden_folder_is_an_error);
    if (shared_data("the data set amos-mini"))
        tcase_add_test(calls, the_shared_tree_is_what_it_says);
    return run_suite(suite);
}
