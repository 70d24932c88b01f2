/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/dispatch.h"

#include <string.h>

#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "volume/index.h"

/* Parts per thread: with several, the threads finish at about the same time. */
#define PARTS_PER_THREAD 4

/* Decoding up to this many bytes is as fast as looking for an index. */
#define WORTH_SKIPPING ((uint64_t)256 << 10)

/* A read under way. */
struct dispatch {
    const amos_volume *volume;
    const struct amosi_region *region;
    const struct amosi_progress *progress;
    const struct amosi_sink *sink;
    const struct amosi_index *index;
    struct amosi_ahead *ahead;
    uint64_t *borders; /* voxels of the file; part i is borders[i]..borders[i + 1] */
    size_t parts;
    unsigned char *users;  /* a copy of sink->user for each part */
    _Atomic uint64_t done; /* bytes, by all threads */
    atomic_bool stop;      /* the caller wants no more */
};

/* The first voxel of the region, counted in the file, and the one after its last. */
static void region_ends(const struct dispatch *p, uint64_t *first, uint64_t *stop)
{
    const int64_t *shape = p->volume->header.info.shape;
    const amos_box *box = &p->region->box;
    const int64_t last_frame = p->region->first_frame + p->region->frames - 1;
    *first = (uint64_t)(((p->region->first_frame * shape[2] + box->start[2]) * shape[1] + box->start[1]) * shape[0] +
                        box->start[0]);
    *stop = (uint64_t)(((last_frame * shape[2] + box->stop[2] - 1) * shape[1] + box->stop[1] - 1) * shape[0] +
                       box->stop[0]);
}

/* ---- one pass, or several parts ---- */

/* All in one part, on this thread; `index` and `ahead` may be NULL. */
static amos_status decode_all(const struct dispatch *p, const struct amosi_index *index, struct amosi_ahead *ahead,
                              const struct amosi_progress *progress, amos_error *err)
{
    const struct amosi_decode_part all = {
        .stop = UINT64_MAX, .index = index, .ahead = ahead, .direct = p->sink->direct};
    void *user = amosi_alloc(p->sink->user_bytes);
    if (!user)
        return amosi_fail_nomem(err, p->volume->path);
    memcpy(user, p->sink->user, p->sink->user_bytes);
    amos_status status = amosi_volume_decode_part(p->volume, p->region, &all, progress, p->sink->take, user, err);
    if (!status)
        p->sink->merge(p->sink->user, user);
    amosi_free(user);
    return status;
}

static amos_status decode_alone(const struct dispatch *p, const struct amosi_index *index, amos_error *err)
{
    return decode_all(p, index, NULL, p->progress, err);
}

/* What a part's progress function needs: the dispatch, and what it has reported so far. */
struct part_progress {
    struct dispatch *dispatch;
    uint64_t reported;
};

static int report_part(void *user, uint64_t done, uint64_t total)
{
    struct part_progress *part = user;
    (void)total;
    atomic_fetch_add(&part->dispatch->done, done - part->reported);
    part->reported = done;
    return atomic_load(&part->dispatch->stop);
}

static amos_status decode_part(void *user, size_t i, amos_error *err)
{
    struct dispatch *p = user;
    const struct amosi_decode_part part = {
        .start = p->borders[i], .stop = p->borders[i + 1], .index = p->index, .direct = p->sink->direct};
    struct part_progress reported = {p, 0};
    const struct amosi_progress progress = {report_part, &reported, 0, p->volume->path};
    return amosi_volume_decode_part(p->volume, p->region, &part, &progress, p->sink->take,
                                    p->users + i * p->sink->user_bytes, err);
}

/* Runs on the caller's thread. */
static int report_to_caller(void *user, uint64_t items_done, uint64_t items)
{
    struct dispatch *p = user;
    (void)items_done;
    (void)items;
    if (p->progress->fn && p->progress->fn(p->progress->user, atomic_load(&p->done), p->progress->total))
        atomic_store(&p->stop, true);
    return atomic_load(&p->stop);
}

static amos_status decode_together(struct dispatch *p, int threads, amos_error *err)
{
    const amos_workers_options options = {
        .size = sizeof options, .threads = threads, .progress = {report_to_caller, p}};
    p->users = amosi_alloc_array(p->parts, p->sink->user_bytes);
    if (!p->users)
        return amosi_fail_nomem(err, p->volume->path);
    for (size_t i = 0; i < p->parts; i++)
        memcpy(p->users + i * p->sink->user_bytes, p->sink->user, p->sink->user_bytes);
    amos_status status = amos_workers_run(p->parts, &options, decode_part, NULL, p, err);
    for (size_t i = 0; i < p->parts && !status; i++)
        p->sink->merge(p->sink->user, p->users + i * p->sink->user_bytes);
    amosi_free(p->users);
    if (status && atomic_load(&p->stop)) /* whatever status the parts returned */
        return amosi_fail(err, AMOS_E_CANCEL, p->volume->path, "the work was stopped on request.");
    return status;
}

/* ---- one reader, and helpers that decode ahead of it ---- */

/* Item 0 is the reader, the others are helpers. */
static amos_status read_or_help(void *user, size_t i, amos_error *err)
{
    struct dispatch *p = user;
    if (i > 0) {
        amosi_ahead_help(p->ahead);
        return AMOS_OK;
    }
    struct part_progress reported = {p, 0};
    const struct amosi_progress progress = {report_part, &reported, 0, p->volume->path};
    amos_status status = decode_all(p, NULL, p->ahead, &progress, err);
    amosi_ahead_end(p->ahead);
    return status;
}

