/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults/digest.h"
#include "faults/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

static amos_cache *open_cache(const char *name, const char *folder, const amos_cache_options *options)
{
    char full[128];
    amos_cache *cache;
    amos_error err;
    snprintf(full, sizeof full, "%s/%s", name, folder);
    char *path = tmp_path(full);
    assert_ok(amos_cache_open(path, options, &cache, &err), &err);
    free(path);
    return cache;
}

void world_make_cache(struct world *world, const char *name)
{
    const amos_cache_options prepared = {.size = sizeof prepared,
                                         .flags = AMOS_CACHE_CROP_BODY,
                                         .orientation = "RAS",
                                         .spacing = {1, 1, 4},
                                         .chunk = {32, 32, 8}};
    amos_error err;
    const amos_case *c = amos_dataset_get(world->dataset, 0);
    world->cache = open_cache(name, "cache", NULL);
    world->cache_built = open_cache(name, "cache-built", NULL);
    world->cache_prepared = open_cache(name, "cache-built", &prepared);
    assert_ok(amos_cache_build_case(world->cache, c, NULL, &err), &err);
    assert_ok(amos_cache_entry_open(world->cache, c, &world->entry, &err), &err);
    assert_ok(amos_cache_build_case(world->cache_built, c, NULL, &err), &err); /* creates the folder */
    amos_cache_options staged = AMOS_CACHE_OPTIONS_INIT;
    staged.upstream = amos_cache_folder(world->cache);
    staged.max_bytes = UINT64_C(1) << 40;
    world->cache_staged = open_cache(name, "cache-staged", &staged);
    assert_ok(amos_cache_stage_case(world->cache_staged, c, NULL, &err), &err); /* creates the folder */
}

void world_free_cache(struct world *world)
{
    amos_cache_entry_free(world->entry);
    amos_cache_free(world->cache_staged);
    amos_cache_free(world->cache_prepared);
    amos_cache_free(world->cache_built);
    amos_cache_free(world->cache);
}

/* Existing entries are removed first, so that there is always something to build; other threads may do the same. */
static amos_status build(const amos_cache *cache, const struct world *world, uint64_t *digest, amos_error *err)
{
    amos_cache_outcome outcome = AMOS_CACHE_FAILED;
    amos_status status = amos_cache_prune(cache, 0, NULL, NULL, err);
    if (!status)
        status = amos_cache_build_case(cache, amos_dataset_get(world->dataset, 0), &outcome, err);
    digest_add(digest, &status, sizeof status);
    return status;
}

amos_status cache_build(struct world *world, uint64_t *digest, amos_error *err)
{
    return build(world->cache_built, world, digest, err);
}

amos_status cache_build_prepared(struct world *world, uint64_t *digest, amos_error *err)
{
    return build(world->cache_prepared, world, digest, err);
}

/* All cases: small entries are flushed in groups. */
amos_status cache_build_all(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_case_filter filter = {.size = sizeof filter, .has_image = 1};
    const amos_cache_build_options options = {.size = sizeof options, .threads = 1, .filter = &filter};
    amos_status status = amos_cache_prune(world->cache_built, 0, NULL, NULL, err);
    if (!status)
        status = amos_cache_build(world->cache_built, world->dataset, &options, err);
    digest_add(digest, &status, sizeof status);
    return status;
}

/* What is there is removed first, so that there is something to copy. */
amos_status cache_stage(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_cache_outcome outcome = AMOS_CACHE_FAILED;
    amos_status status = amos_cache_prune(world->cache_staged, 0, NULL, NULL, err);
    if (!status)
        status = amos_cache_stage_case(world->cache_staged, amos_dataset_get(world->dataset, 0), &outcome, err);
    digest_add(digest, &status, sizeof status);
    return status;
}

amos_status cache_keep(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_cache_outcome outcome = AMOS_CACHE_FAILED;
    amos_status status = amos_cache_build_case(world->cache, amos_dataset_get(world->dataset, 0), &outcome, err);
    digest_add(digest, &outcome, sizeof outcome);
    return status;
}

amos_status cache_open_case(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_cache_entry *entry = (void *)world;
    amos_status status = amos_cache_entry_open(world->cache, amos_dataset_get(world->dataset, 0), &entry, err);
    if ((status == AMOS_OK) != (entry != NULL) && !world->promise)
        world->promise = "*out is set exactly where the call succeeds";
    if (entry)
        digest_add(digest, &amos_cache_entry_get_info(entry)->body, sizeof(amos_intensity));
    amos_cache_entry_free(entry);
    return status;
}

amos_status cache_read(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_read_options image = {.size = sizeof image, .type = AMOS_TYPE_FLOAT32, .box = {{3, 4, 5}, {60, 40, 39}}};
    const amos_read_options labels = {.size = sizeof labels, .orientation = "RPI", .box = {{3, 4, 5}, {40, 40, 30}}};
    const size_t bytes = (size_t)(60 - 3) * (40 - 4) * (39 - 5) * 4;
    amos_status status = amos_cache_entry_read_image(world->entry, &image, world->buffer, world->buffer_bytes, err);
    digest_add(digest, world->buffer, status ? 0 : bytes);
    if (!status)
        status = amos_cache_entry_read_labels(world->entry, &labels, world->buffer, world->buffer_bytes, err);
    digest_add(digest, world->buffer, status ? 0 : (size_t)(40 - 3) * (40 - 4) * (30 - 5));
    return status ? status : amos_cache_entry_verify(world->entry, err);
}

static amos_status add_item(void *user, const amos_cache_item *item)
{
    digest_add(user, &item->bytes, sizeof item->bytes);
    return AMOS_OK;
}

amos_status cache_list(struct world *world, uint64_t *digest, amos_error *err)
{
    return amos_cache_list(world->cache, add_item, digest, err);
}

amos_status cache_fingerprint(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_fingerprint f = AMOS_FINGERPRINT_INIT;
    amos_status status = amos_cache_get_fingerprint(world->cache, world->dataset, NULL, &f, err);
    digest_add(digest, &f.foreground, sizeof f.foreground);
    return status;
}

#else

void world_make_cache(struct world *world, const char *name)
{
    (void)world;
    (void)name;
}

void world_free_cache(struct world *world)
{
    (void)world;
}

#endif
