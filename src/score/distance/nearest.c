/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/nearest.h"

#include <math.h>

#include "base/system/alloc.h"
#include "score/distance/far.h"

/* The points of one word of a row are searched together. Rows of the other surface are visited nearest first; most of
 * them have no point near the word. */

/* Far points are solved once this many words of them are collected. */
#define FAR_WORDS ((size_t)1 << 18)

struct search {
    const struct amosi_surface *to;
    const struct amosi_steps *steps;
    struct amosi_distances *out;
    struct amosi_far_word *far;
    size_t far_count, far_capacity;
};

/* Three words of a row: the bits 64 * k - 64 to 64 * k + 127. */
struct window {
    uint64_t before, here, after;
};

/* The points of a word, numbered by bit; `worst` is the largest of their squares. */
struct word {
    uint64_t bits;
    int64_t index;
    double square[64];
    double worst;
};

/* The distance from bit i of the middle word to the nearest set bit; at least 64 if none is within 63. */
static int along_x(const struct window *w, int i)
{
    uint64_t right = w->here >> i | (i ? w->after << (64 - i) : 0);
    uint64_t left = w->here << (63 - i) | (i < 63 ? w->before >> (i + 1) : 0);
    int to_right = right ? __builtin_ctzll(right) : AMOSI_ALONG_X,
        to_left = left ? __builtin_clzll(left) : AMOSI_ALONG_X;
    return to_right < to_left ? to_right : to_left;
}

static void visit_row(const struct search *s, struct word *word, const struct window *w, const struct amosi_step *step)
{
    double worst = 0;
    for (uint64_t bits = word->bits; bits; bits &= bits - 1) {
        int i = __builtin_ctzll(bits);
        if (word->square[i] > step->square) {
            int dx = along_x(w, i);
            double square = dx < AMOSI_ALONG_X ? amosi_steps_square(s->steps, dx, step->dy, step->dz) : INFINITY;
            word->square[i] = square < word->square[i] ? square : word->square[i];
        }
        worst = word->square[i] > worst ? word->square[i] : worst;
    }
    word->worst = worst;
}

/* Whether the whole surface is too far from a row to be found nearby. */
static bool is_beyond(const struct search *s, int64_t y, int64_t z)
{
    const struct amosi_surface *to = s->to;
    int64_t dy = y < to->start[1] ? to->start[1] - y : y >= to->stop[1] ? y - to->stop[1] + 1 : 0;
    int64_t dz = z < to->start[2] ? to->start[2] - z : z >= to->stop[2] ? z - to->stop[2] + 1 : 0;
    return amosi_steps_square(s->steps, 0, dy, dz) >= s->steps->near_end;
}

static void search_word(const struct search *s, struct word *word, int64_t y, int64_t z)
{
    /* bits and index are set already; this sets square and worst */
    /* cppcheck-suppress ctuuninitvar */
    for (uint64_t bits = word->bits; bits; bits &= bits - 1)
        word->square[__builtin_ctzll(bits)] = INFINITY;
    word->worst = INFINITY;
    if (is_beyond(s, y, z))
        return;
    for (size_t n = 0; n < s->steps->near_count && s->steps->near[n].square < word->worst; n++) {
        const struct amosi_step *step = &s->steps->near[n];
        const struct amosi_row *row = amosi_surface_row(s->to, y + step->dy, z + step->dz);
        if (!row)
            continue;
        struct window w = {amosi_row_word(s->to, row, word->index - 1), amosi_row_word(s->to, row, word->index),
                           amosi_row_word(s->to, row, word->index + 1)};
        if (w.before | w.here | w.after)
            visit_row(s, word, &w, step);
    }
}

/* ---- far points ---- */

static bool solve_far(struct search *s)
{
    bool done = amosi_far_solve(s->far, s->far_count, s->to, s->steps, s->out);
    s->far_count = 0;
    return done;
}

static bool defer_word(struct search *s, const struct amosi_far_word *word)
{
    if (s->far_count == FAR_WORDS && !solve_far(s))
        return false;
    if (!amosi_grow((void **)&s->far, &s->far_capacity, s->far_count + 1, sizeof *s->far))
        return false;
    s->far[s->far_count++] = *word;
    return true;
}

/* ---- the whole surface ---- */

/* Adds the points of a word; advances *kinds by their number. */
static bool add_word(struct search *s, const struct word *word, int64_t y, int64_t z, const uint8_t **kinds)
{
    struct amosi_far_word far = {0, word->bits, *kinds, (int32_t)word->index, (int32_t)y, (int32_t)z};
    for (uint64_t bits = word->bits; bits; bits &= bits - 1) {
        int i = __builtin_ctzll(bits);
        uint8_t kind = *(*kinds)++;
        if (word->square[i] < s->steps->near_end)
            amosi_distances_add(s->out, word->square[i], kind, 1);
        else
            far.bits |= (uint64_t)1 << i;
    }
    return far.bits == 0 || defer_word(s, &far);
}

static bool search_row(struct search *s, const struct amosi_surface *from, const struct amosi_row *row, int64_t y,
                       int64_t z, const uint8_t **kinds)
{
    for (uint32_t k = 0; row && k < row->count; k++) {
        struct word word;
        word.bits = from->words[row->first + k];
        word.index = (int64_t)row->begin + k;
        if (word.bits == 0)
            continue;
        search_word(s, &word, y, z);
        if (!add_word(s, &word, y, z, kinds))
            return false;
    }
    return true;
}

bool amosi_nearest(const struct amosi_surface *from, const struct amosi_surface *to, const struct amosi_steps *steps,
                   struct amosi_distances *out)
{
    struct search s = {.to = to, .steps = steps, .out = out};
    const uint8_t *kinds = from->kinds;
    bool done = true;
    for (int64_t z = from->start[2]; z < from->stop[2] && done; z++)
        for (int64_t y = from->start[1]; y < from->stop[1] && done; y++)
            done = !out->failed && search_row(&s, from, amosi_surface_row(from, y, z), y, z, &kinds);
    done = done && solve_far(&s);
    amosi_free(s.far);
    return done && !out->failed;
}
