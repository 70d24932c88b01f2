#include <string.h>

#include <amos/cache.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "loader/cache_entry.h"
#include "loader/voxels.h"

/* Each open entry has a file descriptor, of which a process commonly has 1024. */
#define MOST_OPEN 400

/* Of an entry's attributes, parsed: more than those of 15 organs take. */
#define ATTRIBUTE_BYTES ((uint64_t)128 << 10)

static amos_status load(const struct amosi_loader_settings *s, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err)
{
    (void)shared;
    amos_cache_entry *entry;
    amos_status status = amos_cache_open_entry(s->o.cache, c->entry_name, &entry, err);
    if (status)
        return status;
    const amos_layout *layout = &amos_cache_entry_get_info(entry)->layout;
    if (memcmp(layout->shape, c->geometry.shape, sizeof c->geometry.shape) == 0 && layout->type == c->stored) {
        *content = entry;
        return AMOS_OK;
    }
    amos_cache_entry_free(entry);
    return amosi_fail(err, AMOS_E_CHANGED, c->image_path, "its cache entry was changed after the loader was opened.");
}

static void drop(void *content)
{
    amos_cache_entry_free(content);
}

static const int32_t (*places_of(const void *user, int organ, size_t *count))[3]
{
    return amos_cache_entry_positions(user, organ, count);
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

/* Only the box is decoded, packed. */
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
    amos_status status = amos_cache_read_image(held->content, &read, scratch->image, bytes, err);
    if (!status && s->has_labels)
        status = amos_cache_read_labels(held->content, &read, scratch->label, voxels, err);
    atomic_fetch_add_explicit(&shared->decode_ns, amosi_now() - begin, memory_order_relaxed);
    *out = (struct amosi_view){.type = held->c->stored,
                               .slope = held->c->slope,
                               .inter = held->c->inter,
                               .image = scratch->image,
                               .label = s->has_labels ? scratch->label : NULL,
                               .step = {1, side[0], side[0] * side[1]}};
    memcpy(out->start, box->start, sizeof out->start);
    return status;
}

const struct amosi_voxels_kind amosi_voxels_cache = {MOST_OPEN, load, drop, tell, view};

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

const char *amosi_voxels_entry_name(const amos_cache_entry *entry)
{
    const char *slash = strrchr(entry->source.path, '/');
    return slash ? slash + 1 : entry->source.path;
}
