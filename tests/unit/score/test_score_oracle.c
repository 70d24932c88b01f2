/* SPDX-License-Identifier: BSD-3-Clause */
/* Scores against brute force on thousands of small random pairs, and invariances: swapped maps, memory layout,
 * number of threads. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "score/surface/active.h"
#include "score/surface/area.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/make/score.h"
#include "support/model/area.h"
#include "support/model/score.h"

#define SEEDS(form) ((form) == SCORE_FORM_SHELL ? 6u : 150u) /* of each form; shells are large */
#define CONVENTIONS AMOS_CONVENTION_COUNT

static const double tolerances[] = {0, 0.5, 1, 2, 5};
static const double percentiles[] = {95, 100, 50, 0, 12.5};

static struct score_model_rules rules(int convention, int absent)
{
    return (struct score_model_rules){(amos_convention)convention, (amos_absent)absent, tolerances, percentiles, 5, 5};
}

static const amos_accept up_to_three = {
    .size = sizeof up_to_three, .max_label = 3, .tolerance_voxels = 0.01, .frame = AMOS_FRAME_ONLY};

static amos_score_options options_of(const struct score_model_rules *r, int threads)
{
    return (amos_score_options){.size = sizeof(amos_score_options),
                                .convention = r->convention,
                                .absent = r->absent,
                                .tolerances = r->tolerances,
                                .tolerance_count = r->tolerance_count,
                                .percentiles = r->percentiles,
                                .percentile_count = r->percentile_count,
                                .accept = &up_to_three,
                                .threads = threads};
}

static amos_score *score(const amos_labelmap *reference, const amos_labelmap *prediction,
                         const struct score_model_rules *r, int threads)
{
    amos_score_options options = options_of(r, threads);
    amos_score *s = NULL;
    amos_error err = {0};
    assert_ok(amos_score_make(reference, prediction, &options, &s, &err), &err);
    return s;
}

/* The loop counts forms and conventions. */
#define FORM(i) ((i) / CONVENTIONS)
#define CONVENTION(i) ((i) % CONVENTIONS)
#define LOOPS (SCORE_FORMS * CONVENTIONS)

START_TEST(brute_force_agrees)
{
    for (uint64_t seed = 0; seed < SEEDS(FORM(_i)); seed++) {
        struct score_pair pair;
        struct score_model model;
        const struct score_model_rules r = rules(CONVENTION(_i), (int)(seed % 2));
        score_pair_make(FORM(_i), seed, &pair);
        amos_labelmap *a = score_map(pair.reference, pair.shape, pair.spacing, "LAS");
        amos_labelmap *b = score_map(pair.prediction, pair.shape, pair.spacing, "LAS");
        amos_score *s = score(a, b, &r, 0);
        for (int label = 1; label <= 3; label++) {
            score_model_make(pair.reference, pair.prediction, pair.shape, amos_score_get_info(s)->spacing, label, &r,
                             &model);
            const char *differs = score_model_differs(&model, &r, amos_score_get_organ(s, label));
            ck_assert_msg(!differs, "form %d, seed %d, label %d: %s", FORM(_i), (int)seed, label, differs);
        }
        amos_score_free(s);
        amos_labelmap_free(b);
        amos_labelmap_free(a);
        score_pair_free(&pair);
    }
}
END_TEST

/* ---- invariances ---- */

/* NaN equals NaN. */
static void assert_equal(double a, double b, double within, const char *what, uint64_t seed)
{
    int same = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= within * fabs(a);
    ck_assert_msg(same, "seed %d: %s is %.17g and %.17g", (int)seed, what, a, b);
}

