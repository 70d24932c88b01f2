/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels that are a file for each organ: a folder of masks is opened, counted, scored, cached and loaded as one label map. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <amos/amos.h>

#include "masks/merge.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/nifti.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define X 20
#define Y 16
#define Z 12
#define VOXELS (X * Y * Z)

static const char *const organs[] = {"kidney", "liver", "spleen"}; /* labels 1, 2, 3 */
static unsigned char model[2][VOXELS];                             /* of the subjects s0001 and s0002 */

static void write_volume(const char *name, struct nifti_spec *spec)
{
    char *path;
    spec->dim[0] = X;
    spec->dim[1] = spec->dim[1] ? spec->dim[1] : Y;
    spec->dim[2] = Z;
    spec->ndim = 3;
    struct nifti_file file = nifti_make(spec);
    struct bytes packed = gzip_of(&file.bytes);
    path = tmp_write_bytes(name, strstr(name, ".gz") ? &packed : &file.bytes);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
}

static void write_mask(const char *tree, int subject, int label, const char *ending)
{
    char name[100];
    unsigned char voxels[VOXELS];
    struct nifti_spec spec = {.voxels = voxels};
    for (int i = 0; i < VOXELS; i++)
        voxels[i] = model[subject][i] == label;
    snprintf(name, sizeof name, "%s/s%04d/segmentations/%s%s", tree, subject + 1, organs[label - 1], ending);
    write_volume(name, &spec);
}

/* Two subjects of which the second has no spleen, and a folder that is none. */
static char *make_tree(const char *tree)
{
    char name[100];
    uint64_t random = 7;
    for (int s = 0; s < 2; s++) {
        struct nifti_spec image = {.type = AMOS_TYPE_INT16, .seed = (uint64_t)s + 1};
        for (int i = 0; i < VOXELS; i++)
            model[s][i] = (unsigned char)random_below(&random, s ? 3 : 4);
        snprintf(name, sizeof name, "%s/s%04d/ct.nii.gz", tree, s + 1);
        write_volume(name, &image);
        for (int label = 1; label <= 3 - s; label++)
            write_mask(tree, s, label, label == 2 ? ".nii" : ".nii.gz");
    }
    snprintf(name, sizeof name, "%s/a_note/readme.txt", tree);
    free(tmp_write(name, "x", 1));
    return tmp_path(tree);
}

static char *below(const char *tree, const char *name)
{
    size_t bytes = strlen(tree) + strlen(name) + 2;
    char *path = must_alloc(bytes);
    snprintf(path, bytes, "%s/%s", tree, name);
    return path;
}

static amos_dataset *open_tree(const char *tree)
{
    amos_dataset *dataset;
    amos_error err;
    assert_ok(amos_dataset_open(tree, NULL, &dataset, &err), &err);
    return dataset;
}

/* ---- the label map ---- */

static void assert_labels(const char *path, const unsigned char *expected)
{
    amos_labelmap *map;
    amos_error err;
    assert_ok(amos_labelmap_open(path, NULL, NULL, &map, &err), &err);
    ck_assert_int_eq(memcmp(amos_labelmap_voxels(map), expected, VOXELS), 0);
    amos_labelmap_free(map);
}

START_TEST(J46_a_folder_of_masks_is_a_label_map)
{
    char *tree = make_tree("map");
    amos_dataset *dataset = open_tree(tree);
    const amos_dataset_info *info = amos_dataset_get_info(dataset);
    ck_assert_uint_eq(info->count, 2);
    ck_assert_int_eq(info->max_label, 3);
    ck_assert_str_eq(amos_dataset_label_name(dataset, 0), "background");
    for (int s = 0; s < 2; s++) {
        const amos_case *c = amos_dataset_get(dataset, (size_t)s);
        uint64_t bytes;
        amos_error err;
        ck_assert_int_eq(amos_case_get_info(c)->has_label, 1);
        assert_labels(amos_case_get_info(c)->label_path, model[s]);
        assert_ok(amos_case_get_file_bytes(c, AMOS_CASE_LABEL, &bytes, &err), &err);
        ck_assert_uint_gt(bytes, 352 + VOXELS);
    }
    for (int label = 1; label <= 3; label++)
        ck_assert_str_eq(amos_dataset_label_name(dataset, label), organs[label - 1]);
    assert_warnings(info->warnings, AMOS_W_LABELS); /* the second lacks a mask */
    amos_dataset_free(dataset);
    free(tree);
}
END_TEST

