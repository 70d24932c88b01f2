/* SPDX-License-Identifier: BSD-3-Clause */
/* The loader's threads: the same bytes in every configuration, damage, cancelling, forks, budgets, and any number
 * of openings and closings. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/make/loader_set.h"
#include "support/main.h"
#include "support/tmp.h"

static char *set;
static amos_dataset *dataset;

static void make_set(void)
{
    amos_error err;
    set = loader_set_make("threads");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

static const amos_scaling by_case = {.size = sizeof by_case, .scale = AMOS_SCALING_CASE_ZSCORE};
static const amos_scaling by_percentile = {.size = sizeof by_percentile, .scale = AMOS_SCALING_CASE_RANGE};

/* Options with every augmentation. */
static const amos_augment all_changes = {.size = sizeof all_changes,
                                         .flips = 7,
                                         .mirror = AMOS_MIRROR_KEEP,
                                         .quarter_turns = 1,
                                         .affine_share = 0.3,
                                         .rotate_degrees = {10, 10, 90},
                                         .zoom_low = 0.8,
                                         .zoom_high = 1.25,
                                         .gamma_share = 0.3,
                                         .gamma_low = 0.7,
                                         .gamma_high = 1.5,
                                         .brightness_share = 0.3,
                                         .brightness_low = -0.1,
                                         .brightness_high = 0.1,
                                         .contrast_share = 0.3,
                                         .contrast_low = 0.75,
                                         .contrast_high = 1.25,
                                         .noise_share = 0.5,
                                         .noise_low = 0,
                                         .noise_high = 0.1};

static amos_loader_options all_options(void)
{
    return (amos_loader_options){.size = sizeof(amos_loader_options),
                                 .patch = {16, 16, 10},
                                 .batch_size = 3,
                                 .threads = 2,
                                 .seed = 99,
                                 .foreground = 0.5,
                                 .ct = &by_case,
                                 .mri = &by_percentile,
                                 .augment = &all_changes};
}

static amos_loader *open_loader(const amos_loader_options *options)
{
    amos_loader *loader;
    amos_error err;
    assert_ok(amos_loader_open(dataset, options, &loader, &err), &err);
    return loader;
}

static amos_batch *next(amos_loader *loader)
{
    amos_batch *batch;
    amos_error err;
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    return batch;
}

static amos_loader_stats stats_of(const amos_loader *loader)
{
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    amos_error err;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    return stats;
}

/* ---- the same bytes ---- */

#define BATCHES 24

