#define _POSIX_C_SOURCE 200809L
#include "fault/operations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unistd.h>

#include "fault/operations_cache.h"
#include "fault/operations_loader.h"
#include "support/gzip_make.h"
#include "support/index_make.h"
#include "support/main.h"
#include "support/nifti_make.h"
#include "support/score_make.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int64_t image_shape[3] = {64, 48, 40};

/* ---- digests and promises ---- */

static void add(uint64_t *digest, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++)
        *digest = (*digest ^ p[i]) * 1099511628211u;
}

static void add_text(uint64_t *digest, const char *text)
{
    add(digest, text ? text : "(null)", text ? strlen(text) + 1 : 7);
}

static void promise(struct world *world, int kept, const char *what)
{
    if (!kept && !world->promise)
        world->promise = what;
}

/* What a function promises of the handle that it gives: NULL unless it succeeded. */
static void give(struct world *world, amos_status status, const void *handle)
{
    promise(world, (status == AMOS_OK) == (handle != NULL), "*out is set exactly where the call succeeds");
}

/* Where *out is before a call, so that a NULL is the library's. */
#define UNSET(world) ((void *)(world))

static void add_array(uint64_t *digest, const amos_array *array)
{
    if (array)
        add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
}

static void add_map(uint64_t *digest, const amos_labelmap *map)
{
    for (int label = 0; label <= amos_labelmap_max_label(map); label++)
        add(digest, &amos_labelmap_stats(map, label)->voxels, sizeof(uint64_t));
    if (amos_labelmap_voxels(map))
        add(digest, amos_labelmap_voxels(map), amos_labelmap_layout(map)->bytes);
}

/* ---- opening volumes ---- */

static void add_volume(struct world *world, uint64_t *digest, const amos_volume *volume)
{
    (void)world;
    if (!volume)
        return;
    amos_warnings warnings = amos_volume_warnings(volume);
    add(digest, amos_volume_get_info(volume)->shape, sizeof amos_volume_get_info(volume)->shape);
    add(digest, &warnings, sizeof warnings);
}

static amos_volume_options volume_options(const struct world *world)
{
    return (amos_volume_options){.size = sizeof(amos_volume_options), .inflate = world->inflate};
}

static amos_status open_path(struct world *world, const char *path, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open(path, &options, &volume, err);
    give(world, status, volume);
    add_volume(world, digest, volume);
    amos_volume_free(volume);
    return status;
}

#define OPENS(name) \
    static amos_status open_##name(struct world *world, uint64_t *digest, amos_error *err) \
    { \
        return open_path(world, world->name, digest, err); \
    }
OPENS(plain)
OPENS(gzip)
OPENS(pair)
OPENS(pairs)
OPENS(offset)

static amos_status open_memory(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open_memory(world->memory.data, world->memory.size, &options, &volume, err);
    give(world, status, volume);
    add_volume(world, digest, volume);
    amos_volume_free(volume);
    return status;
}

struct caller {
    const struct bytes *bytes;
    int closed;
};

static int64_t memory_read_at(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    const struct bytes *all = ((const struct caller *)user)->bytes;
    size_t left = offset < all->size ? all->size - (size_t)offset : 0;
    size_t n = bytes < left ? bytes : left;
    memcpy(buffer, all->data + offset, n);
    return (int64_t)n;
}

static void count_close(void *user)
{
    ((struct caller *)user)->closed++;
}

static amos_status open_source(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    struct caller caller = {&world->memory, 0};
    amos_source source = {.size = sizeof source,
                          .name = "made.nii.gz",
                          .bytes = world->memory.size,
                          .read_at = memory_read_at,
                          .close = count_close,
                          .user = &caller};
    amos_volume *volume = UNSET(world);
    amos_status status = amos_volume_open_source(&source, &options, &volume, err);
    give(world, status, volume);
    promise(world, (status != AMOS_OK) == (caller.closed == 1), "close() is called when opening fails");
    add_volume(world, digest, volume);
    amos_volume_free(volume);
    promise(world, caller.closed == 1, "close() is called once");
    return status;
}

/* ---- asking a volume ---- */

static amos_status get_geometry(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_geometry geometry, turned;
    double displacement;
    amos_status status = amos_volume_get_geometry(world->image_volume, &geometry, err);
    if (!status)
        status = amos_geometry_reorient(&geometry, "RAS", &turned, err);
    if (!status)
        status = amos_geometry_displacement(&geometry, &geometry, &displacement, err);
    if (!status)
        add(digest, turned.affine, sizeof turned.affine);
    return status;
}

static amos_status get_layout(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT32, .orientation = "RAS"};
    amos_layout layout;
    amos_status status = amos_volume_layout(world->image_volume, &options, &layout, err);
    if (!status)
        add(digest, &layout.bytes, sizeof layout.bytes);
    return status;
}