/* However the path is written, the labels have the numbers of the first subject. */
START_TEST(J46_a_path_alone_gives_the_numbers)
{
    static const char *const paths[] = {"s0002/segmentations", "s0002/segmentations/", "s0002//segmentations",
                                        "s0001/../s0002/segmentations", "./s0002/segmentations"};
    char *tree = make_tree("numbers");
    struct nifti_spec none = {.voxels = model[0]};
    memset(model[0], 0, VOXELS);
    write_volume("numbers/a_subject/segmentations/kidney.nii", &none); /* not yet: it lacks what others have */
    char *extra = tmp_path("numbers/a_subject/segmentations/kidney.nii");
    ck_assert_int_eq(remove(extra), 0); /* an empty folder is no first subject */
    for (int i = 0; i < COUNT(paths); i++) {
        char *path = below(tree, paths[i]);
        assert_labels(path, model[1]);
        free(path);
    }
    ck_assert_int_eq(chdir(tree), 0);
    assert_labels("s0002/segmentations", model[1]);
    ck_assert_int_eq(chdir("s0002"), 0);
    assert_labels("segmentations", model[1]);
    ck_assert_int_eq(chdir("segmentations"), 0);
    assert_labels("../segmentations", model[1]);
    free(extra);
    free(tree);
}
END_TEST

/* One voxel of the value 1, in a type; 2 of a file with slope 0.5. */
static void put_one(amos_type type, void *voxel)
{
    if (type == AMOS_TYPE_FLOAT32)
        *(float *)voxel = 1;
    else if (type == AMOS_TYPE_INT64)
        *(int64_t *)voxel = 1;
    else if (type == AMOS_TYPE_UINT16)
        *(uint16_t *)voxel = 1;
    else
        *(uint8_t *)voxel = 2;
}

START_TEST(masks_of_other_types)
{
    static const amos_type types[] = {AMOS_TYPE_FLOAT32, AMOS_TYPE_INT64, AMOS_TYPE_UINT16, AMOS_TYPE_UINT8};
    static int64_t voxels[VOXELS]; /* aligned for all of them */
    char *tree = make_tree("types"), *path = below(tree, "s0001/segmentations");
    for (int t = 0; t < COUNT(types); t++) {
        const double slope = types[t] == AMOS_TYPE_UINT8 ? 0.5 : 1;
        struct nifti_spec spec = {.type = types[t], .voxels = voxels, .big_endian = 1, .slope = slope};
        memset(voxels, 0, sizeof voxels);
        for (int i = 0; i < VOXELS; i++)
            if (model[0][i] == 2)
                put_one(types[t], (char *)voxels + (size_t)i * nifti_type_bytes(types[t]));
        write_volume("types/s0001/segmentations/liver.nii", &spec);
        assert_labels(path, model[0]);
    }
    free(path);
    free(tree);
}
END_TEST

static void *read_in_thread(void *user)
{
    static unsigned char out[4][VOXELS];
    static atomic_int next;
    amos_error err;
    unsigned char *to = out[next++];
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    assert_ok(amos_volume_read(user, &read, to, VOXELS, &err), &err);
    return to;
}

START_TEST(threads_share_a_label_map)
{
    char *tree = make_tree("threads"), *path = below(tree, "s0001/segmentations");
    amos_volume *volume;
    amos_error err;
    pthread_t threads[4];
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, path);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_in_thread, volume), 0);
    for (int i = 0; i < 4; i++) {
        void *found;
        ck_assert_int_eq(pthread_join(threads[i], &found), 0);
        ck_assert_int_eq(memcmp(found, model[0], VOXELS), 0);
    }
    amos_volume_free(volume);
    free(path);
    free(tree);
}
END_TEST

/* ---- what uses it ---- */

/* The labels of the batches of whole volumes. */
static void assert_loaded(const amos_dataset *dataset, const amos_cache *cache)
{
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader;
    amos_batch *batch;
    amos_error err;
    o.draw = AMOS_SAMPLING_WHOLE;
    o.batch_size = 1;
    o.cache = cache;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < 2; i++) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        const amos_batch_info *info = amos_batch_get_info(batch);
        const int s = strcmp(amos_batch_get_sample(batch, 0)->case_id, "s0001") != 0;
        ck_assert_int_eq(info->label.shape[4] * info->label.shape[3] * info->label.shape[2], VOXELS);
        ck_assert_int_eq(memcmp(info->label.data, model[s], VOXELS), 0);
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
}

