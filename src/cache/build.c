/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include <amos/pair.h>
#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "cache/entry.h"
#include "cache/steps.h"
#include "cache/write.h"
#include "nifti/type.h"
#include "volume/volume.h"

/* A case's files, opened. */
struct sources {
    amos_pair *pair;    /* NULL if there is no label */
    amos_volume *alone; /* the image if there is no label */
    const amos_volume *image, *label;
};

/* ---- source files ---- */

static void close_sources(struct sources *sources)
{
    amos_volume_free(sources->alone);
    amos_pair_free(sources->pair);
}

static amos_status check_image(const amos_volume *image, amos_error *err)
{
    const amos_volume_info *info = &image->header.info;
    if (!amosi_type_is_numeric(info->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, image->path, "voxels of type %s cannot be cached.",
                          amos_type_name(info->type));
    return AMOS_OK;
}

static amos_status check_single(const amos_volume *volume, amos_error *err)
{
    if (!volume || !volume->header.info.is_pair)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path,
                      "a .hdr/.img pair cannot be cached; merge them into one .nii first.");
}

static amos_status open_sources(const amos_cache *cache, const amos_case *c, struct sources *s, amos_error *err)
{
    amos_status status;
    memset(s, 0, sizeof *s);
    if (amos_case_get_info(c)->has_label) {
        amos_pair_options options = AMOS_PAIR_OPTIONS_INIT;
        options.volume = &cache->volume;
        options.accept = &cache->accept.o;
        status = amos_pair_open_case(c, &options, &s->pair, err);
        const amos_pair_info *pair = amos_pair_get_info(s->pair); /* NULL: it failed */
        s->image = pair ? pair->image : NULL;
        s->label = pair ? pair->label : NULL;
    } else {
        status = amos_volume_open(amos_case_get_info(c)->image_path, &cache->volume, &s->alone, err);
        s->image = s->alone;
    }
    if (!status)
        status = check_single(s->image, err);
    if (!status)
        status = check_single(s->label, err);
    return status ? status : check_image(s->image, err);
}

/* ---- one case ---- */

/* The case that is built, and what it is built with. */
struct job {
    const amos_cache *cache;
    const amos_case *c;
    amos_buffer_pool *pool; /* NULL if none */
    struct amosi_folder folder;
    struct sources sources;
    struct amosi_cache_key key;
};

static void fill_info(const struct job *job, struct amosi_cache_meta *meta)
{
    const amos_case_info *c = amos_case_get_info(job->c);
    const amos_volume *image = job->sources.image;
    meta->info.case_id = c->id;
    meta->info.modality = c->modality;
    meta->info.split = c->split;
    meta->info.image_path = c->image_path;
    meta->info.label_path = job->sources.label ? c->label_path : NULL;
    meta->info.source = image->geometry;
    if (!image->has_geometry)
        meta->info.source.orientation[0] = '\0';
}

static amos_status make_entry(const struct job *job, amos_error *err)
{
    struct amosi_preparation p = {.cache = job->cache,
                                  .image = job->sources.image,
                                  .pair = job->sources.pair,
                                  .max_label = amosi_cache_max_label(job->cache, job->c),
                                  .c = {.modality = amos_case_get_info(job->c)->modality, .pool = job->pool}};
    char settings[AMOSI_CACHE_SETTINGS];
    struct amosi_cache_meta *meta = amosi_zalloc(sizeof *meta);
    if (!meta)
        return amosi_fail_nomem(err, job->sources.image->path);
    fill_info(job, meta);
    amosi_cache_describe(job->cache, p.max_label, settings);
    meta->info.settings = settings;
    amos_status status = amosi_steps_run(&p, err);
    if (!status) {
        const amos_pair_info *pair = amos_pair_get_info(job->sources.pair);
        meta->info.crop = p.crop;
        meta->info.max_label = p.max_label;
        meta->info.accepted = p.accepted;
        meta->info.label_warnings = p.warnings | (pair ? pair->warnings : 0);
        meta->info.displacement = pair ? pair->displacement : 0;
        memcpy(meta->positions, p.position_counts, sizeof meta->positions);
        status = amosi_cache_write(job->cache, &job->folder, &job->key, &p.c, &p.positions, meta, err);
    }
    amosi_preparation_free(&p);
    amosi_free(meta);
    return status;
}

/* Checks whether a good entry exists, and sets *outcome to the outcome of building it. */
static amos_status check_existing(const struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    amos_error why;
    amos_cache_entry *entry;
    amos_status status = amosi_cache_open_keyed(job->cache, &job->folder, &job->key, &entry, &why);
    if (!status)
        status = amosi_cache_entry_check(entry, &why);
    amos_cache_entry_free(entry);
    *outcome = AMOS_CACHE_KEPT;
    if (status == AMOS_OK)
        return AMOS_OK;
    *outcome = status == AMOS_E_INDEX ? AMOS_CACHE_REBUILT : AMOS_CACHE_BUILT;
    if (status == AMOS_E_INDEX || (status == AMOS_E_OPEN && why.sys_errno == ENOENT))
        return AMOS_OK;
    if (err)
        *err = why;
    return status;
}

