/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults/rows.h"
#include "support/make/gzip.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/zip.h"
#include "support/make/score.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int64_t image_shape[3] = {64, 48, 40};

/* ---- the files ---- */

static char *write_named(const char *folder, const char *name, const struct bytes *content)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    return tmp_write_bytes(full, content);
}

/* Takes ownership of the content. */
static char *write_gzip(const char *folder, const char *name, const struct bytes *plain,
                        const struct gzip_member *member)
{
    struct bytes packed = {0};
    gzip_add(&packed, plain->data, plain->size, member);
    char *path = write_named(folder, name, &packed);
    bytes_free(&packed);
    return path;
}

static struct nifti_spec image_spec(void)
{
    static const double spacing[3] = {0.75, 0.75, 5}, origin[3] = {-120, 80, 400};
    static int16_t noise[64 * 48 * 40]; /* compresses to more than one window of input */
    struct nifti_spec spec = {.ndim = 3, .type = AMOS_TYPE_INT16, .slope = 2, .inter = -1024, .voxels = noise};
    uint64_t seed = 7;
    for (int i = 0; i < COUNT(noise); i++)
        noise[i] = (int16_t)random_below(&seed, 2000);
    memcpy(spec.dim, image_shape, sizeof image_shape);
    nifti_set_sform(&spec, "LAS", spacing, origin);
    return spec;
}

/* The fourth stored block's length disagrees with its complement. */
static void make_broken(struct world *w, const char *folder, const struct bytes *plain)
{
    static const struct gzip_member stored = {.form = GZIP_BODY_STORED, .block = 60000};
    struct bytes broken = {0};
    gzip_add(&broken, plain->data, plain->size, &stored);
    broken.data[10 + 3 * (5 + 60000) + 3] ^= 0xff;
    w->broken = write_named(folder, "broken.nii.gz", &broken);
    bytes_free(&broken);
}

