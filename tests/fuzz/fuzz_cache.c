/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a cache entry. Checksums are corrected first, so that the fuzzer gets past them. An accepted entry
 * must be readable: a box and the whole give the same voxels, and positions are inside the volume. Then a loader
 * draws from the entry while its bytes change: it may fail, but if it returns a batch, the batch is valid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/tree.h"
#include "cache/cache.h"
#include "cache/chunk.h"
#include "cache/entry.h"
#include "support/accept.h"
#include "support/make/cache_seal.h"

#define MOST_BYTES ((size_t)4 << 20) /* of voxels; larger images are skipped */

static struct amosi_scratch_pool pool;

typedef amos_status (*read_fn)(const amos_cache_entry *, const amos_read_options *, void *, size_t, amos_error *);

static void hold_box_against_whole(const amos_cache_entry *entry, read_fn read, size_t item)
{
    const amos_layout *layout = &amos_cache_entry_get_info(entry)->layout;
    size_t bytes = layout->bytes / amos_type_bytes(layout->type) * item;
    if (bytes > MOST_BYTES)
        return;
    unsigned char *whole = malloc(bytes), one[16];
    FUZZ_REQUIRE(whole != NULL);
    amos_read_options o = {.size = sizeof o};
    amos_status status = read(entry, &o, whole, bytes, NULL);
    FUZZ_REQUIRE(status == AMOS_OK || status == AMOS_E_INDEX);
    for (int i = 0; i < 3; i++) {
        o.box.start[i] = layout->shape[i] / 2;
        o.box.stop[i] = o.box.start[i] + 1;
    }
    size_t at = (size_t)((o.box.start[2] * layout->shape[1] + o.box.start[1]) * layout->shape[0] + o.box.start[0]);
    if (status == AMOS_OK) {
        FUZZ_REQUIRE(read(entry, &o, one, item, NULL) == AMOS_OK);
        FUZZ_REQUIRE(memcmp(one, whole + at * item, item) == 0);
    }
    free(whole);
}

static void use(const amos_cache_entry *entry)
{
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    for (int label = 0; label <= info->max_label; label++) {
        size_t count;
        const int32_t(*at)[3] = amos_cache_entry_get_positions(entry, label, &count);
        for (size_t i = 0; i < count; i++)
            for (int k = 0; k < 3; k++)
                FUZZ_REQUIRE(at[i][k] >= 0 && at[i][k] < info->layout.shape[k]);
    }
    hold_box_against_whole(entry, amos_cache_entry_read_image, amos_type_bytes(info->layout.type));
    if (info->has_labels)
        hold_box_against_whole(entry, amos_cache_entry_read_labels, 1);
    amos_status status = amos_cache_entry_verify(entry, NULL);
    FUZZ_REQUIRE(status == AMOS_OK || status == AMOS_E_INDEX);
}

/* ---- a loader ---- */

/* A case, a cache, and the name of its entry in the tree; created once. */
static struct {
    amos_dataset *dataset;
    amos_cache *cache;
    char name[256];
} world;

static void close_world(void)
{
    amos_cache_free(world.cache);
    amos_dataset_free(world.dataset);
}

static void name_entry(const amos_case *c)
{
    struct amosi_source sources[2];
    struct amosi_cache_key key;
    FUZZ_REQUIRE(amosi_source_open_file(&sources[0], amos_case_get_info(c)->image_path, NULL) == AMOS_OK);
    FUZZ_REQUIRE(amosi_source_open_file(&sources[1], amos_case_get_info(c)->label_path, NULL) == AMOS_OK);
    FUZZ_REQUIRE(amosi_cache_key_of(world.cache, c, &sources[0], &sources[1], &key, NULL) == AMOS_OK);
    snprintf(world.name, sizeof world.name, "%s", key.name);
    amosi_source_close(&sources[1]);
    amosi_source_close(&sources[0]);
}

