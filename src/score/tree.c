#include "score/tree.h"

#include <math.h>

#include "base/alloc.h"

/* Bounds are computed in float: one that is less certain than this does not count. */
#define CERTAIN 0.99999f

/* ---- building ---- */

static size_t list_words(const struct amosi_surface *s, struct amosi_tree_word *words)
{
    size_t count = 0;
    const struct amosi_row *row = s->rows;
    for (int64_t z = s->start[2]; z < s->stop[2]; z++)
        for (int64_t y = s->start[1]; y < s->stop[1]; y++, row++)
            for (uint32_t k = 0; k < row->count; k++) {
                uint64_t bits = s->words[row->first + k];
                int32_t x = (int32_t)(64 * (row->begin + k));
                if (bits)
                    words[count++] = (struct amosi_tree_word){x + __builtin_ctzll(bits), x + 63 - __builtin_clzll(bits),
                                                              (int32_t)y, (int32_t)z, bits};
            }
    return count;
}

struct box {
    int32_t low[3], high[3];
};

static struct box box_around(const struct amosi_tree_word *words, size_t count)
{
    struct box box = {{words->low, words->y, words->z}, {words->high, words->y, words->z}};
    for (size_t i = 1; i < count; i++) {
        const int32_t low[3] = {words[i].low, words[i].y, words[i].z}, high[3] = {words[i].high, words[i].y, words[i].z};
        for (int a = 0; a < 3; a++) {
            box.low[a] = low[a] < box.low[a] ? low[a] : box.low[a];
            box.high[a] = high[a] > box.high[a] ? high[a] : box.high[a];
        }
    }
    return box;
}

static int longest_axis(const struct amosi_steps *steps, const struct box *box)
{
    double mm[3];
    for (int a = 0; a < 3; a++)
        mm[a] = steps->squares[a][box->high[a] - box->low[a]];
    return mm[0] >= mm[1] && mm[0] >= mm[2] ? 0 : mm[1] >= mm[2] ? 1 : 2;
}

static int64_t place(const struct amosi_tree_word *w, int axis)
{
    return axis == 0 ? (int64_t)w->low + w->high : axis == 1 ? w->y : w->z;
}

static void swap(struct amosi_tree_word *a, struct amosi_tree_word *b)
{
    struct amosi_tree_word w = *a;
    *a = *b;
    *b = w;
}

/* Moves the words so that none before `middle` lies beyond one after it (Hoare's selection). */
static void divide(struct amosi_tree_word *words, size_t count, size_t middle, int axis)
{
    int64_t low = 0, high = (int64_t)count - 1, wanted = (int64_t)middle;
    while (low < high) {
        int64_t pivot = place(&words[low + (high - low) / 2], axis), i = low, j = high;
        while (i <= j) {
            while (place(&words[i], axis) < pivot)
                i++;
            while (place(&words[j], axis) > pivot)
                j--;
            if (i <= j)
                swap(&words[i++], &words[j--]);
        }
        if (wanted <= j)
            high = j;
        else if (wanted >= i)
            low = i;
        else
            return;
    }
}

/* Divides words into eight parts, each half of a half of a half; begin[8] is the end. */
static void divide_in_eight(const struct amosi_tree *t, size_t first, size_t count, size_t begin[AMOSI_TREE_WIDE + 1])
{
    begin[0] = first;
    begin[AMOSI_TREE_WIDE] = first + count;
    for (int step = AMOSI_TREE_WIDE; step > 1; step /= 2)
        for (int n = 0; n < AMOSI_TREE_WIDE; n += step) {
            struct amosi_tree_word *words = t->words + begin[n];
            size_t all = begin[n + step] - begin[n];
            struct box box = box_around(words, all);
            divide(words, all, all / 2, longest_axis(t->steps, &box));
            begin[n + step / 2] = begin[n] + all / 2;
        }
}

static void add_child(struct amosi_tree_node *node, const struct box *box, size_t child)
{
    for (int a = 0; a < 3; a++) {
        node->low[a][node->count] = box->low[a];
        node->high[a][node->count] = box->high[a];
    }
    node->child[node->count++] = child;
}

/* Adds the node of so many words and all below it, as deep as the logarithm of the count. False: no memory. */
static bool build(struct amosi_tree *t, size_t first, size_t count)
{
    size_t self = t->node_count, begin[AMOSI_TREE_WIDE + 1];
    if (!amosi_grow((void **)&t->nodes, &t->node_capacity, self + 1, sizeof *t->nodes))
        return false;
    t->node_count++;
    bool leaf = count <= AMOSI_TREE_WIDE;
    t->nodes[self] = (struct amosi_tree_node){.leaf = leaf};
    if (leaf)
        for (size_t n = 0; n <= AMOSI_TREE_WIDE; n++)
            begin[n] = first + (n < count ? n : count);
    else
        divide_in_eight(t, first, count, begin);
    for (int n = 0; n < AMOSI_TREE_WIDE; n++) {
        size_t words = begin[n + 1] - begin[n];
        if (words == 0)
            continue;
        struct box box = box_around(t->words + begin[n], words);
        add_child(&t->nodes[self], &box, leaf ? begin[n] : t->node_count);
        if (!leaf && !build(t, begin[n], words))
            return false;
    }
    return true;
}

