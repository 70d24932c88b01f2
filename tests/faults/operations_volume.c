/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <unistd.h>

#include "faults/digest.h"
#include "faults/rows.h"

/* ---- opening volumes ---- */

static amos_status open_path(struct world *world, const char *path, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open(path, &options, &volume, err);
    give(world, status, volume);
    digest_volume(digest, volume);
    amos_volume_free(volume);
    return status;
}

#define OPENS(name) \
    amos_status open_##name(struct world *world, uint64_t *digest, amos_error *err) \
    { \
        return open_path(world, world->name, digest, err); \
    }
OPENS(plain)
OPENS(gzip)
OPENS(pair)
OPENS(pairs)
OPENS(offset)
OPENS(zipped)

static amos_status digest_member(void *user, const char *path, uint64_t bytes)
{
    digest_add(user, path, strlen(path));
    digest_add(user, &bytes, sizeof bytes);
    return AMOS_OK;
}

amos_status list_archive(struct world *world, uint64_t *digest, amos_error *err)
{
    return amos_archive_list(world->archive, digest_member, digest, err);
}

amos_status open_memory(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open_memory(world->memory.data, world->memory.size, &options, &volume, err);
    give(world, status, volume);
    digest_volume(digest, volume);
    amos_volume_free(volume);
    return status;
}

static void count_close(void *user)
{
    ((struct caller *)user)->closed++;
}

amos_status open_source(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    struct caller caller = {&world->memory, 0};
    amos_byte_source source = {.size = sizeof source,
                               .name = "made.nii.gz",
                               .bytes = world->memory.size,
                               .read_at = caller_read_at,
                               .close = count_close,
                               .user = &caller};
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open_source(&source, &options, &volume, err);
    give(world, status, volume);
    promise(world, (status != AMOS_OK) == (caller.closed == 1), "close() is called when opening fails");
    digest_volume(digest, volume);
    amos_volume_free(volume);
    promise(world, caller.closed == 1, "close() is called once");
    return status;
}

/* ---- queries of a volume ---- */

amos_status get_geometry(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_geometry geometry, turned;
    double displacement;
    amos_status status = amos_volume_get_geometry(world->image_volume, &geometry, err);
    if (!status)
        status = amos_geometry_reorient(&geometry, "RAS", &turned, err);
    if (!status)
        status = amos_geometry_get_displacement(&geometry, &geometry, &displacement, err);
    if (!status)
        digest_add(digest, turned.affine, sizeof turned.affine);
    return status;
}

amos_status get_layout(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT32, .orientation = "RAS"};
    amos_layout layout;
    amos_status status = amos_volume_get_layout(world->image_volume, &options, &layout, err);
    if (!status)
        digest_add(digest, &layout.bytes, sizeof layout.bytes);
    return status;
}

amos_status parse_names(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_type type;
    amos_organ organ;
    amos_split split;
    amos_modality modality;
    amos_status status = amos_type_parse("float32", &type, err);
    if (!status)
        status = amos_organ_parse("Right Kidney", &organ, err);
    if (!status)
        status = amos_split_parse("Tr", &split, err);
    if (!status)
        status = amos_modality_parse("mr", &modality, err);
    promise(world, amos_organ_parse("livre", &organ, err) == AMOS_E_ARG, "\"livre\" is no organ");
    digest_text(digest, amos_features());
    return status;
}

/* ---- reading ---- */

amos_status read_into(struct world *world, const amos_volume *volume, const amos_read_options *options,
                      uint64_t *digest, amos_error *err)
{
    amos_layout layout;
    amos_status status = amos_volume_get_layout(volume, options, &layout, err);
    if (!status)
        status = amos_volume_read(volume, options, world->buffer, world->buffer_bytes, err);
    if (!status)
        digest_add(digest, world->buffer, layout.bytes);
    return status;
}

