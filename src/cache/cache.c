/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/cache.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/text/number.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "cache/chunk.h"
#include "cache/metadata.h"
#include "nifti/geometry.h"

static const int64_t default_chunk[3] = {64, 32, 16};

/* ---- options ---- */

static amos_status set_space(amos_cache *cache, const amos_cache_options *o, amos_error *err)
{
    struct amosi_axes unused;
    char number[AMOSI_NUMBER_BYTES];
    if (o->orientation) {
        amos_status status = amosi_axes_between("RAS", o->orientation, &unused, err);
        if (status)
            return status;
        for (int i = 0; i < 3; i++) /* lower and upper case must lead to the same entry */
            cache->orientation[i] = (char)(o->orientation[i] & ~0x20);
    }
    for (int i = 0; i < 3; i++)
        if (o->spacing[i] != 0 && !(o->spacing[i] >= 1e-3 && o->spacing[i] <= 1e3))
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "A spacing of %s mm is not possible; it must be 0 (unchanged) or 0.001 to 1000.",
                              amosi_number_show(number, o->spacing[i]));
    memcpy(cache->spacing, o->spacing, sizeof cache->spacing);
    if (!amosi_name_is_known(amos_interpolation_name(o->interpolation)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "%d is not an amos_interpolation.", (int)o->interpolation);
    if (o->spacing[0] != 0 || o->spacing[1] != 0 || o->spacing[2] != 0) /* else it must not lead to another entry */
        cache->interpolation = o->interpolation;
    if (o->flags & ~(AMOS_CACHE_CROP_BODY | AMOS_CACHE_ALLOW_MISSING_LABELS))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_options has an unknown flag.");
    cache->flags = o->flags & ~AMOS_CACHE_ALLOW_MISSING_LABELS;
    cache->allow_missing_labels = o->flags & AMOS_CACHE_ALLOW_MISSING_LABELS;
    return AMOS_OK;
}

static amos_status set_storage(amos_cache *cache, const amos_cache_options *o, amos_error *err)
{
    int64_t voxels = 1;
    for (int i = 0; i < 3; i++) {
        cache->chunk[i] = o->chunk[i] ? o->chunk[i] : default_chunk[i];
        if (cache->chunk[i] < 1 || cache->chunk[i] > AMOSI_CACHE_MOST_CHUNK)
            return amosi_fail(err, AMOS_E_ARG, NULL, "A chunk of %lld voxels along %c is not possible; it has 1 to %d.",
                              (long long)cache->chunk[i], "xyz"[i], AMOSI_CACHE_MOST_CHUNK);
        voxels *= cache->chunk[i];
    }
    if ((uint64_t)voxels * sizeof(double) > AMOSI_CHUNK_MOST)
        return amosi_fail(err, AMOS_E_ARG, NULL, "A chunk of %lld voxels is too large; at most %lld are possible.",
                          (long long)voxels, (long long)(AMOSI_CHUNK_MOST / sizeof(double)));
    cache->positions = o->positions ? o->positions : AMOSI_CACHE_POSITIONS;
    if (cache->positions < 1 || cache->positions > AMOSI_CACHE_MOST_POSITIONS)
        return amosi_fail(err, AMOS_E_ARG, NULL, "%d positions for each organ are not possible; at most %d are.",
                          cache->positions, AMOSI_CACHE_MOST_POSITIONS);
    return AMOS_OK;
}

static amos_status set_volume_options(amos_cache *cache, const amos_volume_options *given, amos_error *err)
{
    amos_status status = amosi_options_copy(&cache->volume, sizeof cache->volume, given, "amos_volume_options", err);
    if (!status && cache->volume.limits) {
        status = amosi_limits_copy(&cache->limits, cache->volume.limits, err);
        cache->volume.limits = &cache->limits;
    }
    if (!status && cache->volume.index_folder) {
        cache->index_folder = amosi_strdup(cache->volume.index_folder);
        cache->volume.index_folder = cache->index_folder;
        if (!cache->index_folder)
            status = amosi_fail_nomem(err, NULL);
    }
    return status;
}

static amos_status set_upstream(amos_cache *cache, const amos_cache_options *o, amos_error *err)
{
    if (!o->upstream && o->max_bytes)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "max_bytes limits what is copied from upstream, and there is no upstream; "
                          "amos_cache_prune() removes entries of any cache.");
    if (!o->upstream)
        return AMOS_OK;
    if (!o->upstream[0])
        return amosi_fail(err, AMOS_E_ARG, NULL, "An upstream is the path of a folder, or a URL; this one is empty.");
    cache->max_bytes = o->max_bytes;
    cache->upstream = amosi_strdup(o->upstream);
    return cache->upstream ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* ---- the settings as text ---- */

