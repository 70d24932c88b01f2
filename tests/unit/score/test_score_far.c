/* SPDX-License-Identifier: BSD-3-Clause */
/* The methods of the nearest-point search, each against all pairs, bit for bit: blocks with their candidates, the
 * distance transform, and the rows around a point. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/surface/area.h"
#include "score/distance/divide.h"
#include "score/distance/nearest.h"
#include "score/surface/sweep.h"
#include "score/distance/transform.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/make/score.h"

/* The two surfaces of label 1 of a pair, and their points one by one. */
struct scene {
    struct score_pair pair;
    struct amosi_surface surface[2];
    struct amosi_steps steps;
    struct amosi_point *points[2];
    size_t count[2];
};

static void make_surface(const struct score_pair *pair, const uint8_t *voxels, struct amosi_surface *surface)
{
    struct amosi_areas areas;
    struct amosi_sweep sweep = {.voxels = voxels, .grid = AMOSI_GRID_CORNERS, .surfaces = {NULL, surface}};
    amosi_areas_make(pair->spacing, &areas);
    sweep.kinds = areas.kind;
    memcpy(sweep.shape, pair->shape, sizeof sweep.shape);
    memcpy(sweep.stop, pair->shape, sizeof sweep.stop);
    ck_assert(amosi_surface_begin(surface, AMOSI_GRID_CORNERS, sweep.start, sweep.stop));
    ck_assert(amosi_sweep_run(&sweep));
}

/* Sorts by z, y, x. */
static void list_points(struct scene *s, int which)
{
    const struct amosi_surface *surface = &s->surface[which];
    s->points[which] = must_alloc(surface->points * sizeof(struct amosi_point));
    for (int64_t z = surface->start[2]; z < surface->stop[2]; z++)
        for (int64_t y = surface->start[1]; y < surface->stop[1]; y++)
            for (int64_t x = surface->start[0]; x < surface->stop[0]; x++) {
                const struct amosi_row *row = amosi_surface_row(surface, y, z);
                if (amosi_row_word(surface, row, x / 64) >> x % 64 & 1)
                    s->points[which][s->count[which]++] =
                        (struct amosi_point){{(int32_t)x, (int32_t)y, (int32_t)z}, 0, INFINITY};
            }
    ck_assert_uint_eq(s->count[which], surface->points);
}

static void scene_make(struct scene *s, int form, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    score_pair_make(form, seed, &s->pair);
    /* kilometres, nanometres, or a unit far from any body's size */
    static const double units[8] = {1, 1, 1, 1, 1e-6, 1e6, 1e-30, 1e30};
    for (int a = 0; a < 3; a++)
        s->pair.spacing[a] *= units[seed % 8];
    const int64_t grid[3] = {s->pair.shape[0] + 1, s->pair.shape[1] + 1, s->pair.shape[2] + 1};
    ck_assert(amosi_steps_make(&s->steps, s->pair.spacing, grid));
    make_surface(&s->pair, s->pair.reference, &s->surface[0]);
    make_surface(&s->pair, s->pair.prediction, &s->surface[1]);
    list_points(s, 0);
    list_points(s, 1);
    for (size_t i = 0; i < s->count[0]; i++)
        for (size_t j = 0; j < s->count[1]; j++) {
            const int32_t *a = s->points[0][i].at, *b = s->points[1][j].at;
            double square = amosi_steps_square(&s->steps, a[0] - b[0], a[1] - b[1], a[2] - b[2]);
            s->points[0][i].square = fmin(s->points[0][i].square, square);
        }
}

static void scene_free(struct scene *s)
{
    for (int i = 0; i < 2; i++) {
        amosi_surface_free(&s->surface[i]);
        free(s->points[i]);
    }
    amosi_steps_free(&s->steps);
    score_pair_free(&s->pair);
}

/* Every form of pairs, some seeds each, if both maps have the label. */
#define FOR_SCENES(s) \
    for (uint64_t seed = 0; seed < (_i == SCORE_FORM_SHELL ? 4u : 80u); seed++) \
        for (int more = (scene_make(&(s), _i, seed), 1); more; scene_free(&(s)), more = 0) \
            if ((s).count[0] && (s).count[1])

static void assert_square(const struct scene *s, size_t i, double got, uint64_t seed)
{
    ck_assert_msg(got == s->points[0][i].square, "seed %d: point %d is %.17g away, not %.17g", (int)seed, (int)i, got,
                  s->points[0][i].square);
}

