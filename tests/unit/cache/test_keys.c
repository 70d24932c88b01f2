/* SPDX-License-Identifier: BSD-3-Clause */
/* The fields that determine a cache entry's key and a loader's fingerprint. Each field of each option struct is
 * changed in turn; either the key must change, or the field is listed here as irrelevant. A field in neither list
 * fails. */
#define _POSIX_C_SOURCE 200809L
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <amos/amos.h>

#include "base/text/fields.h"
#include "cache/steps.h"
#include "support/accept.h"
#include "support/make/cache.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

/* ---- a change of one field, or of two that belong together ---- */

struct patch {
    size_t offset, bytes;
    const void *value;
};

struct row {
    const char *name;
    bool matters;
    struct patch first, second;
};

#define PATCH(type, member, ...) \
    { \
        offsetof(type, member), sizeof(((type *)0)->member), __VA_ARGS__ \
    }
#define MATTERS(type, member, ...) \
    { \
#member, true, PATCH(type, member, __VA_ARGS__), \
        { \
            0, 0, NULL \
        } \
    }
#define IGNORED(type, member, ...) \
    { \
#member, false, PATCH(type, member, __VA_ARGS__), \
        { \
            0, 0, NULL \
        } \
    }

static void apply(const struct row *row, void *options)
{
    memcpy((char *)options + row->first.offset, row->first.value, row->first.bytes);
    if (row->second.value)
        memcpy((char *)options + row->second.offset, row->second.value, row->second.bytes);
}

/* Every byte after `size` belongs to a field in the rows, except padding before an aligned field. */
static void assert_complete(const char *name, size_t bytes, const struct row *rows, size_t count)
{
    bool *covered = calloc(bytes + 1, sizeof *covered);
    memset(covered, 1, sizeof(size_t));
    for (size_t i = 0; i < count; i++) {
        for (size_t b = 0; b < rows[i].first.bytes; b++)
            covered[rows[i].first.offset + b] = true;
        for (size_t b = 0; b < rows[i].second.bytes; b++)
            covered[rows[i].second.offset + b] = true;
    }
    for (size_t b = 0; b < bytes; b++) {
        bool is_padding = !covered[b] && b % 8 >= 4 && b > 4 && (covered[b | 7] == false);
        ck_assert_msg(covered[b] || is_padding, "%s has a field at byte %zu that no row changes", name, b);
    }
    free(covered);
}

#define INT(v) \
    &(const int) \
    { \
        v \
    }
#define I64(v) \
    &(const int64_t) \
    { \
        v \
    }
#define U32(v) \
    &(const uint32_t) \
    { \
        v \
    }
#define U64(v) \
    &(const uint64_t) \
    { \
        v \
    }
#define REAL(v) \
    &(const double) \
    { \
        v \
    }
#define SIZE(v) \
    &(const size_t) \
    { \
        v \
    }

/* ---- the text that is hashed into keys ---- */

struct sample {
    int i;
    uint32_t u32;
    int64_t i64[2];
    uint64_t u64;
    double real[2];
    char bytes[4];
};

static const struct amosi_field sample_fields[] = {AMOSI_FIELD(struct sample, i, AMOSI_FIELD_INT),
                                                   AMOSI_FIELD(struct sample, u32, AMOSI_FIELD_UINT32),
                                                   AMOSI_FIELD_ARRAY(struct sample, i64, AMOSI_FIELD_INT64, 2),
                                                   AMOSI_FIELD(struct sample, u64, AMOSI_FIELD_UINT64),
                                                   AMOSI_FIELD_ARRAY(struct sample, real, AMOSI_FIELD_DOUBLE, 2),
                                                   AMOSI_FIELD_ARRAY(struct sample, bytes, AMOSI_FIELD_BYTES, 4),
                                                   AMOSI_FIELDS_END};

