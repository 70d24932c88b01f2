/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/divide.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"

/* The points are divided into two blocks, each of these into two, and so on. The candidates of a block are the words of
 * the other surface that may be nearest to one of its points. A block starts with the candidates of its parent and
 * keeps those that may be nearest to a point of its own: a candidate is dropped if another one is nearer to every place
 * in the block. Along each axis, the difference of the two squared distances (one of them to an interval) is a concave
 * function of the place, so it is enough to test the ends of the block along each axis. */

/* Candidates are processed in groups, by plain loops that compilers vectorise. */
#define GROUP 8

/* A block with at most this many candidates is not divided further. */
#define FEW 6

/* Bounds are computed in float: a candidate that loses by at most this share of the largest square may be nearest. */
#define UNCERTAIN 2e-6f

/* The cost of processing a pair of words, in steps; a candidate of a block costs one step. */
#define PAIR_STEPS 8

/* A word of a row: points low..high along x. */
struct word {
    int32_t low, high, y, z;
    uint64_t bits;
};

/* The candidates of nested blocks: one list after the other, the innermost block last. */
struct candidates {
    float *low, *high, *y, *z;
    uint32_t *word;
    size_t used, capacity[5];
};

struct list {
    size_t begin, count;
};

struct divide {
    const struct amosi_steps *steps;
    struct amosi_distances *out;
    struct amosi_far_word *words;
    size_t left; /* words[0..left) are not solved */
    struct word *other;
    struct candidates all;
    float scale[3]; /* squares of the spacing relative to the largest: in a fixed unit they might not fit a float */
    float margin;   /* uncertainty of a difference of squares */
    uint64_t work, budget;
};

/* The places low..high along each axis. */
struct block {
    int32_t low[3], high[3];
};

/* ---- candidates ---- */

static bool reserve(struct candidates *c, size_t count)
{
    void **const arrays[5] = {(void **)&c->low, (void **)&c->high, (void **)&c->y, (void **)&c->z, (void **)&c->word};
    for (int i = 0; i < 5; i++)
        if (!amosi_grow(arrays[i], &c->capacity[i], c->used + count + GROUP, sizeof(float)))
            return false;
    return true;
}

static void free_candidates(struct candidates *c)
{
    amosi_free(c->word);
    amosi_free(c->z);
    amosi_free(c->y);
    amosi_free(c->high);
    amosi_free(c->low);
}

/* Values after the last list enter the computation in groups, but their results are never used. */
static void end_list(struct candidates *c, struct list *list, size_t end)
{
    list->count = end - list->begin;
    for (int i = 0; i < GROUP; i++)
        c->low[end + (size_t)i] = c->high[end + (size_t)i] = c->y[end + (size_t)i] = c->z[end + (size_t)i] = 0;
    c->used = end;
}

/* Makes the list of all words of the other surface. */
static bool list_all(struct divide *d, const struct amosi_surface *s, struct list *list)
{
    *list = (struct list){0, 0};
    d->other = amosi_alloc_array(s->word_count, sizeof *d->other);
    if (!d->other || !reserve(&d->all, s->word_count))
        return false;
    size_t n = 0;
    const struct amosi_row *row = s->rows;
    for (int64_t z = s->start[2]; z < s->stop[2]; z++)
        for (int64_t y = s->start[1]; y < s->stop[1]; y++, row++)
            for (uint32_t k = 0; k < row->count; k++) {
                uint64_t bits = s->words[row->first + k];
                int32_t x = (int32_t)(64 * (row->begin + k));
                if (bits == 0)
                    continue;
                d->other[n] = (struct word){x + __builtin_ctzll(bits), x + 63 - __builtin_clzll(bits), (int32_t)y,
                                            (int32_t)z, bits};
                d->all.low[n] = (float)d->other[n].low;
                d->all.high[n] = (float)d->other[n].high;
                d->all.y[n] = (float)y;
                d->all.z[n] = (float)z;
                d->all.word[n] = (uint32_t)n;
                n++;
            }
    end_list(&d->all, list, n);
    return true;
}

/* The x of the point of a word that is nearest to x. */
static int32_t nearest_in(const struct word *w, int32_t x)
{
    if (x <= w->low)
        return w->low;
    if (x >= w->high)
        return w->high;
    uint64_t right = w->bits >> (x & 63), left = w->bits << (63 - (x & 63)); /* both have points */
    int to_right = __builtin_ctzll(right), to_left = __builtin_clzll(left);
    return to_right < to_left ? x + to_right : x - to_left;
}

static inline float larger(float a, float b)
{
    return a > b ? a : b;
}

static inline float smaller(float a, float b)
{
    return a < b ? a : b;
}

static inline float gap_to(float low, float high, float at)
{
    return larger(larger(low - at, at - high), 0);
}

