/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <amos/cache.h>

#include "base/system/alloc.h"
#include "base/system/clock.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/stage/entries.h"
#include "loader/store/store.h"

/* Each open entry uses a file descriptor. The usual limit of a process is 1024. */
#define MOST_OPEN 400

/* Whether an entry that was opened again matches the loader's properties of the case. The file may have changed since
 * the loader was opened, so everything is checked again. */
static bool is_entry_of(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                        const amos_cache_entry *entry)
{
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    return (info->has_labels || !s->has_labels) && amosi_loader_case_fits(c, &info->layout, info->slope, info->inter);
}

static amos_status load(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err)
{
    const struct amosi_cache_known known = {c->entry_name, c->entry_key, c->id};
    amos_cache_entry *entry;
    amos_status status = amosi_cache_open_again(s->o.cache, &known, &shared->stop, &entry, err);
    if (!status && !is_entry_of(s, c, entry)) {
        amos_cache_entry_free(entry);
        status = AMOS_E_CHANGED;
    }
    if (status == AMOS_E_CHANGED)
        return amosi_fail(err, status, c->image_path, "its cache entry was changed after the loader was opened.");
    if (!status)
        *content = entry;
    return status;
}

static void drop(void *content)
{
    amos_cache_entry_free(content);
}

static const int32_t (*places_of(const void *user, int organ, size_t *count))[3]
{
    return amos_cache_entry_get_positions(user, organ, count);
}

static void describe(const void *content, struct amosi_held *held)
{
    const amos_intensity *body = &amos_cache_entry_get_info(content)->body;
    held->body = (struct amosi_body){body->mean, body->std, body->percentile_00_5, body->percentile_99_5};
    held->places = (struct amosi_organ_places){content, places_of};
    held->accepted = &amos_cache_entry_get_info(content)->accepted;
}

/* Makes a buffer at least `bytes` long. Its content is lost if it grows. */
static bool fit(void **buffer, size_t *room, size_t bytes)
{
    if (bytes <= *room)
        return true;
    amosi_free(*buffer);
    *buffer = amosi_alloc_voxels(bytes);
    *room = *buffer ? bytes : 0;
    return *buffer != NULL;
}

/* ---- a whole box, packed ---- */

static amos_status view(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_held *held, const amos_box *box, struct amosi_view_scratch *scratch,
                        struct amosi_view *out, amos_error *err)
{
    const amos_read_options read = {.size = sizeof read, .box = *box};
    const int64_t side[2] = {box->stop[0] - box->start[0], box->stop[1] - box->start[1]};
    size_t voxels = (size_t)(side[0] * side[1] * (box->stop[2] - box->start[2]));
    size_t bytes = voxels * amos_type_bytes(held->c->stored);
    if (!fit(&scratch->image, &scratch->image_bytes, bytes) ||
        (s->has_labels && !fit(&scratch->label, &scratch->label_bytes, voxels)))
        return amosi_fail_nomem(err, held->c->image_path);
    uint64_t begin = amosi_now();
    amos_status status = amos_cache_entry_read_image(held->content, &read, scratch->image, bytes, err);
    if (!status && s->has_labels)
        status = amos_cache_entry_read_labels(held->content, &read, scratch->label, voxels, err);
    atomic_fetch_add_explicit(&shared->decode_ns, amosi_now() - begin, memory_order_relaxed);
    *out = (struct amosi_view){.type = held->c->stored,
                               .slope = held->c->slope,
                               .inter = held->c->inter,
                               .box = *box,
                               .image = scratch->image,
                               .label = s->has_labels ? scratch->label : NULL,
                               .image_step = {1, side[0], side[0] * side[1]},
                               .label_step = {1, side[0], side[0] * side[1]}};
    return status;
}

/* ---- a box, chunk by chunk ---- */

