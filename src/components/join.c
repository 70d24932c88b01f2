/* SPDX-License-Identifier: BSD-3-Clause */
#include "components/join.h"

static uint32_t find_root(uint32_t *number, uint32_t i)
{
    while (number[i] != i) {
        number[i] = number[number[i]];
        i = number[i];
    }
    return i;
}

static void unite(uint32_t *number, uint32_t a, uint32_t b)
{
    a = find_root(number, a);
    b = find_root(number, b);
    if (a < b)
        number[b] = a;
    else
        number[a] = b;
}

/* Joins two runs if they have one label and overlap, or with `reach` 1 if they touch by a corner. */
static void try_pair(const struct amosi_runs *r, uint32_t a, uint32_t b, uint32_t reach)
{
    const struct amosi_label_run *one = &r->items[a], *two = &r->items[b];
    if (one->label == two->label && one->start < (uint64_t)two->end + reach && two->start < (uint64_t)one->end + reach)
        unite(r->number, a, b);
}

/* Both rows are walked through once: the run that ends first has met all that it can touch. If two end together, each
 * may still touch the next one of the other by a corner. */
static void join_rows(const struct amosi_runs *r, size_t row, size_t other, uint32_t reach)
{
    uint32_t a = r->first[row], b = r->first[other];
    const uint32_t a_end = r->first[row + 1], b_end = r->first[other + 1];
    while (a < a_end && b < b_end) {
        try_pair(r, a, b, reach);
        const uint32_t here = r->items[a].end, there = r->items[b].end;
        if (here == there && reach) {
            if (b + 1 < b_end)
                try_pair(r, a, b + 1, reach);
            if (a + 1 < a_end)
                try_pair(r, a + 1, b, reach);
        }
        a += here <= there;
        b += there <= here;
    }
}

void amosi_join_beside(const struct amosi_join *join, size_t row, int64_t y)
{
    if (y > 0)
        join_rows(join->runs, row, row - 1, join->connectivity > 6);
}

void amosi_join_below(const struct amosi_join *join, size_t row, int64_t y)
{
    const size_t below = row - (size_t)join->height;
    join_rows(join->runs, row, below, join->connectivity > 6);
    if (join->connectivity == 6)
        return;
    const uint32_t reach = join->connectivity == 26;
    if (y > 0)
        join_rows(join->runs, row, below - 1, reach);
    if (y + 1 < join->height)
        join_rows(join->runs, row, below + 1, reach);
}
