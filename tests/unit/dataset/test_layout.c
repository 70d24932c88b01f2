/* SPDX-License-Identifier: BSD-3-Clause */
/* The trees of other data sets: two folders of images and labels, also below folders of splits, and a folder for each
 * subject. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* "id split modality image label", a line for each case; "-" for a file that is not there. */
static const char *cases_of(const amos_dataset *dataset)
{
    static char text[4096];
    text[0] = '\0';
    for (size_t i = 0; i < amos_dataset_get_info(dataset)->count; i++) {
        const amos_case_info *c = amos_case_get_info(amos_dataset_get(dataset, i));
        size_t used = strlen(text), root = strlen(tree_root()) + 1;
        snprintf(text + used, sizeof text - used, "%s %s %s %s %s\n", c->id, amos_split_name(c->split),
                 amos_modality_name(c->modality), c->has_image ? c->image_path + root : "-",
                 c->has_label ? c->label_path + root : "-");
    }
    return text;
}

/* ---- two folders ---- */

static const struct flat {
    const char *what, *files[6], *cases;
} flats[] = {
    {"images and labels",
     {"images/a.nii.gz", "labels/a.nii.gz", "images/b.nii.gz", "labels/b.nii.gz"},
     "a training unknown images/a.nii.gz labels/a.nii.gz\nb training unknown images/b.nii.gz labels/b.nii.gz\n"},
    {"letters in another case", {"Images/a.nii", "Masks/a.nii"}, "a training unknown Images/a.nii Masks/a.nii\n"},
    {"channels of nnU-Net",
     {"images/x_0000.nii.gz", "labels/x.nii.gz"},
     "x training unknown images/x_0000.nii.gz labels/x.nii.gz\n"},
    {"an image alone, a label alone",
     {"images/a.nii.gz", "labels/b.nii.gz"},
     "a training unknown images/a.nii.gz -\nb training unknown - labels/b.nii.gz\n"},
    {"BTCV",
     {"img/img0001.nii.gz", "label/label0001.nii.gz", "img/img0002.nii.gz", "label/label0002.nii.gz"},
     "img0001 training unknown img/img0001.nii.gz label/label0001.nii.gz\n"
     "img0002 training unknown img/img0002.nii.gz label/label0002.nii.gz\n"},
    {"BTCV as it is shipped",
     {"Training/img/img0001.nii.gz", "Training/label/label0001.nii.gz", "Testing/img/img0061.nii.gz"},
     "img0001 training unknown Training/img/img0001.nii.gz Training/label/label0001.nii.gz\n"
     "img0061 test unknown Testing/img/img0061.nii.gz -\n"},
    {"three splits",
     {"train/images/a.nii", "train/labels/a.nii", "val/images/b.nii", "val/labels/b.nii", "test/images/c.nii"},
     "a training unknown train/images/a.nii train/labels/a.nii\n"
     "b validation unknown val/images/b.nii val/labels/b.nii\nc test unknown test/images/c.nii -\n"},
    {"words at the end",
     {"images/case_1_image.nii", "masks/case_1_mask.nii", "images/case_2_image.nii", "masks/case_2_mask.nii"},
     "case_1_image training unknown images/case_1_image.nii masks/case_1_mask.nii\n"
     "case_2_image training unknown images/case_2_image.nii masks/case_2_mask.nii\n"},
    {"words that do not say which",
     {"images/img1.nii", "images/scan1.nii", "labels/label1.nii"},
     "img1 training unknown images/img1.nii -\nlabel1 training unknown - labels/label1.nii\n"
     "scan1 training unknown images/scan1.nii -\n"},
    {"ids of AMOS",
     {"images/amos_0507.nii.gz", "labels/amos_0507.nii.gz"},
     "amos_0507 training MRI images/amos_0507.nii.gz labels/amos_0507.nii.gz\n"},
};

START_TEST(J45_two_folders_are_a_data_set)
{
    char name[32];
    snprintf(name, sizeof name, "flat%d", _i);
    tree_begin(name);
    for (int i = 0; i < COUNT(flats[0].files) && flats[_i].files[i]; i++)
        tree_volumes(flats[_i].files[i], NULL);
    amos_dataset *ds = tree_open();
    ck_assert_msg(strcmp(cases_of(ds), flats[_i].cases) == 0, "%s: %s", flats[_i].what, cases_of(ds));
    ck_assert_ptr_null(amos_dataset_get_info(ds)->json_path);
    amos_dataset_free(ds);
}
END_TEST

static const struct table {
    const char *json;
    int max_label;
    const char *name; /* of label 1 */
    amos_modality modality;
} tables[] = {
    {"{'labels': {'0': 'background', '1': 'spleen', '255': 'skin'}}", 255, "spleen", AMOS_MODALITY_UNKNOWN},
    {"{'labels': {'background': 0, 'tumour': 1}, 'modality': 'CT'}", 1, "tumour", AMOS_MODALITY_CT},
    {"{'labels': {'background': 0, 'x': 1}, 'channel_names': {'0': 'MRI'}, 'numTraining': 1,"
     "'file_ending': '.nii.gz'}",
     1, "x", AMOS_MODALITY_MRI},
};

START_TEST(J45_a_table_beside_them_names_the_labels)
{
    char name[32];
    snprintf(name, sizeof name, "flat_table%d", _i);
    tree_begin(name);
    tree_volumes("images/a.nii.gz", "labels/a.nii.gz", NULL);
    tree_json(tables[_i].json);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(amos_dataset_label_name(ds, 1), tables[_i].name);
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, tables[_i].max_label);
    ck_assert_int_eq(amos_case_get_info(amos_dataset_get(ds, 0))->modality, tables[_i].modality);
    ck_assert_str_eq(amos_dataset_get_info(ds)->json_path, tree_path("dataset.json"));
    amos_dataset_free(ds);
}
END_TEST

