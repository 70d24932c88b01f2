/* SPDX-License-Identifier: BSD-3-Clause */
/* Option structs of programs that were compiled with an older or a newer libamos: shorter and longer than ours. */
#define _DEFAULT_SOURCE
#include <amos/amos.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"
#include "support/make/small_set.h"
#include "support/tmp.h"
#include "support/make/tree.h"

static struct nifti_file file;
static char *set, *image, *label;

static void set_up(void)
{
    file = nifti_make(&(struct nifti_spec){.voxels = (uint8_t[24]){7}});
    set = small_set_make("options");
    image = small_set_path(set, "imagesTr/amos_0001.nii.gz");
    label = small_set_path(set, "labelsTr/amos_0001.nii.gz");
}

static void tear_down(void)
{
    free(label);
    free(image);
    free(set);
    nifti_free(&file);
}

static amos_status with_volume_options(const void *options, amos_error *err)
{
    amos_volume *volume;
    amos_status status = amos_volume_open_memory(file.bytes.data, file.bytes.size, options, &volume, err);
    amos_volume_free(volume);
    return status;
}

static int64_t read_file_bytes(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    (void)user;
    size_t left = file.bytes.size - (size_t)offset;
    memcpy(buffer, file.bytes.data + offset, bytes < left ? bytes : left);
    return (int64_t)(bytes < left ? bytes : left);
}

static amos_status with_source(const void *source, amos_error *err)
{
    amos_volume *volume;
    amos_status status = amos_volume_open_source(source, NULL, &volume, err);
    amos_volume_free(volume);
    return status;
}

static amos_status with_read_options(const void *options, amos_error *err)
{
    amos_volume *volume = open_made(&file);
    amos_array *array;
    amos_layout layout;
    amos_status status = amos_volume_load(volume, options, &array, err);
    ck_assert_int_eq(amos_volume_get_layout(volume, options, &layout, NULL), status);
    amos_array_free(array);
    amos_volume_free(volume);
    return status;
}

static amos_status with_label_options(const void *options, amos_error *err)
{
    amos_labelmap *map;
    amos_status status = amos_labelmap_open(label, NULL, options, &map, err);
    amos_labelmap_free(map);
    return status;
}

static amos_status with_pair_options(const void *options, amos_error *err)
{
    amos_pair *pair;
    amos_status status = amos_pair_open(image, label, options, &pair, err);
    amos_pair_free(pair);
    return status;
}

/* The options of the two volumes of a pair. */
static amos_status load_pair(const amos_read_options *as_image, const amos_labelmap_options *as_label, amos_error *err)
{
    amos_pair *pair;
    amos_array *array;
    amos_labelmap *map;
    assert_ok(amos_pair_open(image, label, NULL, &pair, err), err);
    amos_status status = amos_pair_load(pair, as_image, as_label, &array, &map, err);
    amos_labelmap_free(map);
    amos_array_free(array);
    amos_pair_free(pair);
    return status;
}

static amos_status with_pair_image_options(const void *options, amos_error *err)
{
    return load_pair(options, NULL, err);
}

static amos_status with_pair_label_options(const void *options, amos_error *err)
{
    return load_pair(NULL, options, err);
}

static amos_status with_dataset_options(const void *options, amos_error *err)
{
    amos_dataset *dataset;
    amos_status status = amos_dataset_open(set, options, &dataset, err);
    amos_dataset_free(dataset);
    return status;
}

/* A filter cannot fail; an invalid one selects no case. */
static amos_status with_case_filter(const void *filter, amos_error *err)
{
    amos_dataset *dataset;
    assert_ok(amos_dataset_open(set, NULL, &dataset, err), err);
    const amos_case *first = NULL;
    amos_status status = amos_dataset_next(dataset, filter, &first, err);
    amos_dataset_free(dataset);
    return status;
}

static amos_status do_nothing(void *user, size_t index, amos_error *err)
{
    (void)user;
    (void)index;
    (void)err;
    return AMOS_OK;
}

static amos_status with_workers_options(const void *options, amos_error *err)
{
    return amos_workers_run(3, options, do_nothing, NULL, NULL, err);
}

static amos_status with_score_options(const void *options, amos_error *err)
{
    amos_score *score;
    amos_status status = amos_score_open(label, label, NULL, options, &score, err);
    amos_score_free(score);
    return status;
}

