#include "score/far.h"

#include "base/alloc.h"
#include "score/transform.h"
#include "score/tree.h"

/* A distance transform does so many steps in the time in which the tree looks at a node, words below included. */
#define TRANSFORM_SPEED 12

/* So many words tell how many nodes the tree looks at for each. */
#define TRIAL_WORDS 64

/* The kind of a word's point. */
static uint32_t kind_of(const struct amosi_far_word *word, int bit)
{
    return word->kinds[__builtin_popcountll(word->all & (((uint64_t)1 << bit) - 1))];
}

/* Whether a distance transform would do the rest in less time, going by what the tree took so far. */
static bool is_too_much(const struct amosi_tree *tree, size_t solved, size_t count, uint64_t transform_steps)
{
    double steps = (double)tree->visits * TRANSFORM_SPEED;
    return solved >= TRIAL_WORDS && steps * (double)(count - solved) > (double)transform_steps * (double)solved;
}

/* Searches words one by one as long as the work is worth it; returns how many. What was nearest to the last word is a good
 * guess for the next. */
static size_t search_some(struct amosi_tree *tree, const struct amosi_far_word *words, size_t count,
                          uint64_t transform_steps, struct amosi_distances *out)
{
    struct amosi_tree_query query = {.hint = {-1, 0, 0}};
    size_t i = 0;
    for (; i < count && !is_too_much(tree, i, count, transform_steps); i++) {
        query.bits = words[i].bits;
        query.index = words[i].index;
        query.y = words[i].y;
        query.z = words[i].z;
        amosi_tree_search(tree, &query);
        for (uint64_t bits = query.bits; bits; bits &= bits - 1) {
            int bit = __builtin_ctzll(bits);
            amosi_distances_add(out, query.square[bit], kind_of(&words[i], bit), 1);
        }
    }
    return i;
}

static size_t count_points(const struct amosi_far_word *words, size_t count)
{
    size_t points = 0;
    for (size_t i = 0; i < count; i++)
        points += (size_t)__builtin_popcountll(words[i].bits);
    return points;
}

/* The points of words by themselves. */
static void list_points(const struct amosi_far_word *words, size_t count, struct amosi_point *points)
{
    for (size_t i = 0; i < count; i++)
        for (uint64_t bits = words[i].bits; bits; bits &= bits - 1) {
            int bit = __builtin_ctzll(bits);
            *points++ = (struct amosi_point){{64 * words[i].index + bit, words[i].y, words[i].z}, kind_of(&words[i], bit), 0};
        }
}

static bool transform(const struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
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

bool amosi_far_solve(const struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps, struct amosi_distances *out)
{
    if (count == 0)
        return true;
    struct amosi_tree tree;
    bool done = amosi_tree_make(&tree, to, steps);
    if (done) {
        size_t solved = search_some(&tree, words, count, amosi_transform_cost(words, count, to), out);
        done = transform(words + solved, count - solved, to, steps, out);
    }
    amosi_tree_free(&tree);
    return done;
}
