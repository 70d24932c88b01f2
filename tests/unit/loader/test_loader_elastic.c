/* SPDX-License-Identifier: BSD-3-Clause */
/* The number of ranks changes: between epochs, and within one from a saved state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/make/loader_set.h"

#define MOST 400 /* batches of an epoch of all ranks */

static char *set;
static amos_dataset *dataset;

static void make_set(void)
{
    amos_error err;
    set = loader_set_make("elastic");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

static const amos_sampling kinds[] = {AMOS_SAMPLING_PATCHES, AMOS_SAMPLING_WHOLE, AMOS_SAMPLING_TILES};

static amos_loader *open_rank(int kind, int rank, int world)
{
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader = NULL;
    amos_error err;
    o.draw = kinds[kind];
    for (int i = 0; i < 3 && o.draw != AMOS_SAMPLING_WHOLE; i++)
        o.patch[i] = 16;
    if (o.draw != AMOS_SAMPLING_WHOLE)
        o.batch_size = 2;
    o.patches_per_case = o.draw == AMOS_SAMPLING_PATCHES ? 5 : 0;
    o.foreground = o.draw == AMOS_SAMPLING_PATCHES ? 0.5 : 0;
    o.seed = 77;
    o.threads = 1 + rank % 2;
    o.rank = rank;
    o.world_size = world;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    return loader;
}

/* A checksum of the next batch, 1 for one that holds nothing but padding; 0 at the end of the epoch. */
static uint32_t next(amos_loader *loader)
{
    amos_batch *batch = NULL;
    amos_error err;
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    uint32_t crc = !batch ? 0 : amos_batch_get_info(batch)->count == 0 ? 1 : loader_batch_crc(batch);
    amos_batch_free(batch);
    return crc;
}

/* The batches of an epoch in the order of their numbers: step * world + rank. */
struct epoch {
    uint32_t crc[MOST];
    int count;
};

/* `steps` steps of all ranks from a state (NULL: the first place), or all that are left if steps is negative. *end gets
 * the state after them, which is the same for all ranks. */
static void run(int kind, int world, const amos_loader_state *from, int steps, struct epoch *out,
                amos_loader_state *end)
{
    amos_error err;
    int first = 0;
    const amos_loader_state begin = from ? *from : (amos_loader_state)AMOS_LOADER_STATE_INIT; /* it may be *end */
    for (int rank = 0; rank < world; rank++) {
        amos_loader *loader = open_rank(kind, rank, world);
        amos_loader_state state = AMOS_LOADER_STATE_INIT;
        if (from)
            assert_ok(amos_loader_seek(loader, &begin, &err), &err);
        int made = 0;
        for (uint32_t crc; made != steps && (crc = next(loader)) != 0; made++) {
            ck_assert_int_lt(made * world + rank, MOST);
            out->crc[made * world + rank] = crc;
        }
        first = rank == 0 ? made : first;
        ck_assert_int_eq(made, first); /* all ranks have as many steps */
        assert_ok(amos_loader_get_state(loader, &state, &err), &err);
        if (end && rank > 0)
            ck_assert_int_eq(memcmp(end, &state, sizeof state), 0);
        if (end)
            *end = state;
        amos_loader_free(loader);
    }
    out->count = first * world;
}

static int worlds_of(int index, int *other)
{
    static const int pairs[][2] = {{4, 2}, {2, 4}, {4, 3}, {3, 4}, {1, 4}, {4, 1}, {2, 3}};
    *other = pairs[index][1];
    return pairs[index][0];
}
#define PAIRS 7

/* An epoch that some began and others finish has the batches that it would have had, each once, in their order. */
START_TEST(an_epoch_is_finished_in_the_order_of_those_who_began_it)
{
    struct epoch all, begun, rest, later, expected;
    amos_loader_state state, end;
    const int kind = _i % 3;
    int others, world = worlds_of(_i / 3, &others);
    run(kind, world, NULL, -1, &all, NULL);
    const int steps = all.count / world;
    for (int step = 0; step <= steps; step += 1 + steps / 5) {
        run(kind, world, NULL, step, &begun, &state);
        ck_assert_uint_eq(state.world_size, (uint64_t)world);
        ck_assert_uint_eq(state.batches, (uint64_t)(step * world));
        ck_assert_int_eq(memcmp(begun.crc, all.crc, sizeof *all.crc * (size_t)begun.count), 0);
        run(kind, others, &state, -1, &rest, &end);
        const int left = all.count - begun.count;
        ck_assert_int_eq(rest.count, (left + others - 1) / others * others);
        ck_assert_int_eq(memcmp(rest.crc, all.crc + begun.count, sizeof *all.crc * (size_t)left), 0);
        for (int i = left; i < rest.count; i++) /* filled up */
            ck_assert_uint_eq(rest.crc[i], kinds[kind] == AMOS_SAMPLING_PATCHES ? all.crc[i - left] : 1);

        ck_assert_uint_eq(end.epoch, 1); /* the next epoch is that of the ranks that are there */
        ck_assert_uint_eq(end.step, 0);
        run(kind, others, &end, -1, &later, NULL);
        amos_loader_state plain = AMOS_LOADER_STATE_INIT;
        plain.epoch = 1;
        run(kind, others, &plain, -1, &expected, NULL);
        ck_assert_int_eq(later.count, expected.count);
        ck_assert_int_eq(memcmp(later.crc, expected.crc, sizeof *later.crc * (size_t)later.count), 0);
    }
}
END_TEST

/* 4 ranks, then 2, then 3, then 4 again, all within an epoch. */
START_TEST(the_number_of_ranks_may_change_again_and_again)
{
    struct epoch all, part;
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    static const int worlds[] = {4, 2, 3, 4};
    int done = 0;
    run(_i, 4, NULL, -1, &all, NULL);
    for (int i = 0; i < 4; i++) {
        run(_i, worlds[i], i ? &state : NULL, i < 3 ? 1 : -1, &part, &state);
        const int left = all.count - done, these = left < 0 ? 0 : part.count < left ? part.count : left;
        ck_assert_int_eq(memcmp(part.crc, all.crc + done, sizeof *all.crc * (size_t)these), 0);
        done += part.count;
        if (i < 3) {
            ck_assert_uint_eq(state.world_size, 4);
            ck_assert_uint_eq(state.batches, (uint64_t)done);
        }
    }
    ck_assert_int_ge(done, all.count);
}
END_TEST

static int compare(const void *a, const void *b)
{
    uint32_t p = *(const uint32_t *)a, q = *(const uint32_t *)b;
    return p < q ? -1 : p > q;
}

/* A whole volume's place in the order does not depend on the number of ranks at all, in any epoch. */
START_TEST(volume_i_of_an_epoch_is_the_same_for_any_number_of_ranks)
{
    struct epoch one, many;
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    for (state.epoch = 0; state.epoch < 3; state.epoch++) {
        run(1, 1, &state, -1, &one, NULL);
        for (int world = 2; world <= 5; world++) {
            run(1, world, &state, -1, &many, NULL);
            ck_assert_int_ge(many.count, one.count);
            ck_assert_int_eq(memcmp(one.crc, many.crc, sizeof *one.crc * (size_t)one.count), 0);
            for (int i = one.count; i < many.count; i++)
                ck_assert_uint_eq(many.crc[i], 1);
        }
    }
}
END_TEST

/* The patches of an epoch are the same for any number of ranks that divides the cases; only which batch they are in
 * differs. With one patch in a batch and one visit at a time these are the batches. */
START_TEST(the_patches_of_an_epoch_are_the_same_for_any_number_of_ranks)
{
    uint32_t found[2][MOST];
    int counts[2];
    for (int epoch = 0; epoch < 2; epoch++)
        for (int world = 1, which = 0; world <= 6; which = 1, world = world == 1 ? 2 : world == 2 ? 3 : world + 3) {
            counts[which] = 0;
            for (int rank = 0; rank < world; rank++) {
                amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
                amos_loader *loader = NULL;
                amos_loader_state state = AMOS_LOADER_STATE_INIT;
                amos_error err;
                o.patch[0] = o.patch[1] = o.patch[2] = 12;
                o.rank = rank;
                o.world_size = world;
                o.threads = 1;
                state.epoch = (uint64_t)epoch;
                assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
                assert_ok(amos_loader_seek(loader, &state, &err), &err);
                for (uint32_t crc; (crc = next(loader)) != 0;)
                    found[which][counts[which]++] = crc;
                amos_loader_free(loader);
            }
            qsort(found[which], (size_t)counts[which], sizeof **found, compare);
            if (which) {
                ck_assert_int_eq(counts[0], counts[1]);
                ck_assert_int_eq(memcmp(found[0], found[1], sizeof **found * (size_t)counts[0]), 0);
            }
        }
}
END_TEST

START_TEST(a_state_that_names_no_place_is_refused)
{
    amos_loader *loader = open_rank(0, 0, 2);
    amos_error err;
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    state.world_size = 65537;
    assert_status(amos_loader_seek(loader, &state, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "ranks");
    state.world_size = 3;
    state.batches = UINT64_MAX;
    assert_status(amos_loader_seek(loader, &state, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "batches");
    state.world_size = 2;
    state.batches = 100000;
    assert_status(amos_loader_seek(loader, &state, &err), AMOS_E_ARG, &err);
    ck_assert_uint_ne(next(loader), 0); /* it is where it was */
    amos_loader_free(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader elastic");
    TCase *all = add_case(suite, "elastic", 60);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_loop_test(all, an_epoch_is_finished_in_the_order_of_those_who_began_it, 0, 3 * PAIRS);
    tcase_add_loop_test(all, the_number_of_ranks_may_change_again_and_again, 0, 3);
    tcase_add_test(all, volume_i_of_an_epoch_is_the_same_for_any_number_of_ranks);
    tcase_add_test(all, the_patches_of_an_epoch_are_the_same_for_any_number_of_ranks);
    tcase_add_test(all, a_state_that_names_no_place_is_refused);
    return run_suite(suite);
}