START_TEST(symmetric_measures_are_symmetric)
{
    for (uint64_t seed = 0; seed < SEEDS(FORM(_i)); seed++) {
        struct score_pair pair;
        const struct score_model_rules r = rules(CONVENTION(_i), 0);
        score_pair_make(FORM(_i), seed, &pair);
        amos_labelmap *a = score_map(pair.reference, pair.shape, pair.spacing, "LAS");
        amos_labelmap *b = score_map(pair.prediction, pair.shape, pair.spacing, "LAS");
        amos_score *s = score(a, b, &r, 0), *t = score(b, a, &r, 0);
        for (int label = 1; label <= 3; label++) {
            const amos_organ_score *x = amos_score_get_organ(s, label), *y = amos_score_get_organ(t, label);
            assert_equal(x->dice, y->dice, 0, "dice", seed);
            assert_equal(x->jaccard, y->jaccard, 0, "jaccard", seed);
            assert_equal(x->hd, y->hd, 0, "hd", seed);
            assert_equal(x->assd, y->assd, 0, "assd", seed);
            assert_equal(x->sensitivity, y->precision, 0, "sensitivity and precision", seed);
            assert_equal(x->surface_reference, y->surface_prediction, 0, "surface", seed);
            assert_equal(x->mean_reference_to_prediction, y->mean_prediction_to_reference, 0, "directed mean", seed);
            for (int i = 0; i < 5; i++) {
                assert_equal(x->nsd[i], y->nsd[i], 0, "nsd", seed);
                assert_equal(x->hd_percentile[i], y->hd_percentile[i], 0, "hd_percentile", seed);
            }
        }
        amos_score_free(t);
        amos_score_free(s);
        amos_labelmap_free(b);
        amos_labelmap_free(a);
        score_pair_free(&pair);
    }
}
END_TEST

/* The same volume in another order of voxels: axis a of the result is axis order[a], backwards if flips has bit a. */
static uint8_t *turn(const uint8_t *voxels, const int64_t shape[3], const int order[3], unsigned flips,
                     int64_t turned[3])
{
    uint8_t *result = must_alloc((size_t)(shape[0] * shape[1] * shape[2]));
    for (int a = 0; a < 3; a++)
        turned[a] = shape[order[a]];
    size_t n = 0;
    for (int64_t z = 0; z < turned[2]; z++)
        for (int64_t y = 0; y < turned[1]; y++)
            for (int64_t x = 0; x < turned[0]; x++) {
                int64_t to[3] = {x, y, z}, from[3];
                for (int a = 0; a < 3; a++)
                    from[order[a]] = flips >> a & 1 ? turned[a] - 1 - to[a] : to[a];
                result[n++] = voxels[(from[2] * shape[1] + from[1]) * shape[0] + from[0]];
            }
    return result;
}

static amos_labelmap *turned_map(const struct score_pair *pair, const uint8_t *voxels, int n)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const char letters[3][2] = {{'R', 'L'}, {'A', 'P'}, {'S', 'I'}};
    const int *order = orders[n % 6];
    unsigned flips = (unsigned)n / 6;
    int64_t shape[3];
    double spacing[3];
    char orientation[4] = {0};
    uint8_t *other = turn(voxels, pair->shape, order, flips, shape);
    for (int a = 0; a < 3; a++) {
        spacing[a] = pair->spacing[order[a]];
        orientation[a] = letters[order[a]][flips >> a & 1];
    }
    amos_labelmap *map = score_map(other, shape, spacing, orientation);
    free(other);
    return map;
}

/* The order of axes is also the order of sums: results are exactly equal if squared distances have few digits. */
START_TEST(turned_volumes_score_the_same)
{
    for (uint64_t seed = 0; seed < SEEDS(FORM(_i)); seed++) {
        struct score_pair pair;
        const struct score_model_rules r = rules(CONVENTION(_i), 0);
        score_pair_make(FORM(_i), seed, &pair);
        for (int a = 0; a < 3; a++)
            pair.spacing[a] = pair.spacing[a] < 1 ? 0.5 : pair.spacing[a];
        int n = (int)(1 + seed % 47);
        amos_labelmap *maps[4] = {turned_map(&pair, pair.reference, 0), turned_map(&pair, pair.prediction, 0),
                                  turned_map(&pair, pair.reference, n), turned_map(&pair, pair.prediction, n)};
        amos_score *s = score(maps[0], maps[1], &r, 0), *t = score(maps[2], maps[3], &r, 0);
        for (int label = 1; label <= 3; label++) {
            const amos_organ_score *x = amos_score_get_organ(s, label), *y = amos_score_get_organ(t, label);
            assert_equal(x->dice, y->dice, 0, "dice", seed);
            assert_equal(x->hd, y->hd, 0, "hd", seed);
            assert_equal(x->surface_reference, y->surface_reference, 1e-12, "surface", seed);
            assert_equal(x->assd, y->assd, 1e-12, "assd", seed);
            for (int i = 0; i < 5; i++)
                assert_equal(x->nsd[i], y->nsd[i], 1e-12, "nsd", seed);
        }
        amos_score_free(t);
        amos_score_free(s);
        for (int i = 0; i < 4; i++)
            amos_labelmap_free(maps[i]);
        score_pair_free(&pair);
    }
}
END_TEST

