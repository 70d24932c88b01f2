/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/entry.h"

#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/json/syntax.h"
#include "cache/chunk.h"
#include "cache/ome/ome.h"

/* Of an entry's attributes, parsed: more than those of 15 organs take. */
#define ATTRIBUTE_BYTES ((uint64_t)128 << 10)

#define MOST_ZARRAY 4096u

amos_status amosi_cache_entry_damaged(const amos_cache_entry *entry, const char *what, amos_error *err)
{
    return amosi_fail(err, AMOS_E_INDEX, entry->source.path, "%s; the case has to be cached again.", what);
}

/* ---- texts ---- */

amos_status amosi_cache_entry_text(const amos_cache_entry *entry, const char *name, uint32_t most, char **text,
                                   size_t *bytes, amos_error *err)
{
    const struct amosi_zip_member *member = amosi_zip_find(&entry->zip, name);
    *text = NULL;
    if (!member || member->data.bytes > most)
        return amosi_cache_entry_damaged(entry, "a table of its store is missing or too large", err);
    *bytes = member->data.bytes;
    *text = amosi_alloc(*bytes + 1);
    if (!*text)
        return amosi_fail_nomem(err, entry->source.path);
    (*text)[*bytes] = '\0';
    amos_status status = amosi_zip_read(&entry->source, &member->data, *text, err);
    if (status) {
        amosi_free(*text);
        *text = NULL;
    }
    return status;
}

amos_status amosi_cache_entry_check_json(const amos_cache_entry *entry, const char *name, cJSON *expected,
                                         amos_error *err)
{
    char *text;
    size_t bytes = 0;
    if (!expected)
        return amosi_fail_nomem(err, entry->source.path);
    amos_status status = amosi_cache_entry_text(entry, name, MOST_ZARRAY, &text, &bytes, err);
    if (!status && amosi_json_check_own(text, bytes, 100, entry->source.path, NULL) != AMOS_OK)
        status = amosi_cache_entry_damaged(entry, "a table of its store is not JSON", err);
    cJSON *found = status ? NULL : cJSON_ParseWithLengthOpts(text, bytes + 1, NULL, 1);
    if (!status && !found)
        status = amosi_fail_nomem(err, entry->source.path);
    if (!status && !cJSON_Compare(found, expected, 1))
        status = amosi_cache_entry_damaged(entry, "a table of its store does not match its attributes", err);
    cJSON_Delete(found);
    cJSON_Delete(expected);
    amosi_free(text);
    return status;
}

static amos_status read_meta(amos_cache_entry *entry, amos_error *err)
{
    char *text;
    size_t bytes = 0;
    amos_status status = amosi_cache_entry_text(entry, ".zattrs", AMOSI_ENTRY_MOST_ATTRIBUTES, &text, &bytes, err);
    if (!status)
        status = amosi_cache_meta_parse(text, bytes, entry->source.path, &entry->meta, err);
    amosi_free(text);
    entry->meta.info.file_bytes = entry->source.size;
    return status;
}

/* ---- chunks ---- */

void amosi_cache_chunk_name(char name[AMOSI_ENTRY_NAME], const char *array, const int64_t at[3])
{
    snprintf(name, AMOSI_ENTRY_NAME, "%s/%lld/%lld/%lld", array, (long long)at[2], (long long)at[1], (long long)at[0]);
}

/* The index of the chunk that "ARRAY/z/y/x" names, in digits without leading zeros; -1 if it names none. */
static int64_t chunk_index(const struct amosi_zip_member *member, const char *array, const int64_t grid[3])
{
    size_t at = strlen(array) + 1;
    int64_t index = 0;
    if (member->name_bytes <= at || memcmp(member->name, array, at - 1) != 0 || member->name[at - 1] != '/')
        return -1;
    for (int axis = 2; axis >= 0; axis--) {
        int64_t number = 0;
        size_t start = at;
        for (; at < member->name_bytes && member->name[at] >= '0' && member->name[at] <= '9' && number < grid[axis];
             at++)
            number = 10 * number + (member->name[at] - '0');
        bool ended = axis ? at < member->name_bytes && member->name[at] == '/' : at == member->name_bytes;
        if (at == start || (member->name[start] == '0' && at > start + 1) || number >= grid[axis] || !ended)
            return -1;
        at++;
        index = index * grid[axis] + number;
    }
    return index;
}