/* AMOS's own folders count first, and a list of cases before any folder. */
START_TEST(J45_nothing_else_changes)
{
    tree_begin("flat_beside");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "images/a.nii.gz", "labels/a.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 1);
    amos_dataset_free(ds);
    tree_begin("flat_listed");
    tree_volumes("images/a.nii.gz", "labels/a.nii.gz", "images/b.nii.gz", "labels/b.nii.gz", NULL);
    tree_lists("'training': [{'image': 'images/a.nii.gz', 'label': 'labels/a.nii.gz'}]");
    ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 1);
    amos_dataset_free(ds);
}
END_TEST

static const struct none {
    const char *name, *file, *words;
} nones[] = {{"none_images", "images/a.nii.gz", "no volume lies directly in here"},
             {"none_labels", "labels/a.nii.gz", "no volume lies directly in here"},
             {"none_subject", "s1/ct.nii.gz", "no volume lies directly in here"},
             {"none_masks", "s1/segmentations/liver.nii.gz", "nor a volume here or one level down"}};

START_TEST(J45_half_of_a_layout_is_none)
{
    amos_error err;
    tree_begin(nones[_i].name);
    tree_volumes(nones[_i].file, NULL);
    tree_refuse(NULL, AMOS_E_OPEN, nones[_i].words, &err);
}
END_TEST

/* ---- subjects ---- */

START_TEST(J46_a_folder_for_each_subject)
{
    tree_begin("subjects");
    tree_volumes("s0001/ct.nii.gz", "s0001/segmentations/liver.nii.gz", "s0001/segmentations/spleen.nii.gz",
                 "s0002/mri.nii.gz", "s0002/segmentations/liver.nii.gz", "s0003/ct.nii.gz", "notes/other.nii.gz", NULL);
    tree_put("meta.csv", "image_id;age\n");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), "s0001 training CT s0001/ct.nii.gz s0001/segmentations\n"
                                   "s0002 training MRI s0002/mri.nii.gz s0002/segmentations\n"
                                   "s0003 training CT s0003/ct.nii.gz -\n");
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, 2);
    ck_assert_str_eq(amos_dataset_label_name(ds, 1), "liver");
    ck_assert_str_eq(amos_dataset_label_name(ds, 2), "spleen");
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_LABELS); /* one lacks the spleen */
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_LABELS  \nE_OPEN s0003/ct.nii.gz s0003\n");
    free(found);
    amos_dataset_free(ds);
    const amos_modality_override all = {"*", AMOS_MODALITY_MRI};
    const amos_dataset_options options = {.size = sizeof options, .modality = &all, .modality_count = 1};
    ds = tree_open_with(&options);
    ck_assert_int_eq(amos_case_get_info(amos_dataset_get(ds, 0))->modality, AMOS_MODALITY_MRI);
    amos_dataset_free(ds);
}
END_TEST

/* ---- paths that begin with ".." ---- */

static const struct climbing {
    const char *given, *path; /* below the folder that holds the tree; NULL: refused */
} climbings[] = {{"../far/a.nii.gz", "far/a.nii.gz"},
                 {"..//far/./a.nii.gz", "far/a.nii.gz"},
                 {"../../../../../../../../../../../../../../a.nii.gz", NULL},
                 {"x/../a.nii.gz", NULL},
                 {"../far/../a.nii.gz", NULL}};

START_TEST(J23_paths_above_are_allowed_with_absolute_ones)
{
    char text[256], expected[512], name[32];
    amos_error err;
    amos_dataset *ds = NULL;
    const amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_ALLOW_ABSOLUTE};
    const struct climbing *row = &climbings[_i];
    snprintf(name, sizeof name, "above%d", _i);
    tree_begin(name);
    snprintf(text, sizeof text, "'training': [], 'test': ['%s']", row->given);
    tree_lists(text);
    tree_refuse(NULL, AMOS_E_PATH, "contains \"..\"", &err);
    if (row->path || strncmp(row->given, "../../..", 8) == 0) {
        ds = tree_open_with(&options);
        const char *got = amos_case_get_info(amos_dataset_get(ds, 0))->image_path;
        snprintf(expected, sizeof expected, "%.*s/%s", (int)(strrchr(tree_root(), '/') - tree_root()), tree_root(),
                 row->path ? row->path : "");
        ck_assert_str_eq(got, row->path ? expected : "/a.nii.gz");
        amos_dataset_free(ds);
    } else {
        tree_refuse(&options, AMOS_E_PATH, "contains \"..\"", &err);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *folders = add_case(suite, "folders", 10);
    tcase_add_loop_test(folders, J45_two_folders_are_a_data_set, 0, COUNT(flats));
    tcase_add_loop_test(folders, J45_a_table_beside_them_names_the_labels, 0, COUNT(tables));
    tcase_add_test(folders, J45_nothing_else_changes);
    tcase_add_loop_test(folders, J45_half_of_a_layout_is_none, 0, COUNT(nones));
    TCase *subjects = add_case(suite, "subjects", 10);
    tcase_add_test(subjects, J46_a_folder_for_each_subject);
    TCase *paths = add_case(suite, "paths", 10);
    tcase_add_loop_test(paths, J23_paths_above_are_allowed_with_absolute_ones, 0, COUNT(climbings));
    return run_suite(suite);
}
