/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of draws: the frequency of each case, organ and place, its division between ranks, and seeking to any
 * position. Seeds are fixed, so that a result never changes; bounds are statistical. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/make/loader_set.h"
#include "support/main.h"

static char *set;
static amos_dataset *dataset;

static void make_set(void)
{
    amos_error err;
    set = loader_set_make("draws");
    assert_ok(amos_dataset_open(set, NULL, &dataset, &err), &err);
}

static void free_set(void)
{
    amos_dataset_free(dataset);
    free(set);
}

static amos_loader_options small_patches(void)
{
    return (amos_loader_options){
        .size = sizeof(amos_loader_options), .patch = {8, 6, 4}, .batch_size = 4, .threads = 2, .seed = 5};
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

/* Calls `look` for each sample of n epochs; returns the number of samples. */
static int look_at(const amos_loader_options *options, int epochs, void (*look)(void *, const amos_batch_sample *),
                   void *user)
{
    amos_loader *loader = open_loader(options);
    int samples = 0;
    while (epochs > 0) {
        amos_batch *batch = next(loader);
        const amos_batch_info *info = amos_batch_get_info(batch);
        for (int n = 0; batch && n < info->count; n++, samples++)
            look(user, amos_batch_get_sample(batch, n));
        epochs -= batch == NULL;
        amos_batch_free(batch);
    }
    amos_loader_free(loader);
    return samples;
}

/* Asserts a count within four standard deviations of a share of n. */
static void assert_share(int count, int n, double share, const char *what)
{
    double deviation = sqrt(n * share * (1 - share));
    ck_assert_msg(fabs(count - n * share) <= 4 * deviation + 1e-9, "%s: %d of %d, expected %.1f", what, count, n,
                  n * share);
}

/* ---- frequencies ---- */

struct counts {
    int cases[LOADER_SET_CASES], organs[16], of_organ[16][LOADER_SET_CASES];
};

static void count(void *user, const amos_batch_sample *s)
{
    struct counts *c = user;
    c->cases[s->case_index]++;
    c->organs[s->organ]++;
    c->of_organ[s->organ][s->case_index]++;
}

START_TEST(each_case_is_visited_equally)
{
    struct counts c = {{0}, {0}, {{0}}};
    amos_loader_options o = small_patches();
    int n = look_at(&o, 10, count, &c);
    ck_assert_int_eq(n, 10 * LOADER_SET_CASES * 4);
    for (int i = 0; i < LOADER_SET_CASES; i++)
        ck_assert_int_eq(c.cases[i], 40);
}
END_TEST

/* Organs of the set: 1 2 3 | 1 2 | 1 6 | 1 | 1 6 | none. */
START_TEST(foreground_has_its_share_and_organs_theirs)
{
    struct counts c = {{0}, {0}, {{0}}};
    amos_loader_options o = small_patches();
    o.foreground = 0.4;
    int n = look_at(&o, 100, count, &c);
    assert_share(n - c.organs[0], n, 0.4 * 5 / 6, "forced");
    assert_share(c.organs[3], n, 0.4 / 6 / 3, "organ 3");
    assert_share(c.organs[2], n, 0.4 / 6 * (1.0 / 3 + 1.0 / 2), "organ 2");
    assert_share(c.organs[6], n, 0.4 / 6 * (1.0 / 2 + 1.0 / 2), "organ 6");
    assert_share(c.organs[1], n, 0.4 / 6 * (1.0 / 3 + 1.0 / 2 + 1.0 / 2 + 1 + 1.0 / 2), "organ 1");
}
END_TEST

START_TEST(balanced_draws_give_each_organ_and_each_of_its_cases_the_same)
{
    struct counts c = {{0}, {0}, {{0}}};
    amos_loader_options o = small_patches();
    o.foreground = 1;
    o.balanced = 1;
    o.patches_per_case = 1;
    o.batch_size = 1;
    o.steps = 400;
    ck_assert_int_eq(look_at(&o, 1, count, &c), 400);
    static const int organs[] = {1, 2, 3, 6}, cases_of[] = {5, 2, 1, 2};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(c.organs[organs[i]], 100);
        for (int k = 0; k < LOADER_SET_CASES; k++)
            ck_assert(c.of_organ[organs[i]][k] == 0 || c.of_organ[organs[i]][k] == 100 / cases_of[i]);
    }
}
END_TEST

