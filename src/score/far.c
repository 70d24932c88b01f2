#include "score/far.h"

#include <math.h>

#include "base/alloc.h"
#include "score/transform.h"

/* A block of rows of the surface: all its points have low <= x <= high; none where low > high. */
struct extent {
    int32_t low, high;
};

/* Level 0 has the rows, each further level blocks of 2 x 2 of the one before. */
#define MOST_LEVELS 32

struct level {
    struct extent *blocks; /* [z][y] */
    int64_t ny, nz;
};

struct pyramid {
    const struct amosi_surface *to;
    const struct amosi_steps *steps;
    struct level levels[MOST_LEVELS];
    int count;
    uint64_t visits;
};

/* What is looked for: the nearest point known so far, and where it is. */
struct search {
    int64_t x, y, z; /* relative to the pyramid's first row */
    double square;
    int64_t found[3];
};

/* ---- building ---- */

static struct extent extent_of_row(const struct amosi_surface *to, const struct amosi_row *row)
{
    if (row->count == 0)
        return (struct extent){1, 0};
    uint64_t first = to->words[row->first], last = to->words[row->first + row->count - 1];
    int64_t end = (int64_t)row->begin + row->count;
    return (struct extent){(int32_t)(64 * (int64_t)row->begin + __builtin_ctzll(first)),
                           (int32_t)(64 * end - 1 - __builtin_clzll(last))};
}

static void merge(struct extent *into, const struct extent *from)
{
    if (from->low > from->high)
        return;
    if (into->low > into->high) {
        *into = *from;
        return;
    }
    into->low = from->low < into->low ? from->low : into->low;
    into->high = from->high > into->high ? from->high : into->high;
}

static bool add_level(struct pyramid *p)
{
    const struct level *below = &p->levels[p->count - 1];
    struct level *level = &p->levels[p->count];
    *level = (struct level){NULL, (below->ny + 1) / 2, (below->nz + 1) / 2};
    level->blocks = amosi_alloc_array((size_t)(level->ny * level->nz), sizeof *level->blocks);
    if (!level->blocks)
        return false;
    p->count++;
    for (int64_t i = 0; i < level->ny * level->nz; i++)
        level->blocks[i] = (struct extent){1, 0};
    for (int64_t z = 0; z < below->nz; z++)
        for (int64_t y = 0; y < below->ny; y++)
            merge(&level->blocks[z / 2 * level->ny + y / 2], &below->blocks[z * below->ny + y]);
    return true;
}

static bool build(struct pyramid *p)
{
    const struct amosi_surface *to = p->to;
    struct level *rows = &p->levels[0];
    *rows = (struct level){NULL, to->stop[1] - to->start[1], to->stop[2] - to->start[2]};
    rows->blocks = amosi_alloc_array((size_t)(rows->ny * rows->nz), sizeof *rows->blocks);
    if (!rows->blocks)
        return false;
    p->count = 1;
    for (int64_t i = 0; i < rows->ny * rows->nz; i++)
        rows->blocks[i] = extent_of_row(to, &to->rows[i]);
    while (p->count < MOST_LEVELS && (p->levels[p->count - 1].ny > 1 || p->levels[p->count - 1].nz > 1))
        if (!add_level(p))
            return false;
    return true;
}

static void tear_down(struct pyramid *p)
{
    for (int i = 0; i < p->count; i++)
        amosi_free(p->levels[i].blocks);
}

/* ---- descending ---- */

/* How far a place lies outside of low..high. */
static int64_t outside(int64_t place, int64_t low, int64_t high)
{
    return place < low ? low - place : place > high ? place - high : 0;
}

/* No point of a block is nearer than this: sums of steps that are not larger are not larger. */
static double nearest_possible(const struct pyramid *p, const struct search *s, int level, int64_t y, int64_t z,
                               const struct extent *block)
{
    return amosi_steps_square(p->steps, outside(s->x, block->low, block->high),
                              outside(s->y, y << level, ((y + 1) << level) - 1),
                              outside(s->z, z << level, ((z + 1) << level) - 1));
}

static void visit_row(const struct pyramid *p, struct search *s, int64_t y, int64_t z)
{
    const struct amosi_row *row = &p->to->rows[z * p->levels[0].ny + y];
    int64_t x = amosi_row_nearest(p->to, row, s->x);
    double square = amosi_steps_square(p->steps, x - s->x, y - s->y, z - s->z);
    if (square < s->square) {
        s->square = square;
        s->found[0] = x;
        s->found[1] = y;
        s->found[2] = z;
    }
}

struct child {
    double square;
    int64_t y, z;
};

/* The blocks below that may have something nearer, nearest first. */
static int list_children(const struct pyramid *p, const struct search *s, int level, int64_t y, int64_t z,
                         struct child children[4])
{
    const struct level *below = &p->levels[level];
    int count = 0;
    for (int64_t cz = 2 * z; cz < 2 * z + 2 && cz < below->nz; cz++)
        for (int64_t cy = 2 * y; cy < 2 * y + 2 && cy < below->ny; cy++) {
            const struct extent *block = &below->blocks[cz * below->ny + cy];
            double square = block->low <= block->high ? nearest_possible(p, s, level, cy, cz, block) : (double)INFINITY;
            if (!(square < s->square))
                continue;
            int at = count++;
            for (; at > 0 && children[at - 1].square > square; at--)
                children[at] = children[at - 1];
            children[at] = (struct child){square, cy, cz};
        }
    return count;
}

/* A block that is known to be near enough, and all below it; recursion is as deep as there are levels. */
static void descend(struct pyramid *p, struct search *s, int level, int64_t y, int64_t z)
{
    p->visits++;
    if (level == 0) {
        visit_row(p, s, y, z);
        return;
    }
    struct child children[4];
    int count = list_children(p, s, level - 1, y, z, children);
    for (int i = 0; i < count; i++)
        if (children[i].square < s->square)
            descend(p, s, level - 1, children[i].y, children[i].z);
}

/* ---- solving ---- */

static double square_between(const struct amosi_steps *steps, const struct search *s)
{
    return amosi_steps_square(steps, s->found[0] - s->x, s->found[1] - s->y, s->found[2] - s->z);
}

/* Solves points one by one as long as the work is worth it; returns how many. What was nearest to the last point is a
 * good guess for the next. */
static size_t solve_some(struct pyramid *p, struct amosi_far_point *points, size_t count, uint64_t most_visits)
{
    struct search s = {.square = INFINITY};
    bool any = false;
    size_t i = 0;
    for (; i < count && p->visits < most_visits; i++) {
        s.x = points[i].at[0];
        s.y = points[i].at[1] - p->to->start[1];
        s.z = points[i].at[2] - p->to->start[2];
        s.square = any ? square_between(p->steps, &s) : (double)INFINITY;
        descend(p, &s, p->count - 1, 0, 0);
        points[i].square = s.square;
        any = true;
    }
    return i;
}

bool amosi_far_solve(struct amosi_far_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps)
{
    if (count == 0)
        return true;
    struct pyramid p = {.to = to, .steps = steps};
    bool done = build(&p);
    if (done) {
        size_t solved = solve_some(&p, points, count, amosi_transform_cost(points, count, to));
        done = amosi_transform(points + solved, count - solved, to, steps);
    }
    tear_down(&p);
    return done;
}
