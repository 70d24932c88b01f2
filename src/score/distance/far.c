/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/far.h"

#include "base/system/alloc.h"
#include "score/distance/divide.h"
#include "score/distance/transform.h"

/* A step of dividing takes about as long as this many steps of a distance transform. */
#define DIVIDE_STEP 3

/* The kind of the point at a bit of a word. */
static uint32_t kind_of(const struct amosi_far_word *word, int bit)
{
    return word->kinds[__builtin_popcountll(word->all & (((uint64_t)1 << bit) - 1))];
}

static size_t count_points(const struct amosi_far_word *words, size_t count)
{
    size_t points = 0;
    for (size_t i = 0; i < count; i++)
        points += (size_t)__builtin_popcountll(words[i].bits);
    return points;
}

/* Lists the points of words one by one. */
static void list_points(const struct amosi_far_word *words, size_t count, struct amosi_point *points)
{
    for (size_t i = 0; i < count; i++)
        for (uint64_t bits = words[i].bits; bits; bits &= bits - 1) {
            int bit = __builtin_ctzll(bits);
            *points++ =
                (struct amosi_point){{64 * words[i].index + bit, words[i].y, words[i].z}, kind_of(&words[i], bit), 0};
        }
}

static bool transform_points(const struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
                             const struct amosi_steps *steps, struct amosi_distances *out)
{
    size_t found = count_points(words, count);
    if (found == 0)
        return true;
    struct amosi_point *points = amosi_alloc_array(found, sizeof *points);
    bool done = points != NULL;
    if (done) {
        list_points(words, count, points);
        done = amosi_transform(points, found, to, steps);
    }
    for (size_t i = 0; done && i < found; i++)
        amosi_distances_add(out, points[i].square, points[i].kind, 1);
    amosi_free(points);
    return done;
}

bool amosi_far_solve(struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps, struct amosi_distances *out)
{
    if (count == 0)
        return true;
    uint64_t budget = amosi_transform_cost(words, count, to) / DIVIDE_STEP;
    return amosi_divide(words, &count, to, steps, budget, out) && transform_points(words, count, to, steps, out);
}