static amos_status parse_names(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_type type;
    amos_organ organ;
    amos_split split;
    amos_modality modality;
    amos_status status = amos_type_parse("float32", &type, err);
    if (!status)
        status = amos_organ_parse("Right Kidney", &organ, err);
    if (!status)
        status = amos_split_parse("Tr", &split, err);
    if (!status)
        status = amos_modality_parse("mr", &modality, err);
    promise(world, amos_organ_parse("livre", &organ, err) == AMOS_E_ARG, "\"livre\" is no organ");
    add_text(digest, amos_features());
    return status;
}

/* ---- reading ---- */

static amos_status read_into(struct world *world, const amos_volume *volume, const amos_read_options *options,
                             uint64_t *digest, amos_error *err)
{
    amos_layout layout;
    amos_status status = amos_volume_layout(volume, options, &layout, err);
    if (!status)
        status = amos_volume_read(volume, options, world->buffer, world->buffer_bytes, err);
    if (!status)
        add(digest, world->buffer, layout.bytes);
    return status;
}

static amos_status load(struct world *world, const amos_volume *volume, const amos_read_options *options,
                        uint64_t *digest, amos_error *err)
{
    amos_array *array = UNSET(world);
    amos_status status = amos_volume_load(volume, options, &array, err);
    give(world, status, array);
    add_array(digest, array);
    amos_array_free(array);
    return status;
}

static const amos_read_options as_stored = {.size = sizeof as_stored, .frame = AMOS_FRAME_ALL};
static const amos_read_options as_float = {.size = sizeof as_float, .type = AMOS_TYPE_FLOAT32};
static const amos_read_options as_box = {
    .size = sizeof as_box, .type = AMOS_TYPE_FLOAT64, .orientation = "RAS", .box = {{5, 6, 7}, {40, 30, 20}}};

#define READS(name, how, volume, options) \
    static amos_status name(struct world *world, uint64_t *digest, amos_error *err) \
    { \
        return how(world, world->volume, &(options), digest, err); \
    }
READS(read_plain, read_into, plain_volume, as_stored)
READS(read_members, read_into, gzip_volume, as_stored)
READS(read_float, read_into, image_volume, as_float)
READS(read_box, read_into, image_volume, as_box)
READS(read_memory, read_into, memory_volume, as_stored)
READS(read_source, read_into, source_volume, as_stored)
READS(read_damaged, read_into, damaged_volume, as_stored)
READS(read_broken, read_into, broken_volume, as_stored)
READS(load_stored, load, image_volume, as_stored)
READS(load_float, load, gzip_volume, as_float)
READS(load_box, load, image_volume, as_box)
READS(load_damaged, load, damaged_volume, as_stored)

static amos_status load_pooled(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_pool *pool = UNSET(world);
    amos_status status = amos_pool_new(0, &pool, err);
    give(world, status, pool);
    const amos_read_options options = {.size = sizeof options, .pool = pool};
    for (int i = 0; i < 2 && !status; i++)
        status = load(world, world->image_volume, &options, digest, err);
    amos_pool_free(pool);
    return status;
}

static amos_status verify(struct world *world, uint64_t *digest, amos_error *err)
{
    uint64_t nonfinite = 1;
    amos_status status = amos_volume_verify(world->image_volume, NULL, NULL, &nonfinite, err);
    add(digest, &nonfinite, sizeof nonfinite);
    return status;
}

static amos_status range(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_range r = {0};
    amos_status status = amos_volume_range(world->gzip_volume, NULL, NULL, &r, err);
    add(digest, &r, sizeof r);
    return status;
}

/* ---- label maps ---- */