START_TEST(fields_are_written_exactly)
{
    const struct sample s = {-7, UINT32_MAX, {INT64_MIN, 3}, UINT64_MAX, {0.1, -0.0}, "RAS"};
    char room[256];
    struct amosi_fields_text text = {room, sizeof room, 0, false};
    amosi_fields_write(sample_fields, &s, amosi_fields_to_text, &text);
    ck_assert_str_eq(room, "i=-7;u32=4294967295;i64=-9223372036854775808,3;u64=18446744073709551615;"
                           "real=3fb999999999999a,0000000000000000;bytes=52415300;");
    ck_assert(!text.full);
    ck_assert_uint_eq(text.length, strlen(room));
    uint64_t hash = AMOSI_FIELDS_HASH, same = AMOSI_FIELDS_HASH;
    amosi_fields_write(sample_fields, &s, amosi_fields_to_hash, &hash);
    amosi_fields_to_hash(&same, room, strlen(room));
    ck_assert(hash == same && hash != AMOSI_FIELDS_HASH);
    hash = AMOSI_FIELDS_HASH;
    amosi_fields_to_hash(&hash, "a", 1); /* from the authors' table */
    ck_assert(hash == UINT64_C(0xaf63dc4c8601ec8c));
}
END_TEST

START_TEST(text_that_does_not_fit_is_noted)
{
    const struct sample s = {0};
    char whole[256], room[256];
    struct amosi_fields_text text = {whole, sizeof whole, 0, false};
    amosi_fields_write(sample_fields, &s, amosi_fields_to_text, &text);
    for (size_t size = 1; size < sizeof room; size++) {
        memset(room, 'x', sizeof room);
        text = (struct amosi_fields_text){room, size, 0, false};
        amosi_fields_write(sample_fields, &s, amosi_fields_to_text, &text);
        ck_assert(text.full == (size <= strlen(whole)));
        ck_assert(strncmp(room, whole, strlen(room)) == 0);
        ck_assert(strlen(room) < size && room[size] == 'x');
    }
}
END_TEST

/* ---- a cache's options ---- */

static const amos_volume_options lenient = {.size = sizeof lenient, .flags = AMOS_OPEN_LENIENT};

static const amos_accept up_to_14 = {
    .size = sizeof up_to_14, .max_label = 14, .tolerance_voxels = AMOS_TOLERANCE_VOXELS, .frame = AMOS_FRAME_ONLY};

static const struct row cache_rows[] = {
    MATTERS(amos_cache_options, flags, U32(AMOS_CACHE_CROP_BODY)),
    IGNORED(amos_cache_options, flags, U32(AMOS_CACHE_ALLOW_MISSING_LABELS)),
    MATTERS(amos_cache_options, orientation, &(const char *const){"RAS"}),
    MATTERS(amos_cache_options, spacing[0], REAL(1)),
    MATTERS(amos_cache_options, spacing[1], REAL(1)),
    MATTERS(amos_cache_options, spacing[2], REAL(1)),
    MATTERS(amos_cache_options, interpolation, INT(AMOS_INTERPOLATION_CUBIC)),
    MATTERS(amos_cache_options, chunk[0], I64(2)),
    MATTERS(amos_cache_options, chunk[1], I64(2)),
    MATTERS(amos_cache_options, chunk[2], I64(2)),
    MATTERS(amos_cache_options, positions, INT(3)),
    MATTERS(amos_cache_options, accept, &(const amos_accept *const){&up_to_14}),
    MATTERS(amos_cache_options, volume, &(const amos_volume_options *const){&lenient}),
    IGNORED(amos_cache_options, upstream, &(const char *const){"nowhere"}),
    {"max_bytes", false, PATCH(amos_cache_options, upstream, &(const char *const){"nowhere"}),
     PATCH(amos_cache_options, max_bytes, U64(1u << 30))},
};

/* What is accepted: every field is in the key, also those that only decide whether a case is refused. */
static const amos_relabel as_it_is[] = {{1, 1}, {6, 6}}, with_liver[] = {{1, 1}, {6, 7}};
static const int64_t to_ignore[] = {255}, others_to_ignore[] = {254};
static const amos_accept base_accept = {.size = sizeof base_accept,
                                        .table = as_it_is,
                                        .table_count = 2,
                                        .ignore = to_ignore,
                                        .ignore_count = 1,
                                        .tolerance_voxels = AMOS_TOLERANCE_VOXELS,
                                        .frame = AMOS_FRAME_ONLY};