START_TEST(only_cases_with_the_organs_are_drawn)
{
    struct counts c = {{0}, {0}, {{0}}};
    amos_loader_options o = small_patches();
    const int organs[] = {6, 3};
    o.organs = organs;
    o.organ_count = 2;
    o.foreground = 1;
    int n = look_at(&o, 4, count, &c);
    ck_assert_int_eq(n, 4 * 3 * 4);
    ck_assert_int_eq(c.organs[6], 32);
    ck_assert_int_eq(c.organs[3], 16);
    amos_loader *loader = open_loader(&o);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 3);
    ck_assert_str_eq(amos_loader_get_case(loader, 0)->id, "amos_0001");
    ck_assert_str_eq(amos_loader_get_case(loader, 1)->id, "amos_0003");
    ck_assert_str_eq(amos_loader_get_case(loader, 2)->id, "amos_0501");
    ck_assert_ptr_null(amos_loader_get_case(loader, 3));
    ck_assert_int_eq(amos_loader_get_case(loader, 2)->modality, AMOS_MODALITY_MRI);
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(dataset, amos_loader_get_case(loader, 2)->case_index))->id,
                     "amos_0501");
    amos_loader_free(loader);
}
END_TEST

START_TEST(filters_and_lists_choose_cases)
{
    amos_loader_options o = small_patches();
    const amos_case_filter mri = {.size = sizeof mri, .modality = AMOS_MODALITY_MRI, .split = AMOS_SPLIT_TRAINING};
    const char *const ids[] = {"amos_0501", "3", "0003", "amos_0502"};
    o.filter = &mri;
    amos_loader *loader = open_loader(&o);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 1);
    ck_assert_str_eq(amos_loader_get_case(loader, 0)->id, "amos_0501");
    amos_loader_free(loader);
    o.cases = ids;
    o.case_count = 4;
    loader = open_loader(&o);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 1);
    amos_loader_free(loader);
    o.filter = NULL;
    loader = open_loader(&o);
    ck_assert_uint_eq(amos_loader_get_info(loader)->case_count, 3);
    ck_assert_str_eq(amos_loader_get_case(loader, 0)->id, "amos_0003");
    amos_loader_free(loader);
}
END_TEST

/* ---- places ---- */

struct places {
    int of[3][128]; /* starts along each axis, plus 32 */
    int n;
};

static void note_place(void *user, const amos_batch_sample *s)
{
    struct places *p = user;
    p->n++;
    for (int i = 0; i < 3; i++)
        p->of[i][s->box.start[i] + 32]++;
}

/* All allowed starts are equally likely and no others occur: chi square below its 99.9 % point, about n + 3.1
 * sqrt(2n) + 4. */
START_TEST(places_are_even)
{
    static const char *const one[] = {"amos_0001"}; /* 40 x 36 x 20 */
    struct places p = {{{0}}, 0};
    amos_loader_options o = small_patches();
    o.cases = one;
    o.case_count = 1;
    o.border[0] = 3;
    o.patch[2] = 26; /* more than the case has */
    o.steps = 5000;
    look_at(&o, 1, note_place, &p);
    const int low[3] = {-3, 0, -6}, high[3] = {40 - 8 + 3, 36 - 6, 0};
    for (int axis = 0; axis < 3; axis++) {
        int starts = high[axis] - low[axis] + 1, seen = 0;
        double each = (double)p.n / starts, chi = 0;
        for (int start = low[axis]; start <= high[axis]; start++) {
            seen += p.of[axis][start + 32];
            chi += pow(p.of[axis][start + 32] - each, 2) / each;
        }
        ck_assert_int_eq(seen, p.n);
        ck_assert_double_lt(chi, starts - 1 + 3.1 * sqrt(2.0 * (starts - 1)) + 4);
    }
}
END_TEST

static void note_organ_voxel(void *user, const amos_batch_sample *s)
{
    struct places *p = user;
    p->n++;
    for (int i = 0; i < 3; i++)
        p->of[i][s->box.start[i] + (s->box.stop[i] - s->box.start[i]) / 2]++;
}