static amos_status note_chunk(const amos_cache_entry *entry, struct amosi_chunked *array, int64_t index,
                              const struct amosi_zip_data *data, amos_error *err)
{
    if (array->chunks[index].bytes)
        return amosi_cache_entry_damaged(entry, "it holds a chunk twice", err);
    if (data->bytes > array->chunk_bytes + AMOSI_CHUNK_OVERHEAD ||
        data->bytes < array->chunk_bytes / AMOSI_CHUNK_RATIO || data->bytes == 0)
        return amosi_cache_entry_damaged(entry, "a chunk has an impossible size", err);
    array->chunks[index] = *data;
    if (data->bytes > array->packed_most)
        array->packed_most = data->bytes;
    return AMOS_OK;
}

static bool is_table(const struct amosi_zip_member *member)
{
    static const char *const names[] = {".zgroup",
                                        ".zattrs",
                                        AMOSI_ENTRY_IMAGE "/.zarray",
                                        AMOSI_ENTRY_LABELS "/.zgroup",
                                        AMOSI_ENTRY_LABELS "/.zattrs",
                                        AMOSI_ENTRY_ORGANS "/.zgroup",
                                        AMOSI_ENTRY_ORGANS "/.zattrs",
                                        AMOSI_ENTRY_ORGANS_ARRAY "/.zarray",
                                        AMOSI_ENTRY_NIFTI "/.zarray",
                                        AMOSI_ENTRY_NIFTI "/0",
                                        AMOSI_ENTRY_POSITIONS "/.zarray",
                                        AMOSI_ENTRY_POSITIONS "/0/0",
                                        AMOSI_ENTRY_VALUES "/.zarray",
                                        AMOSI_ENTRY_VALUES "/0"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == member->name_bytes && memcmp(names[i], member->name, member->name_bytes) == 0)
            return true;
    return false;
}