/* Decodes a chunk of one array. *first is the voxel at the start of the part; `step` are the steps between voxels. */
static amos_status decode(const struct amosi_parts *p, const struct amosi_chunked *array, struct amosi_scratch *scratch,
                          const void **first, int64_t step[3], amos_error *err)
{
    const int64_t *chunk = array->chunk, *start = p->part.box.start, *at = p->next;
    const unsigned char *voxels;
    amos_status status =
        amosi_cache_entry_chunk(p->held->content, array, at, p->stop[0], scratch, (const void **)&voxels, err);
    if (status)
        return status;
    if (!voxels) { /* an empty chunk: all rows share one row of zeros */
        *first = amosi_cache_zeros;
        memcpy(step, (const int64_t[3]){1, 0, 0}, 3 * sizeof *step);
        return AMOS_OK;
    }
    int64_t offset = ((start[2] - at[2] * chunk[2]) * chunk[1] + start[1] - at[1] * chunk[1]) * chunk[0] + start[0] -
                     at[0] * chunk[0];
    *first = voxels + offset * (int64_t)amos_type_bytes(array->view.header.info.type);
    memcpy(step, (const int64_t[3]){1, chunk[0], chunk[0] * chunk[1]}, 3 * sizeof *step);
    return AMOS_OK;
}

/* The index of the first chunk of the box along an axis. */
static int64_t first_chunk(const struct amosi_parts *p, int axis)
{
    const amos_cache_entry *entry = p->held->content;
    return p->box.start[axis] / entry->image.chunk[axis];
}

/* Moves to the next chunk of the grid, x fastest. Returns whether the previous one was the last. */
static bool go_on(struct amosi_parts *p)
{
    for (int axis = 0; axis < 3; axis++) {
        if (++p->next[axis] < p->stop[axis])
            return false;
        p->next[axis] = first_chunk(p, axis);
    }
    return true;
}

static void end_parts(struct amosi_parts *p)
{
    const amos_cache_entry *entry = p->held->content;
    for (int i = 2; i-- > 0;)
        amosi_scratch_give(entry->pool, p->scratch[i]);
    atomic_fetch_add_explicit(&p->shared->decode_ns, p->decode_ns, memory_order_relaxed);
}

/* Uses the image's grid of chunks for both arrays: the labels have the same. */
static amos_status begin_parts(struct amosi_parts *p, amos_error *err)
{
    const amos_cache_entry *entry = p->held->content;
    const struct amosi_chunked *arrays[2] = {&entry->image, &entry->labels};
    p->part = (struct amosi_view){.type = p->held->c->stored, .slope = p->held->c->slope, .inter = p->held->c->inter};
    for (int axis = 0; axis < 3; axis++) {
        p->next[axis] = first_chunk(p, axis);
        p->stop[axis] = (p->box.stop[axis] + entry->image.chunk[axis] - 1) / entry->image.chunk[axis];
    }
    for (int i = 0; i < 1 + p->settings->has_labels; i++) {
        p->scratch[i] = amosi_cache_entry_scratch(entry, arrays[i]);
        if (!p->scratch[i]) {
            end_parts(p);
            return amosi_fail_nomem(err, p->held->c->image_path);
        }
    }
    return AMOS_OK;
}

static amos_status next_part(struct amosi_parts *p, bool *is_last, amos_error *err)
{
    const amos_cache_entry *entry = p->held->content;
    uint64_t begin = amosi_now();
    const void *label = NULL;
    p->part.box = amosi_cache_chunk_part(&entry->image, p->next, &p->box);
    amos_status status = decode(p, &entry->image, p->scratch[0], &p->part.image, p->part.image_step, err);
    if (!status && p->settings->has_labels)
        status = decode(p, &entry->labels, p->scratch[1], &label, p->part.label_step, err);
    p->part.label = label;
    p->decode_ns += amosi_now() - begin;
    *is_last = go_on(p);
    return status;
}

const struct amosi_store_kind amosi_store_cache = {.most = MOST_OPEN,
                                                   .load = load,
                                                   .drop = drop,
                                                   .describe = describe,
                                                   .view = view,
                                                   .begin_parts = begin_parts,
                                                   .next_part = next_part,
                                                   .end_parts = end_parts};