static void crcs_of(const amos_loader_options *options, uint32_t crcs[BATCHES])
{
    amos_loader *loader = open_loader(options);
    for (int i = 0; i < BATCHES; i++) {
        amos_batch *batch = next(loader);
        crcs[i] = loader_batch_crc(batch);
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
}

/* A budget with room for little more than the largest case and the other memory of the loader. */
static uint64_t tight_budget(amos_loader_options options)
{
    amos_loader *loader;
    amos_error err;
    options.memory_budget = 1;
    assert_status(amos_loader_open(dataset, &options, &loader, &err), AMOS_E_LIMIT, &err);
    assert_sentence(&err, AMOS_E_LIMIT, "budget");
    const char *number = strstr(err.message, "need ");
    ck_assert_ptr_nonnull(number);
    return strtoull(number + 5, NULL, 10);
}

START_TEST(any_number_of_threads_and_any_budget_give_the_same_bytes)
{
    uint32_t expected[BATCHES], got[BATCHES];
    amos_loader_options o = all_options();
    o.balanced = _i & 1;
    o.image_type = _i & 2 ? AMOS_IMAGE_TYPE_FLOAT16 : AMOS_IMAGE_TYPE_FLOAT32;
    o.label_type = _i & 2 ? AMOS_LABEL_TYPE_ONEHOT : AMOS_LABEL_TYPE_INT64;
    o.threads = 1;
    crcs_of(&o, expected);
    static const int threads[] = {2, 5, 0};
    for (int i = 0; i < 3; i++) {
        o.threads = threads[i];
        crcs_of(&o, got);
        ck_assert_mem_eq(got, expected, sizeof got);
    }
    o.threads = 3;
    o.prefetch = 7;
    o.memory_budget = tight_budget(o);
    crcs_of(&o, got);
    ck_assert_mem_eq(got, expected, sizeof got);
}
END_TEST

#ifdef AMOS_HAVE_LZ4
START_TEST(a_cache_gives_the_same_bytes)
{
    uint32_t expected[BATCHES], got[BATCHES];
    char *folder = tmp_path("threads-cache");
    amos_loader_options o = all_options();
    const amos_cache_options reoriented = {.size = sizeof reoriented, .orientation = "RAS", .chunk = {16, 16, 8}};
    amos_cache *cache;
    amos_error err;
    o.balanced = _i & 1;
    o.orientation = _i & 2 ? "RAS" : NULL;
    crcs_of(&o, expected);
    assert_ok(amos_cache_open(folder, _i & 2 ? &reoriented : NULL, &cache, &err), &err);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    o.orientation = NULL;
    o.cache = cache;
    for (o.threads = 1; o.threads <= 5; o.threads += 2) {
        crcs_of(&o, got);
        ck_assert_mem_eq(got, expected, sizeof got);
    }
    o.memory_budget = tight_budget(o);
    crcs_of(&o, got);
    ck_assert_mem_eq(got, expected, sizeof got);
    amos_cache_free(cache);
    free(folder);
}
END_TEST
#endif

/* The results of this seed on every machine and in every release: a change of these numbers breaks reproducibility. */
START_TEST(the_bytes_are_those_of_every_machine)
{
    static const uint32_t expected[4] = {0x49b77082, 0x58afa9cc, 0xaa6b60d6, 0x215ffe7b};
    uint32_t got[BATCHES];
    amos_loader_options o = all_options();
    crcs_of(&o, got);
    ck_assert_msg(memcmp(got, expected, sizeof expected) == 0, "0x%08x, 0x%08x, 0x%08x, 0x%08x", got[0], got[1], got[2],
                  got[3]);
}
END_TEST

/* ---- damage ---- */

static amos_loader_options damaged_options(void)
{
    amos_loader_options o = all_options();
    o.foreground = 0.3;
    return o;
}

static char *damage_case(int index, int label)
{
    char *path = loader_set_path(set, index, label);
    loader_set_damage(path);
    return path;
}

static void restore(char *path)
{
    loader_set_damage(path);
    free(path);
}

START_TEST(a_damaged_case_is_left_out_and_reported)
{
    char *image = damage_case(1, 0), *label = damage_case(4, 1);
    uint32_t expected[BATCHES], got[BATCHES];
    amos_loader_options o = damaged_options();
    o.balanced = 0;
    amos_loader *loader = open_loader(&o);
    for (int i = 0; i < BATCHES; i++) {
        amos_batch *batch = next(loader);
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; batch && n < info->count; n++) {
            ck_assert_str_ne(amos_batch_get_sample(batch, n)->case_id, "amos_0002");
            ck_assert_str_ne(amos_batch_get_sample(batch, n)->case_id, "amos_0501");
        }
        expected[i] = loader_batch_crc(batch);
        amos_batch_free(batch);
    }
    ck_assert_uint_eq(stats_of(loader).damaged, 2);
    amos_error why;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(amos_loader_get_damaged(loader, i, &why), AMOS_E_GZ_CRC);
        assert_sentence(&why, AMOS_E_GZ_CRC, "damage");
        ck_assert(strcmp(why.case_id, "amos_0002") == 0 || strcmp(why.case_id, "amos_0501") == 0);
    }
    ck_assert_int_eq(amos_loader_get_damaged(loader, 2, &why), AMOS_OK);
    amos_loader_free(loader);
    o.threads = 5;
    crcs_of(&o, got);
    ck_assert_mem_eq(got, expected, sizeof got);
    restore(label);
    restore(image);
}
END_TEST