static amos_status load_map(struct world *world, const amos_label_options *options, uint64_t *digest, amos_error *err)
{
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_load(world->label_volume, options, &map, err);
    give(world, status, map);
    add_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

static amos_status map_whole(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_label_options options = {.size = sizeof options, .orientation = "RAS"};
    return load_map(world, &options, digest, err);
}

static amos_status map_stats(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_label_options options = {.size = sizeof options, .flags = AMOS_LABEL_STATS_ONLY};
    return load_map(world, &options, digest, err);
}

static amos_status map_table(struct world *world, uint64_t *digest, amos_error *err)
{
    static const amos_relabel table[] = {{6, 1}, {2, 2}, {3, 2}, {-9, 4}};
    amos_label_options options = {.size = sizeof options,
                                  .flags = AMOS_LABEL_DROP_UNLISTED,
                                  .max_label = 4,
                                  .table = table,
                                  .table_count = 4,
                                  .round_within = 0.01};
    return load_map(world, &options, digest, err);
}

static amos_status map_refused(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_label_options options = {.size = sizeof options, .max_label = 3};
    return load_map(world, &options, digest, err);
}

static amos_status map_path(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_load_path(world->label, &options, NULL, &map, err);
    give(world, status, map);
    add_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

static amos_status map_masks(struct world *world, uint64_t *digest, amos_error *err)
{
    static const int labels[] = {6, 1};
    size_t voxels = amos_labelmap_layout(world->map)->bytes;
    amos_status status = amos_labelmap_mask(world->map, 6, world->buffer, world->buffer_bytes, err);
    add(digest, world->buffer, voxels);
    if (!status)
        status = amos_labelmap_onehot(world->map, labels, 2, world->buffer, world->buffer_bytes, err);
    add(digest, world->buffer, 2 * voxels);
    return status;
}

static amos_status map_make(struct world *world, uint64_t *digest, amos_error *err)
{
    const amos_layout *layout = amos_labelmap_layout(world->map);
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_make(layout, amos_labelmap_voxels(world->map), layout->bytes, 0, &map, err);
    give(world, status, map);
    add_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

static amos_status map_renumber(struct world *world, uint64_t *digest, amos_error *err)
{
    static const uint8_t table[16] = {0, 1, 2, 2, 4};
    amos_labelmap *map = UNSET(world);
    amos_status status = amos_labelmap_renumber(world->map, table, 16, &map, err);
    give(world, status, map);
    add_map(digest, map);
    amos_labelmap_free(map);
    return status;
}

/* ---- scores ---- */

static void add_score(uint64_t *digest, const amos_score *score)
{
    for (int label = 1; label <= amos_score_max_label(score); label++) {
        const amos_organ_score *organ = amos_score_organ(score, label);
        add(digest, &organ->dice, sizeof organ->dice);
        add(digest, &organ->hd, sizeof organ->hd);
        add(digest, organ->nsd, sizeof *organ->nsd);
    }
}

static amos_status score_maps(struct world *world, amos_convention convention, int threads, uint64_t *digest,
                              amos_error *err)
{
    amos_score_options options = {.size = sizeof options, .convention = convention, .threads = threads};
    amos_score *score = UNSET(world);
    amos_status status = amos_score_labelmaps(world->reference, world->prediction, &options, &score, err);
    give(world, status, score);
    add_score(digest, score);
    amos_score_free(score);
    return status;
}

static amos_status score_corners(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_DEEPMIND, 1, digest, err);
}

static amos_status score_voxels(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_MEDPY, 1, digest, err);
}

static amos_status score_threads(struct world *world, uint64_t *digest, amos_error *err)
{
    return score_maps(world, AMOS_CONVENTION_DEEPMIND, 3, digest, err);
}

static amos_status score_paths(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    amos_score *score = UNSET(world);
    amos_status status = amos_score_paths(world->small, world->small, &options, NULL, &score, err);
    give(world, status, score);
    add_score(digest, score);
    amos_score_free(score);
    return status;
}

/* ---- pairs ---- */

static amos_status pair_paths(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume_options volume = volume_options(world);
    amos_pair_options options = {.size = sizeof options, .volume = &volume};
    amos_pair *pair = UNSET(world);
    amos_status status = amos_pair_open_paths(world->image, world->label, &options, &pair, err);
    give(world, status, pair);
    add_volume(world, digest, amos_pair_label(pair));
    amos_pair_free(pair);
    return status;
}

static amos_status pair_case(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_pair *pair = UNSET(world);
    amos_status status = amos_pair_open(amos_dataset_find(world->dataset, "2"), NULL, &pair, err);
    give(world, status, pair);
    add_volume(world, digest, amos_pair_image(pair));
    amos_pair_free(pair);
    return status;
}

static amos_status pair_load(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT32, .orientation = "LPS"};
    amos_array *image = UNSET(world);
    amos_labelmap *label = UNSET(world);
    amos_status status = amos_pair_load(world->images, &options, NULL, &image, &label, err);
    give(world, status, image);
    give(world, status, label);
    add_array(digest, image);
    add_map(digest, label);
    amos_labelmap_free(label);
    amos_array_free(image);
    return status;
}

/* ---- writing ---- */

/* The temporary file that the library told of; empty when it told that there is none. */
struct told {
    char path[300];
};

static void note_temporary(void *user, const char *path)
{
    struct told *told = user;
    snprintf(told->path, sizeof told->path, "%s", path ? path : "");
}

/* A name beside the other files that no other thread or process has. */
static void output_name(const struct world *world, const void *own, const char *suffix, char *out, size_t bytes)
{
    const char *slash = strrchr(world->plain, '/');
    snprintf(out, bytes, "%.*s/written-%ld-%llx%s", (int)(slash - world->plain), world->plain, (long)getpid(),
             (unsigned long long)(uintptr_t)own, suffix);
}

