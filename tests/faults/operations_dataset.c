/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults/digest.h"
#include "faults/rows.h"

/* ---- data sets ---- */

static void add_dataset(struct world *world, uint64_t *digest, const amos_dataset *dataset)
{
    world->reported += (amos_dataset_warnings(dataset) & AMOS_W_METADATA) != 0;
    amos_case_filter filter = {.size = sizeof filter, .has_label = 1};
    for (const amos_case *c = NULL; (c = amos_dataset_next(dataset, &filter, c)) != NULL;) {
        digest_text(digest, amos_case_id(c));
        const amos_metadata *metadata = amos_case_metadata(c);
        digest_text(digest, metadata ? metadata->model : "");
    }
    digest_text(digest, amos_case_id(amos_dataset_find(dataset, "amos_0002")));
    digest_text(digest, amos_dataset_label_name(dataset, 8));
}

static amos_status open_dataset(struct world *world, const char *path, const amos_dataset_options *options,
                                uint64_t *digest, amos_error *err)
{
    amos_dataset *dataset = UNSET(world);
    amos_status status = amos_dataset_open(path, options, &dataset, err);
    give(world, status, dataset);
    add_dataset(world, digest, dataset);
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
