/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <amos/pair.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/math/rounding.h"
#include "base/text/utf8.h"
#include "cache/entry.h"
#include "cache/build.h"
#include "cache/stage/entries.h"
#include "cache/steps.h"
#include "cache/write.h"
#include "io/missing.h"
#include "masks/merge.h"
#include "masks/table.h"
#include "nifti/type.h"
#include "volume/volume.h"

/* A case's files, opened. */
struct sources {
    amos_pair *pair;    /* NULL if there is no label */
    amos_volume *alone; /* the image if there is no label */
    const amos_volume *image, *label;
    struct amosi_source content; /* what stands for a label that is a folder of masks; else closed */
};

/* ---- source files ---- */

static void close_sources(struct sources *sources)
{
    amosi_source_close(&sources->content);
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
        if (!status) {
            s->image = amos_pair_get_info(s->pair)->image;
            s->label = amos_pair_get_info(s->pair)->label;
        }
    } else {
        status = amos_volume_open(amos_case_get_info(c)->image_path, &cache->volume, &s->alone, err);
        s->image = s->alone;
    }
    if (!status)
        status = check_single(s->image, err);
    if (!status)
        status = check_single(s->label, err);
    if (!status && s->label && amosi_masks_are_at(s->label->path))
        status = amosi_masks_open_digest(&s->content, s->label->path, err);
    return status ? status : check_image(s->image, err);
}

/* ---- one case ---- */