/* Builds the entry; the sources are already open. */
static amos_status build_in_folder(struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    const struct sources *s = &job->sources;
    const struct amosi_source *label = s->label ? &s->label->source : NULL;
    amos_status status = amosi_cache_key_of(job->cache, job->c, &s->image->source, label, &job->key, err);
    if (!status)
        status = check_existing(job, outcome, err);
    if (status || *outcome == AMOS_CACHE_KEPT)
        return status;
    status = amosi_cache_sweep(&job->folder, err);
    return status ? status : make_entry(job, err);
}

static amos_status build_case(const amos_cache *cache, const amos_case *c, amos_buffer_pool *pool,
                              amos_cache_outcome *outcome, amos_error *err)
{
    struct job job = {.cache = cache, .c = c, .pool = pool};
    amos_status status = open_sources(cache, c, &job.sources, err);
    if (!status) {
        status = amosi_folder_open(&job.folder, cache->folder, true, err);
        if (!status)
            status = build_in_folder(&job, outcome, err);
        amosi_folder_close(&job.folder);
    }
    close_sources(&job.sources);
    if (status) {
        *outcome = AMOS_CACHE_FAILED;
        amosi_fail_case(err, amos_case_get_info(c)->id);
    }
    return status;
}

amos_status amos_cache_build_case(const amos_cache *cache, const amos_case *c, amos_cache_outcome *outcome, amos_error *err)
{
    amos_cache_outcome found = AMOS_CACHE_FAILED;
    amos_status status = AMOS_OK;
    int rounding = amosi_rounding_begin();
    if (cache && c)
        status = build_case(cache, c, NULL, &found, err);
    else
        status = amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_build_case needs a cache and a case.");
    amosi_rounding_end(rounding);
    if (outcome)
        *outcome = found;
    return status;
}

/* ---- many cases ---- */

struct item {
    const amos_case *c;
    amos_cache_outcome outcome;
};

struct run {
    const amos_cache *cache;
    amos_buffer_pool *pool;
    struct item *items;
    size_t count;
    amos_cache_built_fn built;
    void *built_user;
};

static amos_status build_item(void *user, size_t index, amos_error *err)
{
    const struct run *run = user;
    struct item *item = &run->items[index];
    return build_case(run->cache, item->c, run->pool, &item->outcome, err);
}

/* If the disk is full, all other cases would fail too. */
static bool is_full(amos_status status, const amos_error *err)
{
    return status == AMOS_E_IO && (err->sys_errno == ENOSPC || err->sys_errno == EDQUOT);
}

static amos_status receive_item(void *user, size_t index, amos_status status, const amos_error *err)
{
    const struct run *run = user;
    const struct item *item = &run->items[index];
    amos_status answer = run->built ? run->built(run->built_user, item->c, item->outcome, status, err) : status;
    return answer == AMOS_OK && is_full(status, err) ? status : answer;
}

static amos_status choose_cases(struct run *run, const amos_dataset *dataset, const amos_case_filter *filter,
                                amos_error *err)
{
    run->items = amosi_zalloc_array(amos_dataset_get_info(dataset)->count, sizeof *run->items);
    if (!run->items)
        return amosi_fail_nomem(err, NULL);
    amos_status status;
    const amos_case *c = NULL;
    while ((status = amos_dataset_next(dataset, filter, &c, err)) == AMOS_OK && c)
        if (amos_case_get_info(c)->has_image)
            run->items[run->count++].c = c;
    return status;
}

amos_status amos_cache_build(const amos_cache *cache, const amos_dataset *dataset, const amos_cache_build_options *options,
                             amos_error *err)
{
    amos_cache_build_options o;
    if (!cache || !dataset)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_build needs a cache and a data set.");
    amos_status status = amosi_options_take(&o, sizeof o, options, "amos_cache_build_options", err);
    if (status)
        return status;
    struct run run = {.cache = cache, .built = o.built, .built_user = o.built_user};
    const amos_workers_options workers = {
        .size = sizeof workers, .threads = o.threads, .progress = o.progress};
    int rounding = amosi_rounding_begin(); /* the threads inherit it */
    status = amos_buffer_pool_make(0, &run.pool, err);
    if (!status)
        status = choose_cases(&run, dataset, o.filter, err);
    if (!status)
        status = amos_workers_run(run.count, &workers, build_item, receive_item, &run, err);
    amosi_free(run.items);
    amos_buffer_pool_free(run.pool);
    amosi_rounding_end(rounding);
    return status;
}