START_TEST(the_transform_is_exact)
{
    struct scene s;
    FOR_SCENES(s)
    {
        struct amosi_point *points = must_alloc(s.count[0] * sizeof *points);
        memcpy(points, s.points[0], s.count[0] * sizeof *points);
        ck_assert(amosi_transform(points, s.count[0], &s.surface[1], &s.steps));
        for (size_t i = 0; i < s.count[0]; i++)
            assert_square(&s, i, points[i].square, seed);
        free(points);
    }
}
END_TEST

/* The number of points with each squared distance. */
static uint64_t count_at(const struct scene *s, double square)
{
    uint64_t count = 0;
    for (size_t i = 0; i < s->count[0]; i++)
        count += s->points[0][i].square == square;
    return count;
}

/* Whether the found distances are those of all points. */
static void assert_all(const struct scene *s, struct amosi_distances *found)
{
    static const double weights[AMOSI_AREA_KINDS] = {0};
    uint64_t all = 0;
    ck_assert(amosi_distances_finish(found, weights));
    for (size_t i = 0, n; i < found->used; i = n) {
        uint64_t count = 0;
        for (n = i; n < found->used && found->bins[n].square == found->bins[i].square; n++)
            count += found->bins[n].count;
        ck_assert_uint_eq(count, count_at(s, found->bins[i].square));
        all += count;
    }
    ck_assert_uint_eq(all, s->count[0]);
    amosi_distances_free(found);
}

/* Marks all words of the first surface as far; returns their number. */
static size_t list_words(const struct scene *s, struct amosi_far_word *words)
{
    const struct amosi_surface *from = &s->surface[0];
    const uint8_t *kinds = from->kinds;
    size_t count = 0;
    for (int64_t z = from->start[2]; z < from->stop[2]; z++)
        for (int64_t y = from->start[1]; y < from->stop[1]; y++)
            for (int64_t x = from->start[0] / 64; x <= from->stop[0] / 64; x++) {
                uint64_t bits = amosi_row_word(from, amosi_surface_row(from, y, z), x);
                if (bits)
                    words[count++] = (struct amosi_far_word){bits, bits, kinds, (int32_t)x, (int32_t)y, (int32_t)z};
                kinds += __builtin_popcountll(bits);
            }
    return count;
}

START_TEST(dividing_is_exact)
{
    struct scene s;
    FOR_SCENES(s)
    {
        struct amosi_distances found = {0};
        struct amosi_far_word *words = must_alloc(s.count[0] * sizeof *words);
        size_t left = list_words(&s, words);
        ck_assert(amosi_divide(words, &left, &s.surface[1], &s.steps, UINT64_MAX, &found));
        ck_assert_uint_eq(left, 0);
        assert_all(&s, &found);
        free(words);
    }
}
END_TEST

/* If the work exceeds the limit, exactly the unsolved points are left. */
START_TEST(dividing_gives_up_at_any_time)
{
    struct scene s;
    FOR_SCENES(s)
    {
        struct amosi_far_word *words = must_alloc(s.count[0] * sizeof *words);
        size_t count = list_words(&s, words), left = count;
        for (uint64_t budget = 0; left; budget = 2 * budget + 10) {
            struct amosi_distances found = {0};
            left = list_words(&s, words);
            ck_assert(amosi_divide(words, &left, &s.surface[1], &s.steps, budget, &found));
            ck_assert_uint_le(left, count);
            ck_assert(budget || left == count);
            ck_assert(amosi_far_solve(words, left, &s.surface[1], &s.steps, &found));
            assert_all(&s, &found);
        }
        free(words);
    }
}
END_TEST

START_TEST(all_ways_together_are_exact)
{
    struct scene s;
    FOR_SCENES(s)
    {
        struct amosi_distances found = {0};
        ck_assert(amosi_nearest(&s.surface[0], &s.surface[1], &s.steps, &found));
        assert_all(&s, &found);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_far");
    TCase *ways = add_case(suite, "ways", 60);
    tcase_add_loop_test(ways, the_transform_is_exact, 0, SCORE_FORMS);
    tcase_add_loop_test(ways, dividing_is_exact, 0, SCORE_FORMS);
    tcase_add_loop_test(ways, dividing_gives_up_at_any_time, 0, SCORE_FORMS);
    tcase_add_loop_test(ways, all_ways_together_are_exact, 0, SCORE_FORMS);
    return run_suite(suite);
}
