/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults/digest.h"
#include "faults/rows.h"

#include <string.h>

amos_status tiles_stitch(struct world *world, uint64_t *digest, amos_error *err)
{
    static const int64_t shape[3] = {9, 7, 5};
    static const float ones[4 * 4 * 4] = {1};
    const amos_tiling_options options = {.size = sizeof options, .patch = {4, 4, 4}, .overlap = 0.5, .sigma = 0.125};
    float sum[9 * 7 * 5] = {0};
    uint8_t labels[9 * 7 * 5];
    amos_tiling *tiling = (void *)world;
    amos_status status = amos_tiling_make(shape, &options, &tiling, err);
    promise(world, (status == AMOS_OK) == (tiling != NULL), "*out is set exactly where the call succeeds");
    for (int64_t i = 0; !status && i < amos_tiling_count(tiling); i++)
        status = amos_tiling_add(tiling, i, ones, 1, sum, sizeof sum / sizeof sum[0], err);
    if (!status)
        status = amos_tiling_argmax(tiling, sum, 1, labels, sizeof labels, err);
    if (!status)
        digest_add(digest, sum, sizeof sum);
    uint8_t again[9 * 7 * 5];
    const amos_stitcher_options to = {.size = sizeof to, .channels = 1, .labels = again, .bytes = sizeof again};
    amos_stitcher *stitcher = NULL;
    if (!status) {
        stitcher = (void *)world;
        status = amos_stitcher_make(tiling, &to, &stitcher, err);
        promise(world, (status == AMOS_OK) == (stitcher != NULL), "*out is set exactly where the call succeeds");
    }
    for (int64_t i = 0; !status && i < amos_tiling_count(tiling); i++)
        status = amos_stitcher_add(stitcher, i, 0, ones, AMOS_TILE_TYPE_FLOAT32, sizeof ones, err);
    if (!status)
        digest_add(digest, again, sizeof again);
    amos_stitcher_free(stitcher);
    amos_tiling_free(tiling);
    return status;
}

/* Uses only the first case; any failure stops it. */
static amos_status open_first(struct world *world, const amos_cache *cache, int balanced, amos_loader **out,
                              amos_error *err)
{
    static const amos_scaling by_case = {.size = sizeof by_case, .scale = AMOS_SCALING_CASE_ZSCORE};
    const char *const id[] = {amos_case_get_info(amos_dataset_get(world->dataset, 0))->id};
    const amos_loader_options options = {.size = sizeof options,
                                         .flags = AMOS_LOADER_STOP_AT_DAMAGE,
                                         .cases = id,
                                         .case_count = 1,
                                         .patch = {2, 2, 2},
                                         .batch_size = 2,
                                         .steps = 1,
                                         .threads = 1,
                                         .prefetch = 1,
                                         .hold = 1,
                                         .foreground = 0.5,
                                         .balanced = balanced,
                                         .ct = &by_case,
                                         .mri = &by_case,
                                         .cache = cache,
                                         .memory_budget = (uint64_t)64 << 20};
    *out = (void *)world;
    amos_status status = amos_loader_open(world->dataset, &options, out, err);
    promise(world, (status == AMOS_OK) == (*out != NULL), "*out is set exactly where the call succeeds");
    return status;
}

static amos_status open_only(struct world *world, int balanced, uint64_t *digest, amos_error *err)
{
    amos_loader *loader;
    amos_status status = open_first(world, NULL, balanced, &loader, err);
    uint64_t steps = loader ? amos_loader_get_info(loader)->steps : 0;
    digest_add(digest, &steps, sizeof steps);
    amos_loader_free(loader);
    return status;
}

amos_status loader_open(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_only(world, 0, digest, err);
}

amos_status loader_balanced(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_only(world, 1, digest, err);
}

static amos_status draw_batches(struct world *world, const amos_cache *cache, uint64_t *digest, amos_error *err)
{
    amos_loader *loader;
    amos_batch *batch = NULL;
    amos_status status = open_first(world, cache, 0, &loader, err);
    if (!status)
        status = amos_loader_next(loader, &batch, err);
    promise(world, status == AMOS_OK || batch == NULL, "a failure gives no batch");
    if (batch) {
        const amos_batch_info *info = amos_batch_get_info(batch);
        digest_add(digest, info->image.data, info->image.bytes);
        digest_add(digest, info->label.data, info->label.bytes);
    }
    amos_batch_free(batch);
    amos_loader_free(loader);
    return status;
}

amos_status loader_next(struct world *world, uint64_t *digest, amos_error *err)
{
    return draw_batches(world, NULL, digest, err);
}

amos_status loader_cached(struct world *world, uint64_t *digest, amos_error *err)
{
    return draw_batches(world, world->cache, digest, err);
}

/* Leaves out the cases without a label, and keeps more batches than it has room for. */
amos_status loader_keeps(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_loader_options options = {.size = sizeof options,
                                         .flags = AMOS_LOADER_STOP_AT_DAMAGE | AMOS_LOADER_GROW,
                                         .patch = {2, 2, 2},
                                         .steps = 2,
                                         .threads = 1,
                                         .hold = 1,
                                         .memory_budget = (uint64_t)64 << 20};
    amos_loader *loader = NULL;
    amos_batch *batches[2] = {NULL, NULL};
    amos_status status = amos_loader_open(world->dataset, &options, &loader, err);
    size_t left_out = loader ? amos_loader_get_info(loader)->left_out_count : 0;
    digest_add(digest, &left_out, sizeof left_out);
    for (int i = 0; i < 2 && !status; i++) {
        status = amos_loader_next(loader, &batches[i], err);
        if (batches[i])
            digest_add(digest, amos_batch_get_info(batches[i])->image.data,
                       amos_batch_get_info(batches[i])->image.bytes);
    }
    for (int i = 0; i < 2; i++)
        amos_batch_free(batches[i]);
    amos_loader_free(loader);
    return status;
}
