/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/cache.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/tmp.h"

static void write_gzipped(const char *tree, const char *kind, const char *split, int number, struct nifti_file file)
{
    char name[256];
    snprintf(name, sizeof name, "%s/%s%s/amos_%04d.nii.gz", tree, kind, split, number);
    struct bytes packed = gzip_of(&file.bytes);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
}

void cache_case_write(const char *tree, const char *split, int number, const struct nifti_spec *image,
                      const uint8_t *labels)
{
    struct nifti_spec label = *image;
    label.type = AMOS_TYPE_UINT8;
    label.slope = label.inter = 0;
    label.voxels = labels;
    write_gzipped(tree, "images", split, number, nifti_make(image));
    if (labels)
        write_gzipped(tree, "labels", split, number, nifti_make(&label));
}

amos_dataset *cache_tree_open(const char *tree)
{
    amos_dataset *dataset = NULL;
    amos_error err;
    char *path = tmp_path(tree);
    assert_ok(amos_dataset_open(path, NULL, &dataset, &err), &err);
    free(path);
    return dataset;
}

amos_cache *cache_open(const char *folder, const amos_cache_options *options)
{
    amos_cache *cache = NULL;
    amos_error err;
    char *path = tmp_path(folder);
    assert_ok(amos_cache_open(path, options, &cache, &err), &err);
    free(path);
    return cache;
}

amos_cache_entry *cache_entry_built(const amos_cache *cache, const amos_case *c, amos_cache_outcome expected)
{
    amos_cache_outcome outcome;
    amos_cache_entry *entry = NULL;
    amos_error err;
    assert_ok(amos_cache_build_case(cache, c, &outcome, &err), &err);
    ck_assert_int_eq(outcome, expected);
    assert_ok(amos_cache_entry_open(cache, c, &entry, &err), &err);
    return entry;
}

static amos_status keep_name(void *user, const amos_cache_item *item)
{
    char *name = user;
    ck_assert_str_eq(name, "");
    snprintf(name, 256, "%s", item->name);
    return AMOS_OK;
}

char *cache_only_path(const amos_cache *cache)
{
    char name[256] = "";
    amos_error err;
    assert_ok(amos_cache_list(cache, keep_name, name, &err), &err);
    ck_assert_str_ne(name, "");
    size_t bytes = strlen(amos_cache_folder(cache)) + strlen(name) + 2;
    char *path = must_alloc(bytes);
    snprintf(path, bytes, "%s/%s", amos_cache_folder(cache), name);
    return path;
}

/* ---- the body ---- */

const int64_t body_shape[3] = {37, 29, 21};

/* Small chunks, so that small cases have many. */
amos_cache_options body_options(void)
{
    return (amos_cache_options){.size = sizeof(amos_cache_options), .chunk = {8, 16, 5}, .positions = 50};
}

/* A body (0 to 200) in air (-1000), with organs 1 (large), 2 (small) and 3 (one voxel). */
int16_t body_image(int64_t x, int64_t y, int64_t z)
{
    bool body = x >= 5 && x < 30 && y >= 4 && y < 25 && z >= 3 && z < 18;
    return (int16_t)(body ? (x * 7 + y * 13 + z * 29) % 201 : -1000);
}

uint8_t body_label(int64_t x, int64_t y, int64_t z)
{
    if (x >= 8 && x < 20 && y >= 6 && y < 18 && z >= 4 && z < 12)
        return 1;
    if (x >= 22 && x < 25 && y >= 8 && y < 11 && z == 9)
        return 2;
    return x == 11 && y == 20 && z == 14 ? 3 : 0;
}

const struct body *body_make(void)
{
    static struct body body;
    size_t n = 0;
    for (int64_t z = 0; z < body_shape[2]; z++)
        for (int64_t y = 0; y < body_shape[1]; y++)
            for (int64_t x = 0; x < body_shape[0]; x++, n++) {
                body.image[n] = body_image(x, y, z);
                body.labels[n] = body_label(x, y, z);
            }
    return &body;
}

void body_write(const char *tree, int number)
{
    const struct body *body = body_make();
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = AMOS_TYPE_INT16, .voxels = body->image};
    nifti_set_sform(&spec, "LAS", (double[3]){0.75, 0.75, 5}, (double[3]){-50, 20, 300});
    cache_case_write(tree, "Tr", number, &spec, body->labels);
}

struct body_opened body_open(const char *tree, const amos_cache_options *options)
{
    struct body_opened o;
    char folder[64];
    snprintf(folder, sizeof folder, "%s-cache", tree);
    body_write(tree, 1);
    o.dataset = cache_tree_open(tree);
    o.cache = cache_open(folder, options);
    o.c = amos_dataset_get(o.dataset, 0);
    o.entry = cache_entry_built(o.cache, o.c, AMOS_CACHE_BUILT);
    return o;
}

void body_close(struct body_opened *o)
{
    amos_cache_entry_free(o->entry);
    amos_cache_free(o->cache);
    amos_dataset_free(o->dataset);
}

void random_box(uint64_t *random, const int64_t *within, amos_box *box)
{
    for (int i = 0; i < 3; i++) {
        box->start[i] = random_below(random, within[i]);
        box->stop[i] = box->start[i] + 1 + random_below(random, within[i] - box->start[i]);
    }
}