static amos_status load(struct world *world, const amos_volume *volume, const amos_read_options *options,
                        uint64_t *digest, amos_error *err)
{
    amos_array *array = UNSET(world);
    amos_status status = amos_volume_load(volume, options, &array, err);
    give(world, status, array);
    digest_array(digest, array);
    amos_array_free(array);
    return status;
}

const amos_read_options as_stored = {.size = sizeof as_stored, .frame = AMOS_FRAME_ALL};
static const amos_read_options as_float = {.size = sizeof as_float, .type = AMOS_TYPE_FLOAT32};
static const amos_read_options as_box = {
    .size = sizeof as_box, .type = AMOS_TYPE_FLOAT64, .orientation = "RAS", .box = {{5, 6, 7}, {40, 30, 20}}};

#define READS(name, how, volume, options) \
    amos_status name(struct world *world, uint64_t *digest, amos_error *err) \
    { \
        return how(world, world->volume, &(options), digest, err); \
    }
READS(read_plain, read_into, plain_volume, as_stored)
READS(read_members, read_into, gzip_volume, as_stored)
READS(read_float, read_into, image_volume, as_float)
READS(read_box, read_into, image_volume, as_box)
READS(read_memory, read_into, memory_volume, as_stored)
READS(read_source, read_into, source_volume, as_stored)
READS(read_damaged, read_into, damaged_volume, as_stored)
READS(read_broken, read_into, broken_volume, as_stored)
READS(load_stored, load, image_volume, as_stored)
READS(load_float, load, gzip_volume, as_float)
READS(load_box, load, image_volume, as_box)
READS(load_damaged, load, damaged_volume, as_stored)

amos_status load_pooled(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_buffer_pool *pool = UNSET(world);
    amos_status status = amos_buffer_pool_make(0, &pool, err);
    give(world, status, pool);
    const amos_read_options options = {.size = sizeof options, .pool = pool};
    for (int i = 0; i < 2 && !status; i++)
        status = load(world, world->image_volume, &options, digest, err);
    amos_buffer_pool_free(pool);
    return status;
}

amos_status verify(struct world *world, uint64_t *digest, amos_error *err)
{
    uint64_t nonfinite = 1;
    amos_status status = amos_volume_verify(world->image_volume, NULL, &nonfinite, err);
    digest_add(digest, &nonfinite, sizeof nonfinite);
    return status;
}

amos_status range(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_value_range r = AMOS_VALUE_RANGE_INIT;
    amos_status status = amos_volume_get_range(world->gzip_volume, NULL, &r, err);
    digest_add(digest, &r, sizeof r);
    return status;
}

/* ---- indexes ---- */

static void count_warning(void *user, amos_log_level level, const char *message)
{
    (void)message;
    ((struct world *)user)->reported += level == AMOS_LOG_WARNING;
}

amos_status open_indexed_volume(struct world *world, amos_volume **volume, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    options.index = AMOS_INDEX_USE;
    options.index_folder = world->indexes;
    options.log = count_warning;
    options.log_user = world;
    return amos_volume_open(world->large, &options, volume, err);
}

amos_status build_index(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume *volume = UNSET(world);
    unlink(world->index);
    amos_status status = open_indexed_volume(world, &volume, err);
    give(world, status, volume);
    if (!status)
        status = amos_volume_build_index(volume, NULL, err);
    /* The size is not digested: if memory to compress a window runs out, the window is stored uncompressed. */
    int has_index = amos_volume_index_bytes(volume) > 0;
    digest_add(digest, &has_index, sizeof has_index);
    amos_volume_free(volume);
    return status;
}

amos_status read_indexed(struct world *world, uint64_t *digest, amos_error *err)
{
    static const amos_read_options late = {.size = sizeof late, .box = {{3, 4, 150}, {60, 40, 154}}, .threads = 1};
    amos_volume *volume = UNSET(world);
    amos_status status = open_indexed_volume(world, &volume, err);
    give(world, status, volume);
    if (!status)
        status = read_into(world, volume, &late, digest, err);
    amos_volume_free(volume);
    return status;
}
