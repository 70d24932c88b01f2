/* SPDX-License-Identifier: BSD-3-Clause */
/* Many items on several threads, results in order. Clean under ThreadSanitizer. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <amos/workers.h>

#include "support/bytes.h"
#include "support/main.h"

#define MOST 512

struct run {
    size_t count;
    atomic_int begun[MOST];
    atomic_size_t next_begin; /* items begun so far */
    atomic_size_t most_ahead; /* largest difference of a begun index and the items received then */
    atomic_size_t received;   /* items handed over */
    atomic_int inside;        /* work functions running right now */
    uint64_t results[MOST];   /* written by the worker, read by done(): the library orders the two */
    uint64_t seen[MOST];      /* in the order of arrival */
    size_t fail_at[4];        /* items that fail; SIZE_MAX: none */
    amos_status fail_with;
    size_t stop_at; /* done() stops here */
    amos_status stop_with;
    pthread_t caller;
    int slow_first; /* item 0 is slow, so that the others wait at the bound */
};

static void nap(long milliseconds)
{
    struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static uint64_t answer(size_t index)
{
    uint64_t state = index;
    return random_next(&state);
}

static struct run *new_run(size_t count)
{
    struct run *run = calloc(1, sizeof *run);
    ck_assert_ptr_nonnull(run);
    ck_assert_uint_le(count, MOST);
    run->count = count;
    run->stop_at = SIZE_MAX;
    run->caller = pthread_self();
    for (int i = 0; i < 4; i++)
        run->fail_at[i] = SIZE_MAX;
    return run;
}

static amos_status work(void *user, size_t index, amos_error *err)
{
    struct run *run = user;
    ck_assert_uint_lt(index, run->count);
    atomic_fetch_add(&run->inside, 1);
    atomic_fetch_add(&run->begun[index], 1);
    atomic_fetch_add(&run->next_begin, 1);
    size_t ahead = index - atomic_load(&run->received);
    size_t most = atomic_load(&run->most_ahead);
    while (index >= atomic_load(&run->received) && ahead > most)
        if (atomic_compare_exchange_weak(&run->most_ahead, &most, ahead))
            break;
    if (run->slow_first && index == 0)
        nap(80);
    run->results[index] = answer(index);
    atomic_fetch_sub(&run->inside, 1);
    for (int i = 0; i < 4; i++)
        if (run->fail_at[i] == index) {
            memset(err, 0, sizeof *err);
            err->status = run->fail_with;
            snprintf(err->message, sizeof err->message, "Item %zu failed.", index);
            return run->fail_with;
        }
    return AMOS_OK;
}

static amos_status done(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct run *run = user;
    size_t received = atomic_load(&run->received);
    ck_assert_msg(index == received, "item %zu arrived when %zu was due", index, received);
    ck_assert(pthread_equal(pthread_self(), run->caller));
    int fails = 0;
    for (int i = 0; i < 4; i++)
        fails = fails || run->fail_at[i] == index;
    ck_assert_int_eq((int)status, (int)(fails ? run->fail_with : AMOS_OK));
    if (fails) {
        char expected[64];
        snprintf(expected, sizeof expected, "Item %zu failed.", index);
        ck_assert_ptr_nonnull(err);
        ck_assert_str_eq(err->message, expected);
    }
    run->seen[index] = run->results[index];
    atomic_store(&run->received, received + 1);
    return index == run->stop_at ? run->stop_with : AMOS_OK;
}

/* Every item once, in order, nothing left running. */
static void assert_complete(struct run *run)
{
    ck_assert_uint_eq(atomic_load(&run->received), run->count);
    ck_assert_int_eq(atomic_load(&run->inside), 0);
    for (size_t i = 0; i < run->count; i++) {
        ck_assert_int_eq(atomic_load(&run->begun[i]), 1);
        ck_assert_uint_eq(run->seen[i], answer(i));
    }
}

static const int thread_counts[] = {0, 1, 2, 3, 7, 16, 64};

START_TEST(results_come_in_order_with_any_number_of_threads)
{
    struct run *run = new_run(MOST);
    amos_workers_options options = {.size = sizeof options, .threads = thread_counts[_i]};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    assert_complete(run);
    free(run);
}
END_TEST

START_TEST(null_options_are_the_defaults)
{
    struct run *run = new_run(20);
    amos_error err;
    assert_ok(amos_workers_run(run->count, NULL, work, done, run, &err), &err);
    assert_complete(run);
    free(run);
}
END_TEST

START_TEST(done_may_be_null)
{
    struct run *run = new_run(100);
    amos_workers_options options = {.size = sizeof options, .threads = 3};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, NULL, run, &err), &err);
    for (size_t i = 0; i < run->count; i++)
        ck_assert_int_eq(atomic_load(&run->begun[i]), 1);
    free(run);
}
END_TEST