/* Reads back what was written, and removes it. */
static amos_status take_back(struct world *world, const char *path, amos_status status, const struct told *told,
                             uint64_t *digest, amos_error *err)
{
    promise(world, told->path[0] == '\0', "no temporary file is left behind");
    if (!status) {
        amos_volume_options options = volume_options(world);
        amos_volume *volume;
        status = amos_volume_open(path, &options, &volume, err);
        add_volume(world, digest, volume);
        if (!status)
            status = read_into(world, volume, &as_stored, digest, err);
        amos_volume_free(volume);
    }
    int saved_errno = errno;
    unlink(path);
    errno = saved_errno;
    return status;
}

static const int16_t turned_voxels[4 * 3 * 2] = {-3, 5, 9, 700, -32768, 32767, 1, 2, 3, 4, 5, 6};
static const amos_layout turned_layout = {.type = AMOS_TYPE_INT16, .shape = {4, 3, 2, 1}, .strides = {12, 4, 2, 48}};

/* Twice, so that the second replaces the first. */
static amos_status write_plain(struct world *world, uint64_t *digest, amos_error *err)
{
    char path[300];
    struct told told = {""};
    amos_write_options options = {
        .size = sizeof options, .slope = 2, .inter = 1, .temporary = note_temporary, .temporary_user = &told};
    output_name(world, &told, ".nii", path, sizeof path);
    amos_status status = amos_volume_write(path, &turned_layout, turned_voxels, sizeof turned_voxels, &options, err);
    if (!status)
        status = amos_volume_write(path, &turned_layout, turned_voxels, sizeof turned_voxels, &options, err);
    return take_back(world, path, status, &told, digest, err);
}

static amos_status add_slices(const struct world *world, amos_writer *writer, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int64_t z = 0; z < image_shape[2] && !status; z++)
        status =
            amos_writer_add(writer, amos_labelmap_voxels(world->map), (uint64_t)(image_shape[0] * image_shape[1]), err);
    return status ? status : amos_writer_finish(writer, err);
}

static amos_status write_pieces(struct world *world, uint64_t *digest, amos_error *err)
{
    char path[300];
    struct told told = {""};
    amos_write_options options = {.size = sizeof options,
                                  .reference = world->image_volume,
                                  .level = 1,
                                  .temporary = note_temporary,
                                  .temporary_user = &told};
    amos_writer *writer = UNSET(world);
    output_name(world, &told, ".nii.gz", path, sizeof path);
    amos_status status = amos_writer_open(path, amos_labelmap_layout(world->map), &options, &writer, err);
    give(world, status, writer);
    if (!status)
        status = add_slices(world, writer, err);
    amos_writer_free(writer);
    return take_back(world, path, status, &told, digest, err);
}

/* ---- data sets ---- */

static void add_dataset(struct world *world, uint64_t *digest, const amos_dataset *dataset)
{
    world->told += (amos_dataset_warnings(dataset) & AMOS_W_METADATA) != 0;
    amos_case_filter filter = {.size = sizeof filter, .has_label = 1};
    for (const amos_case *c = NULL; (c = amos_dataset_next(dataset, &filter, c)) != NULL;) {
        add_text(digest, amos_case_id(c));
        const amos_metadata *metadata = amos_case_metadata(c);
        add_text(digest, metadata ? metadata->model : "");
    }
    add_text(digest, amos_case_id(amos_dataset_find(dataset, "amos_0002")));
    add_text(digest, amos_dataset_label_name(dataset, 8));
}

static amos_status open_dataset(struct world *world, const char *path, const amos_dataset_options *options,
                                uint64_t *digest, amos_error *err)
{
    amos_dataset *dataset = UNSET(world);
    amos_status status = amos_dataset_open(path, options, &dataset, err);
    give(world, status, dataset);
    add_dataset(world, digest, dataset);
    amos_dataset_free(dataset);
    return status;
}

static amos_status dataset_json(struct world *world, uint64_t *digest, amos_error *err)
{
    static const amos_modality_override overrides[] = {{"amos_0002", AMOS_MODALITY_MRI}};
    amos_dataset_options options = {.size = sizeof options, .modality = overrides, .modality_count = 1};
    return open_dataset(world, world->tree, &options, digest, err);
}

static amos_status dataset_beneath(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_BENEATH};
    return open_dataset(world, world->tree, &options, digest, err);
}

static amos_status dataset_folders(struct world *world, uint64_t *digest, amos_error *err)
{
    return open_dataset(world, world->folders, NULL, digest, err);
}

struct findings {
    struct world *world;
    uint64_t *digest;
};

