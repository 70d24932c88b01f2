/* SPDX-License-Identifier: BSD-3-Clause */
/* Data sets of others, as they are shipped: list, stats, check, score, cache and loader work on them. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

/* Two cases, the volumes of amos_0001 and amos_0002 of the small set, under other names; a table of labels if one is given.
 * Without names of labels they are masks, a file for each organ. */
static const struct set {
    const char *what, *images[2], *labels[2], *ids[2], *json;
} sets[] = {
    {"Decathlon",
     {"imagesTr/liver_1.nii.gz", "imagesTr/liver_2.nii.gz"},
     {"labelsTr/liver_1.nii.gz", "labelsTr/liver_2.nii.gz"},
     {"liver_1", "liver_2"},
     "{\"modality\": {\"0\": \"CT\"}, \"labels\": {\"0\": \"background\", \"1\": \"Spleen\", \"6\": \"Liver\", "
     "\"200\": \"x\"},"
     "\"numTraining\": 2, \"training\": ["
     "{\"image\": \"./imagesTr/liver_1.nii.gz\", \"label\": \"./labelsTr/liver_1.nii.gz\"},"
     "{\"image\": \"./imagesTr/liver_2.nii.gz\", \"label\": \"./labelsTr/liver_2.nii.gz\"}]}"},
    {"FLARE",
     {"imagesTr/FLARE22_Tr_0001_0000.nii.gz", "imagesTr/FLARE22_Tr_0002_0000.nii.gz"},
     {"labelsTr/FLARE22_Tr_0001.nii.gz", "labelsTr/FLARE22_Tr_0002.nii.gz"},
     {"FLARE22_Tr_0001", "FLARE22_Tr_0002"},
     NULL},
    {"BTCV",
     {"Training/img/img0001.nii.gz", "Training/img/img0002.nii.gz"},
     {"Training/label/label0001.nii.gz", "Training/label/label0002.nii.gz"},
     {"img0001", "img0002"},
     NULL},
    {"two folders and a table",
     {"images/a.nii.gz", "images/b.nii.gz"},
     {"labels/a.nii.gz", "labels/b.nii.gz"},
     {"a", "b"},
     "{\"labels\": {\"background\": 0, \"spleen\": 1, \"liver\": 6, \"last\": 255}}"},
    {"TotalSegmentator", {"s0001/ct.nii.gz", "s0002/ct.nii.gz"}, {NULL, NULL}, {"s0001", "s0002"}, NULL},
};

static void copy(const char *from_folder, const char *from, const char *to_folder, const char *to)
{
    char *source = small_set_path(from_folder, from), name[300];
    struct bytes file = read_file(source);
    snprintf(name, sizeof name, "%s/%s", to_folder, to);
    free(tmp_write_bytes(name, &file));
    bytes_free(&file);
    free(source);
}

static void make_folder(const char *name)
{
    char inside[128];
    snprintf(inside, sizeof inside, "%s/.made", name);
    free(tmp_write(inside, "", 0));
}

static void write_voxels(const char *folder, const char *name, const unsigned char *voxels)
{
    char *parent = tmp_path(folder), *path = small_set_path(parent, name);
    small_set_write_voxels(path, voxels);
    free(path);
    free(parent);
}

/* The masks of a label map, "liver" and "spleen", and the same as a label map with the numbers that these names get. */
static void write_masks(const char *source, const char *label, const char *masks, const char *folder, const char *id)
{
    static const struct {
        const char *name;
        int own, label;
    } organs[] = {{"liver.nii", 6, 1}, {"spleen.nii", 1, 2}};
    char *path = small_set_path(source, label), prediction[64];
    unsigned char merged[SMALL_SET_VOXELS] = {0}, mask[SMALL_SET_VOXELS];
    amos_labelmap *map;
    amos_error err;
    assert_ok(amos_labelmap_open(path, NULL, NULL, &map, &err), &err);
    make_folder(masks);
    make_folder(folder);
    for (int i = 0; i < COUNT(organs); i++) {
        for (int v = 0; v < SMALL_SET_VOXELS; v++) {
            mask[v] = amos_labelmap_voxels(map)[v] == organs[i].own;
            merged[v] = (unsigned char)(merged[v] + mask[v] * organs[i].label);
        }
        write_voxels(masks, organs[i].name, mask);
    }
    snprintf(prediction, sizeof prediction, "%s.nii", id);
    write_voxels(folder, prediction, merged);
    amos_labelmap_free(map);
    free(path);
}

