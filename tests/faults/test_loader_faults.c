/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors that may pass while a loader opens and runs: it tries again, also in later batches, and a bounded number of
 * times. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "faults/interpose.h"
#include "support/main.h"
#include "support/make/cache.h"
#include "support/make/loader_set.h"

static char *set;
static amos_dataset *dataset;
static amos_error err;

static void make_set(void)
{
    set = loader_set_make("faulty");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

static amos_loader_options plain(const amos_cache *cache)
{
    return (amos_loader_options){
        .size = sizeof(amos_loader_options), .patch = {16, 16, 8}, .cache = cache, .threads = 1, .seed = 3};
}

static amos_loader_stats stats_of(const amos_loader *loader)
{
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    return stats;
}

/* The checksum of an epoch; every call of `kind` counts for the armed fault. */
static uint32_t epoch_of(amos_loader *loader)
{
    amos_batch *batch;
    uint32_t sum = 0;
    for (;;) {
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            return sum;
        sum = sum * 31 + loader_batch_crc(batch);
        amos_batch_free(batch);
    }
}

/* ---- one error ---- */

/* A single one of those that opens and reads try again never reaches the loader. */
static const struct fault {
    enum fault_kind kind;
    int code;
    enum fault_mode mode;
    bool cached;
    int threads, retries; /* of the loader */
} faults[] = {
    {FAULT_OPEN, ESTALE, FAULT_ONCE, false, 1, 0},        {FAULT_PREAD, EIO, FAULT_ONCE, false, 1, 0},
    {FAULT_OPEN, ESTALE, FAULT_FOUR_TIMES, false, 1, 1},  {FAULT_PREAD, EIO, FAULT_FOUR_TIMES, false, 1, 1},
    {FAULT_PREAD, EAGAIN, FAULT_FOUR_TIMES, false, 1, 1}, {FAULT_PREAD, ETIMEDOUT, FAULT_ONCE, false, 1, 1},
    {FAULT_FSTAT, ESTALE, FAULT_ONCE, false, 1, 1},       {FAULT_PREAD, EIO, FAULT_ONCE, false, 3, 0},
    {FAULT_PREAD, ETIMEDOUT, FAULT_ONCE, false, 3, 1},
#ifdef AMOS_HAVE_LZ4
    {FAULT_OPEN, ESTALE, FAULT_FOUR_TIMES, true, 1, 1},   {FAULT_PREAD, ESTALE, FAULT_FOUR_TIMES, true, 1, 1},
    {FAULT_PREAD, ESTALE, FAULT_ONCE, true, 3, 0},        {FAULT_PREAD, ETIMEDOUT, FAULT_ONCE, true, 3, 1},
#endif
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static amos_cache *make_cache(bool wanted)
{
    if (!wanted)
        return NULL;
    amos_cache *cache = cache_open("faulty-cache", NULL);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    return cache;
}

START_TEST(one_error_while_opening_costs_nothing)
{
    const struct fault *f = &faults[_i];
    amos_cache *cache = make_cache(f->cached);
    amos_loader_options o = plain(cache);
    amos_loader *loader;
    o.threads = f->threads;
    for (int nth = 1, injected = 1; injected; nth += 7) {
        fault_arm(f->kind, nth, f->code, f->mode);
        amos_status status = amos_loader_open(dataset, &o, &loader, &err);
        injected = fault_disarm();
        assert_ok(status, &err);
        ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, LOADER_SET_CASES);
        ck_assert_uint_eq(stats_of(loader).damaged, 0);
        amos_loader_free(loader);
    }
    amos_cache_free(cache);
}
END_TEST

START_TEST(one_error_in_a_batch_changes_nothing)
{
    const struct fault *f = &faults[_i];
    amos_cache *cache = make_cache(f->cached);
    amos_loader_options o = plain(cache);
    amos_loader *loader;
    o.threads = f->threads;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    const uint32_t expected = epoch_of(loader);
    amos_loader_free(loader);
    int injected = 1, nth = 1;
    for (; injected; nth += 5) {
        assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
        fault_arm(f->kind, nth, f->code, f->mode);
        uint32_t got = epoch_of(loader);
        injected = fault_disarm();
        ck_assert_uint_eq(got, expected);
        ck_assert_uint_eq(stats_of(loader).damaged, 0);
        if (f->threads == 1) /* with more, the error may have met a batch that is made ahead */
            ck_assert_uint_eq(stats_of(loader).retries, injected ? (uint64_t)f->retries : 0);
        amos_loader_free(loader);
    }
    ck_assert_int_gt(nth, 6);
    amos_cache_free(cache);
}
END_TEST

/* ---- many errors ---- */

/* One batch while every read fails. */
static void lose_a_batch(amos_loader *loader)
{
    amos_batch *batch;
    fault_arm(FAULT_OPEN, 1, ESTALE, FAULT_FROM_THEN_ON);
    amos_status status = amos_loader_next(loader, &batch, &err);
    fault_disarm();
    assert_status(status, AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ESTALE);
}

START_TEST(a_case_comes_back_with_its_server)
{
    const amos_loader_options o = plain(NULL);
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    const uint32_t expected = epoch_of(loader);
    amos_loader_free(loader);
    for (int losses = 1; losses <= 3; losses++) {
        assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
        for (int i = 0; i < losses; i++)
            lose_a_batch(loader);
        ck_assert_uint_eq(stats_of(loader).damaged, LOADER_SET_CASES); /* told at the first loss */
        ck_assert_uint_eq(stats_of(loader).retries, (uint64_t)losses * LOADER_SET_CASES);
        amos_batch *batch;
        if (losses < 3)
            ck_assert_uint_eq(epoch_of(loader), expected);
        else
            assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_OPEN, &err); /* out */
        amos_loader_free(loader);
    }
}
END_TEST