static void add_finding(void *user, const amos_finding *finding)
{
    const struct findings *findings = user;
    add_text(findings->digest, finding->case_id);
    add(findings->digest, &finding->status, sizeof finding->status);
    findings->world->told += finding->status != AMOS_OK;
}

static amos_status dataset_validate(struct world *world, uint64_t *digest, amos_error *err)
{
    struct findings findings = {world, digest};
    return amos_dataset_validate(world->dataset, add_finding, &findings, err);
}

/* ---- indexes ---- */

static void count_told(void *user, amos_log_level level, const char *message)
{
    (void)message;
    ((struct world *)user)->told += level == AMOS_LOG_WARNING;
}

static amos_status open_indexed_volume(struct world *world, amos_volume **volume, amos_error *err)
{
    amos_volume_options options = volume_options(world);
    options.index = AMOS_INDEX_USE;
    options.index_folder = world->indexes;
    options.log = count_told;
    options.log_user = world;
    return amos_volume_open(world->large, &options, volume, err);
}

static amos_status build_index(struct world *world, uint64_t *digest, amos_error *err)
{
    amos_volume *volume = UNSET(world);
    int saved_errno = errno;
    unlink(world->index);
    errno = saved_errno;
    amos_status status = open_indexed_volume(world, &volume, err);
    give(world, status, volume);
    if (!status)
        status = amos_volume_build_index(volume, NULL, NULL, err);
    /* Not how large it is: where memory to compress a window with was short, the window is kept as it is. */
    int has_index = amos_volume_index_bytes(volume) > 0;
    add(digest, &has_index, sizeof has_index);
    amos_volume_free(volume);
    return status;
}

static amos_status read_indexed(struct world *world, uint64_t *digest, amos_error *err)
{
    static const amos_read_options late = {.size = sizeof late, .box = {{3, 4, 150}, {60, 40, 154}}};
    amos_volume *volume = UNSET(world);
    amos_status status = open_indexed_volume(world, &volume, err);
    give(world, status, volume);
    if (!status)
        status = read_into(world, volume, &late, digest, err);
    amos_volume_free(volume);
    return status;
}

/* ---- workers ---- */

static amos_status square(void *user, size_t index, amos_error *err)
{
    (void)err;
    ((uint64_t *)user)[index] = index * index;
    return AMOS_OK;
}

static amos_status run_workers(int threads, uint64_t *digest, amos_error *err)
{
    uint64_t squares[20] = {0};
    amos_workers_options options = {.size = sizeof options, .threads = threads};
    amos_status status = amos_workers_run(20, &options, square, NULL, squares, err);
    add(digest, squares, sizeof squares);
    return status;
}

static amos_status workers_one(struct world *world, uint64_t *digest, amos_error *err)
{
    (void)world;
    return run_workers(1, digest, err);
}

static amos_status workers_many(struct world *world, uint64_t *digest, amos_error *err)
{
    (void)world;
    return run_workers(4, digest, err);
}

/* ---- the table ---- */