/* Finds the point of a candidate that is about nearest to the middle of a block. */
static void find_pivot(const struct divide *d, const struct list *list, const struct block *b, float pivot[3])
{
    const struct candidates *c = &d->all;
    const float x = 0.5f * (float)(b->low[0] + b->high[0]), y = 0.5f * (float)(b->low[1] + b->high[1]);
    const float z = 0.5f * (float)(b->low[2] + b->high[2]);
    float best = INFINITY;
    size_t found = list->begin;
    for (size_t first = list->begin; first < list->begin + list->count; first += GROUP) {
        float squares[GROUP], least = INFINITY;
        for (int i = 0; i < GROUP; i++) {
            size_t n = first + (size_t)i;
            float dx = gap_to(c->low[n], c->high[n], x), dy = c->y[n] - y, dz = c->z[n] - z;
            squares[i] = dx * dx * d->scale[0] + dy * dy * d->scale[1] + dz * dz * d->scale[2];
        }
        for (int i = 0; i < GROUP; i++)
            least = smaller(least, squares[i]);
        if (least < best)
            for (size_t n = first; n < first + GROUP && n < list->begin + list->count; n++)
                if (squares[n - first] < best) {
                    best = squares[n - first];
                    found = n;
                }
    }
    const struct word *w = &d->other[c->word[found]];
    pivot[0] = (float)nearest_in(w, (b->low[0] + b->high[0]) / 2);
    pivot[1] = (float)w->y;
    pivot[2] = (float)w->z;
}

/* Keeps the candidates for which the pivot is not nearer at some place in the block. */
static bool keep_candidates(struct divide *d, const struct list *from, const struct block *b, struct list *to)
{
    float pivot[3], ends[3][2], squares[3][2];
    if (!reserve(&d->all, from->count))
        return false;
    find_pivot(d, from, b, pivot);
    for (int a = 0; a < 3; a++)
        for (int e = 0; e < 2; e++) {
            ends[a][e] = (float)(e ? b->high[a] : b->low[a]);
            squares[a][e] = (ends[a][e] - pivot[a]) * (ends[a][e] - pivot[a]);
        }
    struct candidates *c = &d->all;
    *to = (struct list){c->used, 0};
    size_t end = c->used;
    for (size_t first = from->begin; first < from->begin + from->count; first += GROUP) {
        float nearer[GROUP], least = INFINITY;
        for (int i = 0; i < GROUP; i++) {
            size_t n = first + (size_t)i;
            float at_low = gap_to(c->low[n], c->high[n], ends[0][0]),
                  at_high = gap_to(c->low[n], c->high[n], ends[0][1]);
            float y_low = c->y[n] - ends[1][0], y_high = c->y[n] - ends[1][1];
            float z_low = c->z[n] - ends[2][0], z_high = c->z[n] - ends[2][1];
            nearer[i] = smaller(at_low * at_low - squares[0][0], at_high * at_high - squares[0][1]) * d->scale[0] +
                        smaller(y_low * y_low - squares[1][0], y_high * y_high - squares[1][1]) * d->scale[1] +
                        smaller(z_low * z_low - squares[2][0], z_high * z_high - squares[2][1]) * d->scale[2];
        }
        for (int i = 0; i < GROUP; i++)
            least = smaller(least, nearer[i]);
        if (least > d->margin)
            continue;
        for (size_t n = first; n < first + GROUP && n < from->begin + from->count; n++) {
            c->low[end] = c->low[n];
            c->high[end] = c->high[n];
            c->y[end] = c->y[n];
            c->z[end] = c->z[n];
            c->word[end] = c->word[n];
            end += nearer[n - first] <= d->margin;
        }
    }
    end_list(c, to, end);
    d->work += from->count;
    return true;
}

/* ---- blocks ---- */

static struct block block_around(const struct amosi_far_word *words, size_t count)
{
    struct block b = {{INT32_MAX, INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN, INT32_MIN}};
    for (size_t i = 0; i < count; i++) {
        int32_t x = 64 * words[i].index;
        const int32_t low[3] = {x + __builtin_ctzll(words[i].bits), words[i].y, words[i].z};
        const int32_t high[3] = {x + 63 - __builtin_clzll(words[i].bits), words[i].y, words[i].z};
        for (int a = 0; a < 3; a++) {
            b.low[a] = low[a] < b.low[a] ? low[a] : b.low[a];
            b.high[a] = high[a] > b.high[a] ? high[a] : b.high[a];
        }
    }
    return b;
}

static int32_t place_on_axis(const struct amosi_far_word *w, int axis)
{
    return axis == 0 ? w->index : axis == 1 ? w->y : w->z;
}