/* Returns its path; *predictions is that of a folder with the labels under the ids. */
static char *make_set(const struct set *set, int number, char **predictions)
{
    static const char *const own[2] = {"Tr/amos_0001.nii.gz", "Tr/amos_0002.nii.gz"};
    char name[32], folder[32], own_name[32], path[64];
    snprintf(own_name, sizeof own_name, "own%d", number);
    snprintf(name, sizeof name, "set%d", number);
    snprintf(folder, sizeof folder, "predicted%d", number);
    char *source = small_set_make(own_name);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "images%s", own[i]);
        copy(source, path, name, set->images[i]);
        snprintf(path, sizeof path, "labels%s", own[i]);
        char prediction[64], masks[64];
        if (!set->labels[i]) {
            snprintf(masks, sizeof masks, "%s/%s/segmentations", name, set->ids[i]);
            write_masks(source, path, masks, folder, set->ids[i]);
            continue;
        }
        copy(source, path, name, set->labels[i]);
        snprintf(prediction, sizeof prediction, "%s.nii.gz", set->ids[i]);
        copy(source, path, folder, prediction);
    }
    snprintf(path, sizeof path, "%s/dataset.json", name);
    if (set->json)
        free(tmp_write(path, set->json, strlen(set->json)));
    *predictions = tmp_path(folder);
    free(source);
    return tmp_path(name);
}

/* Remarks about the modality and the labels may stand on stderr. */
static void run_for(const char *part, const char *words, const char *a, const char *b)
{
    struct outcome outcome = run_amos(words, a, b);
    ck_assert_msg(outcome.code == 0, "%s", outcome.err);
    assert_has(outcome.out, part);
    outcome_free(&outcome);
}

START_TEST(commands_work_on_it)
{
    char *predictions, *set = make_set(&sets[_i], _i, &predictions), part[64];
    snprintf(part, sizeof part, "2 cases: 2 %s; 2 training; 2 labelled",
             !sets[_i].labels[0] || (sets[_i].json && strstr(sets[_i].json, "\"CT\"")) ? "CT" : "of unknown modality");
    run_for(part, "list %s", set, "");
    run_for("2 cases: 2 MRI", "list %s --modality-of %s=mri", set, "*");
    run_for(sets[_i].ids[1], "stats %s", set, "");
    run_for("2 pairs checked: 2 good, 0 bad", "check %s", set, "");
    run_for("2: 2 scored, 0 missing, 0 refused", "score -r %s -p %s", set, predictions);
    run_for("2 predictions; all are on the grids of their images", "pack -r %s -p %s --check --split training", set,
            predictions);
    /* The liver has AMOS's colour and, in the table, the name that the data set gives it. */
    run_for("#a15d6c", "organs -r %s", set, "");
    run_for("4 files converted", "convert %s -o %s_converted", set, set);
    run_for("4 files checked: 4 good, 0 bad", "check %s_converted%s", set, "");
#ifdef AMOS_HAVE_LZ4
    run_for("2 cases cached", "cache build %s --folder %s/cache", set, tmp_dir());
#endif
    free(predictions);
    free(set);
}
END_TEST

/* Other programs read no folder of masks as a label. */
START_TEST(J46_masks_are_not_exported_by_name)
{
    static const char *const words[] = {"export nnunet %s -o %s_raw --task ct --id 300 --name X",
                                        "export monai %s -o %s.json", "export csv %s -o %s.csv"};
    char *predictions, *set = make_set(&sets[COUNT(sets) - 1], 200, &predictions);
    for (int i = 0; i < COUNT(words); i++) {
        struct outcome outcome = run_amos(words[i], set, set);
        ck_assert_int_eq(outcome.code, 1);
        assert_has(outcome.err, "amos export labelmaps makes a data set of label maps");
        outcome_free(&outcome);
    }
    free(predictions);
    free(set);
}
END_TEST

START_TEST(the_loader_works_on_it)
{
    char *predictions, *path = make_set(&sets[_i], 100 + _i, &predictions);
    amos_error err;
    amos_dataset *set;
    amos_loader *loader;
    amos_batch *batch;
    const amos_modality_override ct = {"*", AMOS_MODALITY_CT};
    const amos_dataset_options as_ct = {.size = sizeof as_ct, .modality = &ct, .modality_count = 1};
    amos_loader_options options = AMOS_LOADER_OPTIONS_INIT;
    options.patch[0] = options.patch[1] = options.patch[2] = 4;
    options.batch_size = 2;
    options.threads = 1;
    assert_ok(amos_dataset_open(path, &as_ct, &set, &err), &err);
    assert_ok(amos_loader_open(set, &options, &loader, &err), &err);
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    ck_assert_int_eq(amos_batch_get_info(batch)->count, 2);
    amos_batch_free(batch);
    amos_loader_free(loader);
    amos_dataset_free(set);
    free(predictions);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("other_sets");
    TCase *all = add_case(suite, "all", 20);
    tcase_add_loop_test(all, commands_work_on_it, 0, COUNT(sets));
    tcase_add_loop_test(all, the_loader_works_on_it, 0, COUNT(sets));
    tcase_add_test(all, J46_masks_are_not_exported_by_name);
    return run_suite(suite);
}