const struct operation operations[] = {
    {"open .nii", open_plain, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"open .nii.gz", open_gzip, AMOS_OK, OPERATION_OPENS},
    {"open .hdr + .img.gz", open_pair, AMOS_OK, OPERATION_OPENS},
    {"open .hdr.gz + .img.gz", open_pairs, AMOS_OK, OPERATION_OPENS},
    {"open with vox_offset 0", open_offset, AMOS_OK, OPERATION_OPENS},
    {"open from memory", open_memory, AMOS_OK, OPERATION_MEMORY},
    {"open from callbacks", open_source, AMOS_OK, OPERATION_MEMORY},
    {"geometry", get_geometry, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"layout", get_layout, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"names", parse_names, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"read plain", read_plain, AMOS_OK, OPERATION_PLAIN},
    {"read members", read_members, AMOS_OK, 0},
    {"read as float32", read_float, AMOS_OK, 0},
    {"read a box as RAS", read_box, AMOS_OK, 0},
    {"read from memory", read_memory, AMOS_OK, OPERATION_MEMORY},
    {"read from callbacks", read_source, AMOS_OK, OPERATION_MEMORY},
    {"read with a wrong CRC-32", read_damaged, AMOS_E_GZ_CRC, 0},
    {"read damaged deflate data", read_broken, AMOS_E_GZ_DATA, 0},
    {"load as stored", load_stored, AMOS_OK, 0},
    {"load as float32", load_float, AMOS_OK, 0},
    {"load a box", load_box, AMOS_OK, 0},
    {"load into a pool", load_pooled, AMOS_OK, 0},
    {"load with a wrong CRC-32", load_damaged, AMOS_E_GZ_CRC, 0},
    {"verify", verify, AMOS_OK, 0},
    {"range", range, AMOS_OK, 0},
    {"label map", map_whole, AMOS_OK, 0},
    {"label statistics only", map_stats, AMOS_OK, 0},
    {"label map with a table", map_table, AMOS_OK, 0},
    {"label map of no labels", map_refused, AMOS_E_LABEL, 0},
    {"label map by path", map_path, AMOS_OK, OPERATION_OPENS},
    {"masks", map_masks, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"label map of voxels", map_make, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"renumber", map_renumber, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"score", score_corners, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score by voxels", score_voxels, AMOS_OK, OPERATION_SORTS | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score with threads", score_threads, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
    {"score by paths", score_paths, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS},
    {"pair by paths", pair_paths, AMOS_OK, OPERATION_OPENS},
    {"pair by case", pair_case, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"load a pair", pair_load, AMOS_OK, 0},
    {"write .nii", write_plain, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"write .nii.gz in pieces", write_pieces, AMOS_OK, OPERATION_OPENS},
    {"data set with dataset.json", dataset_json, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set kept beneath", dataset_beneath, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"data set from folders", dataset_folders, AMOS_OK, OPERATION_OPENS | OPERATION_PLAIN},
    {"validate", dataset_validate, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"read with an index", read_indexed, AMOS_OK, OPERATION_OPENS | OPERATION_SPARES},
    {"build an index", build_index, AMOS_OK, OPERATION_OPENS | OPERATION_SPARES},
    {"tiles", tiles_stitch, AMOS_OK, OPERATION_MEMORY | OPERATION_PLAIN},
    {"open a loader", loader_open, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"open a balanced loader", loader_balanced, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"load a batch", loader_next, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
#ifdef AMOS_HAVE_LZ4
    {"load a cached batch", loader_cached, AMOS_OK,
     OPERATION_THREADS | OPERATION_SPARES | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"cache a case", cache_build, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"cache a case, prepared", cache_build_prepared, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"keep a cached case", cache_keep, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"open a cached case", cache_open_case, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"read a cached case", cache_read, AMOS_OK, OPERATION_PLAIN},
    {"list cached cases", cache_list, AMOS_OK, OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
    {"fingerprint", cache_fingerprint, AMOS_OK, OPERATION_SORTS | OPERATION_OPENS | OPERATION_CASES | OPERATION_PLAIN},
#endif
    {"one worker", workers_one, AMOS_OK, OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
    {"four workers", workers_many, AMOS_OK, OPERATION_THREADS | OPERATION_SPARES | OPERATION_MEMORY | OPERATION_PLAIN},
};

const int operation_count = COUNT(operations);

amos_status operation_run(const struct operation *operation, struct world *world, uint64_t *digest, amos_error *err)
{
    *digest = 14695981039346656037u;
    world->told = 0;
    amos_status status = operation->run(world, digest, err);
    if (status)
        *digest = 0;
    return status;
}

/* ---- the files ---- */

static char *write_named(const char *folder, const char *name, const struct bytes *content)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    return tmp_write_bytes(full, content);
}

/* Takes the content. */
static char *write_gzip(const char *folder, const char *name, const struct bytes *plain,
                        const struct gzip_member *member)
{
    struct bytes packed = {0};
    gzip_add(&packed, plain->data, plain->size, member);
    char *path = write_named(folder, name, &packed);
    bytes_free(&packed);
    return path;
}

static struct nifti_spec image_spec(void)
{
    static const double spacing[3] = {0.75, 0.75, 5}, origin[3] = {-120, 80, 400};
    static int16_t noise[64 * 48 * 40]; /* compresses to more than one window of input */
    struct nifti_spec spec = {.ndim = 3, .type = AMOS_TYPE_INT16, .slope = 2, .inter = -1024, .voxels = noise};
    uint64_t seed = 7;
    for (int i = 0; i < COUNT(noise); i++)
        noise[i] = (int16_t)random_below(&seed, 2000);
    memcpy(spec.dim, image_shape, sizeof image_shape);
    nifti_set_sform(&spec, "LAS", spacing, origin);
    return spec;
}

/* The fourth stored block's length disagrees with its complement. */
static void make_broken(struct world *w, const char *folder, const struct bytes *plain)
{
    static const struct gzip_member stored = {.form = GZIP_BODY_STORED, .block = 60000};
    struct bytes broken = {0};
    gzip_add(&broken, plain->data, plain->size, &stored);
    broken.data[10 + 3 * (5 + 60000) + 3] ^= 0xff;
    w->broken = write_named(folder, "broken.nii.gz", &broken);
    bytes_free(&broken);
}

static void make_images(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    struct nifti_file file = nifti_make(&spec);
    static const struct gzip_member wrong = {.crc_xor = 1};
    w->plain = write_named(folder, "plain.nii", &file.bytes);
    w->image = write_gzip(folder, "image.nii.gz", &file.bytes, NULL);
    w->damaged = write_gzip(folder, "damaged.nii.gz", &file.bytes, &wrong);
    w->memory = gzip_of(&file.bytes);
    make_broken(w, folder, &file.bytes);
    nifti_poke(&file, "vox_offset", 0, 0);
    w->offset = write_gzip(folder, "offset.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
}

/* Long enough for an index of several points, which is made once to learn its name. */
static void make_indexed(struct world *w, const char *folder)
{
    char indexes[128];
    static int16_t voxels[64 * 48 * 200];
    uint64_t seed = 11;
    for (int i = 0; i < COUNT(voxels); i++)
        voxels[i] = (int16_t)(i / 3072 + random_below(&seed, 4));
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16, .dim = {64, 48, 200}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    w->large = write_gzip(folder, "large.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    snprintf(indexes, sizeof indexes, "%s/indexes", folder);
    w->indexes = tmp_path(indexes);
    ck_assert_int_eq(mkdir(w->indexes, 0700), 0);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(open_indexed_volume(w, &volume, &err), &err);
    assert_ok(amos_volume_build_index(volume, NULL, NULL, &err), &err);
    amos_volume_free(volume);
    w->index = only_file(w->indexes);
}

static void make_members(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    static const unsigned char extension[32] = {0, 0, 0, 32, 0, 0, 0, 6};
    spec.version = 2;
    spec.big_endian = 1;
    spec.extensions = extension;
    spec.extension_bytes = sizeof extension;
    struct nifti_file file = nifti_make(&spec);
    struct bytes members = gzip_in_members(&file.bytes, 100000, NULL);
    w->gzip = write_named(folder, "members.nii.gz", &members);
    bytes_free(&members);
    nifti_free(&file);
}

static void make_pairs(struct world *w, const char *folder)
{
    struct nifti_spec spec = image_spec();
    spec.pair = 1;
    struct nifti_file file = nifti_make(&spec);
    w->pair = write_named(folder, "pair.hdr", &file.bytes);
    free(write_gzip(folder, "pair.img.gz", &file.image, NULL));
    w->pairs = write_gzip(folder, "pairs.hdr.gz", &file.bytes, NULL);
    free(write_gzip(folder, "pairs.img.gz", &file.image, NULL));
    nifti_free(&file);
}

static void make_label(struct world *w, const char *folder)
{
    static const double spacing[3] = {0.75, 0.75, 5};
    size_t voxels = (size_t)(image_shape[0] * image_shape[1] * image_shape[2]);
    uint8_t *values = must_alloc(voxels);
    uint64_t seed = 3;
    for (size_t i = 0, n; i < voxels; i += n) {
        size_t run = (size_t)random_below(&seed, 40) + 1;
        n = run < voxels - i ? run : voxels - i;
        memset(values + i, (int)random_below(&seed, 16), n);
    }
    struct nifti_spec spec = image_spec();
    struct nifti_file file = label_file(values, image_shape, AMOS_TYPE_UINT16, "LAS", spacing);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            nifti_poke(&file, i == 0 ? "srow_x" : i == 1 ? "srow_y" : "srow_z", j, spec.srow[i][j]);
    w->label = write_gzip(folder, "label.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    free(values);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    struct bytes content = {0};
    bytes_add(&content, text, strlen(text));
    free(write_named(folder, name, &content));
    bytes_free(&content);
}

static void make_tree(const struct world *w, const char *folder, int with_json)
{
    struct bytes image = read_file(w->image), label = read_file(w->label);
    for (int i = 1; i <= 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "imagesTr/amos_%04d.nii.gz", i);
        free(write_named(folder, name, &image));
        snprintf(name, sizeof name, "labelsTr/amos_%04d.nii.gz", i);
        free(write_named(folder, name, &label));
    }
    bytes_free(&label);
    bytes_free(&image);
    if (!with_json)
        return;
    write_text(
        folder, "dataset.json",
        "{\"name\": \"AMOS\", \"numTraining\": 3, \"numTest\": 1,\n"
        " \"labels\": {\"0\": \"background\", \"1\": \"spleen\", \"2\": \"right kidney\", \"8\": \"arota\"},\n"
        " \"training\": [{\"image\": \"./imagesTr/amos_0003.nii.gz\", \"label\": \"./labelsTr/amos_0003.nii.gz\"},\n"
        "  {\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": \"./labelsTr/amos_0001.nii.gz\"},\n"
        "  {\"image\": \"./imagesTr/amos_0002.nii.gz\", \"label\": \"./labelsTr/amos_0002.nii.gz\"}],\n"
        " \"validation\": [], \"test\": [\"./imagesTs/amos_0004.nii.gz\"]}\n");
    write_text(folder, "labeled_data_meta_0000_0599.csv",
               "amos_id,Patient's Birth Date,Patient's Sex,Patient's Age,Manufacturer's Model Name,Manufacturer,"
               "Acquisition Date,Site\n"
               "1,19600101,M,062Y,Aquilion ONE,TOSHIBA,20220101,\"one, \"\"two\"\"\"\n2,,F,018M,,,,\n");
}

/* ---- the handles ---- */

static amos_volume *open_volume(const struct world *w, const char *path)
{
    amos_volume_options options = volume_options(w);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(path, &options, &volume, &err), &err);
    return volume;
}

/* A pair in which points are near, far and equally far: every way in which a nearest point is looked for. */
static void make_scored(struct world *w)
{
    struct score_pair pair;
    score_pair_make(SCORE_FORM_SHELL, 1, &pair);
    w->reference = score_map(pair.reference, pair.shape, pair.spacing, "LAS");
    w->prediction = score_map(pair.prediction, pair.shape, pair.spacing, "LAS");
    score_pair_free(&pair);
}

static void make_small(struct world *w, const char *folder)
{
    struct score_pair pair;
    score_pair_make(SCORE_FORM_BOXES, 1, &pair);
    struct nifti_file file = label_file(pair.reference, pair.shape, AMOS_TYPE_UINT8, "LAS", pair.spacing);
    w->small = write_gzip(folder, "small.nii.gz", &file.bytes, NULL);
    nifti_free(&file);
    score_pair_free(&pair);
}

static void open_handles(struct world *w)
{
    amos_error err;
    amos_volume_options options = volume_options(w);
    amos_pair_options pair_options = {.size = sizeof pair_options, .volume = &options};
    amos_source source = {.size = sizeof source,
                          .name = "made.nii.gz",
                          .bytes = w->memory.size,
                          .read_at = memory_read_at,
                          .user = w->caller};
    w->caller->bytes = &w->memory;
    w->plain_volume = open_volume(w, w->plain);
    w->gzip_volume = open_volume(w, w->gzip);
    w->image_volume = open_volume(w, w->image);
    w->label_volume = open_volume(w, w->label);
    w->damaged_volume = open_volume(w, w->damaged);
    w->broken_volume = open_volume(w, w->broken);
    assert_ok(amos_volume_open_memory(w->memory.data, w->memory.size, &options, &w->memory_volume, &err), &err);
    assert_ok(amos_volume_open_source(&source, &options, &w->source_volume, &err), &err);
    assert_ok(amos_pair_open_paths(w->image, w->label, &pair_options, &w->images, &err), &err);
    assert_ok(amos_dataset_open(w->tree, NULL, &w->dataset, &err), &err);
    assert_ok(amos_labelmap_load(w->label_volume, NULL, &w->map, &err), &err);
    make_scored(w);
}

struct world *world_make(const char *name, amos_inflate inflate)
{
    struct world *w = calloc(1, sizeof *w);
    ck_assert_ptr_nonnull(w);
    char tree[128], folders[128];
    snprintf(tree, sizeof tree, "%s/tree", name);
    snprintf(folders, sizeof folders, "%s/folders", name);
    w->inflate = inflate;
    w->caller = must_alloc(sizeof *w->caller);
    make_images(w, name);
    make_members(w, name);
    make_indexed(w, name);
    make_pairs(w, name);
    make_label(w, name);
    make_small(w, name);
    make_tree(w, tree, 1);
    make_tree(w, folders, 0);
    w->tree = tmp_path(tree);
    w->folders = tmp_path(folders);
    w->buffer_bytes = (size_t)(image_shape[0] * image_shape[1] * image_shape[2]) * sizeof(double);
    w->buffer = must_alloc(w->buffer_bytes);
    open_handles(w);
    world_make_cache(w, name);
    return w;
}

void world_free(struct world *w)
{
    amos_volume *volumes[] = {w->plain_volume,   w->gzip_volume,   w->image_volume,  w->label_volume,
                              w->damaged_volume, w->broken_volume, w->source_volume, w->memory_volume};
    char *paths[] = {w->plain, w->gzip,  w->pair, w->pairs, w->offset,  w->damaged, w->broken, w->image,
                     w->label, w->small, w->tree, w->folders, w->large, w->indexes, w->index};
    for (int i = 0; i < COUNT(volumes); i++)
        amos_volume_free(volumes[i]);
    for (int i = 0; i < COUNT(paths); i++)
        free(paths[i]);
    amos_pair_free(w->images);
    world_free_cache(w);
    amos_dataset_free(w->dataset);
    amos_labelmap_free(w->prediction);
    amos_labelmap_free(w->reference);
    amos_labelmap_free(w->map);
    bytes_free(&w->memory);
    free(w->buffer);
    free(w->caller);
    free(w);
}