START_TEST(or_stops_the_run_with_the_case_named)
{
    char *image = loader_set_path(set, 3, 0), *aside = tmp_path("aside");
    uint32_t expected[BATCHES];
    amos_loader_options o = damaged_options();
    o.flags = AMOS_LOADER_STOP_AT_DAMAGE;
    amos_loader *loader = open_loader(&o);
    ck_assert_int_eq(link(image, aside), 0);
    ck_assert_int_eq(unlink(image), 0); /* missing for a while */
    amos_batch *batch = NULL;
    amos_error err;
    amos_status status = AMOS_OK;
    int good = 0;
    while ((status = amos_loader_next(loader, &batch, &err)) == AMOS_OK) {
        amos_batch_free(batch);
        good++;
    }
    assert_status(status, AMOS_E_OPEN, &err);
    ck_assert_str_eq(err.case_id, "amos_0004");
    ck_assert_ptr_null(batch);
    assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_OPEN, &err);
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    assert_ok(amos_loader_get_state(loader, &state, &err), &err);
    ck_assert_uint_eq(state.epoch * (amos_loader_get_info(loader)->steps + 1) + state.step,
                      (uint64_t)good); /* ends of epochs too */
    amos_loader_cancel(loader);        /* so that no thread reads the file while it changes */
    ck_assert_int_eq(link(aside, image), 0);
    crcs_of(&o, expected);
    assert_ok(amos_loader_seek(loader, &state, &err), &err);
    batch = next(loader); /* continues where it stopped */
    ck_assert_uint_eq(loader_batch_crc(batch), expected[good]);
    amos_batch_free(batch);
    amos_loader_free(loader);
    free(aside);
    free(image);
}
END_TEST

START_TEST(a_damaged_whole_volume_or_tile_is_padding)
{
    char *image = damage_case(2, 0);
    amos_loader_options o = {.size = sizeof o, .draw = _i ? AMOS_SAMPLING_TILES : AMOS_SAMPLING_WHOLE, .threads = 2};
    if (_i)
        o.patch[0] = o.patch[1] = o.patch[2] = 16;
    amos_loader *loader = open_loader(&o);
    amos_batch *batch;
    int damaged = 0, whole = 0;
    while ((batch = next(loader)) != NULL) {
        const amos_batch_info *info = amos_batch_get_info(batch);
        ck_assert_int_eq(info->count, 1);
        int is_third = strcmp(amos_batch_get_sample(batch, 0)->case_id, "amos_0003") == 0;
        ck_assert_int_eq(amos_batch_get_sample(batch, 0)->damaged, is_third);
        for (size_t i = 0; is_third && i < info->image.bytes; i++)
            ck_assert_uint_eq(((unsigned char *)info->image.data)[i], 0);
        damaged += is_third;
        whole += !is_third;
        amos_batch_free(batch);
    }
    ck_assert_int_gt(damaged, 0);
    ck_assert_int_gt(whole, 0);
    amos_loader_free(loader);
    restore(image);
}
END_TEST

START_TEST(where_all_cases_are_damaged_the_error_is_told)
{
    char *paths[LOADER_SET_CASES];
    for (int i = 0; i < LOADER_SET_CASES; i++)
        paths[i] = damage_case(i, 0);
    amos_loader_options o = damaged_options();
    amos_loader *loader = open_loader(&o);
    amos_batch *batch;
    amos_error err;
    for (int i = 0; i < 3; i++)
        assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_GZ_CRC, &err);
    ck_assert_uint_eq(stats_of(loader).damaged, LOADER_SET_CASES);
    amos_loader_free(loader);
    for (int i = 0; i < LOADER_SET_CASES; i++)
        restore(paths[i]);
}
END_TEST

/* ---- holding ---- */

