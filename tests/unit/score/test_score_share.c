/* SPDX-License-Identifier: BSD-3-Clause */
/* Percentiles by area where a share of the area is met exactly: thousands of tiny pairs against a model that computes
 * with roots of integers, which cannot round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "base/math/random.h"
#include "base/math/twofold.h"
#include "score/distance/share.h"
#include "support/accept.h"
#include "support/main.h"
#include "support/make/score.h"
#include "support/model/area.h"
#include "support/model/score.h"

#define SEEDS 400
#define VOXELS 64

static const double percentiles[] = {50, 25, 75, 20, 40, 60, 90, 37.5};
static const double tolerances[] = {1};
static const struct score_model_rules rules = {
    AMOS_CONVENTION_DEEPMIND, AMOS_ABSENT_NAN, tolerances, percentiles, 1, 8};

/* Equal spacings, two equal ones, and Pythagorean ones, for which areas of different shapes are commensurable. */
static const double spacings[][3] = {{1, 1, 1}, {0.75, 0.75, 5}, {3, 4, 2.5}, {0.625, 1.5, 2}};
#define SPACINGS ((int)(sizeof spacings / sizeof spacings[0]))

/* Boxes and single voxels on a grid of 4 x 4 x 4: shapes with many points of equal distance. */
static void fill(uint8_t voxels[VOXELS], uint64_t seed)
{
    uint64_t low[3], high[3];
    for (uint64_t a = 0; a < 3; a++) {
        low[a] = random_index(seed, a, 3);
        high[a] = low[a] + 1 + random_index(seed, 8 + a, 3);
    }
    for (uint64_t i = 0; i < VOXELS; i++) {
        const uint64_t at[3] = {i % 4, i / 4 % 4, i / 16};
        int inside = 1;
        for (int a = 0; a < 3; a++)
            inside = inside && at[a] >= low[a] && at[a] < high[a];
        voxels[i] = (uint8_t)((inside != 0) != (random_index(seed, 100 + i, 12) == 0));
    }
}

static amos_score *score(const uint8_t *r, const uint8_t *p, const double spacing[3])
{
    const int64_t shape[3] = {4, 4, 4};
    amos_score_options options = AMOS_SCORE_OPTIONS_INIT;
    amos_labelmap *a = score_map(r, shape, spacing, "RAS"), *b = score_map(p, shape, spacing, "RAS");
    amos_score *s = NULL;
    amos_error err;
    options.tolerances = tolerances;
    options.tolerance_count = rules.tolerance_count;
    options.percentiles = percentiles;
    options.percentile_count = rules.percentile_count;
    options.accept = ACCEPT(.max_label = 1);
    assert_ok(amos_score_make(a, b, &options, &s, &err), &err);
    amos_labelmap_free(b);
    amos_labelmap_free(a);
    return s;
}

START_TEST(tiny_pairs_agree_with_exact_arithmetic)
{
    const int64_t shape[3] = {4, 4, 4};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint8_t r[VOXELS], p[VOXELS];
        struct score_model model;
        fill(r, 2 * seed);
        fill(p, 2 * seed + 1);
        amos_score *s = score(r, p, spacings[_i]);
        score_model_make(r, p, shape, spacings[_i], 1, &rules, &model);
        const amos_organ_score *organ = amos_score_get_organ(s, 1);
        for (int n = 0; n < 8; n++)
            ck_assert_msg(model.hd_percentile[n] == organ->hd_percentile[n] || isnan(model.hd_percentile[n]),
                          "seed %d: hd%g is %.17g, not %.17g", (int)seed, percentiles[n], organ->hd_percentile[n],
                          model.hd_percentile[n]);
        amos_score_free(s);
    }
}
END_TEST

/* ---- a share that sums of doubles miss ---- */

/* Points of one kind at distances 0, 1, 2, ...; `share` of them is met at a distance that is known. */
START_TEST(a_share_met_exactly_is_met)
{
    for (int kind = 1; kind < 14; kind++)
        for (uint64_t count = 1; count <= 200; count++) {
            struct amosi_distances d = {0};
            struct amosi_areas areas;
            amosi_areas_make((const double[3]){0.7, 0.7, 3.3}, &areas);
            for (uint64_t i = 0; i < count; i++)
                amosi_distances_add(&d, (double)(i * i), (uint32_t)kind, 3);
            ck_assert(amosi_distances_finish(&d, areas.mm2));
            for (uint64_t percent = 1; percent <= 100; percent++) {
                uint64_t wanted =
                    (percent * count + 99) / 100 - 1; /* the first with (n + 1) / count >= percent / 100 */
                double got = amosi_distances_share(&d, (double)percent, &areas);
                ck_assert_msg(got == (double)wanted, "%d %% of %d points: %g, not %d", (int)percent, (int)count, got,
                              (int)wanted);
            }
            amosi_distances_free(&d);
        }
}
END_TEST

/* ---- arithmetic ---- */

START_TEST(twofold_numbers_have_106_bits)
{
    struct amosi_twofold third = {1.0 / 3, 0x1p-54 / 3}, two = {2, 0}, root = amosi_twofold_root(two);
    struct amosi_twofold one = amosi_twofold_add(amosi_twofold_times(third, two), third);
    struct amosi_twofold square = amosi_twofold_add(amosi_twofold_times(root, root), (struct amosi_twofold){-2, 0});
    struct amosi_twofold large = amosi_twofold_product(94906267.0, 94906267.0),
                         none = amosi_twofold_root((struct amosi_twofold){0, 0});
    ck_assert(fabs(one.high - 1 + one.low) < 0x1p-100);
    ck_assert(fabs(square.high) < 0x1p-100);
    ck_assert(large.high == 9007199515875288.0 && large.low == 1);
    ck_assert(none.high == 0 && none.low == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_share");
    TCase *shares = add_case(suite, "shares", 60);
    tcase_add_loop_test(shares, tiny_pairs_agree_with_exact_arithmetic, 0, SPACINGS);
    tcase_add_test(shares, a_share_met_exactly_is_met);
    tcase_add_test(shares, twofold_numbers_have_106_bits);
    return run_suite(suite);
}