static amos_status find_chunks(amos_cache_entry *entry, amos_error *err)
{
    for (size_t i = 0; i < entry->zip.count; i++) {
        const struct amosi_zip_member *member = &entry->zip.members[i];
        amos_status status = AMOS_OK;
        int64_t image = chunk_index(member, AMOSI_ENTRY_IMAGE, entry->image.grid), labels = -1;
        if (entry->labels.chunks)
            labels = chunk_index(member, AMOSI_ENTRY_ORGANS_ARRAY, entry->labels.grid);
        if (image >= 0)
            status = note_chunk(entry, &entry->image, image, &member->data, err);
        else if (labels >= 0)
            status = note_chunk(entry, &entry->labels, labels, &member->data, err);
        else if (!is_table(member))
            status = amosi_cache_entry_damaged(entry, "it holds an unexpected member", err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

/* Fills a volume that describes these voxels, so that reads are planned and reported like those of a file. */
static void make_view(const amos_cache_entry *entry, struct amosi_chunked *array, amos_type type, bool scaled)
{
    const amos_cache_entry_info *from = &entry->meta.info;
    amos_volume *view = &array->view;
    amos_volume_info *info = &view->header.info;
    view->path = entry->source.path;
    view->has_geometry = from->layout.has_geometry;
    view->geometry = from->layout.geometry;
    view->header.voxel_bytes = amos_type_bytes(type);
    memcpy(info->shape, from->layout.shape, sizeof info->shape);
    info->frames = 1;
    info->type = type;
    info->slope = scaled ? from->slope : 1;
    info->inter = scaled ? from->inter : 0;
}

static amos_status open_array(amos_cache_entry *entry, struct amosi_chunked *array, const char *name, amos_type type,
                              amos_error *err)
{
    const amos_cache_entry_info *info = &entry->meta.info;
    int64_t shape[3], chunk[3];
    size_t count = 1;
    make_view(entry, array, type, array == &entry->image);
    array->chunk_bytes = amos_type_bytes(type);
    for (int i = 0; i < 3; i++) {
        array->chunk[i] = chunk[2 - i] = info->chunk[i];
        array->grid[i] = (info->layout.shape[i] + info->chunk[i] - 1) / info->chunk[i];
        array->chunk_bytes *= (size_t)info->chunk[i];
        count *= (size_t)array->grid[i];
        shape[2 - i] = info->layout.shape[i];
    }
    array->chunks = amosi_zalloc_array(count, sizeof *array->chunks);
    if (!array->chunks)
        return amosi_fail_nomem(err, entry->source.path);
    char table[AMOSI_ENTRY_NAME];
    snprintf(table, sizeof table, "%s/.zarray", name);
    return amosi_cache_entry_check_json(entry, table, amosi_cache_zarray(type, 3, shape, chunk), err);
}

amos_status amosi_cache_entry_undecodable(const amos_cache_entry *entry, amos_error *err)
{
    return amosi_cache_entry_damaged(entry, "a chunk of its store cannot be decoded", err);
}

/* ---- positions ---- */

amos_status amosi_cache_entry_table(const amos_cache_entry *entry, const char *name, amos_type type, void *out,
                                    size_t bytes, amos_error *err)
{
    const struct amosi_zip_member *member = amosi_zip_find(&entry->zip, name);
    if (bytes == 0)
        return AMOS_OK;
    if (!member)
        return amosi_cache_entry_damaged(entry, "a table of its store is missing", err);
    unsigned char *packed = amosi_alloc(member->data.bytes);
    void *work = amosi_alloc_voxels(amosi_chunk_work(bytes));
    amos_status status = packed && work ? AMOS_OK : amosi_fail_nomem(err, entry->source.path);
    if (!status)
        status = amosi_zip_read(&entry->source, &member->data, packed, err);
    if (!status && !amosi_chunk_decompress(type, packed, member->data.bytes, out, bytes, work))
        status = amosi_cache_entry_undecodable(entry, err);
    amosi_free(work);
    amosi_free(packed);
    return status;
}

/* Each position must be in the box of its organ. */
static amos_status check_positions(const amos_cache_entry *entry, amos_error *err)
{
    for (int label = 0; label < AMOSI_LABELS; label++) {
        const amos_box *box = &entry->meta.organs[label].box;
        for (size_t i = entry->starts[label]; i < entry->starts[label + 1]; i++)
            for (int k = 0; k < 3; k++)
                if (entry->positions[i][k] < box->start[k] || entry->positions[i][k] >= box->stop[k])
                    return amosi_cache_entry_damaged(entry, "a sampled voxel is outside its organ", err);
    }
    return AMOS_OK;
}

static amos_status check_position_arrays(const amos_cache_entry *entry, amos_error *err)
{
    int64_t count = (int64_t)amosi_cache_entry_position_count(entry);
    const int64_t shape[2] = {count, 3}, chunk[2] = {count ? count : 1, 3};
    amos_status status = amosi_cache_entry_check_json(entry, AMOSI_ENTRY_POSITIONS "/.zarray",
                                                      amosi_cache_zarray(AMOS_TYPE_INT32, 2, shape, chunk), err);
    if (!status)
        status = amosi_cache_entry_check_json(entry, AMOSI_ENTRY_VALUES "/.zarray",
                                              amosi_cache_zarray(AMOS_TYPE_FLOAT32, 1, shape, chunk), err);
    return status;
}

static amos_status read_positions(amos_cache_entry *entry, amos_error *err)
{
    for (int label = 0; label < AMOSI_LABELS; label++)
        entry->starts[label + 1] = entry->starts[label] + entry->meta.positions[label];
    size_t bytes = entry->starts[AMOSI_LABELS] * sizeof *entry->positions;
    const struct amosi_zip_member *member = amosi_zip_find(&entry->zip, AMOSI_ENTRY_POSITIONS "/0/0");
    if (bytes && (!member || member->data.bytes < bytes / AMOSI_CHUNK_RATIO))
        return amosi_cache_entry_damaged(entry, "its table of sampled voxels has an impossible size", err);
    amos_status status = check_position_arrays(entry, err);
    if (status)
        return status;
    entry->positions = amosi_alloc(bytes);
    if (!entry->positions)
        return amosi_fail_nomem(err, entry->source.path);
    status =
        amosi_cache_entry_table(entry, AMOSI_ENTRY_POSITIONS "/0/0", AMOS_TYPE_INT32, entry->positions, bytes, err);
    return status ? status : check_positions(entry, err);
}

/* ---- all of it ---- */

static amos_status open_all(amos_cache_entry *entry, amos_error *err)
{
    amos_status status = amosi_zip_open(&entry->zip, &entry->source, err);
    if (!status)
        status = read_meta(entry, err);
    if (status)
        return status;
    status = amosi_cache_entry_check_json(entry, ".zgroup", amosi_cache_zgroup(), err);
    if (!status)
        status = open_array(entry, &entry->image, AMOSI_ENTRY_IMAGE, entry->meta.info.layout.type, err);
    if (!status && entry->meta.info.has_labels)
        status = open_array(entry, &entry->labels, AMOSI_ENTRY_ORGANS_ARRAY, AMOS_TYPE_UINT8, err);
    if (!status)
        status = find_chunks(entry, err);
    return status ? status : read_positions(entry, err);
}

amos_status amosi_cache_entry_open(struct amosi_source *source, struct amosi_scratch_pool *pool, amos_cache_entry **out,
                                   amos_error *err)
{
    *out = NULL;
    amos_cache_entry *entry = amosi_zalloc(sizeof *entry);
    if (!entry) {
        amos_status status = amosi_fail_nomem(err, source->path);
        amosi_source_close(source);
        return status;
    }
    entry->pool = pool;
    entry->source = *source;
    amos_status status = open_all(entry, err);
    if (status)
        amos_cache_entry_free(entry);
    else
        *out = entry;
    return status;
}

void amos_cache_entry_free(amos_cache_entry *entry)
{
    if (!entry)
        return;
    amosi_free(entry->positions);
    amosi_free(entry->labels.chunks);
    amosi_free(entry->image.chunks);
    amosi_cache_meta_free(&entry->meta);
    amosi_zip_close(&entry->zip);
    amosi_source_close(&entry->source);
    amosi_free(entry);
}

/* ---- queries ---- */

const amos_cache_entry_info *amos_cache_entry_get_info(const amos_cache_entry *entry)
{
    return entry ? &entry->meta.info : NULL;
}

const amos_organ_stats *amos_cache_entry_get_organ(const amos_cache_entry *entry, int label)
{
    if (!entry || !entry->meta.info.has_labels || label < 0 || label > entry->meta.info.max_label)
        return NULL;
    return &entry->meta.organs[label];
}

const int32_t (*amos_cache_entry_get_positions(const amos_cache_entry *entry, int label, size_t *count))[3]
{
    size_t n = entry && label >= 0 && label < AMOSI_LABELS ? entry->meta.positions[label] : 0;
    if (count)
        *count = n;
    return n ? (const int32_t(*)[3])entry->positions + entry->starts[label] : NULL;
}

size_t amosi_cache_entry_position_count(const amos_cache_entry *entry)
{
    return entry->starts[AMOSI_LABELS];
}

amos_status amosi_cache_entry_values(const amos_cache_entry *entry, float *values, amos_error *err)
{
    return amosi_cache_entry_table(entry, AMOSI_ENTRY_VALUES "/0", AMOS_TYPE_FLOAT32, values,
                                   amosi_cache_entry_position_count(entry) * sizeof *values, err);
}

/* ---- what a loader keeps of an entry ---- */

uint64_t amosi_cache_entry_memory(const amos_cache_entry *entry)
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

const char *amosi_cache_entry_key(const amos_cache_entry *entry)
{
    return entry->meta.key;
}