/* Organ 3 of case 1 is at 6..10, 7..10, 6..8, far enough from the border: its voxels become the centres of patches. */
START_TEST(every_voxel_of_an_organ_is_as_likely)
{
    static const char *const one[] = {"amos_0001"};
    static const int organ[] = {3}, low[3] = {6, 7, 6}, side[3] = {5, 4, 3};
    struct places p = {{{0}}, 0};
    amos_loader_options o = small_patches();
    o.cases = one;
    o.case_count = 1;
    o.organs = organ;
    o.organ_count = 1;
    o.foreground = 1;
    o.steps = 2000;
    look_at(&o, 1, note_organ_voxel, &p);
    for (int axis = 0; axis < 3; axis++)
        for (int i = 0; i < side[axis]; i++)
            assert_share(p.of[axis][low[axis] + i], p.n, 1.0 / side[axis], "voxel");
}
END_TEST

/* ---- augmentation ---- */

struct changes {
    int n, flips[3], turns[4];
};

static void note_change(void *user, const amos_batch_sample *s)
{
    struct changes *c = user;
    c->n++;
    for (int i = 0; i < 3; i++)
        c->flips[i] += (int)(s->flips >> i & 1);
    c->turns[s->quarter_turns]++;
}

START_TEST(flips_and_turns_are_even)
{
    struct changes c = {0, {0}, {0}};
    amos_augment augment = {
        .size = sizeof augment, .flips = AMOS_FLIP_X | AMOS_FLIP_Z, .mirror = AMOS_MIRROR_KEEP, .quarter_turns = 1};
    amos_loader_options o = small_patches();
    o.patch[1] = 8;
    o.augment = &augment;
    look_at(&o, 100, note_change, &c);
    assert_share(c.flips[0], c.n, 0.5, "x");
    ck_assert_int_eq(c.flips[1], 0);
    assert_share(c.flips[2], c.n, 0.5, "z");
    for (int turn = 0; turn < 4; turn++)
        assert_share(c.turns[turn], c.n, 0.25, "turns");
}
END_TEST

/* Compares the image of a loader with intensity changes to the same loader's without: mean and deviation of the
 * difference give brightness, contrast and noise. */
START_TEST(tone_changes_have_their_distributions)
{
    amos_loader_options o = small_patches();
    amos_augment augment = {.size = sizeof augment,
                            .brightness_share = 0.5,
                            .brightness_low = 1000,
                            .brightness_high = 2000,
                            .noise_share = 0.25,
                            .noise_low = 5,
                            .noise_high = 5};
    o.patch[0] = o.patch[1] = 20;
    o.patch[2] = 12;
    amos_loader *plain = open_loader(&o);
    o.augment = &augment;
    amos_loader *changed = open_loader(&o);
    int n = 0, bright = 0, noisy = 0, upper = 0;
    for (int epoch = 0; epoch < 40;) {
        amos_batch *a = next(plain), *b = next(changed);
        epoch += a == NULL;
        for (int i = 0; a && i < 4; i++, n++) {
            const float *x = (float *)amos_batch_get_info(a)->image.data + i * 4800;
            const float *y = (float *)amos_batch_get_info(b)->image.data + i * 4800;
            double mean = 0, squares = 0;
            for (int v = 0; v < 4800; v++) {
                mean += (double)(y[v] - x[v]) / 4800;
                squares += pow((double)(y[v] - x[v]), 2) / 4800;
            }
            double deviation = sqrt(fmax(squares - mean * mean, 0));
            ck_assert(mean > 990 || fabs(mean) < 0.5);
            ck_assert(fabs(deviation - 5) < 0.3 || deviation < 0.05);
            bright += mean > 990;
            upper += mean > 1500;
            noisy += deviation > 1;
        }
        amos_batch_free(a);
        amos_batch_free(b);
    }
    assert_share(bright, n, 0.5, "bright");
    assert_share(upper, n, 0.25, "bright, upper half");
    assert_share(noisy, n, 0.25, "noisy");
    amos_loader_free(changed);
    amos_loader_free(plain);
}
END_TEST