START_TEST(batches_are_held_up_to_the_limit_and_outlive_the_loader)
{
    amos_loader_options o = all_options();
    o.hold = 3;
    amos_loader *loader = open_loader(&o);
    amos_batch *held[3], *more;
    uint32_t crcs[3];
    amos_error err;
    for (int i = 0; i < 3; i++) {
        held[i] = next(loader);
        crcs[i] = loader_batch_crc(held[i]);
    }
    assert_status(amos_loader_next(loader, &more, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "hold");
    amos_batch_free(held[1]);
    held[1] = next(loader);
    ck_assert_uint_ne(loader_batch_crc(held[1]), crcs[1]);
    amos_loader_free(loader);
    ck_assert_uint_eq(loader_batch_crc(held[0]), crcs[0]);
    ck_assert_uint_eq(loader_batch_crc(held[2]), crcs[2]);
    ck_assert_int_eq(strncmp(amos_batch_get_sample(held[2], 0)->case_id, "amos_", 5), 0);
    for (int i = 0; i < 3; i++)
        amos_batch_free(held[i]);
    amos_batch_free(NULL);
    amos_loader_free(NULL);
}
END_TEST

struct own_buffers {
    int given, released, deny;
};

static void *give(void *user, size_t bytes)
{
    struct own_buffers *own = user;
    void *memory = NULL;
    if (own->given == own->deny || posix_memalign(&memory, 64, bytes) != 0)
        return NULL;
    own->given++;
    return memory;
}

static void take_back(void *user, void *buffer)
{
    ((struct own_buffers *)user)->released++;
    free(buffer);
}

START_TEST(the_caller_may_give_the_buffers)
{
    struct own_buffers own = {0, 0, -1};
    const amos_batch_buffers buffers = {.size = sizeof buffers, .alloc = give, .release = take_back, .user = &own};
    uint32_t expected[BATCHES], got[BATCHES];
    amos_loader_options o = all_options();
    crcs_of(&o, expected);
    o.buffers = &buffers;
    crcs_of(&o, got);
    ck_assert_mem_eq(got, expected, sizeof got);
    ck_assert_int_eq(own.given, 8); /* prefetch 2, hold 2, image and label */
    ck_assert_int_eq(own.released, 8);
    for (int deny = 0; deny < 8; deny++) {
        own = (struct own_buffers){0, 0, deny};
        amos_loader *loader;
        amos_error err;
        assert_status(amos_loader_open(dataset, &o, &loader, &err), AMOS_E_NOMEM, &err);
        ck_assert_ptr_null(loader);
        ck_assert_int_eq(own.released, deny);
    }
}
END_TEST

START_TEST(the_budget_is_kept_for_fifty_epochs)
{
    amos_loader_options o = all_options();
    o.memory_budget = tight_budget(o) + 20000;
    o.threads = 4;
    o.memory_budget = tight_budget(o) + 20000;
    amos_loader *loader = open_loader(&o);
    for (int epoch = 0; epoch < 50;) {
        amos_batch *batch = next(loader);
        epoch += batch == NULL;
        amos_batch_free(batch);
    }
    amos_loader_stats stats = stats_of(loader);
    ck_assert_uint_le(stats.memory_peak, o.memory_budget);
    ck_assert_uint_le(stats.memory, stats.memory_peak);
    ck_assert_uint_gt(stats.misses, 50); /* the cases do not all fit */
    ck_assert_uint_gt(stats.batches, 50);
    ck_assert_uint_ge(stats.samples, 3 * stats.batches);
    amos_loader_free(loader);
}
END_TEST

/* ---- stopping ---- */

static void *cancel_soon(void *user)
{
    usleep(2000);
    amos_loader_cancel(user);
    return NULL;
}

START_TEST(a_cancel_ends_the_wait_and_a_seek_the_cancel)
{
    amos_loader_options o = all_options();
    uint32_t expected[BATCHES];
    crcs_of(&o, expected);
    amos_loader *loader = open_loader(&o);
    amos_batch *batch;
    amos_error err;
    amos_status status;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, loader), 0);
    while ((status = amos_loader_next(loader, &batch, &err)) == AMOS_OK)
        amos_batch_free(batch);
    assert_status(status, AMOS_E_CANCEL, &err);
    assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_CANCEL, &err);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    assert_ok(amos_loader_seek(loader, &state, &err), &err);
    batch = next(loader);
    ck_assert_uint_eq(loader_batch_crc(batch), expected[0]);
    amos_batch_free(batch);
    amos_loader_free(loader);
}
END_TEST

/* Opened, used or not, cancelled or not, with batches held or not, closed: no thread hangs, nothing leaks. */
static void cycle(int i)
{
    static const char *const two[] = {"amos_0001", "amos_0501"};
    amos_loader_options o = all_options();
    o.cases = two;
    o.case_count = 2;
    o.augment = NULL;
    o.patch[0] = o.patch[1] = 8;
    o.threads = 1 + i % 3;
    o.prefetch = 1 + i % 4;
    amos_batch *batch = NULL, *second = NULL;
    amos_error err;
    amos_loader *loader = open_loader(&o);
    if (i % 7 == 1)
        amos_loader_cancel(loader);
    if (i % 5)
        ck_assert_int_eq(amos_loader_next(loader, &batch, &err), i % 7 == 1 ? AMOS_E_CANCEL : AMOS_OK);
    if (i % 11 == 3 && i % 7 != 1)
        ck_assert_int_eq(amos_loader_next(loader, &second, &err), AMOS_OK);
    if (i % 3 == 2)
        amos_loader_cancel(loader);
    if (i % 13 == 5) {
        const amos_loader_state state = {.size = sizeof state, .epoch = (uint64_t)i};
        ck_assert_int_eq(amos_loader_seek(loader, &state, &err), AMOS_OK);
    }
    if (i % 2)
        amos_batch_free(batch);
    amos_loader_free(loader);
    if (!(i % 2))
        amos_batch_free(batch);
    amos_batch_free(second);
}