START_TEST(a_loader_reads_masks)
{
    char *tree = make_tree("loaded");
    amos_dataset *dataset = open_tree(tree);
    assert_loaded(dataset, NULL);
    amos_dataset_free(dataset);
    free(tree);
}
END_TEST

#ifdef AMOS_HAVE_LZ4
static amos_status note_built(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                              const amos_error *err)
{
    int *counts = user;
    (void)c;
    ck_assert_msg(status == AMOS_OK, "%s", err ? err->message : "");
    counts[outcome]++;
    return AMOS_OK;
}

static void assert_built(const amos_cache *cache, const amos_dataset *dataset, int built, int rebuilt, int kept)
{
    amos_cache_build_options o = AMOS_CACHE_BUILD_OPTIONS_INIT;
    amos_error err;
    int counts[8] = {0};
    o.built = note_built;
    o.built_user = counts;
    assert_ok(amos_cache_build(cache, dataset, &o, &err), &err);
    ck_assert_int_eq(counts[AMOS_CACHE_BUILT], built);
    ck_assert_int_eq(counts[AMOS_CACHE_REBUILT], rebuilt);
    ck_assert_int_eq(counts[AMOS_CACHE_KEPT], kept);
}

/* An entry belongs to the content of all masks; a mask that changes makes it stale. */
START_TEST(a_cache_of_masks_follows_their_content)
{
    char *tree = make_tree("cached"), *folder = tmp_path("cache");
    amos_dataset *dataset = open_tree(tree);
    amos_cache *cache;
    amos_error err;
    assert_ok(amos_cache_open(folder, NULL, &cache, &err), &err);
    assert_built(cache, dataset, 2, 0, 0);
    assert_built(cache, dataset, 0, 0, 2);
    assert_loaded(dataset, cache);
    memset(model[1], 0, 50);
    model[1][49] = 2;
    write_mask("cached", 1, 1, ".nii.gz");
    write_mask("cached", 1, 2, ".nii");
    assert_built(cache, dataset, 0, 1, 1);
    assert_loaded(dataset, cache);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(folder);
    free(tree);
}
END_TEST
#endif

START_TEST(a_score_takes_masks)
{
    char *tree = make_tree("scored"), *path = below(tree, "s0002/segmentations"), *file;
    struct nifti_spec spec = {.voxels = model[1]};
    amos_score *score;
    amos_error err;
    write_volume("prediction.nii", &spec);
    file = tmp_path("prediction.nii");
    assert_ok(amos_score_open(path, file, NULL, NULL, &score, &err), &err);
    for (int label = 1; label <= 2; label++)
        ck_assert(amos_score_get_organ(score, label)->dice == 1);
    amos_score_free(score);
    free(file);
    free(path);
    free(tree);
}
END_TEST

/* ---- bad masks ---- */

static void spoil_value(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)spec;
    voxels[5] = 2;
}

static void spoil_fraction(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)voxels;
    spec->slope = 0.25;
}

static void spoil_overlap(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)spec;
    memset(voxels, 1, VOXELS);
}

static void spoil_shape(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)voxels;
    spec->dim[1] = Y - 1;
}

static void spoil_place(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)voxels;
    nifti_set_sform(spec, "RAS", (const double[]){1, 1, 1}, (const double[]){0, 3, 0});
}

static void spoil_orientation(struct nifti_spec *spec, unsigned char *voxels)
{
    (void)voxels;
    nifti_set_sform(spec, "LAS", (const double[]){1, 1, 1}, (const double[]){X - 1, 0, 0});
}

static const struct bad {
    const char *name;
    void (*spoil)(struct nifti_spec *spec, unsigned char *voxels);
    amos_status status;
    const char *words;
} bads[] = {{"liver.nii", spoil_value, AMOS_E_LABEL, "(5, 0, 0) is neither 0 nor 1"},
            {"liver.nii", spoil_fraction, AMOS_E_LABEL, "is neither 0 nor 1"},
            {"liver.nii", spoil_overlap, AMOS_E_LABEL, "is in the mask kidney too; amos export labelmaps"},
            {"liver.nii", spoil_shape, AMOS_E_PAIR_SHAPE, "20 x 15 x 12"},
            {"liver.nii", spoil_place, AMOS_E_PAIR_GEOM, "mm"},
            {"liver.nii", spoil_orientation, AMOS_E_PAIR_GEOM, "another orientation"},
            {"gall_bladder.nii", spoil_overlap, AMOS_E_LABEL, "no mask of the name gall_bladder"}};