/* The entry is in the tree's folder, which is also the cache's. */
static void open_world(void)
{
    if (world.cache)
        return;
    const char *root = fuzz_tree();
    FUZZ_REQUIRE(amos_dataset_open(root, NULL, &world.dataset, NULL) == AMOS_OK);
    FUZZ_REQUIRE(amos_cache_open(root, NULL, &world.cache, NULL) == AMOS_OK);
    name_entry(amos_dataset_find(world.dataset, "amos_0001"));
    atexit(close_world);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Changes some bytes and corrects the checksums, or truncates the file; in place, or as another file. */
static void change_entry(uint8_t *file, size_t size, uint32_t *random)
{
    for (uint32_t n = next_random(random) % 4; n > 0; n--)
        file[next_random(random) % size] ^= (uint8_t)(1u << next_random(random) % 8);
    if (next_random(random) % 4)
        cache_reseal(file, size);
    if (next_random(random) % 2)
        fuzz_tree_remove(world.name);
    fuzz_tree_write(world.name, file, next_random(random) % 8 ? size : next_random(random) % size);
}

/* Each voxel has one label. */
static void check_batch(const amos_batch *batch)
{
    const amos_tensor *label = &amos_batch_get_info(batch)->label;
    const uint8_t *bytes = label->data;
    size_t voxels = (size_t)(label->shape[2] * label->shape[3] * label->shape[4]), planes = (size_t)label->shape[1];
    for (size_t n = 0; n < (size_t)label->shape[0]; n++)
        for (size_t i = 0; i < voxels; i++) {
            int labels = 0;
            for (size_t plane = 0; plane < planes; plane++)
                labels += bytes[(n * planes + plane) * voxels + i];
            FUZZ_REQUIRE(labels == 1);
        }
}

static void draw(amos_loader *loader, uint8_t *file, size_t size, uint32_t *random)
{
    uint32_t when = next_random(random) % 3;
    for (uint32_t step = 0; step < 3; step++) {
        amos_batch *batch = NULL;
        amos_error err = {.status = AMOS_OK};
        if (step == when)
            change_entry(file, size, random);
        amos_status status = amos_loader_next(loader, &batch, &err);
        FUZZ_REQUIRE(status == err.status || status == AMOS_OK);
        if (batch)
            check_batch(batch);
        amos_batch_free(batch);
    }
}

static void load(uint8_t *file, size_t size)
{
    static const int largest[] = {3, 15, 255};
    static const char *const cases[] = {"amos_0001"};
    uint32_t random = (uint32_t)crc32(0, file, (uInt)size);
    const amos_augment augment = {.size = sizeof augment,
                                  .flips = 7,
                                  .mirror = AMOS_MIRROR_KEEP,
                                  .affine_share = 0.3,
                                  .rotate_degrees = {20, 20, 20}};
    open_world();
    fuzz_tree_write(world.name, file, size);
    const amos_loader_options o = {.size = sizeof o,
                                   .cases = cases,
                                   .case_count = 1,
                                   .cache = world.cache,
                                   .patch = {9, 7, 5},
                                   .border = {2, 2, 2},
                                   .foreground = 0.5,
                                   .steps = 3,
                                   .batch_size = 2,
                                   .threads = 1,
                                   .prefetch = 1,
                                   .augment = next_random(&random) % 2 ? &augment : NULL,
                                   .accept = ACCEPT(.max_label = largest[next_random(&random) % 3]),
                                   .label_type = AMOS_LABEL_TYPE_ONEHOT};
    amos_loader *loader = NULL;
    if (amos_loader_open(world.dataset, &o, &loader, NULL) == AMOS_OK)
        draw(loader, file, size, &random);
    amos_loader_free(loader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amosi_source source;
    amos_cache_entry *entry = NULL;
    amos_error err;
    if (!amosi_chunk_supported())
        return 0;
    uint8_t *file = fuzz_copy(data, size);
    cache_reseal(file, size);
    FUZZ_REQUIRE(amosi_source_open_memory(&source, file, size, &err) == AMOS_OK);
    amos_status status = amosi_cache_entry_open(&source, &pool, &entry, &err);
    FUZZ_REQUIRE((status == AMOS_OK) == (entry != NULL) && (status == AMOS_OK || status == AMOS_E_INDEX));
    if (entry)
        use(entry);
    amos_cache_entry_free(entry);
    amosi_scratch_clear(&pool);
    if (status == AMOS_OK)
        load(file, size);
    free(file);
    return 0;
}