START_TEST(gamma_and_contrast_keep_what_they_should)
{
    amos_loader_options o = small_patches();
    amos_augment augment = {.size = sizeof augment,
                            .gamma_share = _i ? 0 : 1,
                            .gamma_low = 0.5,
                            .gamma_high = 2,
                            .contrast_share = _i ? 1 : 0,
                            .contrast_low = 0.5,
                            .contrast_high = 2};
    o.patch[0] = o.patch[1] = 12;
    amos_loader *plain = open_loader(&o);
    o.augment = &augment;
    amos_loader *changed = open_loader(&o);
    for (int k = 0; k < 6; k++) {
        amos_batch *a = next(plain), *b = next(changed);
        enum { n = 12 * 12 * 4 };
        const float *x = amos_batch_get_info(a)->image.data, *y = amos_batch_get_info(b)->image.data;
        double mean_x = 0, mean_y = 0;
        float low = INFINITY, high = -INFINITY;
        for (int i = 0; i < n; i++) {
            mean_x += (double)x[i] / (double)n;
            mean_y += (double)y[i] / (double)n;
            low = fminf(low, x[i]);
            high = fmaxf(high, x[i]);
        }
        if (_i)
            ck_assert_double_eq_tol(mean_x, mean_y, 0.01);
        double factor = 0, exponent = 0;
        for (int i = 0; i < n; i++) { /* the same number for all voxels of the element */
            double u = (double)(x[i] - low) / (double)(high - low), v = (double)(y[i] - low) / (double)(high - low);
            if (_i && fabs((double)x[i] - mean_x) > 100) {
                double f = ((double)y[i] - mean_y) / ((double)x[i] - mean_x);
                factor = factor == 0 ? f : factor;
                ck_assert_double_eq_tol(f, factor, 1e-3);
                ck_assert(f > 0.49 && f < 2.01);
            }
            if (!_i && u > 0.1 && u < 0.9) {
                double g = log(v) / log(u);
                exponent = exponent == 0 ? g : exponent;
                ck_assert_double_eq_tol(g, exponent, 2e-3);
                ck_assert(g > 0.49 && g < 2.01);
            }
            if (x[i] <= low || x[i] >= high)
                ck_assert(_i || x[i] == y[i]);
        }
        amos_batch_free(a);
        amos_batch_free(b);
    }
    amos_loader_free(changed);
    amos_loader_free(plain);
}
END_TEST

/* ---- ranks and positions in the order ---- */

/* A unique number for a draw: its case, place and changes. */
static uint64_t digest_of(const amos_batch_sample *s)
{
    uint64_t hash = 14695981039346656037u;
    const int64_t numbers[] = {(int64_t)s->case_index, s->box.start[0], s->box.start[1],
                               s->box.start[2],        s->tile,         s->flips};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        hash = (hash ^ (uint64_t)numbers[i]) * 1099511628211u;
    return hash;
}

struct list {
    uint64_t *digests;
    int n;
};

static void note_digest(void *user, const amos_batch_sample *s)
{
    struct list *list = user;
    list->digests[list->n++] = digest_of(s);
}

