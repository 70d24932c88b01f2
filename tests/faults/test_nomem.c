/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory runs out at every possible place (row F16). Each public operation is run with its first allocation
 * failing, then its second, and so on until it succeeds; once with only that one failing, once with all after it
 * failing too. Allocations inside cJSON, zlib and libc count as the library's. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "faults/heap.h"
#include "faults/operations.h"
#include "support/main.h"
#include "support/opened.h"

/* Every test is a process of its own; its counts are returned in this shared memory. */
static struct counts {
    uint64_t failed;  /* allocations */
    uint64_t runs;    /* of operations with at least one of them */
    uint64_t without; /* of these, those that succeeded without the memory */
} * counts;

static const struct {
    const char *name;
    amos_inflate inflate;
} libraries[] = {{"own", AMOS_INFLATE_OWN}, {"zlib", AMOS_INFLATE_ZLIB}};

#define LIBRARIES 2

static struct world *worlds[LIBRARIES];

struct run {
    amos_status status;
    amos_error err;
    uint64_t digest; /* of the result */
    uint64_t failed; /* allocations */
    int64_t leaked;  /* blocks */
};

static struct run run_failing(const struct operation *o, struct world *w, uint64_t nth, enum heap_mode mode)
{
    struct run run = {.err = {.message = ""}};
    int64_t before = heap_blocks();
    heap_arm(nth, mode);
    run.status = operation_run(o, w, &run.digest, &run.err);
    run.failed = heap_disarm();
    run.leaked = heap_blocks() - before;
    return run;
}

static uint64_t run_undisturbed(const struct operation *o, struct world *w)
{
    struct run run = run_failing(o, w, 0, HEAP_ONCE);
    assert_status(run.status, o->expected, &run.err);
    return run.digest;
}

static void check_run(const struct operation *o, struct world *w, const struct run *run, uint64_t truth, int nth)
{
    int spared = run->status == o->expected && o->flags & (OPERATION_SPARES | OPERATION_SORTS);
    ck_assert_msg(run->status == AMOS_E_NOMEM || spared, "%s, allocation %d: %s (%s) instead of E_NOMEM", o->name, nth,
                  amos_status_name(run->status), run->status ? run->err.message : "");
    ck_assert_msg(w->promise == NULL, "%s, allocation %d: not so: %s", o->name, nth, w->promise);
    ck_assert_msg(run->leaked == 0, "%s, allocation %d: %d blocks leaked", o->name, nth, (int)run->leaked);
    if (run->status == AMOS_E_NOMEM)
        assert_sentence(&run->err, run->status, o->name);
    else
        ck_assert_msg(run->digest == truth, "%s, allocation %d: another result", o->name, nth);
}

/* Parsing JSON makes a thousand similar allocations; beyond the first 200 not every one is tested. */
static int next_one(int nth)
{
    return nth < 200 ? nth + 1 : nth + 1 + nth / 25;
}

static void fail_everywhere(const struct operation *o, struct world *w, enum heap_mode mode)
{
    run_undisturbed(o, w); /* the first run of a thread fills permanent caches of libc */
    uint64_t truth = run_undisturbed(o, w);
    for (int nth = 1;; nth = next_one(nth)) {
        struct run run = run_failing(o, w, (uint64_t)nth, mode);
        if (run.failed == 0)
            break;
        counts->failed += run.failed;
        counts->runs++;
        counts->without += run.status != AMOS_E_NOMEM;
        check_run(o, w, &run, truth, nth);
        ck_assert_msg(run_undisturbed(o, w) == truth, "%s, after allocation %d: another result", o->name, nth);
    }
}

START_TEST(F16_fails_with_nomem)
{
    const struct operation *o = &operations[_i % operation_count];
    struct world *w = worlds[_i / operation_count];
    if (!w || (_i >= operation_count && o->flags & OPERATION_PLAIN))
        return;
    fail_everywhere(o, w, HEAP_ONCE);
    fail_everywhere(o, w, HEAP_FROM_THEN_ON);
}
END_TEST

/* The precondition of these tests. */
START_TEST(the_heap_is_watched)
{
    int64_t blocks = heap_blocks();
    heap_watch();
    heap_arm(2, HEAP_ONCE);
    void *volatile first = malloc(10), *volatile second = malloc(10), *volatile third = calloc(1000, 1000);
    uint64_t failed = heap_disarm();
    int64_t peak = heap_peak(), more = heap_blocks() - blocks;
    free(third);
    free(first);
    int64_t left = heap_blocks() - blocks;
    ck_assert_uint_eq(failed, 1);
    ck_assert_ptr_null(second);
    ck_assert_int_eq(more, 2);
    ck_assert_int_ge(peak, 1000010);
    ck_assert_int_eq(left, 0);
}
END_TEST

/* Once for all cases. */
static void make_worlds(void)
{
    for (int i = 0; i < LIBRARIES && !worlds[i]; i++)
        worlds[i] = world_make(libraries[i].name, libraries[i].inflate);
}

static void free_worlds(void)
{
    for (int i = 0; i < LIBRARIES; i++)
        if (worlds[i])
            world_free(worlds[i]);
}

int main(void)
{
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        return EXIT_FAILURE;
    Suite *suite = suite_create("nomem");
    TCase *heap = add_case(suite, "heap", 10);
    tcase_add_test(heap, the_heap_is_watched);
    TCase *all = add_case(suite, "operations", 60), *others = add_thorough_case(suite, "other decoders", 60);
    tcase_add_unchecked_fixture(all, make_worlds, NULL);
    tcase_add_unchecked_fixture(others, make_worlds, NULL);
    tcase_add_loop_test(all, F16_fails_with_nomem, 0, operation_count);
    tcase_add_loop_test(others, F16_fails_with_nomem, operation_count, LIBRARIES * operation_count);
    int code = run_suite(suite);
    free_worlds();
    printf("%llu allocations failed in %llu runs of %d operations; %llu runs did without the memory.\n",
           (unsigned long long)counts->failed, (unsigned long long)counts->runs, operation_count,
           (unsigned long long)counts->without);
    return code;
}