START_TEST(nothing_to_do_is_done)
{
    amos_error err;
    assert_ok(amos_workers_run(0, NULL, work, done, NULL, &err), &err);
}
END_TEST

/* At most `ahead` items after the last received one are ever begun. */
START_TEST(look_ahead_is_bounded)
{
    static const int bounds[] = {1, 2, 5, 40};
    struct run *run = new_run(200);
    run->slow_first = 1;
    amos_workers_options options = {.size = sizeof options, .threads = 8, .ahead = bounds[_i]};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    assert_complete(run);
    ck_assert_msg(atomic_load(&run->most_ahead) < (size_t)bounds[_i], "item %zu was begun before item 0 was received",
                  atomic_load(&run->most_ahead));
    free(run);
}
END_TEST

/* A bound beyond the number of items costs nothing. */
START_TEST(look_ahead_may_be_huge)
{
    struct run *run = new_run(40);
    amos_workers_options options = {.size = sizeof options, .threads = 4, .ahead = INT32_MAX};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    assert_complete(run);
    free(run);
}
END_TEST

START_TEST(default_look_ahead_is_two_per_thread_and_two)
{
    struct run *run = new_run(200);
    run->slow_first = 1;
    amos_workers_options options = {.size = sizeof options, .threads = 4};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    ck_assert_uint_lt(atomic_load(&run->most_ahead), 10);
    ck_assert_uint_ge(atomic_load(&run->most_ahead), 4); /* item 0 sleeps; the others continue */
    free(run);
}
END_TEST

/* Without done(), the failure of the lowest index stops the run, whichever failed first. */
START_TEST(first_failure_by_index_is_returned)
{
    struct run *run = new_run(MOST);
    run->fail_at[0] = 40;
    run->fail_at[1] = 41;
    run->fail_at[2] = 7;
    run->fail_with = AMOS_E_GZ_CRC;
    run->slow_first = 1;
    amos_workers_options options = {.size = sizeof options, .threads = thread_counts[_i], .ahead = 64};
    amos_error err = {0};
    assert_status(amos_workers_run(run->count, &options, work, NULL, run, &err), AMOS_E_GZ_CRC, &err);
    ck_assert_int_eq((int)err.status, AMOS_E_GZ_CRC);
    ck_assert_str_eq(err.message, "Item 7 failed.");
    ck_assert_int_eq(atomic_load(&run->inside), 0);
    ck_assert_uint_lt(atomic_load(&run->next_begin), MOST);
    for (size_t i = 0; i < run->count; i++)
        ck_assert_int_le(atomic_load(&run->begun[i]), 1);
    free(run);
}
END_TEST

/* With done(), failures are handed over and the run goes on until done() stops it. */
START_TEST(done_decides_about_failures)
{
    struct run *run = new_run(100);
    run->fail_at[0] = 3;
    run->fail_at[1] = 50;
    run->fail_at[2] = 99;
    run->fail_with = AMOS_E_HDR_DIM;
    amos_workers_options options = {.size = sizeof options, .threads = thread_counts[_i]};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    assert_complete(run);
    free(run);
}
END_TEST

START_TEST(done_can_stop)
{
    struct run *run = new_run(MOST);
    run->stop_at = 30;
    run->stop_with = AMOS_E_DUP;
    amos_workers_options options = {.size = sizeof options, .threads = thread_counts[_i], .ahead = 20};
    amos_error err = {0};
    assert_status(amos_workers_run(run->count, &options, work, done, run, &err), AMOS_E_DUP, &err);
    assert_sentence(&err, AMOS_E_DUP, "stop");
    ck_assert_uint_eq(atomic_load(&run->received), 31);
    ck_assert_int_eq(atomic_load(&run->inside), 0);
    ck_assert_uint_lt(atomic_load(&run->next_begin), 30 + 1 + 20 + 1);
    free(run);
}
END_TEST