static amos_status decode_ahead(struct dispatch *p, int threads, amos_error *err)
{
    const amos_workers_options options = {
        .size = sizeof options, .threads = threads, .progress = {report_to_caller, p}};
    p->ahead = amosi_ahead_new(&p->volume->source, p->volume->header.info.stored_bytes, (unsigned)threads - 1);
    if (!p->ahead)
        return amosi_fail_nomem(err, p->volume->path);
    amos_status status = amos_workers_run((size_t)threads, &options, read_or_help, NULL, p, err);
    amosi_ahead_free(p->ahead);
    if (status && atomic_load(&p->stop)) /* whatever status the reader returned */
        return amosi_fail(err, AMOS_E_CANCEL, p->volume->path, "the work was stopped on request.");
    return status;
}

/* Of a large image most of which is wanted. */
static bool pays_to_decode_ahead(const struct dispatch *p, int threads)
{
    const amos_volume *v = p->volume;
    uint64_t first, stop;
    region_ends(p, &first, &stop);
    const double wanted = (double)stop / (double)v->header.voxels * (double)v->source.size;
    return threads > 1 && v->gzip && (amosi_source_is_file(&v->source) || v->source.memory) &&
           v->settings.inflate != AMOS_INFLATE_ZLIB && wanted >= (double)AMOSI_AHEAD_LEAST &&
           v->header.info.stored_bytes / AMOSI_AHEAD_RATIO < v->source.size;
}

/* ---- the parts ---- */

/* Cuts the region where segments of the index begin, into at most `most` parts of about the same size. */
static amos_status make_parts(struct dispatch *p, size_t most, amos_error *err)
{
    const uint64_t offset = (uint64_t)p->volume->header.info.vox_offset, bytes = p->volume->header.voxel_bytes;
    uint64_t first, stop;
    region_ends(p, &first, &stop);
    p->borders = amosi_alloc_array(most + 1, sizeof *p->borders);
    if (!p->borders)
        return amosi_fail_nomem(err, p->volume->path);
    p->borders[0] = first;
    p->parts = 1;
    for (size_t i = 1; i < most; i++) {
        uint64_t voxel = first + (uint64_t)((double)(stop - first) * (double)i / (double)most);
        size_t segment = amosi_index_find(p->index, offset + voxel * bytes);
        uint64_t out = p->index->points[segment].out;
        uint64_t border = out > offset ? (out - offset + bytes - 1) / bytes : 0; /* the first voxel that begins in it */
        if (border > p->borders[p->parts - 1] && border < stop)
            p->borders[p->parts++] = border;
    }
    p->borders[p->parts] = UINT64_MAX;
    return AMOS_OK;
}

static amos_status decode_with_index(struct dispatch *p, int threads, amos_error *err)
{
    if (threads <= 1)
        return decode_alone(p, p->index, err);
    size_t most = (size_t)threads < p->index->count ? (size_t)threads * PARTS_PER_THREAD : p->index->count;
    amos_status status = make_parts(p, most, err);
    if (!status)
        status = p->parts > 1 ? decode_together(p, threads, err) : decode_alone(p, p->index, err);
    amosi_free(p->borders);
    return status;
}

/* ---- the choice of the way ---- */

static bool skips_much(const struct dispatch *p)
{
    const amos_volume_info *info = &p->volume->header.info;
    const amos_box *box = &p->region->box;
    uint64_t first, stop;
    region_ends(p, &first, &stop);
    bool leaves_slices_out = box->stop[2] - box->start[2] < info->shape[2];
    return first * p->volume->header.voxel_bytes > WORTH_SKIPPING || (p->region->frames > 1 && leaves_slices_out);
}

/* With the index it did not work: either it is wrong, or the file is damaged, which a read that ends early would not
 * notice without it. So all of the file is looked at. */
static amos_status decode_again(const struct dispatch *p, amos_error *err)
{
    amos_status status = decode_alone(p, NULL, err);
    return status ? status : amos_volume_verify(p->volume, NULL, NULL, err);
}

amos_status amosi_volume_dispatch(const amos_volume *volume, const struct amosi_region *region,
                                  const struct amosi_progress *progress, int threads, const struct amosi_sink *sink,
                                  amos_error *err)
{
    struct dispatch p = {.volume = volume, .region = region, .progress = progress, .sink = sink};
    bool worth_it = threads > 1 || skips_much(&p);
    if (worth_it || volume->index_use == AMOS_INDEX_BUILD) {
        amos_status status = amosi_volume_find_index(volume, progress, &p.index, err);
        if (status)
            return status;
    }
    if (!p.index && pays_to_decode_ahead(&p, threads))
        return decode_ahead(&p, threads, err);
    if (!worth_it || !p.index)
        return decode_alone(&p, NULL, err);
    amos_status status = decode_with_index(&p, threads, err);
    if (status == AMOS_OK || status == AMOS_E_CANCEL || status == AMOS_E_NOMEM || status == AMOS_E_CHANGED)
        return status;
    amos_error failure;
    amos_status plain = decode_again(&p, &failure);
    if (!plain)
        amosi_volume_refuse_index(volume);
    if (plain && err)
        *err = failure;
    return plain;
}