#define A amos_accept
#define BOTH(name, first, value, second, other) \
    { \
#name, true, PATCH(A, first, value), PATCH(A, second, other) \
    }
static const struct row accept_rows[] = {
    MATTERS(A, flags, U32(AMOS_ACCEPT_KEEP_UNLISTED)),
    MATTERS(A, max_label, INT(16)),
    MATTERS(A, round_within, REAL(0.01)),
    MATTERS(A, table, &(const amos_relabel *const){with_liver}),
    BOTH(no table, table, &(const amos_relabel *const){NULL}, table_count, SIZE(0)),
    MATTERS(A, ignore, &(const int64_t *const){others_to_ignore}),
    BOTH(nothing ignored, ignore, &(const int64_t *const){NULL}, ignore_count, SIZE(0)),
    MATTERS(A, tolerance_voxels, REAL(0.02)),
    MATTERS(A, tolerance_mm, REAL(1)),
    MATTERS(A, frame, I64(0)),
};
#undef BOTH
#undef A

static const amos_limits limits = {.size = sizeof limits, .max_members = 7};

static void be_silent(void *user, amos_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

static void be_unmoved(void *user, const char *path, amos_temporary_event event)
{
    (void)user;
    (void)path;
    (void)event;
}

/* Voxels are the same, however a file was read. */
static const struct row volume_rows[] = {
    MATTERS(amos_volume_options, flags, U32(AMOS_OPEN_LENIENT)),
    MATTERS(amos_volume_options, flags, U32(AMOS_OPEN_STRICT)),
    IGNORED(amos_volume_options, inflate, INT(AMOS_INFLATE_ZLIB)),
    IGNORED(amos_volume_options, limits, &(const amos_limits *const){&limits}),
    IGNORED(amos_volume_options, log, &(const amos_log_fn){be_silent}),
    IGNORED(amos_volume_options, log_user, &(void *const){(void *)(uintptr_t)&limits}),
    IGNORED(amos_volume_options, index, INT(AMOS_INDEX_USE)),
    IGNORED(amos_volume_options, index_folder, &(const char *const){"index"}),
    IGNORED(amos_volume_options, temporaries.function, &(const amos_temporaries_fn){be_unmoved}),
    IGNORED(amos_volume_options, temporaries.user, &(void *const){(void *)(uintptr_t)&limits}),
};

static amos_dataset *dataset;
static char *tree, *folder;

/* Each test is a process with its own number, set and cache. */
static void set_up(void)
{
    amos_error err;
    char name[32];
    snprintf(name, sizeof name, "keys-%ld", (long)getpid());
    tree = small_set_make(name);
    folder = small_set_path(tree, "cache");
    assert_ok(amos_dataset_open(tree, NULL, &dataset, &err), &err);
}

static void tear_down(void)
{
    amos_dataset_free(dataset);
    free(folder);
    free(tree);
}

static amos_cache_outcome build(const amos_cache_options *options, const amos_case *c)
{
    amos_cache_outcome outcome;
    amos_cache *cache;
    amos_error err;
    assert_ok(amos_cache_open(folder, options, &cache, &err), &err);
    assert_ok(amos_cache_build_case(cache, c, &outcome, &err), &err);
    amos_cache_free(cache);
    return outcome;
}

static void assert_built(const char *name, bool matters, const amos_cache_options *options)
{
    const amos_case *c = amos_dataset_get(dataset, 0);
    amos_cache_outcome outcome = build(options, c);
    ck_assert_msg(outcome == (matters ? AMOS_CACHE_BUILT : AMOS_CACHE_KEPT), "%s: %s", name,
                  amos_cache_outcome_name(outcome));
    ck_assert_int_eq(build(options, c), AMOS_CACHE_KEPT);
}

START_TEST(each_option_of_a_cache_has_entries_of_its_own)
{
    const amos_cache_options base = {.size = sizeof base, .spacing = {2.5, 2.5, 2.5}};
    const amos_case *c = amos_dataset_get(dataset, 0);
    const size_t count = sizeof cache_rows / sizeof cache_rows[0];
    assert_complete("amos_cache_options", sizeof base, cache_rows, count);
    ck_assert_int_eq(build(&base, c), AMOS_CACHE_BUILT);
    for (size_t i = 0; i < count; i++) {
        amos_cache_options options = base;
        apply(&cache_rows[i], &options);
        assert_built(cache_rows[i].name, cache_rows[i].matters, &options);
    }
    ck_assert_int_eq(build(&base, c), AMOS_CACHE_KEPT);
}
END_TEST

/* Entries that an older libamos resampled have another key; those that it did not resample keep theirs. */
START_TEST(a_revision_is_in_the_key_if_its_step_is_done)
{
    char room[1024];
    for (int i = 0; i < 2; i++) {
        const amos_cache_options options = {.size = sizeof options, .spacing = {0, 0, i ? 2.5 : 0}};
        struct amosi_fields_text text = {room, sizeof room, 0, false};
        amos_cache *cache;
        amos_error err;
        assert_ok(amos_cache_open(folder, &options, &cache, &err), &err);
        amosi_steps_write(cache, false, amosi_fields_to_text, &text);
        amos_cache_free(cache);
        ck_assert(!text.full);
        ck_assert_ptr_nonnull(strstr(room, i ? "resample:revision=1;spacing=" : "resample:spacing="));
    }
}
END_TEST

START_TEST(each_field_of_what_is_accepted_too)
{
    const size_t count = sizeof accept_rows / sizeof accept_rows[0];
    amos_cache_options cache = AMOS_CACHE_OPTIONS_INIT;
    assert_complete("amos_accept", sizeof base_accept, accept_rows, count);
    cache.accept = &base_accept;
    ck_assert_int_eq(build(&cache, amos_dataset_get(dataset, 0)), AMOS_CACHE_BUILT);
    for (size_t i = 0; i < count; i++) {
        amos_accept accept = base_accept;
        cache.accept = &accept;
        apply(&accept_rows[i], &accept);
        assert_built(accept_rows[i].name, accept_rows[i].matters, &cache);
    }
}
END_TEST

START_TEST(each_option_of_a_volume_too)
{
    const amos_volume_options base = {.size = sizeof base};
    const size_t count = sizeof volume_rows / sizeof volume_rows[0];
    amos_cache_options cache = AMOS_CACHE_OPTIONS_INIT;
    assert_complete("amos_volume_options", sizeof base, volume_rows, count);
    ck_assert_int_eq(build(&cache, amos_dataset_get(dataset, 0)), AMOS_CACHE_BUILT);
    for (size_t i = 0; i < count; i++) {
        amos_volume_options options = base;
        cache.volume = &options;
        apply(&volume_rows[i], &options);
        assert_built(volume_rows[i].name, volume_rows[i].matters, &cache);
    }
}
END_TEST

/* Equivalent numbers give the same entry. */
START_TEST(defaults_are_those_that_are_written_out)
{
    amos_cache_options options[] = {
        {.size = sizeof options[0]},
        {.size = sizeof options[0], .chunk = {64, 32, 16}, .positions = 1024, .accept = ACCEPT(.max_label = 15)},
        {.size = sizeof options[0], .interpolation = AMOS_INTERPOLATION_CUBIC}, /* of nothing */
        {.size = sizeof options[0], .spacing = {-0.0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        ck_assert_int_eq(build(&options[i], amos_dataset_get(dataset, 0)), i ? AMOS_CACHE_KEPT : AMOS_CACHE_BUILT);
    options[0].orientation = "RAS";
    options[1].orientation = "ras";
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(build(&options[i], amos_dataset_get(dataset, 0)), i ? AMOS_CACHE_KEPT : AMOS_CACHE_BUILT);
}
END_TEST

START_TEST(a_case_of_another_modality_has_an_entry_of_its_own)
{
    const amos_modality_override override = {"amos_0001", AMOS_MODALITY_MRI};
    const amos_dataset_options options = {.size = sizeof options, .modality = &override, .modality_count = 1};
    amos_dataset *other;
    amos_error err;
    assert_ok(amos_dataset_open(tree, &options, &other, &err), &err);
    ck_assert_int_eq(build(NULL, amos_dataset_get(dataset, 0)), AMOS_CACHE_BUILT);
    ck_assert_int_eq(build(NULL, amos_dataset_get(other, 0)), AMOS_CACHE_BUILT);
    ck_assert_int_eq(build(NULL, amos_dataset_get(dataset, 0)), AMOS_CACHE_KEPT);
    amos_dataset_free(other);
}
END_TEST

/* ---- a loader's options ---- */

static const amos_scaling other_scaling = {.size = sizeof other_scaling, .scale = AMOS_SCALING_CASE_ZSCORE};
static const amos_augment other_augment = {.size = sizeof other_augment, .quarter_turns = 1};
static const amos_case_filter training = {.size = sizeof training, .split = AMOS_SPLIT_TRAINING};
static const char *const two_cases[] = {"amos_0001", "amos_0501"};
static const int liver[] = {6};
static amos_cache *plain_cache, *cubic_cache;

static void *alloc_buffer(void *user, size_t bytes)
{
    (void)user;
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void release_buffer(void *user, void *buffer)
{
    (void)user;
    free(buffer);
}

static const amos_batch_buffers buffers = {sizeof buffers, alloc_buffer, release_buffer, NULL};

static int go_on(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    (void)done;
    (void)total;
    return 0;
}

#define O amos_loader_options
#define PAIR(name, matters, first, value, second, other) \
    { \
#name, matters, PATCH(O, first, value), PATCH(O, second, other) \
    }
static const struct row loader_rows[] = {
    MATTERS(O, flags, U32(0)),
    IGNORED(O, flags, U32(AMOS_LOADER_PAD | AMOS_LOADER_STOP_AT_DAMAGE | AMOS_LOADER_GROW)),
    MATTERS(O, flags, U32(AMOS_LOADER_PAD | AMOS_LOADER_REPLACE_NAN)),
    MATTERS(O, flags, U32(AMOS_LOADER_PAD | AMOS_LOADER_LENIENT)),
    MATTERS(O, filter, &(const amos_case_filter *const){&training}),
    PAIR(cases, true, cases, &(const char *const *const){two_cases}, case_count, SIZE(2)),
    PAIR(organs, true, organs, &(const int *const){liver}, organ_count, SIZE(1)),
    MATTERS(O, accept, &(const amos_accept *const){&up_to_14}),
    IGNORED(O, cache, &plain_cache), /* the same voxels */
    MATTERS(O, cache, &cubic_cache),
    MATTERS(O, orientation, &(const char *const){"RAS"}),
    MATTERS(O, draw, INT(AMOS_SAMPLING_TILES)),
    MATTERS(O, patch[0], I64(4)),
    MATTERS(O, patch[1], I64(4)),
    MATTERS(O, patch[2], I64(4)),
    MATTERS(O, border[0], I64(1)),
    MATTERS(O, border[1], I64(1)),
    MATTERS(O, border[2], I64(1)),
    MATTERS(O, foreground, REAL(0.5)),
    MATTERS(O, balanced, INT(1)),
    MATTERS(O, patches_per_case, INT(2)),
    MATTERS(O, interleave, INT(2)),
    MATTERS(O, overlap, REAL(0.25)),
    MATTERS(O, seed, U64(UINT64_C(1) << 63)),
    MATTERS(O, ct, &(const amos_scaling *const){&other_scaling}),
    MATTERS(O, mri, &(const amos_scaling *const){&other_scaling}),
    MATTERS(O, unknown, &(const amos_scaling *const){&other_scaling}),
    MATTERS(O, augment, &(const amos_augment *const){&other_augment}),
    MATTERS(O, pad_value, REAL(-7)),
    MATTERS(O, image_type, INT(AMOS_IMAGE_TYPE_FLOAT16)),
    MATTERS(O, label_type, INT(AMOS_LABEL_TYPE_INT64)),
    MATTERS(O, batch_size, INT(3)),
    MATTERS(O, steps, I64(5)),
    PAIR(rank, false, rank, INT(1), world_size, INT(2)),
    IGNORED(O, world_size, INT(2)),
    IGNORED(O, threads, INT(3)),
    IGNORED(O, prefetch, INT(3)),
    IGNORED(O, hold, INT(3)),
    IGNORED(O, memory_budget, U64(1 << 30)),
    IGNORED(O, buffers, &(const amos_batch_buffers *const){&buffers}),
    IGNORED(O, progress.function, &(const amos_progress_fn){go_on}),
    IGNORED(O, progress.user, &(void *const){(void *)(uintptr_t)&buffers}),
    IGNORED(O, log, &(const amos_log_fn){be_silent}),
    IGNORED(O, log_user, &(void *const){(void *)(uintptr_t)&buffers}),
};
#undef O

static const struct row scaling_rows[] = {
    MATTERS(amos_scaling, scale, INT(AMOS_SCALING_RANGE)),
    MATTERS(amos_scaling, low, REAL(-99)),
    MATTERS(amos_scaling, high, REAL(99)),
    MATTERS(amos_scaling, mean, REAL(2)),
    MATTERS(amos_scaling, deviation, REAL(3)),
};

static const int pairs[][2] = {{4, 5}}, other_pairs[][2] = {{4, 6}};

#define A amos_augment
static const struct row augment_rows[] = {
    MATTERS(A, flips, U32(AMOS_FLIP_Z)),       MATTERS(A, quarter_turns, INT(0)),
    MATTERS(A, affine_share, REAL(0.25)),      MATTERS(A, rotate_degrees[0], REAL(9)),
    MATTERS(A, rotate_degrees[1], REAL(9)),    MATTERS(A, rotate_degrees[2], REAL(9)),
    MATTERS(A, zoom_low, REAL(0.75)),          MATTERS(A, zoom_high, REAL(1.75)),
    MATTERS(A, gamma_share, REAL(0.25)),       MATTERS(A, gamma_low, REAL(0.75)),
    MATTERS(A, gamma_high, REAL(1.75)),        MATTERS(A, brightness_share, REAL(0.25)),
    MATTERS(A, brightness_low, REAL(0.75)),    MATTERS(A, brightness_high, REAL(1.75)),
    MATTERS(A, contrast_share, REAL(0.25)),    MATTERS(A, contrast_low, REAL(0.75)),
    MATTERS(A, contrast_high, REAL(1.75)),     MATTERS(A, noise_share, REAL(0.25)),
    MATTERS(A, noise_low, REAL(0.75)),         MATTERS(A, noise_high, REAL(1.75)),
    MATTERS(A, mirror, INT(AMOS_MIRROR_KEEP)), MATTERS(A, pairs, &(const int (*const)[2]){other_pairs}),
    MATTERS(A, pair_count, SIZE(0)), /* those of AMOS's names */
};
#undef A

static const amos_scaling base_scaling = {
    .size = sizeof base_scaling, .scale = AMOS_SCALING_ZSCORE, .low = -100, .high = 100, .mean = 1, .deviation = 2};
static const amos_augment base_augment = {.size = sizeof base_augment,
                                          .flips = AMOS_FLIP_X,
                                          .quarter_turns = 1,
                                          .affine_share = 0.5,
                                          .rotate_degrees = {10, 10, 10},
                                          .zoom_low = 0.5,
                                          .zoom_high = 1.5,
                                          .gamma_share = 0.5,
                                          .gamma_low = 0.5,
                                          .gamma_high = 1.5,
                                          .brightness_share = 0.5,
                                          .brightness_low = 0.5,
                                          .brightness_high = 1.5,
                                          .contrast_share = 0.5,
                                          .contrast_low = 0.5,
                                          .contrast_high = 1.5,
                                          .noise_share = 0.5,
                                          .noise_low = 0.5,
                                          .noise_high = 1.5,
                                          .mirror = AMOS_MIRROR_EXCHANGE,
                                          .pairs = pairs,
                                          .pair_count = 1};
static const amos_loader_options base_loader = {.size = sizeof base_loader,
                                                .flags = AMOS_LOADER_PAD,
                                                .patch = {3, 3, 3},
                                                .ct = &base_scaling,
                                                .mri = &base_scaling,
                                                .augment = &base_augment,
                                                .pad_value = 1};

static uint64_t fingerprint_of(const char *what, const amos_loader_options *options)
{
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    amos_loader *loader;
    amos_error err;
    amos_status status = amos_loader_open(dataset, options, &loader, &err);
    ck_assert_msg(status == AMOS_OK, "%s: %s", what, status ? err.message : "");
    assert_ok(amos_loader_get_state(loader, &state, &err), &err);
    amos_loader_free(loader);
    ck_assert(state.fingerprint != 0);
    return state.fingerprint;
}

/* `changed` is the struct that the rows change; `options` points to it, or is it. */
static void assert_fingerprints(const struct row *rows, size_t count, const amos_loader_options *options, void *changed,
                                size_t bytes)
{
    uint64_t *seen = calloc(count + 1, sizeof *seen);
    void *before = malloc(bytes);
    memcpy(before, changed, bytes);
    seen[0] = fingerprint_of("base", options);
    for (size_t i = 0; i < count; i++) {
        apply(&rows[i], changed);
        seen[i + 1] = fingerprint_of(rows[i].name, options);
        memcpy(changed, before, bytes);
        for (size_t other = 1; other <= i && rows[i].matters; other++)
            ck_assert_msg(seen[i + 1] != seen[other], "%s and %s", rows[i].name, rows[other - 1].name);
        ck_assert_msg((seen[i + 1] != seen[0]) == rows[i].matters, "%s", rows[i].name);
    }
    ck_assert(fingerprint_of("base", options) == seen[0]);
    free(before);
    free(seen);
}

#define ROWS(rows) rows, sizeof(rows) / sizeof((rows)[0])

static amos_cache *built_cache(const amos_cache_options *options)
{
    amos_cache *cache;
    amos_error err;
    assert_ok(amos_cache_open(folder, options, &cache, &err), &err);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    return cache;
}

START_TEST(each_option_of_a_loader_is_in_its_fingerprint)
{
    const amos_cache_options cubic = {
        .size = sizeof cubic, .spacing = {2, 2, 4}, .interpolation = AMOS_INTERPOLATION_CUBIC};
    amos_loader_options options = base_loader;
    assert_complete("amos_loader_options", sizeof options, ROWS(loader_rows));
    plain_cache = built_cache(NULL);
    cubic_cache = built_cache(&cubic);
    assert_fingerprints(ROWS(loader_rows), &options, &options, sizeof options);
    amos_cache_free(cubic_cache);
    amos_cache_free(plain_cache);
}
END_TEST

/* The options of a cache that change batches: all except the storage of voxels. */
static const struct row drawn_rows[] = {
    MATTERS(amos_cache_options, flags, U32(AMOS_CACHE_CROP_BODY)),
    IGNORED(amos_cache_options, flags, U32(AMOS_CACHE_ALLOW_MISSING_LABELS)),
    MATTERS(amos_cache_options, orientation, &(const char *const){"RAS"}),
    MATTERS(amos_cache_options, spacing[0], REAL(2)),
    MATTERS(amos_cache_options, spacing[1], REAL(2)),
    MATTERS(amos_cache_options, spacing[2], REAL(2)),
    MATTERS(amos_cache_options, interpolation, INT(AMOS_INTERPOLATION_CUBIC)),
    IGNORED(amos_cache_options, chunk[0], I64(2)),
    IGNORED(amos_cache_options, chunk[1], I64(2)),
    IGNORED(amos_cache_options, chunk[2], I64(2)),
    MATTERS(amos_cache_options, positions, INT(3)),
    MATTERS(amos_cache_options, accept, &(const amos_accept *const){&up_to_14}),
    IGNORED(amos_cache_options, volume, &(const amos_volume_options *const){&lenient}),
    IGNORED(amos_cache_options, upstream, &(const char *const){"nowhere"}),
    {"max_bytes", false, PATCH(amos_cache_options, upstream, &(const char *const){"nowhere"}),
     PATCH(amos_cache_options, max_bytes, U64(1u << 30))},
};

START_TEST(each_option_of_its_cache_too)
{
    const amos_cache_options base = {.size = sizeof base, .spacing = {2.5, 2.5, 2.5}};
    const size_t count = sizeof drawn_rows / sizeof drawn_rows[0];
    amos_loader_options options = base_loader;
    uint64_t first = 0;
    assert_complete("amos_cache_options", sizeof base, drawn_rows, count);
    for (size_t i = 0; i <= count; i++) {
        amos_cache_options changed = base;
        if (i > 0)
            apply(&drawn_rows[i - 1], &changed);
        amos_cache *cache = built_cache(&changed);
        options.cache = cache;
        uint64_t found = fingerprint_of("cache", &options);
        if (i == 0)
            first = found;
        else
            ck_assert_msg((found != first) == drawn_rows[i - 1].matters, "%s", drawn_rows[i - 1].name);
        amos_cache_free(cache);
    }
}
END_TEST

/* A displacement changes no voxel; the rest does. */
START_TEST(what_a_loader_accepts_is_in_its_fingerprint)
{
    enum { COUNT = sizeof accept_rows / sizeof accept_rows[0] };
    struct row rows[COUNT];
    amos_loader_options options = base_loader;
    amos_accept accept = base_accept;
    memcpy(rows, accept_rows, sizeof rows);
    for (size_t i = 0; i < COUNT; i++)
        rows[i].matters = strncmp(rows[i].name, "tolerance", strlen("tolerance")) != 0;
    options.accept = &accept;
    assert_fingerprints(rows, COUNT, &options, &accept, sizeof accept);
}
END_TEST

START_TEST(each_option_of_scaling_too)
{
    amos_loader_options options = base_loader;
    amos_scaling scaling = base_scaling;
    assert_complete("amos_scaling", sizeof scaling, ROWS(scaling_rows));
    options.ct = _i ? &base_scaling : &scaling;
    options.mri = _i ? &scaling : &base_scaling;
    assert_fingerprints(ROWS(scaling_rows), &options, &scaling, sizeof scaling);
}
END_TEST

START_TEST(each_option_of_augmentation_too)
{
    amos_loader_options options = base_loader;
    amos_augment augment = base_augment;
    assert_complete("amos_augment", sizeof augment, ROWS(augment_rows));
    options.augment = &augment;
    assert_fingerprints(ROWS(augment_rows), &options, &augment, sizeof augment);
}
END_TEST

/* Without LZ4 there is no cache, so that only what needs none is tested. */
#ifdef AMOS_HAVE_LZ4
enum { HAS_CACHE = 1 };
#else
enum { HAS_CACHE = 0 };
#endif

int main(void)
{
    Suite *suite = suite_create("keys");
    TCase *texts = add_case(suite, "texts", 10);
    tcase_add_test(texts, fields_are_written_exactly);
    tcase_add_test(texts, text_that_does_not_fit_is_noted);
    TCase *caches = add_case(suite, "cache", 30);
    tcase_add_checked_fixture(caches, set_up, tear_down);
    if (HAS_CACHE) {
        tcase_add_test(caches, each_option_of_a_cache_has_entries_of_its_own);
        tcase_add_test(caches, a_revision_is_in_the_key_if_its_step_is_done);
        tcase_add_test(caches, each_field_of_what_is_accepted_too);
        tcase_add_test(caches, each_option_of_a_volume_too);
        tcase_add_test(caches, defaults_are_those_that_are_written_out);
        tcase_add_test(caches, a_case_of_another_modality_has_an_entry_of_its_own);
    }
    TCase *loaders = add_case(suite, "loader", 30);
    tcase_add_checked_fixture(loaders, set_up, tear_down);
    if (HAS_CACHE) {
        tcase_add_test(loaders, each_option_of_a_loader_is_in_its_fingerprint);
        tcase_add_test(loaders, each_option_of_its_cache_too);
    }
    tcase_add_test(loaders, what_a_loader_accepts_is_in_its_fingerprint);
    tcase_add_loop_test(loaders, each_option_of_scaling_too, 0, 2);
    tcase_add_test(loaders, each_option_of_augmentation_too);
    return run_suite(suite);
}
