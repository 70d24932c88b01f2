/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/write.h"

#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/chunk.h"
#include "cache/entry.h"
#include "cache/ome/ome.h"

struct writing {
    const amos_cache *cache;
    struct amosi_zip_writer zip;
    struct amosi_scratch *scratch;
    struct amosi_measuring *measuring;
    const char *path; /* of the entry, for error messages */
};

/* An array that is written in chunks. */
struct array {
    const char *name;
    amos_type type;
    const amos_layout *layout;
    const void *voxels;
    amos_box box; /* all voxels outside are zero */
    bool is_measured;
};

/* ---- chunks ---- */

/* Sorts the array's voxels in a chunk into its planes; the rest of the chunk is zero. */
static void gather_chunk(const struct writing *w, const struct array *a, const int64_t at[3], size_t bytes)
{
    const int64_t *chunk = w->cache->chunk, *shape = a->layout->shape;
    int64_t start[3], n[3];
    size_t item = amos_type_bytes(a->type);
    for (int i = 0; i < 3; i++) {
        start[i] = at[i] * chunk[i];
        n[i] = shape[i] - start[i] < chunk[i] ? shape[i] - start[i] : chunk[i];
    }
    if (n[0] < chunk[0] || n[1] < chunk[1] || n[2] < chunk[2])
        memset(w->scratch->work, 0, bytes);
    for (int64_t z = 0; z < n[2]; z++) {
        size_t from = (size_t)(((start[2] + z) * shape[1] + start[1]) * shape[0] + start[0]);
        const struct amosi_chunk_rows rows = {
            (const char *)a->voxels + from * item, (size_t)n[0], (size_t)n[1], (size_t)shape[0], (size_t)chunk[0],
            (size_t)(z * chunk[1] * chunk[0])};
        amosi_chunk_split(a->type, w->scratch->work, bytes / item, &rows);
    }
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Compresses the planes in the scratch and adds them to the archive. */
static amos_status add_packed(struct writing *w, const char *name, amos_type type, size_t bytes, amos_error *err)
{
    void *place = amosi_zip_place(&w->zip, name, bytes + AMOSI_CHUNK_OVERHEAD);
    if (!place)
        return amosi_fail_nomem(err, w->path);
    return amosi_zip_commit(&w->zip, name, amosi_chunk_compress(type, w->scratch->work, bytes, place), err);
}

static bool box_meets_chunk(const amos_box *box, const int64_t chunk[3], const int64_t at[3])
{
    for (int i = 0; i < 3; i++)
        if ((at[i] + 1) * chunk[i] <= box->start[i] || at[i] * chunk[i] >= box->stop[i])
            return false;
    return true;
}

/* Measures the rows that the next chunks are made of, which leaves them in the processor's cache. */
static void measure_rows(const struct writing *w, const int64_t *shape, const int64_t at[3])
{
    int64_t rows[3][2];
    for (int i = 1; i < 3; i++) {
        rows[i][0] = at[i] * w->cache->chunk[i];
        rows[i][1] = rows[i][0] + w->cache->chunk[i] < shape[i] ? rows[i][0] + w->cache->chunk[i] : shape[i];
    }
    amosi_measuring_add(w->measuring, rows[1], rows[2]);
}

/* Writes the chunks at one position along y and z. */
static amos_status write_row(struct writing *w, const struct array *a, int64_t at[3], amos_error *err)
{
    const int64_t *chunk = w->cache->chunk;
    size_t bytes = (size_t)(chunk[0] * chunk[1] * chunk[2]) * amos_type_bytes(a->type);
    char full[AMOSI_ENTRY_NAME];
    for (at[0] = 0; at[0] * chunk[0] < a->layout->shape[0]; at[0]++) {
        if (!box_meets_chunk(&a->box, chunk, at))
            continue;
        gather_chunk(w, a, at, bytes);
        if (is_zero(w->scratch->work, bytes))
            continue;
        amosi_cache_chunk_name(full, a->name, at);
        amos_status status = add_packed(w, full, a->type, bytes, err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static amos_status write_chunks(struct writing *w, const struct array *a, amos_error *err)
{
    const int64_t *chunk = w->cache->chunk, *shape = a->layout->shape;
    int64_t at[3];
    for (at[2] = 0; at[2] * chunk[2] < shape[2]; at[2]++)
        for (at[1] = 0; at[1] * chunk[1] < shape[1]; at[1]++) {
            if (a->is_measured)
                measure_rows(w, shape, at);
            amos_status status = write_row(w, a, at, err);
            if (status)
                return status;
        }
    return AMOS_OK;
}

/* ---- tables ---- */

static amos_status add_text(struct writing *w, const char *name, char *text, amos_error *err)
{
    amos_status status = text ? amosi_zip_add(&w->zip, name, text, strlen(text), err) : amosi_fail_nomem(err, w->path);
    cJSON_free(text);
    return status;
}

static amos_status add_json(struct writing *w, const char *name, cJSON *json, amos_error *err)
{
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    return add_text(w, name, text, err);
}

static amos_status write_array(struct writing *w, const struct array *a, amos_error *err)
{
    int64_t shape[3], chunk[3];
    char full[AMOSI_ENTRY_NAME];
    for (int i = 0; i < 3; i++) {
        shape[i] = a->layout->shape[2 - i];
        chunk[i] = w->cache->chunk[2 - i];
    }
    amos_status status = write_chunks(w, a, err);
    snprintf(full, sizeof full, "%s/.zarray", a->name);
    return status ? status : add_json(w, full, amosi_cache_zarray(a->type, 3, shape, chunk), err);
}

/* Writes a small array in one chunk. */
static amos_status write_table(struct writing *w, const char *name, const char *chunk_name, amos_type type, int axes,
                               const int64_t *shape, const int64_t *chunk, const void *data, amos_error *err)
{
    size_t item = amos_type_bytes(type), bytes = item;
    char full[AMOSI_ENTRY_NAME];
    for (int i = 0; i < axes; i++)
        bytes *= (size_t)shape[i];
    amos_status status = AMOS_OK;
    if (bytes) {
        const struct amosi_chunk_rows all = {data, bytes / item, 1, 0, 0, 0};
        amosi_chunk_split(type, w->scratch->work, bytes / item, &all);
        snprintf(full, sizeof full, "%s/%s", name, chunk_name);
        status = add_packed(w, full, type, bytes, err);
    }
    snprintf(full, sizeof full, "%s/.zarray", name);
    return status ? status : add_json(w, full, amosi_cache_zarray(type, axes, shape, chunk), err);
}

static amos_status write_positions(struct writing *w, const struct amosi_prepare_positions *positions, amos_error *err)
{
    const int64_t count = (int64_t)positions->count;
    const int64_t shape[2] = {count, 3}, chunk[2] = {count ? count : 1, 3};
    amos_status status =
        write_table(w, AMOSI_ENTRY_POSITIONS, "0/0", AMOS_TYPE_INT32, 2, shape, chunk, positions->voxels, err);
    return status ? status
                  : write_table(w, AMOSI_ENTRY_VALUES, "0", AMOS_TYPE_FLOAT32, 1, shape, chunk, positions->values, err);
}

static amos_status write_voxels(struct writing *w, const struct amosi_prepare_case *c, amos_error *err)
{
    const amos_layout *layout = &c->image->layout;
    struct array image = {.name = AMOSI_ENTRY_IMAGE, .type = layout->type, .layout = layout, .is_measured = true};
    struct array labels = {.name = AMOSI_ENTRY_ORGANS_ARRAY, .type = AMOS_TYPE_UINT8, .layout = layout};
    memcpy(image.box.stop, layout->shape, sizeof image.box.stop);
    image.voxels = c->image->buffer.data;
    amos_status status = write_array(w, &image, err);
    if (status || !c->labels)
        return status;
    amosi_prepare_labelled_box(c, &labels.box);
    labels.voxels = c->labels->voxels;
    return write_array(w, &labels, err);
}

static amos_status write_nifti(struct writing *w, const amos_cache_entry_info *info, amos_error *err)
{
    static const int64_t bytes = AMOSI_OME_HEADER;
    unsigned char header[AMOSI_OME_HEADER];
    if (!amosi_ome_header(info, header))
        return AMOS_OK;
    return write_table(w, AMOSI_ENTRY_NIFTI, "0", AMOS_TYPE_UINT8, 1, &bytes, &bytes, header, err);
}

static amos_status write_label_groups(struct writing *w, const amos_cache_entry_info *info, amos_error *err)
{
    amos_status status = add_json(w, AMOSI_ENTRY_LABELS "/.zgroup", amosi_cache_zgroup(), err);
    if (!status)
        status = add_text(w, AMOSI_ENTRY_LABELS "/.zattrs", amosi_ome_labels(), err);
    if (!status)
        status = add_json(w, AMOSI_ENTRY_ORGANS "/.zgroup", amosi_cache_zgroup(), err);
    return status ? status : add_text(w, AMOSI_ENTRY_ORGANS "/.zattrs", amosi_ome_organs(info), err);
}

static amos_status write_all(struct writing *w, const struct amosi_prepare_case *c,
                             const struct amosi_prepare_positions *positions, struct amosi_cache_meta *meta,
                             amos_error *err)
{
    double threshold;
    amos_status status = write_voxels(w, c, err);
    amosi_measuring_end(w->measuring, &threshold, &meta->info.body, &meta->info.organs);
    meta->info.not_finite = amosi_measuring_not_finite(w->measuring);
    if (!status)
        status = write_positions(w, positions, err);
    if (!status)
        status = write_nifti(w, &meta->info, err);
    if (!status && c->labels)
        status = write_label_groups(w, &meta->info, err);
    if (!status)
        status = add_json(w, ".zgroup", amosi_cache_zgroup(), err);
    if (!status)
        status = add_text(w, ".zattrs", amosi_cache_meta_write(meta), err);
    return status ? status : amosi_cache_zip_end(&w->zip, err);
}

/* ---- the file ---- */

static amos_status check_size(const amos_cache *cache, const struct amosi_prepare_case *c, amos_error *err)
{
    int64_t chunks = 1;
    for (int i = 0; i < 3; i++) {
        int64_t n = c->image->layout.shape[i];
        if (n > AMOSI_CACHE_MOST_VOXELS)
            return amosi_fail(err, AMOS_E_LIMIT, c->path,
                              "%lld voxels along an axis are too many for a cached case; at most "
                              "%lld are possible.",
                              (long long)n, (long long)AMOSI_CACHE_MOST_VOXELS);
        chunks *= (n + cache->chunk[i] - 1) / cache->chunk[i];
        if (chunks > AMOSI_CACHE_MOST_CHUNKS)
            return amosi_fail(err, AMOS_E_LIMIT, c->path, "the image has more than %lld chunks; use larger chunks.",
                              (long long)AMOSI_CACHE_MOST_CHUNKS);
    }
    return AMOS_OK;
}

static void complete_meta(const amos_cache *cache, const struct amosi_cache_key *key,
                          const struct amosi_prepare_case *c, struct amosi_cache_meta *meta)
{
    meta->key = key->text;
    meta->info.layout = c->image->layout;
    meta->info.slope = c->slope;
    meta->info.inter = c->inter;
    meta->info.has_labels = c->labels != NULL;
    memcpy(meta->info.chunk, cache->chunk, sizeof meta->info.chunk);
    if (c->labels)
        memcpy(meta->organs, c->labels->stats, sizeof meta->organs);
}

static amos_status write_file(struct writing *w, struct amosi_folder_file *file, const struct amosi_cache_place *place,
                              const struct amosi_prepare_case *c, const struct amosi_prepare_positions *positions,
                              struct amosi_cache_meta *meta, amos_error *err)
{
    file->only_first = !place->replace;
    amosi_cache_zip_begin(&w->zip, file);
    amos_status status = write_all(w, c, positions, meta, err);
    amosi_zip_free_writer(&w->zip);
    if (status) {
        amosi_folder_drop(file);
        return status;
    }
    status = place->placed ? amosi_folder_place(file, place->placed, err) : amosi_folder_finish(file, err);
    *place->late = !status && file->late;
    return status;
}

static struct amosi_scratch *take_scratch(const amos_cache *cache, const struct amosi_prepare_case *c,
                                          const struct amosi_prepare_positions *positions)
{
    size_t bytes = amos_type_bytes(c->image->layout.type), table = positions->count * sizeof *positions->voxels;
    for (int i = 0; i < 3; i++)
        bytes *= (size_t)cache->chunk[i];
    bytes = bytes > table ? bytes : table;
    bytes = bytes > AMOSI_OME_HEADER ? bytes : AMOSI_OME_HEADER;
    return amosi_scratch_get(cache->scratch, bytes, bytes + AMOSI_CHUNK_OVERHEAD);
}

amos_status amosi_cache_write(const amos_cache *cache, const struct amosi_cache_place *place,
                              const struct amosi_prepare_case *c, const struct amosi_prepare_positions *positions,
                              struct amosi_cache_meta *meta, amos_error *err)
{
    struct writing w = {.cache = cache};
    struct amosi_folder_file file;
    const char *name = place->key->name;
    amos_status status = check_size(cache, c, err);
    if (status)
        return status;
    complete_meta(cache, place->key, c, meta);
    char *full = amosi_folder_join(place->folder->path, name);
    w.path = full;
    w.scratch = take_scratch(cache, c, positions);
    if (!full || !w.scratch)
        status = amosi_fail_nomem(err, c->path);
    if (!status)
        status = amosi_measuring_begin(c, &w.measuring, err);
    if (!status)
        status = amosi_folder_create(place->folder, name, full, &place->readers, &file, err);
    if (!status)
        status = write_file(&w, &file, place, c, positions, meta, err);
    amosi_measuring_free(w.measuring);
    amosi_scratch_give(cache->scratch, w.scratch);
    amosi_free(full);
    return status;
}