START_TEST(threads_give_identical_bytes)
{
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct score_pair pair;
        const struct score_model_rules r = rules(CONVENTION(_i), 0);
        score_pair_make(FORM(_i), seed, &pair);
        amos_labelmap *a = score_map(pair.reference, pair.shape, pair.spacing, "LAS");
        amos_labelmap *b = score_map(pair.prediction, pair.shape, pair.spacing, "LAS");
        amos_score *one = score(a, b, &r, 1);
        for (int threads = 2; threads <= 5; threads += 3) {
            amos_score *many = score(a, b, &r, threads);
            for (int label = 1; label <= 3; label++) {
                const amos_organ_score *x = amos_score_get_organ(one, label), *y = amos_score_get_organ(many, label);
                ck_assert_mem_eq(x, y, offsetof(amos_organ_score, nsd));
                ck_assert_mem_eq(x->nsd, y->nsd, sizeof tolerances);
                ck_assert_mem_eq(x->hd_percentile, y->hd_percentile, sizeof percentiles);
            }
            amos_score_free(many);
        }
        amos_score_free(one);
        amos_labelmap_free(b);
        amos_labelmap_free(a);
        score_pair_free(&pair);
    }
}
END_TEST

/* ---- parts ---- */

START_TEST(areas_are_those_of_the_classes)
{
    static const double spacings[][3] = {{1, 1, 1}, {0.7, 1.3, 5}, {5, 0.25, 0.9}};
    struct amosi_areas areas;
    amosi_areas_make(spacings[_i], &areas);
    ck_assert_int_le(areas.kinds, AMOSI_AREA_KINDS);
    for (unsigned code = 0; code < 256; code++)
        assert_equal(score_model_area(code, spacings[_i]), areas.mm2[areas.kind[code]], 1e-14, "area", code);
}
END_TEST

#define LONGEST 300

/* Vector code against its plain twin: the same bits for every length and alignment. */
START_TEST(F33_active_kernels_agree)
{
    static uint8_t rows[5][LONGEST + 80];
    uint64_t seed = (uint64_t)_i + 1, words[2][2][LONGEST / 64 + 1];
    for (int r = 0; r < 5; r++)
        for (size_t i = 0, n; i < sizeof rows[r]; i += n) {
            n = (size_t)random_below(&seed, 40) + 1;
            n = n < sizeof rows[r] - i ? n : sizeof rows[r] - i;
            memset(rows[r] + i, (int)random_below(&seed, 3), n);
        }
    const struct amosi_active_kernels *const sets[] = {amosi_active(), &amosi_active_plain};
    for (int set = 0; set < 2; set++)
        for (size_t n = 0; n <= LONGEST; n++) {
            size_t off = 1 + n % 37;
            const uint8_t *const four[4] = {rows[0] + off, rows[1] + off, rows[2] + off, rows[3] + off};
            memset(words, 0xa5, sizeof words);
            amosi_active_plain.corners(four, n, words[0][0], words[0][1]);
            sets[set]->corners(four, n, words[1][0], words[1][1]);
            ck_assert_mem_eq(words[0], words[1], sizeof words[0]);
            amosi_active_plain.voxels(rows[4] + off, four, n, words[0][0]);
            sets[set]->voxels(rows[4] + off, four, n, words[1][0]);
            ck_assert_mem_eq(words[0], words[1], sizeof words[0]);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_oracle");
    TCase *parts = add_case(suite, "parts", 10);
    tcase_add_loop_test(parts, areas_are_those_of_the_classes, 0, 3);
    tcase_add_loop_test(parts, F33_active_kernels_agree, 0, 20);
    TCase *oracle = add_case(suite, "oracle", 60);
    tcase_add_loop_test(oracle, brute_force_agrees, 0, LOOPS);
    TCase *same = add_case(suite, "same", 60);
    tcase_add_loop_test(same, symmetric_measures_are_symmetric, 0, LOOPS);
    tcase_add_loop_test(same, turned_volumes_score_the_same, 0, LOOPS);
    tcase_add_loop_test(same, threads_give_identical_bytes, 0, LOOPS);
    return run_suite(suite);
}