/* What is accepted: "labels to 15", and what is not usual: ", rounded within 0.01, ...". */
static void describe_accepted(const amos_accept *accept, int max_label, char *text, size_t bytes)
{
    const amos_accept usual = AMOS_ACCEPT_INIT;
    int used = snprintf(text, bytes, "labels to %d", max_label);
    if (accept->round_within > 0)
        used += snprintf(text + used, bytes - (size_t)used, ", rounded within %.3g", accept->round_within);
    if (accept->table)
        used += snprintf(text + used, bytes - (size_t)used, ", renamed by a table of %zu", accept->table_count);
    if (accept->ignore_count)
        used += snprintf(text + used, bytes - (size_t)used, ", %zu value%s ignored", accept->ignore_count,
                         accept->ignore_count == 1 ? "" : "s");
    if (accept->tolerance_voxels != usual.tolerance_voxels || accept->tolerance_mm > 0)
        used += snprintf(text + used, bytes - (size_t)used, ", displaced by up to %.3g voxels or %.3g mm",
                         accept->tolerance_voxels, accept->tolerance_mm);
    if (accept->frame >= 0)
        snprintf(text + used, bytes - (size_t)used, ", frame %lld", (long long)accept->frame);
}

void amosi_cache_describe(const amos_cache *cache, int max_label, char text[AMOSI_CACHE_SETTINGS])
{
    const double *spacing = cache->spacing;
    char space[160] = "spacing as it is", mm[3][AMOSI_NUMBER_BYTES], accepted[192];
    bool resampled = spacing[0] != 0 || spacing[1] != 0 || spacing[2] != 0;
    for (int i = 0; i < 3; i++)
        amosi_number_write(mm[i], spacing[i]);
    if (resampled)
        snprintf(space, sizeof space, "%s x %s x %s mm, %s", mm[0], mm[1], mm[2],
                 amos_interpolation_name(cache->interpolation));
    describe_accepted(&cache->accept.o, max_label, accepted, sizeof accepted);
    snprintf(text, AMOSI_CACHE_SETTINGS, "%s, %s, %s, %d positions, %s, chunks of %lld x %lld x %lld",
             cache->orientation[0] ? cache->orientation : "oriented as stored", space,
             cache->flags & AMOS_CACHE_CROP_BODY ? "cropped to the body" : "uncropped", cache->positions, accepted,
             (long long)cache->chunk[0], (long long)cache->chunk[1], (long long)cache->chunk[2]);
}

/* ---- opening ---- */

static amos_status set_options(amos_cache *cache, const char *folder, const amos_cache_options *options,
                               amos_error *err)
{
    amos_cache_options o;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_cache_options", err);
    if (!status)
        status = set_space(cache, &o, err);
    if (!status)
        status = set_storage(cache, &o, err);
    if (!status)
        status = amosi_accept_copy(&cache->accept, o.accept, err);
    if (!status)
        status = set_volume_options(cache, o.volume, err);
    if (!status)
        status = set_upstream(cache, &o, err);
    if (status)
        return status;
    return amosi_folder_path(folder, &cache->folder, err);
}

amos_status amos_cache_open(const char *folder, const amos_cache_options *options, amos_cache **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!out || (folder && !folder[0]))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_open needs a place for the cache, and a folder's name or NULL.");
    if (!amosi_chunk_supported())
        return amosi_fail(err, AMOS_E_UNSUPPORTED, folder,
                          "cases cannot be cached: this libamos was built without LZ4.");
    amos_cache *cache = amosi_zalloc(sizeof *cache);
    if (!cache)
        return amosi_fail_nomem(err, folder);
    cache->scratch = amosi_zalloc(sizeof *cache->scratch);
    cache->state = amosi_zalloc(sizeof *cache->state);
    amos_status status =
        cache->scratch && cache->state ? set_options(cache, folder, options, err) : amosi_fail_nomem(err, folder);
    if (status)
        amos_cache_free(cache);
    else
        *out = cache;
    return status;
}

void amos_cache_free(amos_cache *cache)
{
    if (!cache)
        return;
    if (cache->scratch)
        amosi_scratch_clear(cache->scratch);
    amosi_free(cache->scratch);
    amosi_free(cache->state);
    amosi_accept_free(&cache->accept);
    amosi_free(cache->upstream);
    amosi_free(cache->index_folder);
    amosi_free(cache->folder);
    amosi_free(cache);
}

int amosi_cache_max_label(const amos_cache *cache, const amos_case *c)
{
    return amosi_accept_max_label(&cache->accept, amos_case_get_info(c)->max_label);
}

const char *amos_cache_folder(const amos_cache *cache)
{
    return cache ? cache->folder : NULL;
}