/* Each takes longer with a sanitizer. AMOS_TEST_LONG=1 runs all in any case. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CYCLES 200
#else
#define CYCLES 1000
#endif
#define MANY_CYCLES 10000

START_TEST(many_openings_and_closings_leave_nothing_behind)
{
    int count = getenv("AMOS_TEST_LONG") ? MANY_CYCLES : CYCLES;
    for (int i = 0; i < count; i++)
        cycle(i);
    printf("%d loaders were opened and closed.\n", count);
}
END_TEST

/* ---- fork ---- */

static void assert_child_ends_well(pid_t child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with %d", status);
}

START_TEST(a_child_of_a_running_loader_is_told)
{
    amos_loader_options o = all_options();
    for (int i = 0; i < 20; i++) {
        amos_loader *loader = open_loader(&o);
        amos_batch *held = next(loader), *batch;
        uint32_t crc = loader_batch_crc(held);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            const amos_loader_state state = AMOS_LOADER_STATE_INIT;
            amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
            int good = amos_loader_next(loader, &batch, NULL) == AMOS_E_FORK &&
                       amos_loader_seek(loader, &state, NULL) == AMOS_E_FORK && loader_batch_crc(held) == crc &&
                       amos_loader_get_stats(loader, &stats, NULL) == AMOS_OK;
            amos_loader_cancel(loader);
            amos_batch_free(held);
            amos_loader_free(loader);
            _exit(good ? 0 : 1);
        }
        assert_child_ends_well(child);
        amos_batch_free(next(loader));
        amos_batch_free(held);
        amos_loader_free(loader);
    }
}
END_TEST

START_TEST(a_loader_that_has_not_begun_works_in_both)
{
    uint32_t expected[BATCHES];
    amos_loader_options o = all_options();
    crcs_of(&o, expected);
    amos_loader *loader = open_loader(&o);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    int good = 1;
    for (int i = 0; i < BATCHES; i++) {
        amos_batch *batch = NULL;
        good = good && amos_loader_next(loader, &batch, NULL) == AMOS_OK && loader_batch_crc(batch) == expected[i];
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
    if (child == 0)
        _exit(good ? 0 : 1);
    ck_assert(good);
    assert_child_ends_well(child);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader threads");
    TCase *all = add_case(suite, "threads", 60);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_loop_test(all, any_number_of_threads_and_any_budget_give_the_same_bytes, 0, 4);
#ifdef AMOS_HAVE_LZ4
    tcase_add_loop_test(all, a_cache_gives_the_same_bytes, 0, 4);
#endif
    tcase_add_test(all, the_bytes_are_those_of_every_machine);
    tcase_add_test(all, a_damaged_case_is_left_out_and_reported);
    tcase_add_test(all, or_stops_the_run_with_the_case_named);
    tcase_add_loop_test(all, a_damaged_whole_volume_or_tile_is_padding, 0, 2);
    tcase_add_test(all, where_all_cases_are_damaged_the_error_is_told);
    tcase_add_test(all, batches_are_held_up_to_the_limit_and_outlive_the_loader);
    tcase_add_test(all, the_caller_may_give_the_buffers);
    tcase_add_test(all, the_budget_is_kept_for_fifty_epochs);
    tcase_add_test(all, a_cancel_ends_the_wait_and_a_seek_the_cancel);
    TCase *forks = add_case(suite, "fork", 60);
    tcase_add_unchecked_fixture(forks, make_set, free_set);
#ifdef __SANITIZE_THREAD__
    puts("Skipped: a fork while threads run, which ThreadSanitizer does not allow.");
    (void)a_child_of_a_running_loader_is_told;
    (void)a_loader_that_has_not_begun_works_in_both;
#else
    tcase_add_test(forks, a_child_of_a_running_loader_is_told);
    tcase_add_test(forks, a_loader_that_has_not_begun_works_in_both);
#endif
    TCase *many = add_case(suite, "cycles", 890);
    tcase_add_unchecked_fixture(many, make_set, free_set);
    tcase_add_test(many, many_openings_and_closings_leave_nothing_behind);
    return run_suite(suite);
}