bool amosi_tree_make(struct amosi_tree *tree, const struct amosi_surface *surface, const struct amosi_steps *steps)
{
    *tree = (struct amosi_tree){.steps = steps};
    for (int a = 0; a < 3; a++)
        tree->scale[a] = (float)steps->squares[a][1];
    tree->words = amosi_alloc_array(surface->word_count, sizeof *tree->words);
    if (!tree->words)
        return false;
    tree->count = list_words(surface, tree->words);
    return build(tree, 0, tree->count);
}

void amosi_tree_free(struct amosi_tree *tree)
{
    amosi_free(tree->nodes);
    amosi_free(tree->words);
    *tree = (struct amosi_tree){0};
}

/* ---- searching ---- */

/* The query with what is worked out once: the box of its points. */
struct search {
    struct amosi_tree *tree;
    struct amosi_tree_query *query;
    int32_t low[3], high[3];
};

static inline int32_t positive(int32_t n)
{
    return n > 0 ? n : 0;
}

/* Nothing in a child's box is nearer to any point of the query than this. */
static void bound_children(const struct search *s, const struct amosi_tree_node *node, float bounds[AMOSI_TREE_WIDE])
{
    const float x = s->tree->scale[0], y = s->tree->scale[1], z = s->tree->scale[2];
    float gaps[3][AMOSI_TREE_WIDE];
    for (int a = 0; a < 3; a++)
        for (int n = 0; n < AMOSI_TREE_WIDE; n++)
            gaps[a][n] = (float)(positive(node->low[a][n] - s->high[a]) + positive(s->low[a] - node->high[a][n]));
    for (int n = 0; n < AMOSI_TREE_WIDE; n++)
        bounds[n] = (gaps[0][n] * gaps[0][n] * x + gaps[1][n] * gaps[1][n] * y + gaps[2][n] * gaps[2][n] * z) * CERTAIN;
}

/* The x of the point of a word that is nearest to x. */
static int64_t nearest_in(const struct amosi_tree_word *w, int64_t x)
{
    if (x <= w->low)
        return w->low;
    if (x >= w->high)
        return w->high;
    uint64_t right = w->bits >> (x & 63), left = w->bits << (63 - (x & 63)); /* both have points */
    int to_right = __builtin_ctzll(right), to_left = __builtin_clzll(left);
    return to_right < to_left ? x + to_right : x - to_left;
}

static void visit_word(struct search *s, const struct amosi_tree_word *w)
{
    struct amosi_tree_query *q = s->query;
    const double *const *squares = (const double *const *)s->tree->steps->squares;
    double y = squares[1][w->y > q->y ? w->y - q->y : q->y - w->y], z = squares[2][w->z > q->z ? w->z - q->z : q->z - w->z];
    double worst = 0;
    for (uint64_t bits = q->bits; bits; bits &= bits - 1) {
        int i = __builtin_ctzll(bits);
        int64_t x = 64 * q->index + i, nearest = nearest_in(w, x);
        double square = squares[0][nearest > x ? nearest - x : x - nearest] + y + z;
        if (square < q->square[i]) {
            q->square[i] = square;
            q->hint[0] = nearest;
            q->hint[1] = w->y;
            q->hint[2] = w->z;
        }
        worst = q->square[i] > worst ? q->square[i] : worst;
    }
    q->worst = worst;
}

/* The children that may have something nearer, nearest first. */
static int list_children(const struct search *s, const struct amosi_tree_node *node, const float bounds[AMOSI_TREE_WIDE],
                         int order[AMOSI_TREE_WIDE])
{
    const float worst = (float)s->query->worst;
    int count = 0;
    for (int n = 0; n < node->count; n++) {
        if (!(bounds[n] < worst))
            continue;
        int at = count++;
        for (; at > 0 && bounds[order[at - 1]] > bounds[n]; at--)
            order[at] = order[at - 1];
        order[at] = n;
    }
    return count;
}

static void descend(struct search *s, size_t index)
{
    const struct amosi_tree_node *node = &s->tree->nodes[index];
    float bounds[AMOSI_TREE_WIDE];
    int order[AMOSI_TREE_WIDE];
    s->tree->visits++;
    bound_children(s, node, bounds);
    int count = list_children(s, node, bounds, order);
    for (int i = 0; i < count && (double)bounds[order[i]] < s->query->worst; i++)
        if (node->leaf)
            visit_word(s, &s->tree->words[node->child[order[i]]]);
        else
            descend(s, node->child[order[i]]);
}

/* The squares to the hint, which the last query found. */
static void begin(const struct search *s)
{
    struct amosi_tree_query *q = s->query;
    q->worst = 0;
    for (uint64_t bits = q->bits; bits; bits &= bits - 1) {
        int i = __builtin_ctzll(bits);
        q->square[i] = INFINITY;
        if (q->hint[0] >= 0)
            q->square[i] = amosi_steps_square(s->tree->steps, q->hint[0] - 64 * q->index - i, q->hint[1] - q->y,
                                              q->hint[2] - q->z);
        q->worst = fmax(q->worst, q->square[i]);
    }
}

void amosi_tree_search(struct amosi_tree *tree, struct amosi_tree_query *query)
{
    int32_t x = (int32_t)(64 * query->index), y = (int32_t)query->y, z = (int32_t)query->z;
    struct search s = {tree, query, {x, y, z}, {x, y, z}};
    s.low[0] += __builtin_ctzll(query->bits);
    s.high[0] += 63 - __builtin_clzll(query->bits);
    begin(&s);
    descend(&s, 0);
}