static void make_images(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    struct nifti_file file = nifti_make(&spec);
    static const struct gzip_member wrong = {.crc_xor = 1};
    w->plain = write_named(folder, "plain.nii", &file.bytes);
    const struct zip_member member = {
        .name = "plain.nii", .data = file.bytes.data, .size = file.bytes.size, .deflated = 1};
    struct bytes archive = zip_make(&member, 1, NULL);
    w->archive = write_named(folder, "archive.zip", &archive);
    w->zipped = must_alloc(strlen(w->archive) + sizeof "/plain.nii");
    strcat(strcpy(w->zipped, w->archive), "/plain.nii");
    bytes_free(&archive);
    w->image = write_gzip(folder, "image.nii.gz", &file.bytes, NULL);
    w->damaged = write_gzip(folder, "damaged.nii.gz", &file.bytes, &wrong);
    w->memory = gzip_of(&file.bytes);
    make_broken(w, folder, &file.bytes);
    nifti_poke(&file, "vox_offset", 0, 0);
    w->offset = write_gzip(folder, "offset.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
}

/* Long enough for an index of several points, which is built once to get its name. */
static void make_indexed(struct world *w, const char *folder)
{
    char indexes[128];
    static int16_t voxels[64 * 48 * 200];
    uint64_t seed = 11;
    for (int i = 0; i < COUNT(voxels); i++)
        voxels[i] = (int16_t)(i / 3072 + random_below(&seed, 4));
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16, .dim = {64, 48, 200}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    w->large = write_gzip(folder, "large.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    snprintf(indexes, sizeof indexes, "%s/indexes", folder);
    w->indexes = tmp_path(indexes);
    ck_assert_int_eq(mkdir(w->indexes, 0700), 0);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(open_indexed_volume(w, &volume, &err), &err);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    w->index = only_file(w->indexes);
}

static void make_members(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    static const unsigned char extension[32] = {0, 0, 0, 32, 0, 0, 0, 6};
    spec.version = 2;
    spec.big_endian = 1;
    spec.extensions = extension;
    spec.extension_bytes = sizeof extension;
    struct nifti_file file = nifti_make(&spec);
    struct bytes members = gzip_in_members(&file.bytes, 100000, NULL);
    w->gzip = write_named(folder, "members.nii.gz", &members);
    bytes_free(&members);
    nifti_free(&file);
}

static void make_pairs(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    spec.pair = 1;
    struct nifti_file file = nifti_make(&spec);
    w->pair = write_named(folder, "pair.hdr", &file.bytes);
    free(write_gzip(folder, "pair.img.gz", &file.image, NULL));
    w->pairs = write_gzip(folder, "pairs.hdr.gz", &file.bytes, NULL);
    free(write_gzip(folder, "pairs.img.gz", &file.image, NULL));
    nifti_free(&file);
}

static void make_label(struct world *w, const char *folder)
{
    static const double spacing[3] = {0.75, 0.75, 5};
    size_t voxels = (size_t)(image_shape[0] * image_shape[1] * image_shape[2]);
    uint8_t *values = must_alloc(voxels);
    uint64_t seed = 3;
    for (size_t i = 0, n; i < voxels; i += n) {
        size_t run = (size_t)random_below(&seed, 40) + 1;
        n = run < voxels - i ? run : voxels - i;
        memset(values + i, (int)random_below(&seed, 16), n);
    }
    struct nifti_spec spec = image_spec();
    struct nifti_file file = label_file(values, image_shape, AMOS_TYPE_UINT16, "LAS", spacing);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            nifti_poke(&file, i == 0 ? "srow_x" : i == 1 ? "srow_y" : "srow_z", j, spec.srow[i][j]);
    w->label = write_gzip(folder, "label.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    free(values);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    struct bytes content = {0};
    bytes_add(&content, text, strlen(text));
    free(write_named(folder, name, &content));
    bytes_free(&content);
}

static void make_tree(const struct world *w, const char *folder, int with_json)
{
    struct bytes image = read_file(w->image), label = read_file(w->label);
    for (int i = 1; i <= 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "imagesTr/amos_%04d.nii.gz", i);
        free(write_named(folder, name, &image));
        snprintf(name, sizeof name, "labelsTr/amos_%04d.nii.gz", i);
        free(write_named(folder, name, &label));
    }
    bytes_free(&label);
    bytes_free(&image);
    if (!with_json)
        return;
    write_text(
        folder, "dataset.json",
        "{\"name\": \"AMOS\", \"numTraining\": 3, \"numTest\": 1,\n"
        " \"labels\": {\"0\": \"background\", \"1\": \"spleen\", \"2\": \"right kidney\", \"8\": \"arota\",\n"
        "  \"15\": \"prostate/uterus\"},\n"
        " \"training\": [{\"image\": \"./imagesTr/amos_0003.nii.gz\", \"label\": \"./labelsTr/amos_0003.nii.gz\"},\n"
        "  {\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": \"./labelsTr/amos_0001.nii.gz\"},\n"
        "  {\"image\": \"./imagesTr/amos_0002.nii.gz\", \"label\": \"./labelsTr/amos_0002.nii.gz\"}],\n"
        " \"validation\": [], \"test\": [\"./imagesTs/amos_0004.nii.gz\"]}\n");
    write_text(folder, "labeled_data_meta_0000_0599.csv",
               "amos_id,Patient's Birth Date,Patient's Sex,Patient's Age,Manufacturer's Model Name,Manufacturer,"
               "Acquisition Date,Site\n"
               "1,19600101,M,062Y,Aquilion ONE,TOSHIBA,20220101,\"one, \"\"two\"\"\"\n2,,F,018M,,,,\n");
}

static void make_masks(const struct world *w, const char *folder)
{
    static const char *const names[] = {"amos_0001/segmentations/liver.nii", "amos_0001/segmentations/spleen.nii"};
    struct bytes image = read_file(w->image);
    free(write_named(folder, "amos_0001/ct.nii.gz", &image));
    for (int i = 0; i < 2; i++) {
        unsigned char voxels[24] = {0};
        memset(voxels + 8 * i, 1, 8);
        const struct nifti_spec spec = {.voxels = voxels}; /* 4 x 3 x 2 */
        struct nifti_file file = nifti_make(&spec);
        free(write_named(folder, names[i], &file.bytes));
        nifti_free(&file);
    }
    bytes_free(&image);
}

static void make_set(struct world *w, const char *folder)
{
    static const char json[] = "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\"}, \"training\": ["
                               "{\"image\": \"imagesTr/amos_0001.nii.gz\", \"label\": \"labelsTr/amos_0001.nii.gz\"},"
                               "{\"image\": \"imagesTr/amos_0002.nii.gz\", \"label\": \"labelsTr/amos_0002.nii.gz\"}]}";
    struct bytes label = read_file(w->label);
    const struct zip_member members[] = {
        {.name = "amos22/imagesTr/amos_0001.nii.gz", .data = label.data, .size = label.size},
        {.name = "amos22/labelsTr/amos_0001.nii.gz", .data = label.data, .size = label.size},
        {.name = "amos22/imagesTr/amos_0002.nii.gz", .data = label.data, .size = label.size, .deflated = 1},
        {.name = "amos22/labelsTr/amos_0002.nii.gz", .data = label.data, .size = label.size, .deflated = 1},
        {.name = "amos22/dataset.json", .data = json, .size = sizeof json - 1, .deflated = 1}};
    struct bytes archive = zip_make(members, sizeof members / sizeof members[0], NULL);
    w->set = write_named(folder, "amos22.zip", &archive);
    bytes_free(&archive);
    bytes_free(&label);
}

/* nnU-Net's names, two channels of a case, and a CSV of modalities. */
static void make_raw(const char *folder)
{
    static const char *const names[] = {"imagesTr/amos_0001_0000.nii.gz", "imagesTr/amos_0001_0001.nii.gz",
                                        "labelsTr/amos_0001.nii.gz", "imagesTs/x_0000.nii.gz",
                                        "imagesTs/y_0000.nii.gz"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        write_text(folder, names[i], "no volume");
    write_text(folder, "dataset.json",
               "{\"channel_names\": {\"0\": \"CT\", \"1\": \"MR\"}, \"labels\": {\"background\": 0, \"spleen\": 1},"
               " \"numTraining\": 1, \"file_ending\": \".nii.gz\"}");
    write_text(folder, "modality.csv", "id,modality\nx,mri\n1,ct\nnobody,ct\n");
}

/* Files and a folder whose names are not those of dataset.json, paths of Windows, and modalities as JSON. */
static void make_near(const char *folder)
{
    static const char *const names[] = {"ImagesTr/amos_0001.nii", "labelsTr/x_0000.nii.gz", "labelsTr/y.nii",
                                        "labelsTr/y_0000.nii"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        write_text(folder, names[i], "no volume");
    write_text(folder, "dataset.json",
               "{\"labels\": {\"0\": \"background\"}, \"training\": ["
               "{\"image\": \"imagesTr\\\\amos_0001.nii.gz\", \"label\": \"labelsTr/x.nii.gz\"},"
               "{\"image\": \"imagesTr/amos_0002.nii.gz\", \"label\": \"labelsTr/y.nii.gz\"}]}");
    write_text(folder, "modality.json", "{\"1\": \"mri\", \"nobody\": \"ct\"}");
}

/* ---- the handles ---- */

amos_volume_options volume_options(const struct world *world)
{
    return (amos_volume_options){.size = sizeof(amos_volume_options), .inflate = world->inflate};
}

int64_t caller_read_at(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    const struct bytes *all = ((const struct caller *)user)->bytes;
    size_t left = offset < all->size ? all->size - (size_t)offset : 0;
    size_t n = bytes < left ? bytes : left;
    memcpy(buffer, all->data + offset, n);
    return (int64_t)n;
}

static amos_volume *open_volume(const struct world *w, const char *path)
{
    amos_volume_options options = volume_options(w);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(path, &options, &volume, &err), &err);
    return volume;
}

/* A pair with near, far and equidistant points, for every method of the nearest-point search. */
static void make_scored(struct world *w)
{
    struct score_pair pair;
    score_pair_make(SCORE_FORM_SHELL, 1, &pair);
    w->reference = score_map(pair.reference, pair.shape, pair.spacing, "LAS");
    w->prediction = score_map(pair.prediction, pair.shape, pair.spacing, "LAS");
    score_pair_free(&pair);
}

static void make_small(struct world *w, const char *folder)
{
    struct score_pair pair;
    score_pair_make(SCORE_FORM_BOXES, 1, &pair);
    struct nifti_file file = label_file(pair.reference, pair.shape, AMOS_TYPE_UINT8, "LAS", pair.spacing);
    w->small = write_gzip(folder, "small.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    score_pair_free(&pair);
}

static void open_handles(struct world *w)
{
    amos_error err;
    amos_volume_options options = volume_options(w);
    amos_pair_options pair_options = {.size = sizeof pair_options, .volume = &options};
    amos_byte_source source = {.size = sizeof source,
                               .name = "made.nii.gz",
                               .bytes = w->memory.size,
                               .read_at = caller_read_at,
                               .user = w->caller};
    w->caller->bytes = &w->memory;
    w->plain_volume = open_volume(w, w->plain);
    w->gzip_volume = open_volume(w, w->gzip);
    w->image_volume = open_volume(w, w->image);
    w->label_volume = open_volume(w, w->label);
    w->damaged_volume = open_volume(w, w->damaged);
    w->broken_volume = open_volume(w, w->broken);
    assert_ok(amos_volume_open_memory(w->memory.data, w->memory.size, &options, &w->memory_volume, &err), &err);
    assert_ok(amos_volume_open_source(&source, &options, &w->source_volume, &err), &err);
    assert_ok(amos_pair_open(w->image, w->label, &pair_options, &w->images, &err), &err);
    assert_ok(amos_dataset_open(w->tree, NULL, &w->dataset, &err), &err);
    assert_ok(amos_labelmap_load(w->label_volume, NULL, &w->map, &err), &err);
    make_scored(w);
}

struct world *world_make(const char *name, amos_inflate inflate)
{
    struct world *w = calloc(1, sizeof *w);
    ck_assert_ptr_nonnull(w);
    char tree[128], folders[128], raw[128], near[128], masks[128];
    snprintf(masks, sizeof masks, "%s/masks", name);
    snprintf(raw, sizeof raw, "%s/raw", name);
    snprintf(near, sizeof near, "%s/near", name);
    snprintf(tree, sizeof tree, "%s/tree", name);
    snprintf(folders, sizeof folders, "%s/folders", name);
    w->inflate = inflate;
    w->caller = must_alloc(sizeof *w->caller);
    make_images(w, name);
    make_members(w, name);
    make_indexed(w, name);
    make_pairs(w, name);
    make_label(w, name);
    make_small(w, name);
    make_tree(w, tree, 1);
    make_tree(w, folders, 0);
    make_raw(raw);
    make_near(near);
    make_masks(w, masks);
    make_set(w, name);
    w->masks = tmp_path(masks);
    w->raw = tmp_path(raw);
    w->near = tmp_path(near);
    w->tree = tmp_path(tree);
    w->folders = tmp_path(folders);
    w->buffer_bytes = (size_t)(image_shape[0] * image_shape[1] * image_shape[2]) * sizeof(double);
    w->buffer = must_alloc(w->buffer_bytes);
    open_handles(w);
    world_make_cache(w, name);
    return w;
}

void world_free(struct world *w)
{
    amos_volume *volumes[] = {w->plain_volume,   w->gzip_volume,   w->image_volume,  w->label_volume,
                              w->damaged_volume, w->broken_volume, w->source_volume, w->memory_volume};
    char *paths[] = {w->plain, w->gzip,    w->pair,  w->pairs,   w->offset,  w->damaged, w->broken,
                     w->image, w->label,   w->small, w->tree,    w->folders, w->raw,     w->near,
                     w->large, w->indexes, w->index, w->archive, w->zipped,  w->set,     w->masks};
    for (int i = 0; i < COUNT(volumes); i++)
        amos_volume_free(volumes[i]);
    for (int i = 0; i < COUNT(paths); i++)
        free(paths[i]);
    amos_pair_free(w->images);
    world_free_cache(w);
    amos_dataset_free(w->dataset);
    amos_labelmap_free(w->prediction);
    amos_labelmap_free(w->reference);
    amos_labelmap_free(w->map);
    bytes_free(&w->memory);
    free(w->buffer);
    free(w->caller);
    free(w);
}
