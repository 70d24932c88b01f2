/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/index.h"

#include <errno.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "io/seek/build.h"
#include "io/seek/cache.h"
#include "io/seek/file.h"

/* Makes the index available to all readers. If another thread was faster, its index stays. */
static void publish_index(const amos_volume *volume, struct amosi_index *index)
{
    struct amosi_index *none = NULL;
    if (!atomic_compare_exchange_strong(&volume->state->index, &none, index))
        amosi_index_free(index);
}

static struct amosi_index *usable_index(const amos_volume *volume)
{
    return atomic_load(&volume->state->refused) ? NULL : atomic_load(&volume->state->index);
}

/* ---- looking for an index ---- */

static void look_once(const amos_volume *volume)
{
    if (!volume->gzip || volume->index_use == AMOS_INDEX_NEVER || !amosi_source_is_file(&volume->source) ||
        atomic_load(&volume->state->looked))
        return;
    struct amosi_content_id key;
    struct amosi_index *index = NULL;
    amos_error err;
    amos_status status = amosi_content_id_of(&volume->source, &key, &err);
    if (!status)
        status = amosi_index_cache_load(volume->index_folder, &key, &index, &err);
    if (!status) {
        amosi_log_say(&volume->log, AMOS_LOG_DEBUG, "%s: using its index of %zu points.", volume->path, index->count);
        publish_index(volume, index);
    } else if (err.sys_errno != ENOENT) {
        amosi_log_say(&volume->log, AMOS_LOG_WARNING, "%s", err.message);
    }
    atomic_store(&volume->state->looked, true);
}

/* ---- building an index ---- */

static struct amosi_index_plan plan_of(const amos_volume *volume)
{
    const amos_volume_info *info = &volume->header.info;
    uint64_t slice = (uint64_t)info->shape[0] * (uint64_t)info->shape[1] * volume->header.voxel_bytes;
    return (struct amosi_index_plan){(uint64_t)info->vox_offset, amosi_index_step(slice)};
}

static amos_status take_nothing(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)user;
    (void)run;
    (void)err;
    return AMOS_OK;
}

/* Reads the whole file once, with all checks of a full read. */
static amos_status build_index(const amos_volume *volume, const struct amosi_progress *progress,
                               struct amosi_index **out, amos_error *err)
{
    const struct amosi_index_plan plan = plan_of(volume);
    struct amosi_region region = amosi_region_whole(volume);
    struct amosi_index_builder *builder = amosi_index_builder_new(&volume->source, &plan);
    if (!builder)
        return amosi_fail_nomem(err, volume->path);
    struct amosi_decode_part part = {.stop = UINT64_MAX, .watcher = amosi_index_builder_watcher(builder)};
    struct amosi_progress whole = *progress;
    whole.total = volume->header.info.stored_bytes;
    amos_status status = amosi_volume_decode_part(volume, &region, &part, &whole, take_nothing, NULL, err);
    if (!status)
        status = amosi_index_builder_finish(builder, out, err);
    amosi_index_builder_free(builder);
    return status;
}

/* Only files have the properties that identify them. */
static amos_status save_index(const amos_volume *volume, const struct amosi_index *index, amos_error *err)
{
    if (!amosi_source_is_file(&volume->source))
        return AMOS_OK;
    const struct amosi_readers readers = amosi_readers_of(&volume->source.identity);
    return amosi_index_cache_save(volume->index_folder, index, &readers, &volume->temporaries, err);
}

/* For a reader: an error here will occur again in the read itself, and is reported there. */
static amos_status build_quietly(const amos_volume *volume, const struct amosi_progress *progress, amos_error *err)
{
    struct amosi_index *index;
    amos_error failure;
    amos_status status = build_index(volume, progress, &index, &failure);
    if (status == AMOS_E_CANCEL || status == AMOS_E_NOMEM) {
        atomic_store(&volume->state->built, false);
        if (err)
            *err = failure;
        return status;
    }
    if (status)
        return AMOS_OK;
    status = save_index(volume, index, &failure);
    if (status)
        amosi_log_say(&volume->log, AMOS_LOG_WARNING, "%s", failure.message);
    publish_index(volume, index);
    return AMOS_OK;
}

amos_status amosi_volume_find_index(const amos_volume *volume, const struct amosi_progress *progress,
                                    const struct amosi_index **out, amos_error *err)
{
    struct amosi_volume_state *state = volume->state;
    amos_status status = AMOS_OK;
    look_once(volume);
    bool wanted = volume->gzip && volume->index_use == AMOS_INDEX_BUILD && !atomic_load(&state->refused);
    if (wanted && !usable_index(volume) && !atomic_exchange(&state->built, true))
        status = build_quietly(volume, progress, err);
    *out = usable_index(volume);
    return status;
}

void amosi_volume_refuse_index(const amos_volume *volume)
{
    const struct amosi_index *index = atomic_load(&volume->state->index);
    atomic_store(&volume->state->refused, true);
    amosi_log_say(&volume->log, AMOS_LOG_WARNING, "%s: its index gave wrong data; the file is read without it.",
                  volume->path);
    if (index && amosi_source_is_file(&volume->source))
        amosi_index_cache_remove(volume->index_folder, &index->key);
}

/* ---- public functions ---- */

amos_status amos_volume_build_index(const amos_volume *volume, const amos_progress *progress, amos_error *err)
{
    if (!volume)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_build_index needs a volume.");
    if (!volume->gzip)
        return AMOS_OK;
    struct amosi_index *index = NULL;
    struct amosi_progress reporting = amosi_progress_of(progress, 0, volume->path);
    amos_status status = build_index(volume, &reporting, &index, err);
    if (!status) {
        status = save_index(volume, index, err);
        publish_index(volume, index);
    }
    return status;
}

uint64_t amos_volume_index_bytes(const amos_volume *volume)
{
    if (!volume)
        return 0;
    look_once(volume);
    const struct amosi_index *index = usable_index(volume);
    return index ? amosi_index_file_bytes(index->count, index->windows_bytes) : 0;
}