static amos_status load_with(const amos_loader_options *options, amos_error *err)
{
    amos_dataset *dataset;
    amos_loader *loader;
    assert_ok(amos_dataset_open(set, NULL, &dataset, err), err);
    amos_status status = amos_loader_open(dataset, options, &loader, err);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    return status;
}

static amos_status with_loader_options(const void *options, amos_error *err)
{
    return load_with(options, err);
}

static amos_status with_scaling(const void *scaling, amos_error *err)
{
    return load_with(
        &(amos_loader_options){.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE, .mri = scaling}, err);
}

static amos_status with_augment(const void *augment, amos_error *err)
{
    return load_with(
        &(amos_loader_options){.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE, .augment = augment},
        err);
}

static void *give_buffer(void *user, size_t bytes)
{
    (void)user;
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void release_buffer(void *user, void *buffer)
{
    (void)user;
    free(buffer);
}

static amos_status with_buffers(const void *buffers, amos_error *err)
{
    return load_with(
        &(amos_loader_options){.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE, .buffers = buffers},
        err);
}

static amos_status with_components(const amos_components_options *finding, const amos_drop_options *dropping,
                                   amos_error *err)
{
    amos_labelmap *map, *clean = NULL;
    amos_components *components;
    assert_ok(amos_labelmap_open(label, NULL, NULL, &map, err), err);
    amos_status status = amos_components_find(map, finding, &components, err);
    if (!status)
        status = amos_components_drop(components, map, dropping, &clean, NULL, err);
    amos_labelmap_free(clean);
    amos_components_free(components);
    amos_labelmap_free(map);
    return status;
}

static amos_status with_components_options(const void *options, amos_error *err)
{
    return with_components(options, NULL, err);
}

static amos_status with_drop_options(const void *options, amos_error *err)
{
    return with_components(NULL, options, err);
}

static amos_status with_quality_options(const void *options, amos_error *err)
{
    amos_labelmap *map;
    amos_quality *quality;
    assert_ok(amos_labelmap_open(label, NULL, NULL, &map, err), err);
    amos_status status = amos_quality_measure(map, NULL, options, &quality, err);
    amos_quality_free(quality);
    amos_labelmap_free(map);
    return status;
}

static amos_status with_quality_limits(const void *limits, amos_error *err)
{
    amos_quality_findings *findings;
    amos_status status = amos_quality_judge(NULL, 0, limits, &findings, err);
    amos_quality_findings_free(findings);
    return status;
}

static amos_status with_tiling_options(const void *options, amos_error *err)
{
    amos_tiling *tiling;
    amos_status status = amos_tiling_make((const int64_t[3]){9, 9, 9}, options, &tiling, err);
    amos_tiling_free(tiling);
    return status;
}

static amos_status take_planes(void *user, const uint8_t *labels, int64_t start, int64_t stop, amos_error *err)
{
    (void)user;
    (void)labels;
    (void)start;
    (void)stop;
    (void)err;
    return AMOS_OK;
}

static amos_status with_stitcher_options(const void *options, amos_error *err)
{
    static const amos_tiling_options tiles = {.size = sizeof tiles, .patch = {4, 4, 4}};
    amos_tiling *tiling;
    amos_stitcher *stitcher = NULL;
    amos_status status = amos_tiling_make((const int64_t[3]){9, 9, 9}, &tiles, &tiling, err);
    if (!status)
        status = amos_stitcher_make(tiling, options, &stitcher, err);
    amos_stitcher_free(stitcher);
    amos_tiling_free(tiling);
    return status;
}

static amos_status with_limits_of_a_volume(const void *limits, amos_error *err)
{
    return with_volume_options(&(amos_volume_options){.size = sizeof(amos_volume_options), .limits = limits}, err);
}

static amos_status with_limits_of_a_dataset(const void *limits, amos_error *err)
{
    return with_dataset_options(&(amos_dataset_options){.size = sizeof(amos_dataset_options), .limits = limits}, err);
}

static amos_status with_accept(const void *accept, amos_error *err)
{
    return with_label_options(&(amos_labelmap_options){.size = sizeof(amos_labelmap_options), .accept = accept}, err);
}

static amos_status with_volume_options_of_a_pair(const void *options, amos_error *err)
{
    return with_pair_options(&(amos_pair_options){.size = sizeof(amos_pair_options), .volume = options}, err);
}

static const struct row {
    const char *name;
    size_t size;
    size_t needed; /* a shorter struct lacks a field that must be set */
    amos_status (*use)(const void *options, amos_error *err);
    size_t needed_last; /* bytes of the last field that must be set */
} rows[] = {
    {"amos_volume_options", sizeof(amos_volume_options), 0, with_volume_options, 0},
    {"amos_volume_options", sizeof(amos_volume_options), 0, with_volume_options_of_a_pair, 0},
    {"amos_byte_source", sizeof(amos_byte_source), offsetof(amos_byte_source, close), with_source, 0},
    {"amos_read_options", sizeof(amos_read_options), 0, with_read_options, 0},
    {"amos_read_options", sizeof(amos_read_options), 0, with_pair_image_options, 0},
    {"amos_labelmap_options", sizeof(amos_labelmap_options), 0, with_label_options, 0},
    {"amos_labelmap_options", sizeof(amos_labelmap_options), 0, with_pair_label_options, 0},
    {"amos_pair_options", sizeof(amos_pair_options), 0, with_pair_options, 0},
    {"amos_dataset_options", sizeof(amos_dataset_options), 0, with_dataset_options, 0},
    {"amos_case_filter", sizeof(amos_case_filter), 0, with_case_filter, 0},
    {"amos_workers_options", sizeof(amos_workers_options), 0, with_workers_options, 0},
    {"amos_score_options", sizeof(amos_score_options), 0, with_score_options, 0},
    {"amos_loader_options", sizeof(amos_loader_options), offsetof(amos_loader_options, patch) + sizeof(int64_t[3]),
     with_loader_options, sizeof(int64_t)},
    {"amos_scaling", sizeof(amos_scaling), 0, with_scaling, 0},
    {"amos_augment", sizeof(amos_augment), 0, with_augment, 0},
    {"amos_batch_buffers", sizeof(amos_batch_buffers), offsetof(amos_batch_buffers, user), with_buffers, 0},
    {"amos_tiling_options", sizeof(amos_tiling_options), offsetof(amos_tiling_options, overlap), with_tiling_options,
     sizeof(int64_t)},
    {"amos_components_options", sizeof(amos_components_options), 0, with_components_options, 0},
    {"amos_drop_options", sizeof(amos_drop_options), 0, with_drop_options, 0},
    {"amos_quality_options", sizeof(amos_quality_options), 0, with_quality_options, 0},
    {"amos_quality_limits", sizeof(amos_quality_limits), 0, with_quality_limits, 0},
    {"amos_stitcher_options", sizeof(amos_stitcher_options), offsetof(amos_stitcher_options, user),
     with_stitcher_options, 0},
    {"amos_limits", sizeof(amos_limits), 0, with_limits_of_a_volume, 0},
    {"amos_limits", sizeof(amos_limits), 0, with_limits_of_a_dataset, 0},
    {"amos_accept", sizeof(amos_accept), 0, with_accept, 0},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Memory that ends at an inaccessible page, so that reading beyond it crashes. */
struct edge {
    char *pages;
    size_t page;
};

static struct edge edge_make(void)
{
    struct edge edge = {.page = (size_t)sysconf(_SC_PAGESIZE)};
    edge.pages = mmap(NULL, 2 * edge.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(edge.pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(edge.pages + edge.page, edge.page, PROT_NONE), 0);
    return edge;
}

/* Copies as much of the required fields as fits. */
static void put_needed(unsigned char *at, size_t bytes, const void *needed, size_t needed_bytes)
{
    memcpy(at, needed, bytes < needed_bytes ? bytes : needed_bytes);
}

/* A struct of `bytes` bytes that ends at the edge, zero except its size field and the required fields. */
static unsigned char *put_struct(const struct edge *edge, const struct row *row, size_t bytes)
{
    unsigned char *at = (unsigned char *)edge->pages + edge->page - bytes;
    const amos_byte_source source = {.bytes = file.bytes.size, .read_at = read_file_bytes};
    const amos_batch_buffers buffers = {.alloc = give_buffer, .release = release_buffer};
    const amos_loader_options loader = {.patch = {3, 3, 3}};
    const amos_tiling_options tiling = {.patch = {3, 3, 3}};
    const amos_stitcher_options stitcher = {.channels = 2, .planes = take_planes};
    memset(at, 0, bytes);
    if (row->use == with_source)
        put_needed(at, bytes, &source, sizeof source);
    if (row->use == with_buffers)
        put_needed(at, bytes, &buffers, sizeof buffers);
    if (row->use == with_loader_options)
        put_needed(at, bytes, &loader, sizeof loader);
    if (row->use == with_tiling_options)
        put_needed(at, bytes, &tiling, sizeof tiling);
    if (row->use == with_stitcher_options)
        put_needed(at, bytes, &stitcher, sizeof stitcher);
    memcpy(at, &bytes, sizeof bytes);
    return at;
}

/* Any older version of a struct ended at a pointer's alignment. */
START_TEST(a_shorter_struct_has_the_defaults_in_the_rest)
{
    const struct row *row = &rows[_i];
    struct edge edge = edge_make();
    amos_error err;
    for (size_t bytes = sizeof(size_t); bytes <= row->size; bytes += sizeof(void *)) {
        if (bytes < row->needed && bytes + row->needed_last > row->needed)
            continue; /* no struct ends within a field; with 4-byte pointers, this size would */
        amos_status expected = bytes < row->needed ? AMOS_E_ARG : AMOS_OK;
        assert_status(row->use(put_struct(&edge, row, bytes), &err), expected, &err);
    }
    munmap(edge.pages, 2 * edge.page);
}
END_TEST

START_TEST(a_longer_struct_works_while_its_new_fields_are_zero)
{
    const struct row *row = &rows[_i];
    struct edge edge = edge_make();
    amos_error err;
    static const size_t more[] = {8, 96, 1000};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        size_t bytes = row->size + more[i];
        unsigned char *options = put_struct(&edge, row, bytes);
        assert_ok(row->use(options, &err), &err);
        options[bytes - 1] = 1;
        assert_status(row->use(options, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, row->name);
        ck_assert_ptr_nonnull(strstr(err.message, row->name));
        ck_assert_ptr_nonnull(strstr(err.message, "newer libamos"));
    }
    munmap(edge.pages, 2 * edge.page);
}
END_TEST

START_TEST(an_impossible_size_is_refused)
{
    const struct row *row = &rows[_i];
    static const size_t sizes[] = {0, 1, sizeof(size_t) - 1, 4097, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        amos_error err;
        struct edge edge = edge_make();
        unsigned char *options = put_struct(&edge, row, row->size);
        memcpy(options, &sizes[i], sizeof sizes[i]);
        assert_status(row->use(options, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, row->name);
        ck_assert_ptr_nonnull(strstr(err.message, row->name));
        ck_assert_ptr_nonnull(strstr(err.message, "sizeof"));
        munmap(edge.pages, 2 * edge.page);
    }
}
END_TEST

/* Bytes beyond the caller's size are ignored, whatever they are. */
START_TEST(fields_beyond_the_size_are_not_used)
{
    amos_error err;
    amos_limits limits = {.size = offsetof(amos_limits, max_uncompressed), .max_uncompressed = 1};
    assert_ok(with_limits_of_a_volume(&limits, &err), &err);
    limits.size = sizeof limits;
    assert_status(with_limits_of_a_volume(&limits, &err), AMOS_E_LIMIT, &err);
    amos_read_options reading = {.size = offsetof(amos_read_options, orientation), .orientation = "XYZ"};
    assert_ok(with_read_options(&reading, &err), &err);
    reading.size = sizeof reading;
    assert_status(with_read_options(&reading, &err), AMOS_E_ARG, &err);
    amos_workers_options workers = {.size = offsetof(amos_workers_options, threads), .threads = -1};
    assert_ok(with_workers_options(&workers, &err), &err);
    workers.size = sizeof workers;
    assert_status(with_workers_options(&workers, &err), AMOS_E_ARG, &err);
}
END_TEST

/* ---- extreme numbers ---- */

enum kind { INT, INT64, UINT64, REAL };

/* The numbers of the structs above, by their place. */
static const struct number {
    amos_status (*use)(const void *options, amos_error *err);
    const char *name;
    size_t offset;
    enum kind kind;
    size_t count;
} numbers[] = {
#define NUMBER(use, type, member, kind, count) \
    { \
        use, #member, offsetof(type, member), kind, count \
    }
#define READ(member, kind, count) NUMBER(with_read_options, amos_read_options, member, kind, count)
    READ(type, INT, 1),
    READ(flags, INT, 1),
    READ(box, INT64, 6),
    READ(frame, INT64, 1),
    READ(strides, INT64, 4),
    READ(offset, INT64, 1),
    READ(threads, INT, 1),
    NUMBER(with_volume_options, amos_volume_options, flags, INT, 1),
    NUMBER(with_volume_options, amos_volume_options, inflate, INT, 1),
    NUMBER(with_volume_options, amos_volume_options, index, INT, 1),
    NUMBER(with_source, amos_byte_source, bytes, UINT64, 1),
    NUMBER(with_label_options, amos_labelmap_options, flags, INT, 1),
    NUMBER(with_label_options, amos_labelmap_options, threads, INT, 1),
    NUMBER(with_pair_options, amos_pair_options, flags, INT, 1),
    NUMBER(with_dataset_options, amos_dataset_options, flags, INT, 1),
    NUMBER(with_case_filter, amos_case_filter, split, INT, 1),
    NUMBER(with_case_filter, amos_case_filter, modality, INT, 1),
    NUMBER(with_case_filter, amos_case_filter, has_label, INT, 1),
    NUMBER(with_workers_options, amos_workers_options, threads, INT, 1),
    NUMBER(with_score_options, amos_score_options, convention, INT, 1),
    NUMBER(with_score_options, amos_score_options, absent, INT, 1),
    NUMBER(with_score_options, amos_score_options, threads, INT, 1),
#define ACCEPT_OF(member, kind) NUMBER(with_accept, amos_accept, member, kind, 1)
    ACCEPT_OF(flags, INT),
    ACCEPT_OF(max_label, INT),
    ACCEPT_OF(round_within, REAL),
    ACCEPT_OF(tolerance_voxels, REAL),
    ACCEPT_OF(tolerance_mm, REAL),
    ACCEPT_OF(frame, INT64),
#define LOAD(member, kind, count) NUMBER(with_loader_options, amos_loader_options, member, kind, count)
    LOAD(flags, INT, 1),
    LOAD(draw, INT, 1),
    LOAD(patch, INT64, 3),
    LOAD(border, INT64, 3),
    LOAD(foreground, REAL, 1),
    LOAD(balanced, INT, 1),
    LOAD(patches_per_case, INT, 1),
    LOAD(interleave, INT, 1),
    LOAD(overlap, REAL, 1),
    LOAD(seed, UINT64, 1),
    LOAD(pad_value, REAL, 1),
    LOAD(image_type, INT, 1),
    LOAD(label_type, INT, 1),
    LOAD(batch_size, INT, 1),
    LOAD(steps, INT64, 1),
    LOAD(rank, INT, 1),
    LOAD(world_size, INT, 1),
    LOAD(threads, INT, 1),
    LOAD(prefetch, INT, 1),
    LOAD(hold, INT, 1),
    LOAD(memory_budget, UINT64, 1),
#define CHANGE(member, kind, count) NUMBER(with_augment, amos_augment, member, kind, count)
    CHANGE(flips, INT, 1),
    CHANGE(quarter_turns, INT, 1),
    CHANGE(affine_share, REAL, 1),
    CHANGE(rotate_degrees, REAL, 3),
    CHANGE(zoom_low, REAL, 1),
    CHANGE(zoom_high, REAL, 1),
    CHANGE(gamma_share, REAL, 1),
    CHANGE(gamma_low, REAL, 1),
    CHANGE(brightness_low, REAL, 1),
    CHANGE(contrast_high, REAL, 1),
    CHANGE(noise_share, REAL, 1),
    CHANGE(noise_high, REAL, 1),
    NUMBER(with_components_options, amos_components_options, flags, INT, 1),
    NUMBER(with_components_options, amos_components_options, connectivity, INT, 1),
    NUMBER(with_components_options, amos_components_options, threads, INT, 1),
    NUMBER(with_drop_options, amos_drop_options, flags, INT, 1),
    NUMBER(with_drop_options, amos_drop_options, min_voxels, UINT64, 1),
    NUMBER(with_drop_options, amos_drop_options, min_mm3, REAL, 1),
    NUMBER(with_quality_options, amos_quality_options, flags, INT, 1),
    NUMBER(with_quality_options, amos_quality_options, connectivity, INT, 1),
    NUMBER(with_quality_options, amos_quality_options, threads, INT, 1),
    NUMBER(with_quality_options, amos_quality_options, modality, INT, 1),
    NUMBER(with_quality_limits, amos_quality_limits, speck_mm3, REAL, 1),
    NUMBER(with_quality_limits, amos_quality_limits, order_mm, REAL, 1),
    NUMBER(with_quality_limits, amos_quality_limits, air_hu, REAL, 1),
    NUMBER(with_quality_limits, amos_quality_limits, group_cases, REAL, 1),
    NUMBER(with_scaling, amos_scaling, scale, INT, 1),
    NUMBER(with_scaling, amos_scaling, low, REAL, 1),
    NUMBER(with_scaling, amos_scaling, high, REAL, 1),
    NUMBER(with_scaling, amos_scaling, mean, REAL, 1),
    NUMBER(with_scaling, amos_scaling, deviation, REAL, 1),
    NUMBER(with_tiling_options, amos_tiling_options, patch, INT64, 3),
    NUMBER(with_tiling_options, amos_tiling_options, overlap, REAL, 1)};

static amos_status use_with(const struct number *number, size_t index, const void *value, size_t bytes, amos_error *err)
{
    struct edge edge = edge_make();
    const struct row *row = rows;
    while (row->use != number->use)
        row++;
    unsigned char *options = put_struct(&edge, row, row->size);
    memcpy(options + number->offset + index * bytes, value, bytes);
    amos_status status = row->use(options, err);
    munmap(edge.pages, 2 * edge.page);
    return status;
}

static void try_value(const struct number *number, const void *value, size_t bytes)
{
    amos_error err;
    for (size_t i = 0; i < number->count; i++) {
        amos_status status = use_with(number, i, value, bytes, &err);
        if (status)
            assert_sentence(&err, status, number->name);
    }
}

/* Every number is accepted or refused with a sentence. Sanitizers see whether one overflows on the way. */
START_TEST(extreme_numbers_are_used_or_refused)
{
    static const int ints[] = {INT_MIN, INT_MIN + 1, -1, INT_MAX - 1, INT_MAX};
    static const int64_t wide[] = {INT64_MIN, INT64_MIN + 1, -1, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX};
    static const double reals[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, DBL_MAX, -DBL_MAX, DBL_MIN, -0.0,
                                   1e300};
    const struct number *number = &numbers[_i];
    for (size_t i = 0; i < sizeof ints / sizeof ints[0] && number->kind == INT; i++)
        try_value(number, &ints[i], sizeof ints[i]);
    for (size_t i = 0; i < sizeof wide / sizeof wide[0] && (number->kind == INT64 || number->kind == UINT64); i++)
        try_value(number, &wide[i], sizeof wide[i]);
    for (size_t i = 0; i < sizeof reals / sizeof reals[0] && number->kind == REAL; i++)
        try_value(number, &reals[i], sizeof reals[i]);
}
END_TEST

/* The first bytes of a buffer may not lie before it, however far. */
START_TEST(an_offset_far_before_the_buffer_is_refused)
{
    amos_error err;
    amos_read_options reading = {.size = sizeof reading, .strides = {1, 4, 12, 24}, .offset = INT64_MIN};
    assert_status(with_read_options(&reading, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "9223372036854775808 bytes before the buffer"));
}
END_TEST

#if SIZE_MAX == UINT32_MAX
/* An array for that many results exceeds 32 bits. */
START_TEST(a_huge_number_of_items_ahead_is_out_of_memory)
{
    amos_error err;
    amos_workers_options workers = {.size = sizeof workers, .threads = 1, .ahead = INT32_MAX};
    assert_status(amos_workers_run(INT32_MAX, &workers, do_nothing, NULL, NULL, &err), AMOS_E_NOMEM, &err);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *sizes = add_case(suite, "sizes", 20);
    tcase_add_checked_fixture(sizes, set_up, tear_down);
    tcase_add_loop_test(sizes, a_shorter_struct_has_the_defaults_in_the_rest, 0, ROWS);
    tcase_add_loop_test(sizes, a_longer_struct_works_while_its_new_fields_are_zero, 0, ROWS);
    tcase_add_loop_test(sizes, an_impossible_size_is_refused, 0, ROWS);
    tcase_add_test(sizes, fields_beyond_the_size_are_not_used);
#if SIZE_MAX == UINT32_MAX
    tcase_add_test(sizes, a_huge_number_of_items_ahead_is_out_of_memory);
#endif
    TCase *extremes = add_case(suite, "extremes", 30);
    tcase_add_checked_fixture(extremes, set_up, tear_down);
    tcase_add_loop_test(extremes, extreme_numbers_are_used_or_refused, 0, (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_test(extremes, an_offset_far_before_the_buffer_is_refused);
    return run_suite(suite);
}