START_TEST(P23_masks_that_make_no_label_map)
{
    const struct bad *bad = &bads[_i];
    unsigned char voxels[VOXELS];
    char tree[40], name[100];
    struct nifti_spec spec = {.voxels = voxels};
    amos_labelmap *map;
    amos_error err;
    snprintf(tree, sizeof tree, "bad%d", _i);
    free(make_tree(tree));
    for (int i = 0; i < VOXELS; i++)
        voxels[i] = model[1][i] == 2;
    bad->spoil(&spec, voxels);
    snprintf(name, sizeof name, "%s/s0002/segmentations/%s", tree, bad->name);
    write_volume(name, &spec);
    snprintf(name, sizeof name, "%s/s0002/segmentations", tree);
    char *path = tmp_path(name);
    assert_status(amos_labelmap_open(path, NULL, NULL, &map, &err), bad->status, &err);
    assert_sentence(&err, bad->status, bad->name);
    ck_assert_msg(strstr(err.message, bad->words) != NULL, "%s", err.message);
    ck_assert_ptr_null(map);
    free(path);
}
END_TEST

START_TEST(P23_a_damaged_mask_and_none)
{
    char *tree = make_tree("damaged"), *path = below(tree, "s0002/segmentations");
    amos_labelmap *map;
    amos_error err;
    free(tmp_write("damaged/s0002/segmentations/liver.nii", "short", 5));
    assert_status(amos_labelmap_open(path, NULL, NULL, &map, &err), AMOS_E_HDR_SHORT, &err);
    ck_assert_ptr_nonnull(strstr(err.path, "liver.nii"));
    char *kidney = below(path, "kidney.nii.gz"), *liver = below(path, "liver.nii");
    ck_assert_int_eq(remove(kidney) | remove(liver), 0);
    assert_status(amos_labelmap_open(path, NULL, NULL, &map, &err), AMOS_E_UNSUPPORTED, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "no mask here"));
    free(liver);
    free(kidney);
    free(path);
    free(tree);
}
END_TEST

START_TEST(P23_more_masks_than_labels)
{
    char name[100];
    unsigned char voxels[VOXELS] = {0};
    struct nifti_spec spec = {.voxels = voxels};
    amos_volume *volume;
    amos_dataset *dataset;
    amos_error err;
    struct nifti_spec image = {.type = AMOS_TYPE_INT16};
    write_volume("many/s1/ct.nii", &image);
    for (int i = 0; i < 255; i++) {
        snprintf(name, sizeof name, "many/s1/segmentations/organ_%03d.nii", i);
        write_volume(name, &spec);
    }
    char *tree = tmp_path("many"), *path = below(tree, "s1/segmentations");
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    amos_volume_free(volume);
    write_volume("many/s1/segmentations/one_more.nii", &spec);
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_LIMIT, &err);
    assert_status(amos_dataset_open(tree, NULL, &dataset, &err), AMOS_E_LIMIT, &err);
    free(path);
    free(tree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("masks");
    TCase *map = add_case(suite, "map", 10), *use = add_case(suite, "use", 10), *bad = add_case(suite, "bad", 10);
    tcase_add_test(map, J46_a_folder_of_masks_is_a_label_map);
    tcase_add_test(map, J46_a_path_alone_gives_the_numbers);
    tcase_add_test(map, masks_of_other_types);
    tcase_add_test(map, threads_share_a_label_map);
    tcase_add_test(use, a_loader_reads_masks);
#ifdef AMOS_HAVE_LZ4
    tcase_add_test(use, a_cache_of_masks_follows_their_content);
#endif
    tcase_add_test(use, a_score_takes_masks);
    tcase_add_loop_test(bad, P23_masks_that_make_no_label_map, 0, COUNT(bads));
    tcase_add_test(bad, P23_a_damaged_mask_and_none);
    tcase_add_test(bad, P23_more_masks_than_labels);
    return run_suite(suite);
}
