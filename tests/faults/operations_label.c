/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "support/accept.h"
#include "faults/digest.h"
#include "faults/rows.h"

/* ---- label maps ---- */

static amos_status load_map(struct world *world, const amos_labelmap_options *options, uint64_t *digest,
                            amos_error *err)
{
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_load(world->label_volume, options, &map, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

amos_status map_whole(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_labelmap_options options = {.size = sizeof options, .orientation = "RAS"};
    return load_map(world, &options, digest, err);
}

amos_status map_stats(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_labelmap_options options = {.size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY};
    return load_map(world, &options, digest, err);
}

amos_status map_table(struct world *world, uint64_t *digest, amos_error *err)
{
    static const int64_t ignore[] = {255};
    static const amos_relabel table[] = {{6, 1}, {2, 2}, {3, 2}, {-9, 4}};
    amos_labelmap_options options = {.size = sizeof options,
                                     .accept = ACCEPT(.flags = AMOS_ACCEPT_DROP_UNLISTED, .max_label = 4,
                                                      .table = table, .table_count = 4, .ignore = ignore,
                                                      .ignore_count = 1, .round_within = 0.01)};
    return load_map(world, &options, digest, err);
}

amos_status map_refused(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_labelmap_options options = {.size = sizeof options, .accept = ACCEPT(.max_label = 3)};
    return load_map(world, &options, digest, err);
}

amos_status map_path(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_open(world->label, &options, NULL, &map, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

amos_status map_of_masks(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_labelmap *map = UNSET(world);
    char path[512];
    snprintf(path, sizeof path, "%s/amos_0001/segmentations", world->masks);
    amos_status status = amos_labelmap_open(path, &options, NULL, &map, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

amos_status map_masks(struct world *world, uint64_t *digest, amos_error *err)
{
    static const int labels[] = {6, 1};
    size_t voxels = amos_labelmap_layout(world->map)->bytes;
    amos_status status = amos_labelmap_write_mask(world->map, 6, world->buffer, world->buffer_bytes, err);
    digest_add(digest, world->buffer, voxels);
    if (!status)
        status = amos_labelmap_write_onehot(world->map, labels, 2, world->buffer, world->buffer_bytes, err);
    digest_add(digest, world->buffer, 2 * voxels);
    return status;
}

amos_status map_make(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_layout *layout = amos_labelmap_layout(world->map);
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_make(layout, amos_labelmap_voxels(world->map), layout->bytes, NULL, &map, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

amos_status map_renumber(struct world *world, uint64_t *digest, amos_error *err)
{
    static const uint8_t table[16] = {0, 1, 2, 2, 4};
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_renumber(world->map, table, 16, &map, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

/* ---- components ---- */

amos_status map_components(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_components_options options = {.size = sizeof options, .flags = AMOS_COMPONENTS_HOLES, .threads = 3};
    amos_components *components = UNSET(world);
    amos_status status = amos_components_find(world->map, &options, &components, err);
    give(world, status, components);
    if (!status)
        digest_add(digest, amos_components_get_info(components), sizeof(amos_components_info));
    amos_components_free(components);
    return status;
}

amos_status map_drop(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_components_options finding = {.size = sizeof finding, .connectivity = 6, .threads = 1};
    amos_drop_options options = {.size = sizeof options, .min_voxels = 20};
    amos_components *components = NULL;
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_components_find(world->map, &finding, &components, err);
    if (status)
        return status;
    status = amos_components_drop(components, world->map, &options, &map, NULL, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    amos_components_free(components);
    return status;
}

amos_status map_resample(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_labelmap *map = UNSET(world);
    o.spacing[0] = 3;
    o.flags = AMOS_RESAMPLE_MAJORITY;
    o.threads = 1;
    amos_status status = amos_labelmap_resample(world->map, &o, &map, NULL, err);
    give(world, status, map);
    digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

/* An image, here that of the labels: by the B-spline, which needs most memory, and the nearest voxels. */
amos_status array_resample(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_layout *layout = amos_labelmap_layout(world->map);
    const void *voxels = amos_labelmap_voxels(world->map);
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_status status = AMOS_OK;
    amos_geometry tilted = layout->geometry;
    tilted.affine[0][1] += 0.1;
    for (int i = 0; i < 3 && !status; i++) {
        amos_array *array = UNSET(world);
        o.interpolation = i == 2 ? AMOS_INTERPOLATION_NEAREST : AMOS_INTERPOLATION_BSPLINE;
        o.like = i == 1 ? &tilted : NULL;
        o.spacing[1] = i == 1 ? 0 : 1.1;
        o.type = i == 1 ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED;
        o.threads = 1;
        status = amos_array_resample(layout, voxels, layout->bytes, &o, &array, NULL, err);
        give(world, status, array);
        if (array)
            digest_add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
        amos_array_free(array);
    }
    return status;
}

/* ---- scores ---- */

static void add_score(uint64_t *digest, const amos_score *score)
{
    for (int label = 1; score && label <= amos_score_get_info(score)->max_label; label++) {
        const amos_organ_score *organ = amos_score_get_organ(score, label);
        digest_add(digest, &organ->dice, sizeof organ->dice);
        digest_add(digest, &organ->hd, sizeof organ->hd);
        digest_add(digest, organ->nsd, sizeof *organ->nsd);
    }
}

static amos_status score_maps(struct world *world, amos_convention convention, int threads, uint64_t *digest,
                              amos_error *err)
{
    amos_score_options options = {.size = sizeof options, .convention = convention, .threads = threads};
    amos_score *score = UNSET(world);
    amos_status status = amos_score_make(world->reference, world->prediction, &options, &score, err);
    give(world, status, score);
    add_score(digest, score);
    amos_score_free(score);
    return status;
}

amos_status score_corners(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_DEEPMIND, 1, digest, err);
}

amos_status score_voxels(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_MEDPY, 1, digest, err);
}

amos_status score_threads(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_DEEPMIND, 3, digest, err);
}

static amos_status score_small(struct world *world, const amos_accept *accept, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_score_options scoring = AMOS_SCORE_OPTIONS_INIT;
    scoring.accept = accept;
    scoring.threads = 1;
    amos_score *score = UNSET(world);
    amos_status status = amos_score_open(world->small, world->small, &options, &scoring, &score, err);
    give(world, status, score);
    add_score(digest, score);
    amos_score_free(score);
    return status;
}

amos_status score_paths(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_small(world, NULL, digest, err);
}

amos_status score_ignored(struct world *world, uint64_t *digest, amos_error *err)
{
    static const int64_t ignore[] = {1, 2};
    static const amos_relabel table[] = {{3, 4}};
    return score_small(world,
                       ACCEPT(.ignore = ignore, .ignore_count = 2, .table = table, .table_count = 1,
                              .flags = AMOS_ACCEPT_KEEP_UNLISTED),
                       digest, err);
}

/* ---- pairs ---- */

amos_status pair_paths(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options volume = volume_options(world);
    amos_pair_options options = {.size = sizeof options, .volume = &volume};
    amos_pair *pair = UNSET(world);
    amos_status status = amos_pair_open(world->image, world->label, &options, &pair, err);
    give(world, status, pair);
    if (!status)
        digest_volume(digest, amos_pair_get_info(pair)->label);
    amos_pair_free(pair);
    return status;
}

amos_status pair_case(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_pair *pair = UNSET(world);
    amos_status status = amos_pair_open_case(amos_dataset_find(world->dataset, "2"), NULL, &pair, err);
    give(world, status, pair);
    if (!status)
        digest_volume(digest, amos_pair_get_info(pair)->image);
    amos_pair_free(pair);
    return status;
}

amos_status pair_load(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT32, .orientation = "LPS"};
    amos_array *image = UNSET(world);
    amos_labelmap *label = UNSET(world);
    amos_status status = amos_pair_load(world->images, &options, NULL, &image, &label, err);
    give(world, status, image);
    give(world, status, label);
    digest_array(digest, image);
    digest_map(digest, label);
    amos_labelmap_free(label);
    amos_array_free(image);
    return status;
}