struct cancel {
    uint64_t calls;
    uint64_t last;
    uint64_t total;
    uint64_t stop_at;
    pthread_t caller;
};

static int watch(void *user, uint64_t at, uint64_t total)
{
    struct cancel *cancel = user;
    ck_assert(pthread_equal(pthread_self(), cancel->caller));
    ck_assert_uint_ge(at, cancel->last);
    ck_assert_uint_le(at, total);
    cancel->calls++;
    cancel->last = at;
    cancel->total = total;
    return at >= cancel->stop_at;
}

START_TEST(progress_counts_items)
{
    struct run *run = new_run(100);
    struct cancel cancel = {.stop_at = UINT64_MAX, .caller = pthread_self()};
    amos_workers_options options = {.size = sizeof options, .threads = thread_counts[_i], .progress = {watch, &cancel}};
    amos_error err;
    assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
    ck_assert_uint_eq(cancel.last, 100);
    ck_assert_uint_eq(cancel.total, 100);
    ck_assert_uint_ge(cancel.calls, 100);
    free(run);
}
END_TEST

START_TEST(progress_can_cancel)
{
    struct run *run = new_run(MOST);
    struct cancel cancel = {.stop_at = 10, .caller = pthread_self()};
    amos_workers_options options = {
        .size = sizeof options, .threads = thread_counts[_i], .ahead = 16, .progress = {watch, &cancel}};
    amos_error err = {0};
    assert_status(amos_workers_run(run->count, &options, work, done, run, &err), AMOS_E_CANCEL, &err);
    assert_sentence(&err, AMOS_E_CANCEL, "cancel");
    ck_assert_uint_le(atomic_load(&run->received), 11);
    ck_assert_uint_lt(atomic_load(&run->next_begin), 40);
    ck_assert_int_eq(atomic_load(&run->inside), 0);
    uint64_t calls = cancel.calls;
    nap(30);
    ck_assert_uint_eq(cancel.calls, calls);
    free(run);
}
END_TEST

static amos_status no_work(void *user, size_t index, amos_error *err)
{
    (void)user;
    (void)err;
    ck_abort_msg("item %zu has begun", index);
    return AMOS_OK;
}

START_TEST(one_thread_answers_before_the_first_item)
{
    struct cancel cancel = {.stop_at = 0, .caller = pthread_self()};
    amos_workers_options options = {.size = sizeof options, .threads = 1, .progress = {watch, &cancel}};
    amos_error err;
    assert_status(amos_workers_run(3, &options, no_work, NULL, NULL, &err), AMOS_E_CANCEL, &err);
    ck_assert_uint_eq(cancel.calls, 1);
}
END_TEST

static amos_status sleep_long(void *user, size_t index, amos_error *err)
{
    (void)user;
    (void)index;
    (void)err;
    nap(450);
    return AMOS_OK;
}

static int count_calls(void *user, uint64_t at, uint64_t total)
{
    (void)at;
    (void)total;
    ++*(int *)user;
    return 0;
}

static amos_status work_here(void *user, size_t index, amos_error *err)
{
    (void)index;
    (void)err;
    ck_assert(pthread_equal(*(const pthread_t *)user, pthread_self()));
    return AMOS_OK;
}

START_TEST(one_thread_is_the_callers_own)
{
    pthread_t caller = pthread_self();
    const amos_workers_options options = {.size = sizeof options, .threads = 1};
    amos_error err;
    assert_ok(amos_workers_run(20, &options, work_here, NULL, &caller, &err), &err);
}
END_TEST

START_TEST(progress_is_told_while_nothing_ends)
{
    int calls = 0;
    amos_workers_options options = {.size = sizeof options, .threads = 2, .progress = {count_calls, &calls}};
    amos_error err;
    assert_ok(amos_workers_run(1, &options, sleep_long, NULL, NULL, &err), &err);
    ck_assert_int_ge(calls, 3);
}
END_TEST