/* The case that is built, and what it is built with. */
struct job {
    const amos_cache *cache;
    const amos_case *c;
    const struct amosi_cache_build *with;
    struct amosi_folder folder;
    struct sources sources;
    struct amosi_cache_key key;
    bool late; /* another process was first */
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

/* Whether the trailer has the CRC-32 of all bytes that the file holds: it is one gzip member, which ends with the last
 * voxel. Known after all voxels were read. */
static amos_status find_covered(const amos_volume *volume, bool *covered, amos_error *err)
{
    const amos_volume_info *info = &volume->header.info;
    const amos_warnings more = AMOS_W_EXTRA | AMOS_W_PADDING | AMOS_W_TRAILING;
    unsigned char length[4];
    uint64_t all = (uint64_t)info->vox_offset + info->stored_bytes, at = volume->source.size - sizeof length;
    *covered = false;
    if (!volume->gzip || (amos_volume_warnings(volume) & more))
        return AMOS_OK;
    amos_status status = amosi_source_read(&volume->source, at, length, sizeof length, err);
    *covered = !status && amosi_get32(length, false) == (uint32_t)all;
    return status;
}

static struct amosi_readers readers_of(const struct sources *s)
{
    struct amosi_readers readers = amosi_readers_of(&s->image->source.identity);
    if (s->label) {
        struct amosi_readers label = amosi_readers_of(&s->label->source.identity);
        readers = amosi_readers_both(&readers, &label);
    }
    return readers;
}

/* What was accepted, and what was lost. */
static void fill_found(const struct job *job, const struct amosi_preparation *p, struct amosi_cache_meta *meta)
{
    const amos_pair_info *pair = amos_pair_get_info(job->sources.pair);
    meta->info.crop = p->crop;
    meta->info.max_label = p->max_label;
    meta->info.accepted = p->accepted;
    meta->info.label_warnings = p->warnings | (pair ? pair->warnings : 0);
    meta->info.displacement = pair ? pair->displacement : 0;
    meta->info.collapsed = p->collapsed;
    for (int label = 1; label < AMOSI_LABELS; label++)
        if (p->lost[label])
            meta->info.lost[meta->info.lost_count++] = (uint8_t)label;
    memcpy(meta->positions, p->position_counts, sizeof meta->positions);
}

static amos_status write_entry(struct job *job, bool replace, const struct amosi_preparation *p,
                               struct amosi_cache_meta *meta, amos_error *err)
{
    const struct sources *s = &job->sources;
    bool covered[2] = {false, false};
    const struct amosi_cache_place place = {&job->folder,      &job->key, readers_of(s),
                                            job->with->placed, replace,   &job->late};
    fill_found(job, p, meta);
    amos_status status = find_covered(s->image, &covered[0], err);
    if (!status && s->label)
        status = find_covered(s->label, &covered[1], err);
    if (!status)
        status = amosi_cache_key_complete(&job->key, covered, err);
    return status ? status : amosi_cache_write(job->cache, &place, &p->c, &p->positions, meta, err);
}

static amos_status make_entry(struct job *job, bool replace, amos_error *err)
{
    struct amosi_preparation p = {.cache = job->cache,
                                  .image = job->sources.image,
                                  .pair = job->sources.pair,
                                  .max_label = amosi_cache_max_label(job->cache, job->c),
                                  .c = {.modality = amos_case_get_info(job->c)->modality, .pool = job->with->pool}};
    char settings[AMOSI_CACHE_SETTINGS];
    struct amosi_cache_meta *meta = amosi_zalloc(sizeof *meta);
    if (!meta)
        return amosi_fail_nomem(err, job->sources.image->path);
    fill_info(job, meta);
    amosi_cache_describe(job->cache, p.max_label, settings);
    meta->info.settings = settings;
    amos_status status = amosi_steps_run(&p, err);
    if (!status)
        status = write_entry(job, replace, &p, meta, err);
    amosi_preparation_free(&p);
    amosi_free(meta);
    return status;
}

/* Checks whether a good entry exists, here or upstream, and sets *outcome to the outcome of building it. */
static amos_status check_existing(const struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    amos_error why;
    amos_cache_entry *entry;
    bool copied;
    amos_status status = amosi_cache_open_keyed(job->cache, &job->folder, &job->key, &entry, &copied, &why);
    if (!status)
        status = amosi_cache_entry_check(entry, &why);
    amos_cache_entry_free(entry);
    *outcome = copied ? AMOS_CACHE_STAGED : AMOS_CACHE_KEPT;
    if (status == AMOS_OK)
        return AMOS_OK;
    *outcome = status == AMOS_E_INDEX ? AMOS_CACHE_REBUILT : AMOS_CACHE_BUILT;
    if (status == AMOS_E_INDEX || (status == AMOS_E_OPEN && why.sys_errno == ENOENT))
        return AMOS_OK;
    if (err)
        *err = why;
    return status;
}

/* Removes the entry of an older content of the case's files, and that of an older format. */
static amos_status replace_older(const struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    const char *image_path = amos_case_get_info(job->c)->image_path;
    const struct amosi_cache_names *names = job->with->names;
    struct amosi_cache_names own = {.names = NULL};
    amos_status status = names ? AMOS_OK : amosi_cache_names_load(&job->folder, &own, err);
    if (!status && amosi_cache_drop_older(job->cache, &job->folder, names ? names : &own, &job->key, image_path))
        *outcome = AMOS_CACHE_REBUILT;
    if (!status && amosi_cache_drop_older_format(&job->folder, &job->key))
        *outcome = AMOS_CACHE_REBUILT;
    amosi_cache_names_free(&own);
    return status;
}

/* Builds the entry; the sources are already open. */
static amos_status build_in_folder(struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    const struct sources *s = &job->sources;
    const struct amosi_source *label = s->content.ops ? &s->content : s->label ? &s->label->source : NULL;
    amos_status status = amosi_cache_key_of(job->cache, job->c, &s->image->source, label, &job->key, err);
    if (!status)
        status = check_existing(job, outcome, err);
    if (status || *outcome == AMOS_CACHE_KEPT || *outcome == AMOS_CACHE_STAGED)
        return status;
    status = amosi_folder_check_writable(&job->folder, err);
    if (!status && !atomic_exchange(&job->cache->state->swept, true))
        status = amosi_folder_sweep(&job->folder, err);
    if (!status)
        status = make_entry(job, *outcome == AMOS_CACHE_REBUILT, err);
    if (!status)
        status = replace_older(job, outcome, err);
    if (!status && job->late)
        *outcome = AMOS_CACHE_KEPT;
    return status;
}

/* Whether the files exist that the data set names. */
static amos_status check_files(const amos_cache *cache, const amos_case_info *info, amos_cache_outcome *outcome,
                               amos_error *err)
{
    char text[256], id[80];
    amosi_text_show(id, sizeof id, info->id);
    if (!info->has_image) {
        *outcome = AMOS_CACHE_NO_IMAGE;
        snprintf(text, sizeof text, "the image of case %s is missing (copy or mount it, or choose other cases)", id);
        return amosi_fail_missing(err, info->image_path, ENOENT, text);
    }
    if (info->label_path && !info->has_label && !cache->allow_missing_labels) {
        *outcome = AMOS_CACHE_NO_LABEL;
        snprintf(text, sizeof text,
                 "the label of case %s is missing, so the case is not cached; --allow-missing-labels "
                 "(allow_missing_labels) caches it without labels",
                 id);
        return amosi_fail_missing(err, info->label_path, ENOENT, text);
    }
    return AMOS_OK;
}

static amos_status build_case(struct job *job, amos_cache_outcome *outcome, amos_error *err)
{
    amos_status status = open_sources(job->cache, job->c, &job->sources, err);
    if (!status) {
        status = amosi_folder_open(&job->folder, job->cache->folder, true, err);
        job->folder.temporaries = job->cache->volume.temporaries;
        if (!status)
            status = build_in_folder(job, outcome, err);
        amosi_folder_close(&job->folder);
    }
    close_sources(&job->sources);
    if (status)
        *outcome = AMOS_CACHE_FAILED;
    return status;
}

amos_status amosi_cache_build_case(const amos_cache *cache, const amos_case *c, const struct amosi_cache_build *with,
                                   amos_cache_outcome *outcome, amos_error *err)
{
    struct job job = {.cache = cache, .c = c, .with = with};
    const amos_case_info *info = amos_case_get_info(c);
    amos_status status = check_files(cache, info, outcome, err);
    if (!status)
        status = build_case(&job, outcome, err);
    if (status)
        amosi_fail_case(err, info->id);
    return status;
}

amos_status amos_cache_build_case(const amos_cache *cache, const amos_case *c, amos_cache_outcome *outcome,
                                  amos_error *err)
{
    const struct amosi_cache_build alone = {.pool = NULL};
    amos_cache_outcome found = AMOS_CACHE_FAILED;
    amos_status status = AMOS_OK;
    int rounding = amosi_rounding_begin();
    if (cache && c)
        status = amosi_cache_build_case(cache, c, &alone, &found, err);
    else
        status = amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_build_case needs a cache and a case.");
    amosi_rounding_end(rounding);
    if (outcome)
        *outcome = found;
    return status;
}