static int compare_digests(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* All ranks together draw the same as a single one, in any order, and all have the same number of steps. */
START_TEST(ranks_are_disjoint_and_complete)
{
    static const int worlds[] = {2, 3, 6};
    amos_loader_options o = small_patches();
    amos_augment flips = {.size = sizeof flips, .flips = 7, .mirror = AMOS_MIRROR_KEEP};
    o.augment = &flips;
    o.draw = _i / 3 == 2 ? AMOS_SAMPLING_TILES : _i / 3 == 1 ? AMOS_SAMPLING_WHOLE : AMOS_SAMPLING_PATCHES;
    if (o.draw == AMOS_SAMPLING_WHOLE) {
        memset(o.patch, 0, sizeof o.patch);
        o.batch_size = 1;
    }
    o.interleave = 2;
    struct list alone = {must_alloc(100000 * sizeof(uint64_t)), 0},
                together = {must_alloc(100000 * sizeof(uint64_t)), 0};
    look_at(&o, 1, note_digest, &alone);
    o.world_size = worlds[_i % 3];
    uint64_t steps = 0;
    for (o.rank = 0; o.rank < o.world_size; o.rank++) {
        amos_loader *loader = open_loader(&o);
        steps = steps ? steps : amos_loader_get_info(loader)->steps;
        ck_assert_uint_eq(amos_loader_get_info(loader)->steps, steps);
        amos_loader_free(loader);
        look_at(&o, 1, note_digest, &together);
    }
    qsort(alone.digests, (size_t)alone.n, sizeof *alone.digests, compare_digests);
    qsort(together.digests, (size_t)together.n, sizeof *together.digests, compare_digests);
    ck_assert_int_eq(alone.n, together.n);
    ck_assert_mem_eq(alone.digests, together.digests, (size_t)alone.n * sizeof *alone.digests);
    free(together.digests);
    free(alone.digests);
}
END_TEST

/* If the cases cannot be divided evenly, each is still visited, and no draw occurs twice. */
START_TEST(ranks_that_do_not_divide_the_cases_leave_none_out)
{
    struct counts c = {{0}, {0}, {{0}}};
    amos_loader_options o = small_patches();
    struct list all = {must_alloc(100000 * sizeof(uint64_t)), 0};
    o.world_size = 4;
    for (o.rank = 0; o.rank < 4; o.rank++) {
        look_at(&o, 1, count, &c);
        look_at(&o, 1, note_digest, &all);
    }
    for (int i = 0; i < LOADER_SET_CASES; i++)
        ck_assert_int_ge(c.cases[i], 4);
    qsort(all.digests, (size_t)all.n, sizeof *all.digests, compare_digests);
    for (int i = 1; i < all.n; i++)
        ck_assert_uint_ne(all.digests[i - 1], all.digests[i]);
    free(all.digests);
}
END_TEST

START_TEST(resuming_is_as_if_nothing_had_happened)
{
    enum { BATCHES = 20 };
    amos_loader_options o = small_patches();
    amos_augment augment = {.size = sizeof augment,
                            .flips = 7,
                            .mirror = AMOS_MIRROR_KEEP,
                            .noise_share = 1,
                            .noise_low = 1,
                            .noise_high = 9};
    o.augment = &augment;
    o.foreground = 0.5;
    uint32_t crcs[BATCHES];
    amos_loader_state states[BATCHES];
    amos_error err;
    amos_loader *loader = open_loader(&o);
    for (int i = 0; i < BATCHES; i++) {
        states[i].size = sizeof states[i];
        assert_ok(amos_loader_get_state(loader, &states[i], &err), &err);
        amos_batch *batch = next(loader);
        crcs[i] = loader_batch_crc(batch);
        amos_batch_free(batch);
    }
    ck_assert_uint_gt(states[BATCHES - 1].epoch, 1);
    for (int i = BATCHES - 1; i >= 0; i -= 3) { /* in this loader, and in a new one */
        amos_loader *other = open_loader(&o);
        assert_ok(amos_loader_seek(loader, &states[i], &err), &err);
        assert_ok(amos_loader_seek(other, &states[i], &err), &err);
        for (int j = i; j < BATCHES && j < i + 4; j++) {
            amos_batch *a = next(loader), *b = next(other);
            ck_assert_uint_eq(loader_batch_crc(a), crcs[j]);
            ck_assert_uint_eq(loader_batch_crc(b), crcs[j]);
            amos_batch_free(b);
            amos_batch_free(a);
        }
        amos_loader_free(other);
    }
    o.seed++;
    amos_loader *stranger = open_loader(&o);
    assert_status(amos_loader_seek(stranger, &states[0], &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "state");
    states[0].fingerprint = 0;
    assert_ok(amos_loader_seek(stranger, &states[0], &err), &err);
    states[0].world_size = 0; /* `step` counts */
    states[0].step = amos_loader_get_info(stranger)->steps + 1;
    assert_status(amos_loader_seek(stranger, &states[0], &err), AMOS_E_ARG, &err);
    amos_loader_free(stranger);
    amos_loader_free(loader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader draws");
    TCase *all = add_case(suite, "draws", 60);
    tcase_add_unchecked_fixture(all, make_set, free_set);
    tcase_add_test(all, each_case_is_visited_equally);
    tcase_add_test(all, foreground_has_its_share_and_organs_theirs);
    tcase_add_test(all, balanced_draws_give_each_organ_and_each_of_its_cases_the_same);
    tcase_add_test(all, only_cases_with_the_organs_are_drawn);
    tcase_add_test(all, filters_and_lists_choose_cases);
    tcase_add_test(all, places_are_even);
    tcase_add_test(all, every_voxel_of_an_organ_is_as_likely);
    tcase_add_test(all, flips_and_turns_are_even);
    tcase_add_test(all, tone_changes_have_their_distributions);
    tcase_add_loop_test(all, gamma_and_contrast_keep_what_they_should, 0, 2);
    tcase_add_loop_test(all, ranks_are_disjoint_and_complete, 0, 9);
    tcase_add_test(all, ranks_that_do_not_divide_the_cases_leave_none_out);
    tcase_add_test(all, resuming_is_as_if_nothing_had_happened);
    return run_suite(suite);
}