/* ---- what is said ---- */

struct said {
    int later, out;
};

static void count_words(void *user, amos_log_level level, const char *message)
{
    struct said *said = user;
    (void)level;
    said->later += strstr(message, "is tried again later") != NULL;
    said->out += strstr(message, "is left out: ") != NULL;
}

START_TEST(it_is_said_what_is_tried_again_and_what_is_out)
{
    static const char *const one[] = {"1"};
    struct said said = {0, 0};
    amos_loader_options o = plain(NULL);
    o.cases = one;
    o.case_count = 1;
    o.log = count_words;
    o.log_user = &said;
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    for (int i = 0; i < 4; i++) {
        if (i < 3)
            lose_a_batch(loader);
        ck_assert_int_eq(said.later, 1);
        ck_assert_int_eq(said.out, i >= 2);
    }
    ck_assert_uint_eq(stats_of(loader).damaged, 1);
    amos_loader_free(loader);
}
END_TEST

/* An error that does not pass is not tried again. */
START_TEST(other_errors_are_final)
{
    const amos_loader_options o = plain(NULL);
    amos_loader *loader;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    fault_arm(FAULT_OPEN, 1, EACCES, FAULT_ONCE);
    (void)epoch_of(loader);
    ck_assert_int_eq(fault_disarm(), 1);
    ck_assert_uint_eq(stats_of(loader).retries, 0);
    ck_assert_uint_eq(stats_of(loader).damaged, 1);
    amos_loader_free(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader faults");
    TCase *all = add_case(suite, "passing errors", 60);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_loop_test(all, one_error_while_opening_costs_nothing, 0, FAULTS);
    tcase_add_loop_test(all, one_error_in_a_batch_changes_nothing, 0, FAULTS);
    tcase_add_test(all, a_case_comes_back_with_its_server);
    tcase_add_test(all, it_is_said_what_is_tried_again_and_what_is_out);
    tcase_add_test(all, other_errors_are_final);
    return run_suite(suite);
}