/* Moves words in the lower half of the block, along its longest side, to the front, and returns their number. At least
 * one word is on each side. Along x, a word is not divided. */
static size_t divide_words(const struct divide *d, struct amosi_far_word *words, size_t count, const struct block *b)
{
    int axis = 0;
    int32_t low[3] = {b->low[0] / 64, b->low[1], b->low[2]}, high[3] = {b->high[0] / 64, b->high[1], b->high[2]};
    double longest = -1;
    for (int a = 0; a < 3; a++) {
        double mm2 = high[a] > low[a] ? d->steps->squares[a][a ? high[a] - low[a] : b->high[0] - b->low[0]] : -2;
        axis = mm2 > longest ? a : axis;
        longest = mm2 > longest ? mm2 : longest;
    }
    int32_t middle = low[axis] + (high[axis] - low[axis]) / 2;
    size_t lower = 0;
    for (size_t i = 0; i < count; i++)
        if (place_on_axis(&words[i], axis) <= middle) {
            struct amosi_far_word w = words[i];
            words[i] = words[lower];
            words[lower++] = w;
        }
    return lower;
}

/* Adds, for each point of a word, the smallest square to one of the candidates. */
static void solve_word(const struct divide *d, const struct amosi_far_word *word, const struct list *list)
{
    const double *const *squares = (const double *const *)d->steps->squares;
    double best[64];
    for (uint64_t bits = word->bits; bits; bits &= bits - 1)
        best[__builtin_ctzll(bits)] = INFINITY;
    for (size_t n = list->begin; n < list->begin + list->count; n++) {
        const struct word *w = &d->other[d->all.word[n]];
        double y = squares[1][w->y > word->y ? w->y - word->y : word->y - w->y];
        double z = squares[2][w->z > word->z ? w->z - word->z : word->z - w->z];
        for (uint64_t bits = word->bits; bits; bits &= bits - 1) {
            int i = __builtin_ctzll(bits);
            int32_t x = 64 * word->index + i, nearest = nearest_in(w, x);
            double square = squares[0][nearest > x ? nearest - x : x - nearest] + y + z;
            best[i] = square < best[i] ? square : best[i];
        }
    }
    const uint8_t *kinds = word->kinds;
    for (uint64_t bits = word->bits; bits; bits &= bits - 1) {
        int i = __builtin_ctzll(bits);
        uint64_t before = word->all & (((uint64_t)1 << i) - 1);
        amosi_distances_add(d->out, best[i], kinds[__builtin_popcountll(before)], 1);
    }
}

/* The depth is at most 3 * (bits of the volume's side), as blocks are halved. NOLINTNEXTLINE(misc-no-recursion) */
static bool solve_block(struct divide *d, size_t first, size_t count, const struct list *candidates)
{
    struct amosi_far_word *words = d->words + first;
    if (d->work >= d->budget) {
        memmove(d->words + d->left, words, count * sizeof *words);
        d->left += count;
        return true;
    }
    struct block b = block_around(words, count);
    struct list kept;
    size_t used = d->all.used;
    if (!keep_candidates(d, candidates, &b, &kept))
        return false;
    bool done = true;
    if (count == 1 || kept.count <= FEW) {
        for (size_t i = 0; i < count; i++)
            solve_word(d, &words[i], &kept);
        d->work += PAIR_STEPS * count * kept.count;
    } else {
        size_t lower = divide_words(d, words, count, &b);
        done = solve_block(d, first, lower, &kept) && solve_block(d, first + lower, count - lower, &kept);
    }
    d->all.used = used;
    return done;
}

static void set_scale(struct divide *d, const struct amosi_surface *to, const struct block *b)
{
    const double x = d->steps->squares[0][1], y = d->steps->squares[1][1], z = d->steps->squares[2][1];
    const double unit = fmax(x, fmax(y, z)), squares[3] = {x / unit, y / unit, z / unit};
    double largest = 0;
    for (int a = 0; a < 3; a++) {
        double low = fmin(b->low[a], (double)to->start[a]), high = fmax(b->high[a], (double)to->stop[a]);
        d->scale[a] = (float)squares[a];
        largest += (high - low) * (high - low) * squares[a];
    }
    d->margin = UNCERTAIN * (float)largest;
}

bool amosi_divide(struct amosi_far_word *words, size_t *count, const struct amosi_surface *to,
                  const struct amosi_steps *steps, uint64_t budget, struct amosi_distances *out)
{
    struct divide d = {.steps = steps, .out = out, .words = words, .budget = budget};
    struct block b = block_around(words, *count);
    struct list all;
    set_scale(&d, to, &b);
    bool done = list_all(&d, to, &all) && solve_block(&d, 0, *count, &all);
    *count = d.left;
    free_candidates(&d.all);
    amosi_free(d.other);
    return done;
}
