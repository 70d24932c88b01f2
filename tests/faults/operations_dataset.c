/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include "faults/digest.h"
#include "faults/rows.h"

/* ---- data sets ---- */

static amos_status add_dataset(struct world *world, uint64_t *digest, const amos_dataset *dataset, amos_error *err)
{
    world->reported += (amos_dataset_get_info(dataset)->warnings & AMOS_W_METADATA) != 0;
    amos_case_filter filter = {.size = sizeof filter, .has_label = 1};
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, &filter, &c, err)) == AMOS_OK && c) {
        const amos_case_info *info = amos_case_get_info(c);
        digest_text(digest, info->id);
        digest_text(digest, info->metadata ? info->metadata->model : "");
    }
    const amos_case *found = amos_dataset_find(dataset, "amos_0002");
    digest_text(digest, found ? amos_case_get_info(found)->id : NULL);
    digest_text(digest, amos_dataset_label_name(dataset, 8));
    return status;
}

static amos_status open_dataset(struct world *world, const char *path, const amos_dataset_options *options,
                                uint64_t *digest, amos_error *err)
{
    amos_dataset *dataset = UNSET(world);
    amos_status status = amos_dataset_open(path, options, &dataset, err);
    give(world, status, dataset);
    if (!status)
        status = add_dataset(world, digest, dataset, err);
    amos_dataset_free(dataset);
    return status;
}

amos_status dataset_json(struct world *world, uint64_t *digest, amos_error *err)
{
    static const amos_modality_override overrides[] = {{"amos_0002", AMOS_MODALITY_MRI}};
    amos_dataset_options options = {.size = sizeof options, .modality = overrides, .modality_count = 1};
    return open_dataset(world, world->tree, &options, digest, err);
}

amos_status dataset_beneath(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_BENEATH};
    return open_dataset(world, world->tree, &options, digest, err);
}

amos_status dataset_folders(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_dataset(world, world->folders, NULL, digest, err);
}

static amos_status open_with_table(struct world *world, const char *path, const char *table, uint64_t *digest,
                                   amos_error *err)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", path, table);
    const amos_dataset_options options = {.size = sizeof options, .modality_table = name};
    return open_dataset(world, path, &options, digest, err);
}

amos_status dataset_masks(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_dataset(world, world->masks, NULL, digest, err);
}

amos_status dataset_raw(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_with_table(world, world->raw, "modality.csv", digest, err);
}

amos_status dataset_near(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_with_table(world, world->near, "modality.json", digest, err);
}

static amos_status add_labels(uint64_t *digest, const amos_case *c, amos_error *err)
{
    amos_labelmap *map;
    amos_status status = amos_labelmap_open(amos_case_get_info(c)->label_path, NULL, NULL, &map, err);
    if (!status)
        digest_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

/* The labels of the first case are stored, those of the second are deflated. */
amos_status dataset_zipped(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_dataset *dataset = UNSET(world);
    amos_status status = amos_dataset_open(world->set, NULL, &dataset, err);
    give(world, status, dataset);
    for (size_t i = 0; i < 2 && !status; i++) {
        const amos_case *c = amos_dataset_get(dataset, i);
        uint64_t bytes;
        status = amos_case_get_file_bytes(c, AMOS_CASE_LABEL, &bytes, err);
        digest_add(digest, &bytes, sizeof bytes);
        if (!status)
            status = add_labels(digest, c, err);
    }
    amos_dataset_free(dataset);
    return status;
}

struct findings {
    struct world *world;
    uint64_t *digest;
};

static void add_finding(void *user, const amos_finding *finding)
{
    const struct findings *findings = user;
    digest_text(findings->digest, finding->case_id);
    digest_add(findings->digest, &finding->status, sizeof finding->status);
    findings->world->reported += finding->status != AMOS_OK;
}

amos_status dataset_validate(struct world *world, uint64_t *digest, amos_error *err)
{
    struct findings findings = {world, digest};
    return amos_dataset_validate(world->dataset, add_finding, &findings, err);
}
