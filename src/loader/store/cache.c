/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <amos/cache.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "loader/store/store.h"

/* Each open entry has a file descriptor, of which a process commonly has 1024. */
#define MOST_OPEN 400

/* Of an entry's attributes, parsed: more than those of 15 organs take. */
#define ATTRIBUTE_BYTES ((uint64_t)128 << 10)

/* Whether what the loader knows of a case is true of an entry that was opened anew. Nothing that was checked at opening is
 * relied on: the bytes may be others. */
static bool is_entry_of(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                        const amos_cache_entry *entry)
{
    const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
    return (info->has_labels || !s->has_labels) && amosi_loader_case_fits(c, &info->layout, info->slope, info->inter);
}

static amos_status load(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err)
{
    (void)shared;
    amos_cache_entry *entry;
    amos_status status = amosi_cache_open_again(s->o.cache, c->entry_name, c->entry_key, c->id, &entry, err);
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

static void tell(const void *content, struct amosi_held *held)
{
    const amos_intensity *body = &amos_cache_entry_get_info(content)->body;
    held->body = (struct amosi_body){body->mean, body->std, body->percentile_00_5, body->percentile_99_5};
    held->places = (struct amosi_organ_places){content, places_of};
}

/* Grows a buffer; what was in it is lost. */
static bool fit(void **buffer, size_t *room, size_t bytes)
{
    if (bytes <= *room)
        return true;
    amosi_free(*buffer);
    *buffer = amosi_alloc_voxels(bytes);
    *room = *buffer ? bytes : 0;
    return *buffer != NULL;
}

/* ---- a box as a whole, packed ---- */

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

/* ---- a box chunk by chunk ---- */

/* A box under way. */
struct parting {
    const amos_cache_entry *entry;
    const amos_box *box;
    int64_t stop;                     /* of its chunks along x */
    struct amosi_scratch *scratch[2]; /* of image and labels */
    struct amosi_view part;
    bool has_labels;
    uint64_t decode_ns;
};

/* Decodes a chunk of one of the arrays. Returns its voxel at the part's first place, and the steps there. */
static amos_status decode(struct parting *p, const struct amosi_chunked *array, struct amosi_scratch *scratch,
                          const int64_t at[3], const void **first, int64_t step[3], amos_error *err)
{
    const int64_t *chunk = array->chunk, *start = p->part.box.start;
    const unsigned char *voxels;
    amos_status status = amosi_cache_entry_chunk(p->entry, array, at, p->stop, scratch, (const void **)&voxels, err);
    if (status)
        return status;
    if (!voxels) { /* one row of zeros serves for all */
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

static amos_status make_part(struct parting *p, const int64_t at[3], amos_error *err)
{
    uint64_t begin = amosi_now();
    const void *label = NULL;
    p->part.box = amosi_cache_chunk_part(&p->entry->image, at, p->box);
    amos_status status = decode(p, &p->entry->image, p->scratch[0], at, &p->part.image, p->part.image_step, err);
    if (!status && p->has_labels)
        status = decode(p, &p->entry->labels, p->scratch[1], at, &label, p->part.label_step, err);
    p->part.label = label;
    p->decode_ns += amosi_now() - begin;
    return status;
}

static amos_status take_parts(struct parting *p, amosi_part_fn take, void *user, amos_error *err)
{
    const int64_t *chunk = p->entry->image.chunk, *start = p->box->start, *stop = p->box->stop;
    int64_t at[3];
    p->stop = (stop[0] + chunk[0] - 1) / chunk[0];
    for (at[2] = start[2] / chunk[2]; at[2] * chunk[2] < stop[2]; at[2]++)
        for (at[1] = start[1] / chunk[1]; at[1] * chunk[1] < stop[1]; at[1]++)
            for (at[0] = start[0] / chunk[0]; at[0] < p->stop; at[0]++) {
                amos_status status = make_part(p, at, err);
                if (status)
                    return status;
                take(user, &p->part);
            }
    return AMOS_OK;
}

/* Image and labels have the same chunks. */
static amos_status parts(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                         const struct amosi_held *held, const amos_box *box, amosi_part_fn take, void *user,
                         amos_error *err)
{
    const amos_cache_entry *entry = held->content;
    const struct amosi_chunked *arrays[2] = {&entry->image, &entry->labels};
    struct parting p = {.entry = entry, .box = box, .has_labels = s->has_labels};
    amos_status status = AMOS_OK;
    p.part = (struct amosi_view){.type = held->c->stored, .slope = held->c->slope, .inter = held->c->inter};
    for (int i = 0; i < 1 + p.has_labels && !status; i++) {
        p.scratch[i] = amosi_cache_entry_scratch(entry, arrays[i]);
        if (!p.scratch[i])
            status = amosi_fail_nomem(err, held->c->image_path);
    }
    if (!status)
        status = take_parts(&p, take, user, err);
    for (int i = 2; i-- > 0;)
        amosi_scratch_give(entry->pool, p.scratch[i]);
    atomic_fetch_add_explicit(&shared->decode_ns, p.decode_ns, memory_order_relaxed);
    return status;
}

const struct amosi_voxels_kind amosi_voxels_cache = {MOST_OPEN, load, drop, tell, view, parts};

/* ---- what a loader knows of an entry ---- */

uint64_t amosi_voxels_entry_memory(const amos_cache_entry *entry)
{
    const struct amosi_chunked *arrays[] = {&entry->image, &entry->labels};
    uint64_t bytes = sizeof *entry + ATTRIBUTE_BYTES +
                     amosi_cache_entry_position_count(entry) * sizeof *entry->positions +
                     entry->zip.count * (sizeof *entry->zip.members + AMOSI_ENTRY_NAME);
    for (int i = 0; i < 2; i++)
        if (arrays[i]->chunks)
            bytes +=
                (uint64_t)(arrays[i]->grid[0] * arrays[i]->grid[1] * arrays[i]->grid[2]) * sizeof *arrays[i]->chunks;
    return bytes;
}

const char *amosi_voxels_entry_key(const amos_cache_entry *entry)
{
    return entry->meta.key;
}

const char *amosi_voxels_entry_name(const amos_cache_entry *entry)
{
    const char *slash = strrchr(entry->source.path, '/');
    return slash ? slash + 1 : entry->source.path;
}