START_TEST(wrong_use_is_an_argument_error)
{
    amos_error err = {0};
    amos_workers_options options = {.size = sizeof options, .threads = -1};
    struct run *run = new_run(4);
    assert_status(amos_workers_run(4, &options, work, done, run, &err), AMOS_E_ARG, &err);
    options.threads = 0;
    options.ahead = -1;
    assert_status(amos_workers_run(4, &options, work, done, run, &err), AMOS_E_ARG, &err);
    options.ahead = 0;
    options.size = 0;
    assert_status(amos_workers_run(4, &options, work, done, run, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "size 0");
    assert_status(amos_workers_run(4, NULL, NULL, done, run, &err), AMOS_E_ARG, &err);
    ck_assert_uint_eq(atomic_load(&run->next_begin), 0);
    free(run);
}
END_TEST

START_TEST(a_shorter_or_longer_struct_works)
{
    struct run *run = new_run(50);
    struct cancel cancel = {.stop_at = 0, .caller = pthread_self()};
    struct {
        amos_workers_options known;
        char later[64];
    } options = {{.size = offsetof(amos_workers_options, progress), .threads = 2, .progress = {watch, &cancel}}, {0}};
    amos_error err = {0};
    assert_ok(amos_workers_run(run->count, &options.known, work, done, run, &err), &err);
    ck_assert_uint_eq(cancel.calls, 0); /* the field is beyond the stated size */
    assert_complete(run);
    free(run);

    run = new_run(50);
    options.known.progress.function = NULL;
    options.known.size = sizeof options;
    assert_ok(amos_workers_run(run->count, &options.known, work, done, run, &err), &err);
    assert_complete(run);
    options.later[63] = 1;
    assert_status(amos_workers_run(run->count, &options.known, work, done, run, &err), AMOS_E_ARG, &err);
    free(run);
}
END_TEST

START_TEST(runs_may_follow_one_another)
{
    struct run *run = new_run(30);
    amos_error err;
    for (int i = 0; i < 20; i++) {
        memset(run, 0, sizeof *run);
        run->count = 30;
        run->stop_at = SIZE_MAX;
        run->caller = pthread_self();
        for (int f = 0; f < 4; f++)
            run->fail_at[f] = SIZE_MAX;
        amos_workers_options options = {.size = sizeof options, .threads = 1 + i % 5, .ahead = 1 + i % 3};
        assert_ok(amos_workers_run(run->count, &options, work, done, run, &err), &err);
        assert_complete(run);
    }
    free(run);
}
END_TEST

int main(void)
{
    const int thread_rows = (int)(sizeof thread_counts / sizeof thread_counts[0]);
    Suite *suite = suite_create("workers");
    TCase *order = add_case(suite, "order", 20);
    tcase_add_loop_test(order, results_come_in_order_with_any_number_of_threads, 0, thread_rows);
    tcase_add_test(order, null_options_are_the_defaults);
    tcase_add_test(order, done_may_be_null);
    tcase_add_test(order, nothing_to_do_is_done);
    tcase_add_test(order, runs_may_follow_one_another);
    TCase *ahead = add_case(suite, "look-ahead", 20);
    tcase_add_loop_test(ahead, look_ahead_is_bounded, 0, 4);
    tcase_add_test(ahead, look_ahead_may_be_huge);
    tcase_add_test(ahead, default_look_ahead_is_two_per_thread_and_two);
    TCase *failure = add_case(suite, "failure", 20);
    tcase_add_loop_test(failure, first_failure_by_index_is_returned, 0, thread_rows);
    tcase_add_loop_test(failure, done_decides_about_failures, 0, thread_rows);
    tcase_add_loop_test(failure, done_can_stop, 0, thread_rows);
    TCase *progress = add_case(suite, "progress", 20);
    tcase_add_loop_test(progress, progress_counts_items, 0, thread_rows);
    tcase_add_loop_test(progress, progress_can_cancel, 0, thread_rows);
    tcase_add_test(progress, progress_is_told_while_nothing_ends);
    tcase_add_test(progress, one_thread_is_the_callers_own);
    tcase_add_test(progress, one_thread_answers_before_the_first_item);
    TCase *arguments = add_case(suite, "arguments", 20);
    tcase_add_test(arguments, wrong_use_is_an_argument_error);
    tcase_add_test(arguments, a_shorter_or_longer_struct_works);
    return run_suite(suite);
}
